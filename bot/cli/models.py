"""`firststep models`: which models there are, and putting one live."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.cli.errors import OperatorError

app = typer.Typer(help="The models that were trained: list them, put one live.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The models that were trained."""


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False) -> None:
    """List the models that are kept, newest first: name, when trained, what was measured, which one is live."""
    from bot.cli.training import MODELS
    from bot.learning import shelf

    live = shelf.live_name(MODELS)
    found = shelf.models(MODELS)
    if as_json:
        print(json.dumps([asdict(one) | {"live": one.name == live} for one in found], indent=2, ensure_ascii=False))
        return
    if not found:
        print("No models are kept yet; make one with: firststep train")
    for one in found:
        mark = ("live, put back" if shelf.is_pinned(MODELS) else "live") if one.name == live else ""
        print(f"{one.name:<18} {one.trained_at:<26} {mark:<15} {_figures(one.figures)} {one.note}".rstrip())


@app.command()
def use(name: Annotated[str, typer.Argument(help="Name of a model, as `firststep models list` shows it.")]) -> None:
    """Put this model live. A running engine takes it within seconds, without losing a conversation.

    When it was made from other data than what is here now, it stays live all the same until the next `firststep train`.
    """
    from bot.cli.training import MODELS, inputs_hash
    from bot.learning import shelf

    made_from = inputs_hash()
    try:
        manifest = shelf.put_live(MODELS, name)
    except shelf.ShelfError as error:
        raise OperatorError(str(error)) from None
    if manifest.inputs == made_from:
        print(f"The model {name} is live. It is made from what is here now.")
        return
    shelf.pin(MODELS, name)
    print(f"The model {name} is live. It is older than what is here now, and stays live until: firststep train")


def _figures(figures: dict[str, Any]) -> str:
    if not figures:
        return "not measured; "
    shares = [
        f"{name.replace('_', ' ')} {figures[name]:.1%}"
        for name in ("accuracy", "crisis_recall", "crisis_noticed")
        if isinstance(figures.get(name), int | float)
    ]
    return ", ".join(shares) + "; "
