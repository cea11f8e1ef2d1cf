"""`firststep leads list` and `firststep leads reconcile`."""

import json
import sys
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
    from bot.handoff.redisclosure import ADVICE, NOTICE

    leads: list[dict[str, Any]] = []
    with open_store().read() as session:
        while page := list_leads(session, state, masked=not unmasked, limit=PAGE, offset=len(leads)):
            leads += page
    if unmasked and leads:
        print(f"{NOTICE} {ADVICE}", file=sys.stderr)
    if as_json:
        print(json.dumps(leads, indent=2, ensure_ascii=False, default=str))
        return
    if not leads:
        print("There are no leads yet.")
    for lead in leads:
        print(
            f"{lead['created_at']:<33} {lead['state']:<12} {lead['ref']:<10} {lead['professional_id'] or 'nobody yet'}"
        )


@app.command("reconcile")
def reconcile_(
    as_json: Annotated[bool, typer.Option("--json", help="Print the balance and what does not fit as JSON.")] = False,
) -> None:
    """Hold promises, leads and deliveries against each other; exit code 1 when something does not fit.

    Promises are what the assistant said in the transcripts. Names ids and codes only. The result is written down: the
    console and the metrics show it. The worker does the same once a day.
    """
    from uuid import uuid4

    from bot.cli.opening import open_store
    from bot.reconciliation import reconcile
    from bot.reconciliation.findings import KINDS
    from bot.settings import settings
    from bot.store import utcnow

    now = utcnow()
    report = reconcile(open_store(), settings().retention_days, now, f"command:{uuid4()}")
    if as_json:
        balance = {name: getattr(report, name) for name in ("promises", "leads", "delivered", "owed")}
        found = [finding.as_dict() for finding in report.findings]
        print(json.dumps({"at": now.isoformat(), **balance, "findings": found}, indent=2))
    else:
        print(
            f"{report.promises} promised to visitors, {report.leads} stored; offers: {report.delivered} delivered, "
            f"{report.owed} still owed"
        )
        for finding in report.findings:
            print(f"WRONG  {KINDS[finding.kind]}: {finding.ids}")
        print("everything fits" if report.fits else f"{len(report.findings)} do not fit")
    raise typer.Exit(0 if report.fits else 1)
