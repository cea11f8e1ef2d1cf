"""The visitor's side: one lead a conversation, only on the consent shown, told from the record, withdrawn at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.handoff import (
    Consent,
    ConsentGiven,
    ConsentMismatchError,
    Lead,
    LeadEvent,
    OutboxItem,
    correct,
    list_leads,
    open_lead,
    propose,
    status_for,
    withdraw,
)
from bot.handoff import outbox as box
from bot.handoff import professional as pro
from bot.handoff.agreed import consent_rows
from bot.handoff.links import Link
from bot.handoff.models import AppendOnlyError
from bot.handoff.reading import lead_consents, person_of
from bot.handoff.retention import purge_leads
from bot.program.transfer import current_program
from bot.store import Database
from tests.handoff.conftest import MONDAY, consent_of, draft, opened


def count(database: Database, table: type) -> int:
    with database.read() as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def the_lead(database: Database) -> Lead:
    with database.read() as session:
        return session.execute(select(Lead)).scalar_one()


def link(database: Database) -> Link:
    lead = the_lead(database)
    return Link(lead.id, lead.professional_id, lead.offer)


def claim(database: Database, minutes: int = 3) -> None:
    with database.write() as session:
        assert pro.claim(session, link(database), MONDAY + timedelta(minutes=minutes))


def test_a_proposal_shows_what_would_be_shared_and_with_whom_and_stores_nothing(store: Database) -> None:
    with store.write() as session:
        proposal = propose(session, "c1", draft(), MONDAY)
    assert proposal.professional is not None
    assert proposal.professional.id == "dana"
    assert proposal.summary_lines == [
        "Name: Jordan",
        "Phone: (503) 555-0188",
        "Best time: after 5 pm",
        "ZIP: 97103",
        "Help is for: my son",
    ]
    assert all(line in proposal.say.web for line in proposal.summary_lines)
    assert count(store, Lead) == 0


def test_outside_the_area_there_is_no_proposal_but_other_ways(store: Database) -> None:
    with store.read() as session:
        proposal = propose(session, "c1", draft(zip="33101"), MONDAY)
    assert proposal.professional is None
    assert proposal.reason == "outside_area"
    assert "FindTreatment.gov" in proposal.say.web
    assert "1-800-662-4357" in proposal.say.web
    with pytest.raises(ConsentMismatchError):
        proposal.given()


def test_opening_stores_lead_consent_event_and_mail_together(any_store: Database) -> None:
    result = opened(any_store)
    assert result.created
    assert result.state == "offered"
    lead = the_lead(any_store)
    assert (lead.contact, lead.contact_kind, lead.ref) == ("+15035550188", "phone", result.ref)
    assert lead.due_at == lead.next_rung_at == MONDAY + timedelta(minutes=5)
    with any_store.read() as session:
        consent, contact = lead_consents(session, lead.id)
        (item,) = session.execute(select(OutboxItem)).scalars()
        kinds = list(session.execute(select(LeadEvent.kind).order_by(LeadEvent.id)).scalars())
    assert consent["recipient_name"] == result.professional.name
    assert consent["shared"][:2] == ["your name", "your phone number"]
    assert [consent["kind"], contact["kind"]] == ["sharing", "contact"]
    assert consent["text"] != contact["text"]
    assert kinds == ["new", "offered"]
    assert (item.kind, item.payload["to"]) == (box.EMAIL_PROFESSIONAL, "dana@harbor.example.org")
    assert not any(secret in str(item.payload) for secret in ("Jordan", "0188", "97103"))


def test_a_failure_before_the_commit_leaves_nothing(store: Database) -> None:
    consent = consent_of(store, draft())

    def cut_off() -> None:
        with store.write() as session:
            open_lead(session, "c1", draft(), consent, MONDAY)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        cut_off()
    assert [count(store, table) for table in (Lead, Consent, OutboxItem, LeadEvent)] == [0, 0, 0, 0]


def test_the_same_turn_again_changes_nothing(any_store: Database) -> None:
    consent = consent_of(any_store, draft())
    results = []
    for _ in range(3):
        with any_store.write() as session:
            results.append(open_lead(session, "c1", draft(), consent, MONDAY))
    assert len({result.lead_id for result in results}) == 1
    assert [result.created for result in results] == [True, False, False]
    assert [count(any_store, table) for table in (Lead, Consent, OutboxItem, LeadEvent)] == [1, 2, 1, 2]


def test_a_yes_that_comes_again_after_a_decline_asks_nobody_again(any_store: Database) -> None:
    consent = consent_of(any_store, draft())
    with any_store.write() as session:
        first = open_lead(session, "c1", draft(), consent, MONDAY)
    with any_store.write() as session:
        pro.decline(session, link(any_store), "full", MONDAY)
    with any_store.write() as session:
        again = open_lead(session, "c1", draft(), consent, MONDAY)
    assert the_lead(any_store).state == "new"
    assert the_lead(any_store).offer == 1
    assert "I have stored your request" in again.say.web
    assert f"Your code is {first.ref}" in again.say.web
    assert "cannot take it" in again.say.web


def test_a_yes_that_comes_again_after_the_withdrawal_begins_nothing_anew(any_store: Database) -> None:
    consent = consent_of(any_store, draft())
    with any_store.write() as session:
        open_lead(session, "c1", draft(), consent, MONDAY)
    with any_store.write() as session:
        withdraw(session, "c1", MONDAY)
    with any_store.write() as session:
        again = open_lead(session, "c1", draft(), consent, MONDAY)
    assert [count(any_store, table) for table in (Lead, Consent)] == [1, 2]
    assert again.state == "withdrawn"
    assert "You took your request back" in again.say.web


def test_the_store_itself_lets_a_yes_count_once(any_store: Database) -> None:
    """Two processes that both looked before the other had written, with the first one's lead closed in between."""
    consent = consent_of(any_store, draft())
    with any_store.write() as session:
        open_lead(session, "c1", draft(), consent, MONDAY)
    with any_store.write() as session:
        lead = session.execute(select(Lead)).scalar_one()
        person = person_of(current_program(session), "dana")
        assert person is not None
        session.add_all(consent_rows(lead, "c1", current_program(session), person, draft(), consent, MONDAY))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_eight_at_the_same_instant_make_one_lead(any_store: Database) -> None:
    consent = consent_of(any_store, draft())

    def one(_number: int) -> str:
        with any_store.write() as session:
            return open_lead(session, "c1", draft(), consent, MONDAY).lead_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(one, range(8)))) == 1
    assert [count(any_store, table) for table in (Lead, Consent, OutboxItem)] == [1, 2, 1]


