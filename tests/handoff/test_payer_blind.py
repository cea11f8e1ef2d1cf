"""Two visitors who differ only in who pays get the same professional: the whole way from the dialogue's slots on."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from actions.handoff import draft_from
from actions.topics import TOPICS
from bot.handoff import open_lead, propose
from bot.program.vocabulary import INSURERS, POPULATIONS, SUBSTANCES
from bot.store import Database
from tests.actions.turns import turn
from tests.handoff.conftest import MONDAY

PAYING = ("ask_cost", "ask_insurance", "ask_financial_help")
OTHER = sorted(set(TOPICS) - set(PAYING))
PAYER_WORDS = (
    "i have medicaid",
    "i pay cash, money is no problem",
    "i have no insurance at all",
    "my ppo pays everything",
    "i cannot pay anything",
)


def entities(name: str, values: Any) -> some.SearchStrategy[dict[str, Any]]:
    return some.fixed_dictionaries({"entity": some.just(name), "value": values})


need = some.fixed_dictionaries(
    {
        "zip": some.sampled_from(["97103", "97209", "98101", "33101", "97701", None]),
        "language": some.sampled_from(["en", "es"]),
        "wishes": some.lists(
            some.one_of(
                entities("substance", some.sampled_from(sorted(SUBSTANCES))),
                entities("population", some.sampled_from(sorted(POPULATIONS))),
            ),
            max_size=3,
        ),
        "answered": some.lists(some.sampled_from(OTHER), max_size=3),
        "hour": some.integers(0, 167),
    }
)
payer = some.fixed_dictionaries(
    {
        "wishes": some.lists(
            some.one_of(
                entities("insurer", some.sampled_from(sorted(INSURERS))),
                entities("plan_type", some.sampled_from(["hmo", "ppo", "medicaid", "medicare", "marketplace"])),
                entities("money", some.floats(0, 100_000, allow_nan=False)),
                entities("percent", some.integers(0, 100)),
            ),
            max_size=4,
        ),
        "answered": some.lists(some.sampled_from(PAYING), max_size=3),
        "words": some.sampled_from(PAYER_WORDS),
    }
)


class Undone(Exception):
    """Rolls the transaction back."""


def hand_off(database: Database, need: dict[str, Any], payer: dict[str, Any]) -> tuple[str | None, str]:
    """From the slots to the stored lead, rolled back afterwards; gives the professional and why."""
    now = MONDAY + timedelta(hours=need["hour"])
    slots = {
        "contact_name": "Jordan",
        "contact_value": "503-555-0188",
        "contact_zip": need["zip"],
        "wishes": [*need["wishes"], *payer["wishes"]],
        "answered": [*need["answered"], *payer["answered"]],
    }
    draft = draft_from(turn(payer["words"], language=need["language"]), slots)
    with database.read() as session:
        proposal = propose(session, "c1", draft, now)
    if proposal.professional is None:
        return None, proposal.reason
    holders = []
    with suppress(Undone), database.write() as session:
        holders.append(open_lead(session, "c1", draft, proposal.given(), now).professional.id)
        raise Undone
    return holders[0], proposal.reason


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(need=need, one=payer, other=payer)
def test_who_pays_does_not_decide_who_calls(
    store: Database, need: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert hand_off(store, need, one) == hand_off(store, need, other)


def test_what_may_decide_does(store: Database) -> None:
    """The test above would also pass if nothing decided at all."""
    base = {"zip": "97103", "language": "en", "wishes": [], "answered": [], "hour": 0}
    nobody = {"wishes": [], "answered": [], "words": ""}
    found = [
        hand_off(store, base | change, nobody)[0]
        for change in ({}, {"language": "es"}, {"wishes": [{"entity": "population", "value": "veterans"}]})
    ]
    assert found == ["dana", "luis", "robin"]
