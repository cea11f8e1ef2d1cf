"""The same number again, from another conversation: one lead, two people's details kept apart, no word of the first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.handoff import (
    Consent,
    ConsentMismatchError,
    Lead,
    LeadEvent,
    OutboxItem,
    has_request,
    open_lead,
    propose,
    status_for,
    withdraw,
)
from bot.handoff import professional as pro
from bot.handoff.links import Link, sign
from bot.handoff.models import LeadLink
from bot.handoff.outbox import VISITOR_MESSAGE
from bot.handoff.pages import routes
from bot.handoff.retention import purge_leads
from bot.store import Database
from tests.handoff.conftest import MONDAY, consent_of, draft, opened

SOON = MONDAY + timedelta(minutes=2)
LATER = MONDAY + timedelta(minutes=9)
OTHER = {"name": "Sam", "best_time": "mornings", "zip": "97209", "for_whom": None}


def leads(database: Database) -> list[Lead]:
    with database.read() as session:
        return list(session.execute(select(Lead).order_by(Lead.created_at, Lead.id)).scalars())


def the_link(database: Database) -> LeadLink:
    with database.read() as session:
        return session.execute(select(LeadLink)).scalar_one()


def link(database: Database) -> Link:
    lead = leads(database)[0]
    return Link(lead.id, lead.professional_id, lead.offer)


def told(database: Database, conversation: str) -> list[str]:
    with database.read() as session:
        items = session.execute(select(OutboxItem).where(OutboxItem.kind == VISITOR_MESSAGE)).scalars()
        return [item.payload["text"] for item in items if item.payload["conversation_id"] == conversation]


def status(database: Database, conversation: str) -> str:
    with database.read() as session:
        return status_for(session, conversation, LATER).web


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_one_lead_two_consents_and_both_kept_apart(any_store: Database, channel: str) -> None:
    first = opened(any_store)
    second = opened(any_store, "c2", SOON, channel=channel, **OTHER)
    (lead,) = leads(any_store)
    assert second.lead_id == first.lead_id
    assert second.ref != first.ref
    assert (lead.name, lead.zip, lead.best_time) == ("Jordan", "97103", "after 5 pm")
    assert the_link(any_store).details == ["Name: Sam", "Phone: (503) 555-0188", "Best time: mornings", "ZIP: 97209"]
    with any_store.read() as session:
        rows = session.execute(
            select(Consent.conversation_id, Consent.kind, Consent.channel, Consent.withdrawn_at)
        ).all()
        about = [item.payload["about"] for item in session.execute(select(OutboxItem)).scalars()]
    assert sorted(map(tuple, rows)) == [
        ("c1", "contact", "web", None),
        ("c1", "sharing", "web", None),
        ("c2", "contact", channel, None),
        ("c2", "sharing", channel, None),
    ]
    assert sorted(about) == ["offer", "update"]


def test_who_joins_is_told_what_any_new_request_is_told(store: Database) -> None:
    other = {**OTHER, "zip": "97103"}
    alone = opened(store, "c0", contact="503-555-0177", **other)
    with store.write() as session:
        withdraw(session, "c0", MONDAY)
    opened(store)
    with store.write() as session:
        pro.claim(session, _link_to(store, "c1"), MONDAY)
    joined = opened(store, "c2", **other)
    assert joined.say.web.replace(joined.ref, alone.ref) == alone.say.web
    said = status(store, "c2")
    assert "has not answered yet" in said
    assert joined.ref in said
    assert not any(earlier in said for earlier in ("Jordan", "since", "after 5", leads(store)[1].ref))


def _link_to(database: Database, conversation: str) -> Link:
    with database.read() as session:
        lead = session.execute(select(Lead).where(Lead.open_key == conversation)).scalar_one()
    return Link(lead.id, lead.professional_id, lead.offer)


def test_the_proposal_names_who_has_the_lead_and_shows_the_new_details_only(store: Database) -> None:
    opened(store)
    with store.read() as session:
        proposal = propose(session, "c2", draft(**OTHER), SOON)
    assert proposal.professional is not None
    assert proposal.professional.id == leads(store)[0].professional_id
    assert not any(earlier in proposal.say.web for earlier in ("Jordan", "after 5", "97103", "my son"))


def test_outside_the_area_a_known_number_changes_nothing(store: Database) -> None:
    opened(store)
    with store.read() as session:
        assert propose(session, "c2", draft(zip="33101"), SOON).reason == "outside_area"


def test_the_same_turn_again_changes_nothing(any_store: Database) -> None:
    opened(any_store)
    consent = consent_of(any_store, draft(**OTHER), "c2", SOON)
    results = []
    for _ in range(3):
        with any_store.write() as session:
            results.append(open_lead(session, "c2", draft(**OTHER), consent, SOON))
    assert [result.created for result in results] == [True, False, False]
    assert len({result.ref for result in results}) == 1
    with any_store.read() as session:
        assert len(session.execute(select(Consent).where(Consent.conversation_id == "c2")).scalars().all()) == 2
        assert len(session.execute(select(LeadEvent).where(LeadEvent.kind == "asked_again")).scalars().all()) == 1


def test_of_two_with_one_number_at_the_same_instant_one_joins(any_store: Database) -> None:
    consents = {name: consent_of(any_store, draft(), name) for name in ("c1", "c2", "c3", "c4")}

    def one(name: str) -> str:
        with any_store.write() as session:
            return open_lead(session, name, draft(), consents[name], MONDAY).lead_id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(one, consents))) == 1
    assert len(leads(any_store)) == 1


def test_after_thirty_days_a_new_lead_is_made(store: Database) -> None:
    opened(store)
    assert opened(store, "c2", MONDAY + timedelta(days=29)).lead_id == leads(store)[0].id
    assert opened(store, "c3", MONDAY + timedelta(days=31)).lead_id != leads(store)[0].id
    assert [lead.phone_key is not None for lead in leads(store)] == [False, True]


def test_a_finished_lead_is_not_joined(store: Database) -> None:
    opened(store)
    with store.write() as session:
        pro.claim(session, link(store), MONDAY)
        pro.report(session, link(store), "finished", None, None, MONDAY)
    opened(store, "c2", SOON)
    assert [lead.conversation_id for lead in leads(store)] == ["c1", "c2"]


def test_a_lead_that_nobody_has_is_not_joined_since_its_consent_names_nobody_else(store: Database) -> None:
    opened(store)
    with store.write() as session:
        pro.decline(session, link(store), "away", MONDAY)
    second = opened(store, "c2", SOON)
    assert second.lead_id != leads(store)[0].id
    assert [lead.state for lead in leads(store)] == ["new", "offered"]


def test_a_consent_to_somebody_else_does_not_join(store: Database) -> None:
    consent = consent_of(store, draft(zip="97209"), "c2")
    assert consent.professional_id != "dana"
    opened(store)
    with pytest.raises(ConsentMismatchError), store.write() as session:
        open_lead(session, "c2", draft(zip="97209"), consent, MONDAY)


def test_the_joined_visitor_hears_of_the_claim_but_not_of_the_appointment(store: Database) -> None:
    opened(store)
    opened(store, "c2", **OTHER)
    with store.write() as session:
        pro.claim(session, link(store), SOON)
        pro.report(session, link(store), "no_answer", None, None, SOON)
        pro.report(session, link(store), "scheduled", None, MONDAY + timedelta(days=1), LATER, "phone")
    assert [text.split(" ")[0] for text in told(store, "c2")] == ["Good", "Dana"]
    assert len(told(store, "c1")) == 3
    assert not any("noted a time" in text for text in told(store, "c2"))


def test_who_joins_a_claimed_lead_hears_when_the_professional_has_looked(store: Database) -> None:
    opened(store)
    with store.write() as session:
        pro.claim(session, link(store), MONDAY)
    opened(store, "c2", SOON, **OTHER)
    assert told(store, "c2") == []
    for _ in range(2):
        with store.write() as session:
            pro.looked_at(session, link(store), LATER)
    assert len(told(store, "c2")) == 1
    assert "has your request" in status(store, "c2")


def test_taking_the_joined_request_back_leaves_the_lead_alone(any_store: Database) -> None:
    opened(any_store)
    joined = opened(any_store, "c2", **OTHER)
    with any_store.write() as session:
        done = withdraw(session, "c2", SOON)
    assert done.ref == joined.ref
    assert "Nobody saw your name" in done.say.web
    (lead,) = leads(any_store)
    assert (lead.state, lead.name) == ("offered", "Jordan")
    assert (the_link(any_store).open_key, the_link(any_store).details) == (None, None)
    with any_store.read() as session:
        rows = session.execute(select(Consent.conversation_id, Consent.withdrawn_at)).all()
        assert not has_request(session, "c2")
    assert {conversation: ended is not None for conversation, ended in rows} == {"c1": False, "c2": True}
    with any_store.write() as session:
        assert not withdraw(session, "c2", LATER).found


def test_taking_the_lead_back_ends_all_with_this_number(any_store: Database) -> None:
    opened(any_store)
    joined = opened(any_store, "c2", **OTHER)
    with any_store.write() as session:
        withdraw(session, "c1", SOON)
    assert (the_link(any_store).open_key, the_link(any_store).details) == (None, None)
    (text,) = told(any_store, "c2")
    assert joined.ref in text
    assert leads(any_store)[0].ref not in text


def test_another_number_leaves_the_joined_lead(store: Database) -> None:
    opened(store)
    opened(store, "c2", **OTHER)
    second = opened(store, "c2", SOON, contact="503-555-0177")
    assert [lead.id == second.lead_id for lead in leads(store)] == [False, True]
    assert the_link(store).open_key is None


def test_the_professional_sees_both_and_what_to_mind(store: Database) -> None:
    with time_machine.travel(MONDAY, tick=False):
        opened(store)
        joined = opened(store, "c2", **OTHER)
        client, path = TestClient(Starlette(routes=routes(store))), f"/handoff/{sign(link(store))}"
        assert "Sam" not in client.get(path).text
        page = client.post(path, data={"action": "claim"}).text
    for words in ("Asked again with the same number", joined.ref, "Name: Sam", "Do not tell one about the other"):
        assert words in page


def test_the_joined_details_are_erased_with_the_lead(store: Database) -> None:
    opened(store)
    opened(store, "c2", **OTHER)
    with store.write() as session:
        pro.claim(session, link(store), MONDAY)
        pro.report(session, link(store), "finished", None, None, MONDAY)
    with store.write() as session:
        assert purge_leads(session, 90, MONDAY + timedelta(days=91)) == 1
    assert the_link(store).details is None
