"""`firststep directory import`."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.errors import OperatorError

app = typer.Typer(help="The federal listing of programs, for visitors outside your area.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The federal listing of programs, for visitors outside your area."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="JSON of the locator on FindTreatment.gov, one page or many.")],
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day of the data; the file's own day when left out."),
    ] = None,
) -> None:
    """Replace the listing by this file's. When anything in it is wrong, says where, and changes nothing."""
    from bot.cli.opening import open_store
    from bot.program.directory import DirectoryError, import_directory
    from bot.store import utcnow

    try:
        day = as_of.date() if as_of else date.fromtimestamp(file.stat().st_mtime)
        if day > utcnow().date():
            raise OperatorError(f"--as-of {day} is still to come")
        with open_store().write() as session:
            done = import_directory(session, file, day, utcnow())
            said = f"{done.kept} of {done.read} facilities offer intensive outpatient treatment; they are in force"
    except (DirectoryError, OSError) as error:
        raise OperatorError(str(error)) from None
    print(f"{said}, as of {day}.")
