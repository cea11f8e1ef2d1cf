"""`firststep train`, `evaluate` and `lint`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.errors import OperatorError

HOLDOUT = Path("tests/nlu/holdout.jsonl")
FLOORS = Path("tests/nlu/floors.yml")
SAFETY = [Path("tests/safety/held_crisis.jsonl"), Path("tests/safety/held_benign.jsonl")]
SAFETY_FLOORS = Path("tests/safety/floors.yml")
EXAMPLES = Path("data/nlu")


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(train)
    app.command()(evaluate)
    app.command()(lint)


def train(
    if_needed: Annotated[bool, typer.Option("--if-needed", help="Do nothing when the model is up to date.")] = False,
) -> None:
    """Train the model from config.yml, domain.yml and data/, and put it in models/. About a minute the first time."""
    from bot.cli.training import train as run
    from bot.cli.training import why_train

    if if_needed and why_train() is None:
        print("The model is up to date.")
        return
    print(f"The model is in {run()}.")


def evaluate(
    file: Annotated[
        Path | None,
        typer.Argument(
            help='Labelled messages, a JSON object a line: {"text", "label", "also": []}. '
            "Without it: our own hold-out, held to its floors."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    predictions: Annotated[
        Path | None, typer.Option(help="Write here what was predicted for each line, as JSON lines.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(help="Write here the report as one HTML page: bars, confusion matrix, examples at fault."),
    ] = None,
) -> None:
    """Measure how well the model understands labelled messages: topics, crises, false alarms, confusions, time.

    Without a file the project's own hold-out is measured, and the safety check on the emergencies and harmless
    messages that are held back, by class with exact 95% intervals; the exit code is 1 when a committed floor is not
    reached.
    """
    own = file is None
    file = file or HOLDOUT
    if not file.is_file():
        raise OperatorError(f"there is no file {file}")
    import os

    from bot.cli.training import model_file, training_environment
    from bot.nlu import safety_figures
    from bot.nlu.evaluate import EvaluationError, below_floors, load_parser, newest_model, read_floors, read_lines
    from bot.nlu.evaluate import evaluate as measure
    from bot.nlu.evaluation_page import page
    from bot.nlu.examples import training_examples
    from bot.nlu.faults import find_faults
    from bot.nlu.report_text import render
    from bot.safety import floors as safety_floors

    try:
        floors = read_floors(FLOORS) if own else {}
        bounds = safety_floors.read_floors(SAFETY_FLOORS) if own else []
        lines_read = read_lines(file)
        if not model_file().is_file():
            raise OperatorError("there is no model yet; make one with: firststep train")
        os.environ.update(training_environment())
        parse = load_parser(newest_model())
        report = measure(lines_read, parse)
        safety = safety_figures.figures_of(SAFETY, safety_figures.by_model(parse)) if own else None
        if predictions:
            lines = (json.dumps(line, ensure_ascii=False) for line in report.rows())
            predictions.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        faults = find_faults(report.predictions, training_examples(EXAMPLES))
        if html:
            about = f"{file.name}, model {model_file().resolve().name.removesuffix('.tar.gz')}."
            html.write_text(page(report, faults, about), encoding="utf-8")
    except (EvaluationError, safety_floors.FloorsError, OSError) as error:
        raise OperatorError(str(error)) from None
    if as_json:
        data = report.to_json() | {"faults": [fault.as_dict() for fault in faults]}
        data |= {"safety": safety.to_dict()} if safety else {}
        print(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        print(render(report, faults))
        print(f"\nsafety check, messages held back, with exact 95% intervals\n{safety.render()}" if safety else "")
    missed = [*below_floors(report, floors), *(safety_floors.missed(safety, bounds) if safety else [])]
    if missed:
        for sentence in missed:
            print(sentence, file=sys.stderr)
        raise typer.Exit(1)


def lint() -> None:
    """Check answers, buttons and examples for what `rasa data validate` lets through; exit code 1 on a fault."""
    from bot.lint import findings
    from bot.lint.project import ProjectError

    try:
        faults = findings(Path())
    except ProjectError as error:
        raise OperatorError(str(error)) from None
    for fault in faults:
        print(fault)
    print(f"{len(faults)} fault{'' if len(faults) == 1 else 's'} found.")
    raise typer.Exit(1 if faults else 0)
