"""Messages to staff: once per key, by e-mail, text and console, with nothing in them but the fact and the link."""

import pytest
from sqlalchemy import select

from bot.handoff import OutboxItem, StaffNotice, notify_staff
from bot.handoff.models import StaffNoticeRow
from bot.handoff.outbox import SMS_STAFF
from bot.handoff.staff import TEMPLATES, notices_after, sms_text
from bot.settings import settings
from bot.sms_text import parts
from bot.store import Database
from tests.handoff.conftest import MONDAY, opened

BASE = "https://chat.harbor-recovery-of-astoria.example.org"


@pytest.fixture
def texting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "TEXT_PROFESSIONALS": "true",
        "TWILIO_ACCOUNT_SID": "AC0",
        "TWILIO_AUTH_TOKEN": "t",
        "SMS_NUMBER": "+15035550100",
    }.items():
        monkeypatch.setenv(f"FIRSTSTEP_{name}", value)
    settings.cache_clear()


def test_a_message_is_written_once_per_key_and_channel(any_store: Database) -> None:
    for _ in range(2):
        with any_store.write() as session:
            for channel, to in (("email", "a@example.org"), ("sms", "+15035550146"), ("console", "read_leads")):
                notice = StaffNotice(channel, to, "emergency", "/console/conversations/x")  # type: ignore[arg-type]
                notify_staff(session, notice, f"emergency:x:{channel}", MONDAY)
    with any_store.read() as session:
        kinds = sorted(session.execute(select(OutboxItem.kind)).scalars())
        shown = notices_after(session, 0, frozenset({"read_leads"}))
        assert notices_after(session, 0, frozenset({"read_audit"})) == []
        assert notices_after(session, shown[0].id, frozenset({"read_leads"})) == []
    assert kinds == ["email_professional", "sms_staff"]
    assert [(row.text, row.path) for row in shown] == [
        ("A conversation needs a person now.", "/console/conversations/x")
    ]


def test_nothing_else_can_be_put_into_a_message(store: Database) -> None:
    notice = StaffNotice("email", "a@example.org", "offer", "/", {"name": "Jordan"})
    with pytest.raises(ValueError, match="may not hold: name"), store.write() as session:
        notify_staff(session, notice, "k", MONDAY)
    with pytest.raises(KeyError), store.write() as session:
        notify_staff(session, StaffNotice("email", "a@example.org", "gossip", "/"), "k", MONDAY)


def test_a_professional_is_texted_the_link_in_one_message(store: Database, texting: None) -> None:
    opened(store)
    with store.read() as session:
        (item,) = session.execute(select(OutboxItem).where(OutboxItem.kind == SMS_STAFF)).scalars()
    text = sms_text(item.payload, BASE)
    assert item.payload["to"] == "+15035550144"
    assert text.endswith(item.payload["path"])
    assert text == sms_text(item.payload, BASE)
    assert parts(text) == [text]


def test_open_consoles_hear_of_a_request_without_its_content(store: Database) -> None:
    lead = opened(store)
    with store.read() as session:
        (row,) = session.execute(select(StaffNoticeRow)).scalars()
    assert (row.text, row.path) == (f"A request ({lead.ref}) is waiting.", f"/console/leads/{lead.lead_id}")


@pytest.mark.parametrize("key", sorted(TEMPLATES))
def test_no_template_names_what_the_request_is_about(key: str) -> None:
    said = f"{TEMPLATES[key].subject} {TEMPLATES[key].body} {TEMPLATES[key].short}".lower()
    assert not [word for word in ("treatment", "recovery", "drug", "alcohol", "addiction", "rehab") if word in said]