def test_what_was_not_shown_is_not_shared(store: Database) -> None:
    consent = consent_of(store, draft())
    for changed in (draft(contact="503-555-0199"), draft(wish="evenings")):
        with pytest.raises(ConsentMismatchError), store.write() as session:
            open_lead(session, "c1", changed, consent, MONDAY)
    for wrong in (replace(consent, professional_id="nobody"), replace(consent, expires_at=MONDAY.isoformat())):
        with pytest.raises(ConsentMismatchError), store.write() as session:
            open_lead(session, "c1", draft(), wrong, MONDAY)
    assert count(store, Lead) == 0


def test_a_consent_survives_the_dialogue_as_json(store: Database) -> None:
    consent = consent_of(store, draft())
    assert ConsentGiven.from_slot(consent.as_slot()) == consent
    with pytest.raises(ConsentMismatchError):
        ConsentGiven.from_slot({"text": "yes"})


def test_new_details_on_a_new_consent_join_the_open_lead(store: Database) -> None:
    first = opened(store)
    second = opened(store, contact="jordan@example.org", wish="evenings")
    assert second.lead_id == first.lead_id
    assert not second.created
    assert the_lead(store).contact == "jordan@example.org"
    with store.read() as session:
        consents = lead_consents(session, first.lead_id)
        about = [item.payload["about"] for item in session.execute(select(OutboxItem)).scalars()]
    assert [consent["kind"] for consent in consents if not consent["withdrawn_at"]] == ["sharing", "contact"]
    assert sorted(about) == ["offer", "update"]


def test_without_contact_the_code_is_the_way(store: Database) -> None:
    result = opened(store, contact=None)
    assert result.ref in result.say.web
    assert "call Example Harbor Recovery" in result.say.web


def test_no_time_is_promised_and_hours_come_from_the_profile(store: Database) -> None:
    assert "at work now, until 5:30 pm" in opened(store).say.web
    night = MONDAY + timedelta(hours=10)
    assert "next at work tomorrow at 8:30 am" in opened(store, "c2", night).say.web


def test_a_correction_within_the_consent_is_taken_and_beyond_it_refused(store: Database) -> None:
    opened(store)
    with store.write() as session:
        correct(session, "c1", {"contact": "503-555-0177"}, MONDAY)
    assert the_lead(store).contact == "+15035550177"
    with pytest.raises(ConsentMismatchError), store.write() as session:
        correct(session, "c1", {"wish": "evenings"}, MONDAY)
    with pytest.raises(ValueError, match="neither a phone"), store.write() as session:
        correct(session, "c1", {"contact": "soon"}, MONDAY)
    with pytest.raises(LookupError), store.write() as session:
        correct(session, "other", {"name": "Kim"}, MONDAY)


