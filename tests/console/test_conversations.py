"""The list with its filters, and the transcript, masked and not."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.console.models import AuditEntry
from bot.console.sessions import UNMASKED_FOR
from bot.conversations import erase
from bot.conversations.deliveries import report
from bot.conversations.models import Message
from bot.store import Database, utcnow
from tests.console import scene

Staff = Callable[[str], TestClient]


@pytest.fixture
def chats(database: Database) -> dict[str, str]:
    return {"web": scene.cost_chat(database), "sms": scene.emergency_text(database)}


def listed(page: str) -> list[str]:
    """Ids in the main list, in order."""
    return re.findall(r'href="/console/conversations/([0-9a-f-]{36})"', page.split('id="all"')[1])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"web", "sms"}),
        ("channel=web", {"web"}),
        ("channel=sms", {"sms"}),
        ("safety=emergency", {"sms"}),
        ("safety=check", set()),
        ("low=1", {"web"}),
        ("unanswered=1", set()),
        ("channel=sms&safety=emergency", {"sms"}),
        ("channel=web&safety=emergency", set()),
        ("channel=post", {"web", "sms"}),
        ("page=7", set()),
        ("page=-1", {"web", "sms"}),
    ],
)
def test_filters_stand_in_the_address_and_combine(
    staff: Staff, chats: dict[str, str], query: str, found: set[str]
) -> None:
    page = staff("reviewer").get(f"/console/conversations?{query}")
    assert page.status_code == 200
    assert set(listed(page.text)) == {chats[name] for name in found}


def test_days_are_those_of_the_provider(staff: Staff, database: Database, chats: dict[str, str]) -> None:
    # 07:30 UTC on December 2 is 11:30 pm on December 1 in the example program's zone.
    scene.move_to(database, chats["web"], datetime(2026, 12, 2, 7, 30, tzinfo=UTC))
    scene.move_to(database, chats["sms"], datetime(2026, 12, 2, 8, 30, tzinfo=UTC))
    client = staff("reviewer")
    address = "/console/conversations?since={}&until={}"
    assert listed(client.get(address.format("2026-12-01", "2026-12-01")).text) == [chats["web"]]
    assert listed(client.get(address.format("2026-12-02", "2026-12-02")).text) == [chats["sms"]]
    assert "Tue, Dec 1, 2026, 11:30 pm" in client.get(address.format("", "")).text
    wrong = client.get(address.format("yesterday", ""))
    assert "A date is not valid" in wrong.text
    assert len(listed(wrong.text)) == 2
    assert "list is empty" in client.get(address.format("2026-12-02", "2026-12-01")).text


def test_emergencies_stand_first_and_counts_lead_to_their_lists(staff: Staff, chats: dict[str, str]) -> None:
    page = staff("reviewer").get("/console/conversations").text
    first = page.split('id="all"')[0]
    assert f"/console/conversations/{chats['sms']}" in first
    assert f"/console/conversations/{chats['web']}" not in first
    assert '<a href="/console/conversations?safety=emergency"><b>1</b> Emergency</a>' in first
    assert '<a href="/console/conversations?low=1"><b>1</b> Low confidence</a>' in first
    assert "31%" in page


def test_pages_go_to_the_end_and_keep_the_filters(staff: Staff, database: Database) -> None:
    now = utcnow()
    for number in range(27):
        chat = scene.start(database)
        scene.say(database, chat, f"question {number}", "An answer.", scene.understanding("ask_cost"))
        scene.move_to(database, chat, now - timedelta(hours=number))
    client = staff("reviewer")
    first = client.get("/console/conversations?channel=web").text
    assert "1 to 25 of 27 conversations" in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    assert "channel=web" in following[1]
    second = client.get(following[1].replace("&amp;", "&")).text
    assert len(listed(second)) == 2
    assert 'rel="next"' not in second
    assert set(listed(first)).isdisjoint(listed(second))


def test_a_transcript_shows_what_was_said_and_understood(staff: Staff, chats: dict[str, str]) -> None:
    page = staff("reviewer").get(f"/console/conversations/{chats['web']}").text
    assert "how mcuh is it with aetna" in page
    assert "how much is it with aetna" in page
    assert page.count("Read as") == 1
    assert "<code>ask_cost</code>, 91% sure" in page
    assert "<code>ask_fit</code>, 31% sure, in doubt" in page
    assert "<code>ask_insurance</code> 2%" in page
    assert "insurer: aetna" in page
    assert '<span class="chip">Yes</span><span class="chip">No</span>' in page


def test_a_transcript_tells_of_danger_and_of_delivery(staff: Staff, database: Database, chats: dict[str, str]) -> None:
    with database.write() as session:
        reply = session.execute(
            select(Message).where(Message.conversation_id == chats["sms"], Message.author == "assistant")
        ).scalar_one()
        report(session, reply.id, "undelivered")
    page = staff("reviewer").get(f"/console/conversations/{chats['sms']}").text
    assert "emergency: overdose (other)" in page
    assert "<code>overdose:not_waking</code>" in page
    assert "not delivered" in page
    assert "...42" in page
    assert "5550142" not in page


def test_personal_details_are_hidden_until_a_reason_is_given(
    staff: Staff, database: Database, chats: dict[str, str]
) -> None:
    client = staff("reviewer")
    address = f"/console/conversations/{chats['web']}"
    secrets = ("Jordan", "jordan", "555-0188", "5550188", "example.org")
    with time_machine.travel(utcnow(), tick=False) as clock:
        masked = client.get(address).text
        assert not [secret for secret in secrets if secret in masked]
        assert "Thank you, [name]." in masked
        for reason in ("", "   x   ", "y" * 400):
            refused = scene.post(client, f"{address}/unmask", masked, reason=reason)
            assert refused.status_code == 422
            assert 'aria-invalid="true"' in refused.text
            assert not [secret for secret in secrets if secret in refused.text]
        assert scene.post(client, f"{address}/unmask", masked, reason=scene.REASON).status_code == 303
        shown = client.get(address).text
        assert not [secret for secret in secrets if secret not in shown]
        assert "Jordan" not in staff("admin").get(address).text
        assert "Jordan" not in client.get("/console/conversations").text
        clock.shift(UNMASKED_FOR + timedelta(seconds=1))
        assert "Jordan" not in client.get(address).text
    with database.read() as session:
        rows = session.execute(
            select(AuditEntry).where(AuditEntry.subject_id == chats["web"]).order_by(AuditEntry.id)
        ).scalars()
        seen = [(row.action, row.detail.get("unmasked"), row.detail.get("reason")) for row in rows]
    assert seen.count(("unmask_conversation", None, scene.REASON)) == 1
    assert seen.count(("read_transcript", True, None)) == 1
    assert seen.count(("read_transcript", False, None)) == 6


def test_a_name_that_only_the_lead_holds_is_hidden_too(staff: Staff, database: Database) -> None:
    chat = scene.start(database)
    scene.say(database, chat, "Robin here, can I talk to someone", "Yes.", scene.understanding("ask_person"))
    scene.lead_of(database, chat, utcnow(), name="Robin")
    assert "Robin" not in staff("reviewer").get(f"/console/conversations/{chat}").text


def test_what_a_visitor_writes_is_text_and_never_markup(staff: Staff, database: Database) -> None:
    chat = scene.start(database)
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    scene.say(database, chat, attack, attack, scene.understanding("ask_cost", repaired=attack + "!"), (attack,))
    client = staff("reviewer")
    for address in ("/console/conversations", f"/console/conversations/{chat}"):
        page = client.get(address).text
        assert "<script>" not in page
        assert "<img" not in page
        assert "&lt;script&gt;" in page


def test_an_erased_conversation_is_gone(staff: Staff, database: Database, chats: dict[str, str]) -> None:
    with database.write() as session:
        erase(session, chats["web"])
    client = staff("reviewer")
    assert chats["web"] not in client.get("/console/conversations").text
    assert client.get(f"/console/conversations/{chats['web']}").status_code == 404


def test_a_long_transcript_comes_in_pages(staff: Staff, database: Database) -> None:
    chat = scene.start(database)
    for number in range(101):
        scene.say(database, chat, f"question {number}.", f"answer {number}.", scene.understanding("ask_cost"))
    client = staff("reviewer")
    first, second = (client.get(f"/console/conversations/{chat}?page={page}").text for page in (1, 2))
    assert "1 to 200 of 202 messages" in first
    assert "question 100." not in first
    assert "question 100." in second
    assert "answer 99." not in second


def test_an_empty_store_says_so(staff: Staff) -> None:
    assert "No conversations." in staff("reviewer").get("/console/conversations").text
