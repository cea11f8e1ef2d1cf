"""The list of leads and one lead."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.console.models import AuditEntry
from bot.handoff import withdraw
from bot.handoff.models import Consent, Lead, LeadLink, OutboxItem
from bot.store import Database, utcnow
from tests.console import scene

Staff = Callable[[str], TestClient]


@pytest.fixture
def lead(database: Database) -> str:
    return scene.lead_of(database, scene.cost_chat(database), utcnow())


def listed(page: str) -> list[str]:
    return re.findall(r'<h3><a href="/console/leads/([0-9a-f-]{36})"', page)


def test_the_list_shows_what_waits_first_and_masks_the_contact(staff: Staff, database: Database, lead: str) -> None:
    late, held = (  # a number has one lead: each its own
        scene.lead_of(database, scene.start(database), utcnow(), contact=f"503-555-019{last}") for last in (1, 2)
    )
    with database.write() as session:
        session.get(Lead, late).due_at = utcnow() - timedelta(hours=3)
        session.get(Lead, lead).due_at = utcnow() + timedelta(hours=3)
        session.get(Lead, held).state = "claimed"
        session.get(Lead, held).due_at = None
    page = staff("lead_worker").get("/console/leads").text
    assert listed(page) == [late, lead, held]
    assert "3 hours late" in page
    assert page.count(">Late<") == 1
    assert "***88 (phone)" in page
    assert "555-" not in page
    assert "Jordan" not in page


def test_a_claimed_lead_without_contact_in_time_is_late_too(staff: Staff, database: Database, lead: str) -> None:
    with database.write() as session:
        row = session.get(Lead, lead)
        row.state, row.contact_due_at = "claimed", utcnow() - timedelta(hours=2)
    client = staff("lead_worker")
    for page in (client.get("/console/leads").text, client.get(f"/console/leads/{lead}").text):
        assert page.count(">Late<") == 1
        assert "Contact due" in page
        assert "2 hours late" in page
    with database.write() as session:
        session.get(Lead, lead).state = "contacted"
    assert ">Late<" not in client.get("/console/leads").text


def test_a_lead_that_was_given_back_is_late(staff: Staff, database: Database, lead: str) -> None:
    with database.write() as session:
        row = session.get(Lead, lead)
        row.state, row.due_at = "new", None
    assert ">Late<" in staff("lead_worker").get("/console/leads").text


def test_a_request_that_joined_by_its_number_stands_on_the_page(staff: Staff, database: Database, lead: str) -> None:
    again = scene.lead_of(database, scene.start(database), utcnow(), name="Riley")
    assert again == lead
    client = staff("lead_worker")
    page = client.get(f"/console/leads/{lead}").text
    with database.read() as session:
        joined = session.execute(select(LeadLink)).scalar_one()
    assert "Asked again with the same number" in page
    assert f"<h3>{joined.ref}</h3>" in page
    assert "Riley" not in page
    assert "555-" not in page
    assert "Not passed on" not in page
    with database.write() as session:
        session.get(Lead, lead).professional_id = "luis"
    assert "Not passed on: agreed to Dana (example) only" in client.get(f"/console/leads/{lead}").text
    scene.post(client, f"/console/leads/{lead}/unmask", page, reason=scene.REASON)
    assert "<dt>Name</dt><dd>Riley</dd>" in client.get(f"/console/leads/{lead}").text


def test_what_was_taken_back_by_word_or_letter_is_written_down_and_obeyed(
    staff: Staff, database: Database, lead: str
) -> None:
    client, address = staff("lead_worker"), f"/console/leads/{lead}"
    page = client.get(address).text
    assert scene.post(client, f"{address}/withdraw", page, reason="x").status_code == 422
    assert scene.post(client, f"{address}/withdraw", page, reason="by letter of Monday").status_code == 303
    page = client.get(address).text
    assert "Withdrawn" in page
    assert "lead_worker@harbor.example" in page
    assert "Take it back for them" not in page
    assert scene.post(client, f"{address}/withdraw", page, reason="by letter of Monday").status_code == 404
    with database.read() as session:
        assert session.get(Lead, lead).contact is None
        assert session.execute(select(Consent.id).where(Consent.withdrawn_at.is_(None))).first() is None
        (entry,) = session.execute(select(AuditEntry).where(AuditEntry.action == "withdraw_lead")).scalars()
        assert entry.detail == {"reason": "by letter of Monday"}


def test_a_caller_with_a_code_is_found_by_it(staff: Staff, database: Database, lead: str) -> None:
    client = staff("lead_worker")
    scene.lead_of(database, scene.start(database), utcnow(), name="Riley")
    with database.read() as session:
        codes = [session.get(Lead, lead).ref, session.execute(select(LeadLink.ref)).scalar_one()]
    for code in codes:
        found = client.get(f"/console/leads?code={code[:3].lower()}%20{code[3:]}", follow_redirects=False)
        assert (found.status_code, found.headers["location"]) == (303, f"/console/leads/{lead}")
    assert "No lead has this code" in client.get("/console/leads?code=ZZZZZZ").text


def test_ended_leads_are_found_by_their_state(staff: Staff, database: Database, lead: str) -> None:
    with database.write() as session:
        withdraw(session, session.get(Lead, lead).conversation_id, utcnow())
    client = staff("lead_worker")
    assert listed(client.get("/console/leads").text) == []
    assert "No leads." in client.get("/console/leads").text
    assert listed(client.get("/console/leads?state=withdrawn").text) == [lead]
    assert listed(client.get("/console/leads?state=all").text) == [lead]
    assert listed(client.get("/console/leads?state=nonsense").text) == []


def test_a_lead_shows_its_history_consent_and_messages(staff: Staff, database: Database, lead: str) -> None:
    page = staff("lead_worker").get(f"/console/leads/{lead}").text
    with database.read() as session:
        row = session.get(Lead, lead)
        consent = session.execute(
            select(Consent).where(Consent.lead_id == lead, Consent.kind == "sharing")
        ).scalar_one()
    assert f"Lead {row.ref}" in page
    assert consent.recipient_name in page
    assert consent.version in page
    assert "your phone number" in page
    assert "E-mail to the professional: <b>waiting to be sent</b>" in page
    assert "<b>opened</b>" in page or "<b>offered</b>" in page
    assert "Jordan" not in page
    assert "transcript</a>" not in page
    assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records." in page
    assert "To be contacted" in page


def test_what_is_safe_stands_with_the_details(staff: Staff, database: Database, lead: str) -> None:
    address = f"/console/leads/{lead}"
    assert "call, NO voicemail, NO text" in staff("lead_worker").get(address).text
    with database.write() as session:
        row = session.get(Lead, lead)
        row.safe_call, row.safe_text = False, True
    assert "NO call, NO voicemail, text" in staff("lead_worker").get(address).text


def test_unmasking_shows_the_consent_exactly_as_it_was_seen(staff: Staff, database: Database, lead: str) -> None:
    client = staff("admin")
    address = f"/console/leads/{lead}"
    page = client.get(address).text
    assert "transcript</a>" in page
    assert scene.post(client, f"{address}/unmask", page, reason="no").status_code == 422
    assert scene.post(client, f"{address}/unmask", page, reason=scene.REASON).status_code == 303
    shown = client.get(address).text
    with database.read() as session:
        words = session.execute(
            select(Consent.text).where(Consent.lead_id == lead, Consent.kind == "sharing")
        ).scalar_one()
        actions = session.execute(
            select(AuditEntry.action).where(AuditEntry.subject_id == lead).order_by(AuditEntry.id)
        ).scalars()
        assert list(actions) == ["read_lead", "read_lead", "unmask_lead", "read_lead"]
    escaped = words.replace("&", "&amp;").replace('"', "&#34;").replace("'", "&#39;")
    assert f'<blockquote class="said">{escaped}</blockquote>' in shown
    assert "Jordan" in shown
    assert "+15035550188" in shown


def test_a_message_that_could_not_be_sent_stands_out(staff: Staff, database: Database, lead: str) -> None:
    with database.write() as session:
        item = session.execute(select(OutboxItem).where(OutboxItem.lead_id == lead)).scalars().first()
        item.state, item.attempts, item.last_error = "dead", 24, "refused: <jordan@example.org>"
    page = staff("lead_worker").get(f"/console/leads/{lead}").text
    assert "given up" in page
    assert "Needs a look" in page
    assert "24 tries" in page
    assert "jordan@example.org" not in page


def test_a_withdrawn_lead_says_that_its_details_are_erased(staff: Staff, database: Database, lead: str) -> None:
    with database.write() as session:
        withdraw(session, session.get(Lead, lead).conversation_id, utcnow())
    page = staff("lead_worker").get(f"/console/leads/{lead}").text
    assert "The personal details were erased" in page
    assert "Withdrawn" in page
