"""A lead goes to somebody else: who had joined it is asked for themselves, and not passed on without their yes."""

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.handoff import Consent, Lead, OutboxItem, Safe, ask_now, has_unsent, status_for, withdraw
from bot.handoff.handover_answer import answer_question, waiting_question
from bot.handoff.links import Link, sign
from bot.handoff.models import HandoverRequest, LeadLink
from bot.handoff.pages import routes
from bot.handoff.professional import decline, looked_at
from bot.program.profile import Profile
from bot.store import Database
from tests.handoff.climbing import after, mails, offers, posted, step, the_lead
from tests.handoff.conftest import opened

SAM = {"name": "Quinn", "best_time": "mornings", "for_whom": None}


def handed_over(database: Database, program: Profile, gave_up: bool = False, **sams: object) -> LeadLink:
    """Jordan's request and Quinn's, which joined it; Dana does not answer, and with Jordan's yes Luis has Jordan's."""
    opened(database, best_time=None)
    opened(database, "c2", after(2), **{**SAM, **sams})
    if gave_up:
        with database.write() as session:
            decline(session, Link(the_lead(database).id, "dana", 1), "full", after(3))
    step(database, after(5))
    offers(database, program, "luis", after(6))
    posted(database, after(6))
    with database.write() as session:
        assert answer_question(session, "c1", True, "m1", after(7)) is not None
    with database.read() as session:
        return session.execute(select(LeadLink)).scalar_one()


def item_to(database: Database, conversation: str) -> OutboxItem | None:
    with database.read() as session:
        rows = session.execute(select(OutboxItem).where(OutboxItem.idempotency_key.like("handover:%"))).scalars()
        return next((row for row in rows if row.payload["conversation_id"] == conversation), None)


def brought(database: Database) -> None:
    with database.write() as session:
        rows = session.execute(select(OutboxItem).where(OutboxItem.idempotency_key.like("handover:%"))).scalars()
        for row in rows:
            row.state, row.sent_at = "sent", after(8)


def answers(database: Database, yes: bool, message: str = "s1") -> str:
    with database.write() as session:
        said = answer_question(session, "c2", yes, message, after(9))
    assert said is not None
    return said.web


def live(database: Database) -> set[tuple[str, str, str]]:
    with database.read() as session:
        rows = session.execute(select(Consent).where(Consent.withdrawn_at.is_(None))).scalars()
        return {(row.conversation_id, row.kind, row.recipient_id) for row in rows}


def page_of_luis(database: Database) -> str:
    lead = the_lead(database)
    client = TestClient(Starlette(routes=routes(database)))
    return client.get(f"/handoff/{sign(Link(lead.id, 'luis', lead.offer))}").text


JORDANS = {("c1", "sharing", "luis"), ("c1", "contact", "luis")}


@pytest.mark.parametrize(("gave_up", "happened"), [(False, "has not answered"), (True, "cannot take")])
def test_the_other_visitor_is_asked_and_nothing_goes_on_before_their_yes(
    store: Database, program: Profile, gave_up: bool, happened: str
) -> None:
    link = handed_over(store, program, gave_up)
    item = item_to(store, "c2")
    assert item is not None
    assert item.payload["choices"] == ["Yes", "No"]
    assert f"Dana (example) {happened} your request {link.ref}" in item.payload["text"]
    assert not any(word in item.payload["text"] for word in ("Quinn", "Jordan", the_lead(store).ref, "treatment"))
    assert "Quinn" not in page_of_luis(store)
    assert link.professional_id == "dana"
    assert live(store) == JORDANS | {("c2", "sharing", "dana"), ("c2", "contact", "dana")}


def test_their_yes_is_a_consent_of_theirs_and_brings_their_request(store: Database, program: Profile) -> None:
    handed_over(store, program)
    with store.read() as session:
        assert waiting_question(session, "c2") is None
    brought(store)
    said = answers(store, True)
    assert said.startswith("Thank you. I have passed your request on to Luis (example).")
    assert answers(store, True) == said
    assert live(store) == JORDANS | {("c2", "sharing", "luis"), ("c2", "contact", "luis")}
    item = item_to(store, "c2")
    assert item is not None
    with store.read() as session:
        row = session.execute(
            select(Consent).where(
                Consent.conversation_id == "c2", Consent.kind == "sharing", Consent.withdrawn_at.is_(None)
            )
        ).scalar_one()
        assert row.text == item.payload["text"]
        assert "your name" in row.shared
        assert "has not answered yet" in status_for(session, "c2", after(9)).web
    assert mails(store)[-1] == ("update", "luis")
    assert "Quinn" in page_of_luis(store)
    with store.write() as session:
        looked_at(session, Link(the_lead(store).id, "luis", the_lead(store).offer), after(10))
        assert "Luis (example) has your request" in status_for(session, "c2", after(11)).web


def test_their_no_gives_nobody_anything_and_says_where_it_stands(store: Database, program: Profile) -> None:
    handed_over(store, program)
    brought(store)
    assert "Luis (example) got nothing about you, and nobody has your request now" in answers(store, False)
    assert "Quinn" not in page_of_luis(store)
    with store.read() as session:
        assert waiting_question(session, "c2") is None
        assert "nobody else has it" in status_for(session, "c2", after(10)).web
        lead = session.execute(select(Lead)).scalar_one()
    assert (lead.state, lead.professional_id) == ("claimed", "luis")


def test_a_yes_after_the_lead_went_on_once_more_is_asked_anew(store: Database, program: Profile) -> None:
    handed_over(store, program)
    brought(store)
    with store.write() as session:
        session.execute(select(Lead)).scalar_one().professional_id = "robin"
    assert "I passed nothing on" in answers(store, True)
    assert ("c2", "sharing", "luis") not in live(store)


def test_who_takes_it_back_meanwhile_is_asked_nothing_more(store: Database, program: Profile) -> None:
    handed_over(store, program)
    brought(store)
    with store.write() as session:
        withdraw(session, "c2", after(8))
        assert answer_question(session, "c2", True, "s1", after(9)) is None
    assert live(store) == JORDANS


def test_where_no_text_is_safe_they_are_asked_when_they_write(store: Database, program: Profile) -> None:
    handed_over(store, program, channel="sms", safe=Safe(True, False, False))
    assert item_to(store, "c2") is None
    with store.write() as session:
        assert has_unsent(session, "c2")
        asked = ask_now(session, "c2", after(8))
    assert asked is not None
    assert "give Luis (example), and nobody else" in " ".join(asked.sms)
    assert answers(store, True).startswith("Thank you.")
    with store.read() as session:
        states = session.execute(select(HandoverRequest.state).where(HandoverRequest.link_id.is_not(None))).scalars()
        assert sorted(states) == ["agreed", "void"]


def test_a_joined_visitor_for_whom_texts_are_unsafe_gets_no_news_by_text(store: Database) -> None:
    opened(store, best_time=None)
    opened(store, "c2", after(2), **SAM, channel="sms", safe=Safe(True, False, False))
    with store.write() as session:
        decline(session, Link(the_lead(store).id, "dana", 1), "full", after(3))
    with store.read() as session:
        items = session.execute(select(OutboxItem)).scalars()
        assert "c2" not in {item.payload.get("conversation_id") for item in items}
