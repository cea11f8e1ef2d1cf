"""`firststep program import` and `export`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.errors import OperatorError

app = typer.Typer(help="The provider's program: locations, times, prices, plans, professionals.", no_args_is_help=True)


@app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="The profile, a YAML file like examples/program.yml.")]) -> None:
    """Replace the program by this file's. When anything in it is wrong, says where, and changes nothing."""
    from bot.cli.opening import open_store
    from bot.program.load import ProfileError
    from bot.program.transfer import import_file

    try:
        import_file(open_store(), file)
    except ProfileError as error:
        raise OperatorError(str(error)) from None
    print(f"The program of {file} is in force.")


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Where to write the profile; - writes it to the screen.")],
) -> None:
    """Write the program in force as a YAML file that can be changed and imported again."""
    from bot.cli.opening import open_store
    from bot.program.transfer import NoProgramError, export_text

    try:
        text = export_text(open_store())
        if str(file) == "-":
            print(text, end="")
            return
        file.write_text(text, encoding="utf-8")
    except (NoProgramError, OSError) as error:
        raise OperatorError(str(error)) from None
    print(f"The program is in {file}.")