def test_the_status_is_told_from_the_record(store: Database) -> None:
    def status(minutes: int) -> str:
        with store.read() as session:
            return status_for(session, "c1", MONDAY + timedelta(minutes=minutes)).web

    assert "no request" in status(0)
    opened(store)
    assert "about to be sent" in status(0)
    (item,) = box.claim_due(store, "w", MONDAY)
    with store.write() as session:
        assert box.mark_sent(session, item, "w", MONDAY)
    waiting = status(3)
    assert "has not answered yet. I sent it 3 minutes ago." in waiting
    assert "call Example Harbor Recovery at (503) 555-0140" in waiting
    claim(store)
    assert "Dana (example) has your request since today at 12:03 pm." in status(9)
    with store.write() as session:
        withdraw(session, "c1", MONDAY + timedelta(minutes=10))
    assert "You took your request back today at 12:10 pm." in status(11)


def test_withdrawing_before_the_mail_left_cancels_it_and_erases_the_details(any_store: Database) -> None:
    opened(any_store)
    with any_store.write() as session:
        done = withdraw(session, "c1", MONDAY)
    assert done.found
    assert "Nobody saw your name" in done.say.web
    lead = the_lead(any_store)
    assert lead.state == "withdrawn"
    assert [getattr(lead, name) for name in ("name", "contact", "zip", "wish", "phone_index", "best_time")] == [
        None
    ] * 6
    with any_store.read() as session:
        consents = lead_consents(session, lead.id)
        states = {item.payload["about"]: item.state for item in session.execute(select(OutboxItem)).scalars()}
    assert all(consent["withdrawn_at"] for consent in consents)
    assert "and nobody else" in consents[0]["text"]
    assert states == {"offer": "cancelled"}


def test_withdrawing_after_the_claim_stops_the_visitors_message_and_tells_the_professional(store: Database) -> None:
    opened(store)
    (item,) = box.claim_due(store, "w", MONDAY)
    with store.write() as session:
        assert box.mark_sent(session, item, "w", MONDAY)
    claim(store)
    with store.write() as session:
        done = withdraw(session, "c1", MONDAY)
        assert not withdraw(session, "c1", MONDAY).found
    assert "had seen your details" in done.say.web
    with store.read() as session:
        pending = list(session.execute(select(OutboxItem).where(OutboxItem.state == "pending")).scalars())
    assert [item.payload["about"] for item in pending] == ["withdrawn"]
    assert "Jordan" not in str(pending[0].payload)
    again = opened(store)
    assert again.created


def test_after_a_decline_the_next_proposal_names_somebody_else(store: Database) -> None:
    first = opened(store)
    with store.write() as session:
        pro.decline(session, link(store), "away", MONDAY)
    second = opened(store)
    assert second.lead_id == first.lead_id
    assert second.professional.id != first.professional.id
    assert second.state == "offered"


def test_lists_are_masked_unless_asked_otherwise(store: Database) -> None:
    opened(store)
    with store.read() as session:
        (masked,) = list_leads(session)
        (plain,) = list_leads(session, state="offered", masked=False)
        assert list_leads(session, state="closed") == []
    assert (masked["name"], masked["contact"]) == ("***", "***88")
    assert (plain["name"], plain["contact"]) == ("Jordan", "+15035550188")


def test_details_are_encrypted_in_the_store(store: Database) -> None:
    opened(store)
    with store.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT * FROM leads").one()
        consents = connection.exec_driver_sql("SELECT * FROM consents").all()
    assert not any(secret in f"{row}{consents}" for secret in ("Jordan", "5550188", "97103", "after 5"))


def test_history_cannot_be_changed(store: Database) -> None:
    opened(store)
    with pytest.raises(AppendOnlyError), store.write() as session:
        session.execute(select(LeadEvent)).scalars().first().note = "something else"


def test_finished_leads_are_erased_after_their_time(store: Database) -> None:
    opened(store)
    claim(store)
    with store.write() as session:
        pro.report(session, link(store), "finished", None, None, MONDAY)
    with store.write() as session:
        assert purge_leads(session, 90, MONDAY + timedelta(days=89)) == 0
        assert purge_leads(session, 90, MONDAY + timedelta(days=91)) == 1
    assert the_lead(store).name is None
