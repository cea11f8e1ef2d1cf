"""Correcting a topic on the transcript, and the second person who decides."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.console.models import AuditEntry
from bot.console.topics import topics
from bot.conversations.models import Correction, Message
from bot.store import Database
from tests.console import scene

Staff = Callable[[str], TestClient]


@pytest.fixture
def chat(database: Database) -> str:
    return scene.cost_chat(database)


def message_of(database: Database, chat: str, seq: int) -> str:
    with database.read() as session:
        found = session.execute(select(Message.id).where(Message.conversation_id == chat, Message.seq == seq))
        return str(found.scalar_one())


def propose(client: TestClient, database: Database, chat: str, seq: int = 1, **fields: str) -> tuple[str, int]:
    message = message_of(database, chat, seq)
    page = client.get(f"/console/conversations/{chat}?correct={message}").text
    answer = scene.post(client, f"/console/conversations/{chat}/messages/{message}/topic", page, **fields)
    return answer.text if answer.status_code != 303 else answer.headers["location"], answer.status_code


def test_the_form_stands_on_the_transcript_with_every_topic(staff: Staff, database: Database, chat: str) -> None:
    client = staff("reviewer")
    page = client.get(f"/console/conversations/{chat}").text
    assert page.count(">Correct the topic</a>") == 4
    assert '<select id="topic"' not in page
    page = client.get(f"/console/conversations/{chat}?correct={message_of(database, chat, 1)}").text
    assert page.count('<select id="topic"') == 1
    assert page.count("<option") == len(topics()) + 1
    assert "crisis_overdose" in topics()
    assert "nlu_fallback" not in topics()


def test_a_colleague_decides_and_all_of_it_is_recorded(staff: Staff, database: Database, chat: str) -> None:
    author, colleague = staff("reviewer"), staff("admin")
    where, status = propose(author, database, chat, topic="ask_insurance", note="asks about a plan")
    assert (where, status) == (f"/console/conversations/{chat}#m1", 303)
    assert "Correction waiting for a colleague" in author.get(f"/console/conversations/{chat}").text

    own = author.get("/console/corrections").text
    assert "Yours: a colleague has to decide." in own
    assert "/approve" not in own
    with database.read() as session:
        correction = session.execute(select(Correction)).scalar_one().id
    refused = scene.post(author, f"/console/corrections/{correction}/approve", own)
    assert refused.status_code == 422
    assert "Somebody other than you" in refused.text

    page = colleague.get("/console/corrections").text
    assert "asks about a plan" in page
    assert scene.post(colleague, f"/console/corrections/{correction}/approve", page).status_code == 303
    assert "No corrections waiting." in colleague.get("/console/corrections").text
    assert f"approved by {scene.email('admin')}" in author.get(f"/console/conversations/{chat}").text
    late = scene.post(colleague, f"/console/corrections/{correction}/reject", page)
    assert late.status_code == 422
    with database.read() as session:
        row = session.get(Correction, correction)
        assert (row.state, row.author, row.decided_by) == ("approved", scene.email("reviewer"), scene.email("admin"))
        seen = session.execute(
            select(AuditEntry.action, AuditEntry.email)
            .where(AuditEntry.action.like("%correct%"))
            .order_by(AuditEntry.id)
        ).all()
    assert [tuple(entry) for entry in seen if entry.action != "list_corrections"] == [
        ("correct_topic", scene.email("reviewer")),
        ("approve_correction", scene.email("admin")),
    ]


def test_a_rejected_correction_is_not_taken(staff: Staff, database: Database, chat: str) -> None:
    propose(staff("reviewer"), database, chat, topic="ask_insurance")
    colleague = staff("admin")
    with database.read() as session:
        correction = session.execute(select(Correction)).scalar_one().id
    page = colleague.get("/console/corrections").text
    assert scene.post(colleague, f"/console/corrections/{correction}/reject", page).status_code == 303
    assert "was not taken" in colleague.get(f"/console/conversations/{chat}").text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "Choose a topic"),
        ({"topic": "nlu_fallback"}, "Choose a topic"),
        ({"topic": "ask_cost"}, "understood"),
        ({"topic": "ask_fit", "note": "x" * 301}, "too long"),
    ],
)
def test_what_is_wrong_is_told_in_the_form(
    staff: Staff, database: Database, chat: str, fields: dict[str, str], why: str
) -> None:
    page, status = propose(staff("reviewer"), database, chat, **fields)
    assert status == 422
    assert why in page.split('id="topic-problem"')[1].split("</p>")[0]
    with database.read() as session:
        assert session.execute(select(Correction)).first() is None


def test_the_list_hides_personal_details(staff: Staff, database: Database, chat: str) -> None:
    propose(staff("reviewer"), database, chat, seq=5, topic="greet")
    propose(staff("reviewer"), database, chat, seq=7, topic="greet")
    page = staff("admin").get("/console/corrections").text
    assert "[phone] or [email]" in page
    assert "[name]" in page
    assert not [secret for secret in ("Jordan", "jordan", "0188") if secret in page]


def test_only_those_who_may_correct_do(staff: Staff, database: Database, chat: str) -> None:
    message = message_of(database, chat, 1)
    for role in ("lead_worker", "auditor"):
        client = staff(role)
        page = client.get("/console/corrections")
        assert page.status_code == 403
        target = f"/console/conversations/{chat}/messages/{message}/topic"
        assert scene.post(client, target, page.text, topic="ask_fit").status_code == 403
    reviewer = staff("reviewer")
    target = f"/console/conversations/{scene.start(database)}/messages/{message}/topic"
    page = reviewer.get(f"/console/conversations/{chat}").text
    assert scene.post(reviewer, target, page, topic="ask_fit").status_code == 404
    assert reviewer.post(target, data={"csrf": "x", "topic": "ask_fit"}).status_code == 403
    with database.read() as session:
        assert session.execute(select(Correction)).first() is None
