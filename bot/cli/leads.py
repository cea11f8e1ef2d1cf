"""`firststep leads list`."""

import json
from typing import Annotated, Any

import typer

PAGE = 500

app = typer.Typer(help="People who asked to be contacted.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """People who asked to be contacted."""


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list with everything that is kept.")] = False,
    state: Annotated[str | None, typer.Option(help="Only leads in this state, such as offered or claimed.")] = None,
    unmasked: Annotated[bool, typer.Option("--unmasked", help="Show names and contact details in full.")] = False,
) -> None:
    """List all leads, newest first, with their state and who has them."""
    from bot.cli.opening import open_store
    from bot.handoff import list_leads

    leads: list[dict[str, Any]] = []
    with open_store().read() as session:
        while page := list_leads(session, state, masked=not unmasked, limit=PAGE, offset=len(leads)):
            leads += page
    if as_json:
        print(json.dumps(leads, indent=2, ensure_ascii=False, default=str))
        return
    if not leads:
        print("There are no leads yet.")
    for lead in leads:
        print(
            f"{lead['created_at']:<33} {lead['state']:<12} {lead['ref']:<10} {lead['professional_id'] or 'nobody yet'}"
        )
