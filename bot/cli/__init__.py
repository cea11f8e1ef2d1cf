"""The command line, `firststep`. Commands import what they need when they run: `firststep front` stays light."""

import sys
from typing import Any

import typer

from bot.cli import conversations, directory, doctor, leads, learn, model, models, processes, program, users
from bot.cli.errors import OperatorError
from bot.settings import SettingsError


class Application(typer.Typer):
    """Typer's application, whose foreseen failures are one sentence and exit code 2, never a traceback."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line."""
        try:
            return super().__call__(*args, **kwargs)
        except (OperatorError, SettingsError) as error:
            print(f"firststep: {error}", file=sys.stderr)
            raise SystemExit(2) from None


app = Application(
    name="firststep",
    help="First Step: guidance towards an intensive outpatient program, and a warm hand-off. Settings are environment "
    "variables (FIRSTSTEP_...) or lines of a .env file in this folder.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group in (processes, model, learn):
    group.register(app)
app.add_typer(leads.app, name="leads")
app.add_typer(conversations.app, name="conversations")
app.add_typer(program.app, name="program")
app.add_typer(directory.app, name="directory")
app.add_typer(models.app, name="models")
app.add_typer(users.app, name="users")
conversations.register(app)
doctor.register(app)
