"""The record of every look."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from starlette.testclient import TestClient

from bot.console import audit
from bot.console.models import AppendOnlyError, AuditEntry
from bot.store import Database, utcnow
from tests.console import scene

Staff = Callable[[str], TestClient]


def test_every_look_is_recorded_with_who_and_what(staff: Staff, database: Database) -> None:
    chat = scene.cost_chat(database)
    lead = scene.lead_of(database, chat, utcnow())
    client = staff("admin")
    for path in ("conversations?low=1", f"conversations/{chat}", "leads", f"leads/{lead}", "audit"):
        assert client.get(f"/console/{path}").status_code == 200
    with database.read() as session:
        rows = session.execute(select(AuditEntry).order_by(AuditEntry.id)).scalars().all()
    assert [(row.action, row.subject_id) for row in rows] == [
        ("login", None),
        ("list_conversations", None),
        ("read_transcript", chat),
        ("list_leads", None),
        ("read_lead", lead),
        ("read_audit", None),
    ]
    assert {(row.email, row.role, row.address) for row in rows} == {(scene.email("admin"), "admin", "testclient")}
    assert rows[1].detail == {"page": 1, "shown": 1, "low": "1"}


def test_nothing_is_shown_when_it_cannot_be_recorded(
    staff: Staff, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = scene.cost_chat(database)
    client = TestClient(staff("reviewer").app, raise_server_exceptions=False)
    assert scene.sign_in(client, "reviewer").status_code == 303
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE console_audit RENAME TO console_audit_gone"))
    answer = client.get(f"/console/conversations/{chat}")
    assert answer.status_code == 500
    assert "aetna" not in answer.text
    assert "Something went wrong on our side" in answer.text


def test_the_record_cannot_be_changed(database: Database) -> None:
    with database.write() as session:
        audit.record(session, "login", email="admin@harbor.example")
    for change in ("update", "delete"):
        with pytest.raises(AppendOnlyError), database.write() as session:  # noqa: PT012 (the commit raises)
            entry = session.execute(select(AuditEntry)).scalar_one()
            if change == "update":
                entry.email = "somebody@harbor.example"
            else:
                session.delete(entry)
            session.flush()
    with database.read() as session:
        assert session.execute(select(AuditEntry.email)).scalar_one() == "admin@harbor.example"
    with pytest.raises(KeyError), database.write() as session:
        audit.record(session, "unheard_of")


def test_reasons_are_kept_encrypted(staff: Staff, database: Database) -> None:
    chat = scene.cost_chat(database)
    client = staff("reviewer")
    address = f"/console/conversations/{chat}"
    scene.post(client, f"{address}/unmask", client.get(address).text, reason="Jordan asked for it")
    with database.engine.connect() as connection:
        stored = connection.execute(text("SELECT detail FROM console_audit")).scalars().all()
    assert stored
    assert not [value for value in stored if "Jordan" in value or "reason" in value]
    assert "Reason: Jordan asked for it" in staff("auditor").get("/console/audit?action=unmask_conversation").text


def test_the_audit_is_filtered_by_who_and_what(staff: Staff, database: Database) -> None:
    staff("reviewer").get("/console/conversations")
    client = staff("auditor")
    page = client.get("/console/audit?action=list_conversations&email=REVIEWER@harbor.example").text
    assert "1 to 1 of 1 entries" in page
    assert "No entries." in client.get("/console/audit?action=list_conversations&email=admin@harbor.example").text
