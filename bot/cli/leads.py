"""`firststep leads list`."""

import json
from typing import Annotated

import typer

app = typer.Typer(help="People who asked to be contacted.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """People who asked to be contacted."""


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list with everything that is kept.")] = False,
) -> None:
    """List all leads, newest first, with their state and who has them."""
    from bot.cli.opening import open_store
    from bot.handoff import list_leads

    with open_store().read() as session:
        leads = list_leads(session)
    if as_json:
        print(json.dumps(leads, indent=2, ensure_ascii=False, default=str))
        return
    if not leads:
        print("There are no leads yet.")
    for lead in leads:
        print(f"{lead['created_at']}  {lead['state']:<12} {lead['id']}")
