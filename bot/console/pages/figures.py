"""Figures: how fast people are answered, who waits now, and what the daily check of promises and leads found."""

from dataclasses import dataclass

from starlette.responses import Response

from bot.console import sessions
from bot.console.clock import span_of_seconds
from bot.console.visit import Visit
from bot.handoff import speed
from bot.handoff.speed import Figures, Speed
from bot.reconciliation import Finding, latest
from bot.reconciliation.findings import KINDS
from bot.reconciliation.run import LATE

PATH = f"{sessions.PATH}/figures"
CHANNELS = {"all": "All", "web": "Web chat", "sms": "Text message"}
SHOWN = 200


@dataclass(frozen=True)
class Listed:
    """One finding: what it means, and where to look."""

    text: str
    finding: Finding


def index(visit: Visit) -> Response:
    """GET figures."""
    now = visit.host.clock.now
    with visit.database.read() as session:
        found = speed.figures(session, now)
        run = latest(session)
        findings = [Finding.from_dict(item) for item in run.findings[:SHOWN]] if run else []
    visit.record("read_figures", {"findings": run.found if run else None})
    return visit.page(
        "figures.html",
        days=speed.WINDOW.days,
        channels=[(CHANNELS[channel], _facts(of, visit)) for channel, of in found.items()],
        run=run,
        late=run is not None and run.at < now - LATE,
        findings=[Listed(KINDS.get(item.kind, item.kind), item) for item in findings],
    )


def _facts(of: Figures, visit: Visit) -> list[tuple[str, str]]:
    """One channel's figures, each with its name."""
    return [
        ("Nobody has it now", str(of.unclaimed)),
        ("Waiting longest", visit.host.clock.ago(of.oldest).removesuffix(" ago") if of.oldest else "none"),
        ("Messages given up", str(of.given_up)),
        *_times("Claimed", of.claim),
        *_times("In contact", of.contact),
    ]


def _times(step: str, times: Speed) -> list[tuple[str, str]]:
    share = times.share_in_time
    return [
        (step, str(times.count)),
        (f"{step}, half within", span_of_seconds(times.p50)),
        (f"{step}, 9 of 10 within", span_of_seconds(times.p90)),
        (f"{step} in time", "none due" if share is None else f"{times.in_time} of {times.due} ({share:.0%})"),
    ]
