"""`firststep users add`."""

import sys
from typing import Annotated

import typer

from bot.cli.errors import OperatorError

app = typer.Typer(help="Who may log in to the staff console.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Who may log in to the staff console."""


@app.command("add")
def add(
    email: Annotated[str, typer.Argument(help="E-mail address to log in with.")],
    role: Annotated[str, typer.Option(help="reviewer, responder, lead_worker, auditor or admin.")] = "admin",
    name: Annotated[str, typer.Option(help="Name that visitors see when this person writes to them.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input, for scripts.")
    ] = False,
) -> None:
    """Add a person to the console. Asks for the password, which never stands on the command line."""
    from bot.cli.opening import open_store
    from bot.console.users import UserError, add_user

    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        with open_store().write() as session:
            add_user(session, email, password, role, name or None)
    except UserError as error:
        raise OperatorError(str(error)) from None
    print(f"{email} can log in now.")
