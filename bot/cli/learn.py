"""`firststep learn`: approved corrections into the training data, and a model that has learned them."""

import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.errors import OperatorError

if TYPE_CHECKING:
    from bot.learning.comparison import Measured
    from bot.learning.proposal import Proposal
    from bot.store import Database

HOLDOUT = Path("tests/nlu/holdout.jsonl")
SAFETY = Path("tests/safety")
FLOORS = Path("tests/nlu/floors.yml")
REFUSED = 1
SHORT = 8
"""Characters of an id that are shown, and enough to name it."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(learn)


def learn(
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the diff into data/nlu and put the new model live, if it may be.")
    ] = False,
    diff: Annotated[Path, typer.Option(help="Write the diff here.")] = Path("learned.diff"),
    diff_only: Annotated[
        bool, typer.Option("--diff-only", help="Stop after the diff: train and measure nothing.")
    ] = False,
    word: Annotated[
        list[str] | None,
        typer.Option(help="A word that is no name, so that messages with it may be learned. Repeat it."),
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option(help="A correction to leave out this time, by the id that is shown. Repeat it.")
    ] = None,
    holdout: Annotated[Path, typer.Option(help="Labelled messages on which both models are measured.")] = HOLDOUT,
    safety: Annotated[Path, typer.Option(help="Folder of the safety files (*.jsonl).")] = SAFETY,
    floors: Annotated[Path, typer.Option(help="What a model must reach to go live.")] = FLOORS,
) -> None:
    """Learn from the corrections of topics that two members of staff agree on.

    Takes the approved corrections, makes them safe (personal details give way to stand-ins; a message that cannot be
    made safe is left out and named), leaves out what the data holds already, writes the rest as a diff of data/nlu,
    trains a model with it and measures it beside the live one. With --apply the diff is applied and the new model goes
    live, unless it is worse on any kind of emergency or below a floor.

    Exit codes: 0 done, or nothing to learn; 1 the new model was refused, and nothing was changed; 2 it cannot be done
    as given.
    """
    from bot.cli.opening import open_store
    from bot.cli.training import inputs_hash, model_file

    made_from = inputs_hash()
    store = open_store()
    proposal = _propose(store, holdout, safety, tuple(word or ()), tuple(skip or ()))
    _tell(proposal)
    if not proposal.added:
        if apply and proposal.settled:
            _settle(store, proposal, "")
        print("There is nothing to learn.")
        return
    diff.write_text(proposal.diff, encoding="utf-8")
    print(f"The diff is in {diff}; read it before you apply it.")
    if diff_only:
        return
    if not model_file().is_file():
        raise OperatorError("there is no model to compare with; make one with: firststep train")
    _train_and_compare(store, proposal, apply, made_from, (holdout, safety, floors))


def _propose(
    store: "Database", holdout: Path, safety: Path, words: tuple[str, ...], skipped: tuple[str, ...]
) -> "Proposal":
    from sqlalchemy import select

    from bot.console.masking import names_in
    from bot.conversations import corrections, review
    from bot.handoff.models import Lead
    from bot.learning.comparison import read_safety
    from bot.learning.proposal import propose
    from bot.learning.training_data import DataError
    from bot.nlu.evaluate import EvaluationError, read_lines

    names: dict[str, list[str | None]] = {}
    with store.read() as session:
        approved = corrections.to_learn(session)
        if unknown := [id_ for id_ in skipped if not any(one.id.startswith(id_) for one in approved)]:
            raise OperatorError(f"no correction to learn has the id {unknown[0]}")
        waiting = [one for one in approved if not one.id.startswith(tuple(skipped))]
        for conversation in {one.conversation_id for one in waiting}:
            found = review.transcript(session, conversation, masked=False)
            known: list[str | None] = [*names_in((line.author, line.text) for line in (found.lines if found else []))]
            for lead in session.execute(select(Lead).where(Lead.conversation_id == conversation)).scalars():
                known += [lead.name, lead.contact]
            names[conversation] = known
    if not waiting:
        from bot.learning.proposal import Proposal

        return Proposal()
    try:
        dangers, benign = read_safety(safety)
        held = [*read_lines(holdout), *benign, *(line for lines in dangers.values() for line in lines)]
        return propose(waiting, names, Path(), [line.text for line in held], words)
    except (EvaluationError, DataError, OSError) as error:
        raise OperatorError(str(error)) from None


def _tell(proposal: "Proposal") -> None:
    for one in proposal.left_out:
        print(f"left out {one.correction[:SHORT]}: message {one.seq} of conversation {one.conversation}: {one.why}")
    for addition in proposal.added:
        print(f"to learn {addition.correction[:SHORT]}: {addition.topic}: {addition.text}")


def _train_and_compare(
    store: "Database", proposal: "Proposal", apply: bool, made_from: str, files: tuple[Path, Path, Path]
) -> None:
    from bot.cli import training
    from bot.learning import shelf, training_data
    from bot.learning.comparison import refusals, render
    from bot.nlu.evaluate import EvaluationError, read_floors

    holdout, safety, floors = files
    with training.new_folder() as folder:
        data = Path(folder) / "data"
        shutil.copytree("data", data)
        training_data.write(Path(folder), proposal.files)
        print("training a model with it: about a minute", flush=True)
        candidate = _train(folder, data)
        print("measuring both models", flush=True)
        try:
            least = read_floors(floors)
            before = _measure(training.model_file(), holdout, safety)
            after = _measure(candidate, holdout, safety)
        except EvaluationError as error:
            raise OperatorError(str(error)) from None
        print(render(before, after))
        if live := shelf.live_name(training.MODELS):
            shelf.note_figures(training.MODELS, live, before.figures())
        if why := refusals(before, after, least):
            for sentence in why:
                print(f"refused: {sentence}", file=sys.stderr)
            raise typer.Exit(REFUSED)
        if not apply:
            print("The new model may go live: firststep learn --apply")
            return
        if training.inputs_hash() != made_from:
            raise OperatorError("what the model is made from was changed meanwhile; nothing was applied, run it again")
        training_data.write(Path(), proposal.files)
        made = training.take(folder, training.inputs_hash(), f"learned {len(proposal.added)}")
        shelf.note_figures(training.MODELS, made.name, after.figures())
        _settle(store, proposal, made.name)
        shelf.put_live(training.MODELS, made.name)
    print(f"The diff is applied, and the model {made.name} is live. Commit data/nlu.")
    if live:
        print(f"To put the old one back: firststep models use {live}")


def _settle(store: "Database", proposal: "Proposal", model: str) -> None:
    from bot.conversations import corrections

    with store.write() as session:
        corrections.mark_learned(session, proposal.settled, model)


def _train(folder: str, data: Path) -> Path:
    from bot.cli import training

    command = [sys.executable, "-m", *training.train_command(folder), "--data", str(data)]
    done = subprocess.run(  # noqa: S603  (our own command)
        command, env=training.training_environment(), check=False, capture_output=True, text=True
    )
    trained = Path(folder) / training.model_file().name
    if done.returncode != 0 or not trained.is_file():
        last = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise OperatorError(f"the training failed and nothing was changed. Its last words:\n{last}")
    return trained


def _measure(model: Path, holdout: Path, safety: Path) -> "Measured":
    from bot.cli.training import training_environment
    from bot.learning.comparison import measure
    from bot.nlu.evaluate import load_parser

    os.environ.update(training_environment())
    warnings.filterwarnings("ignore")  # deprecations inside rasa and TensorFlow; nothing an operator can act on
    return measure(load_parser(model), holdout, safety)
