"""The front as a whole: light, guarded, and honest about its health."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from bot.conversations import Conversation, OptOut
from bot.handoff import Lead, LeadDraft, OutboxItem, open_lead, propose
from bot.handoff.links import Link
from bot.handoff.models import LeadLink
from bot.handoff.professional import claim
from bot.reconciliation import reconcile
from bot.store import utcnow
from tests import stores
from tests.channels.support import VISITOR, WEB, Stage


def test_it_starts_with_little_work_and_without_the_heavy_parts() -> None:
    """Work is what the processor did, in seconds; it is the same on a machine with much else to do."""
    code = (
        "import bot.front.app, sys; print({'rasa', 'spacy', 'sklearn', 'tensorflow', 'onnxruntime'} & set(sys.modules))"
    )
    before = os.times()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    after = os.times()
    assert done.stdout.strip() == "set()"
    assert after.children_user + after.children_system - before.children_user - before.children_system < 3


def test_every_answer_carries_its_headers(stage: Stage) -> None:
    for path in ("/", "/widget.js", "/healthz", "/nothing", "/handoff/wrong-token", "/metrics"):
        headers = WEB.get(stage.url + path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path
        assert "unsafe-inline" not in headers["content-security-policy"], path
        assert "default-src" in headers["content-security-policy"], path
        assert len(headers["x-request-id"]) >= 8, path
    assert WEB.get(stage.url, headers={"X-Request-Id": "abc-12345"}).headers["x-request-id"] == "abc-12345"
    assert WEB.get(stage.url, headers={"X-Request-Id": "<script>"}).headers["x-request-id"] != "<script>"


def test_https_is_insisted_on_only_when_it_is_used(stage: Stage) -> None:
    assert "strict-transport-security" not in WEB.get(stage.url).headers
    with stage.front(public_url="https://chat.example.org") as url:
        assert "max-age" in WEB.get(url).headers["strict-transport-security"]


def test_the_widget_is_compressed_cached_and_open_to_other_sites(stage: Stage) -> None:
    response = WEB.get(f"{stage.url}/widget.js")
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "attachShadow" in response.text
    again = WEB.get(f"{stage.url}/widget.js", headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = WEB.get(f"{stage.url}/widget.js", headers={"Accept-Encoding": "identity"})
    assert plain.text == response.text
    assert WEB.get(f"{stage.url}/widget.css").headers["access-control-allow-origin"] == "*"


def test_ready_names_each_part(stage: Stage) -> None:
    response = WEB.get(f"{stage.url}/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "store": {"ok": True, "detail": ""},
        "engine": {"ok": True, "detail": ""},
        "program": {"ok": True, "detail": ""},
    }
    stage.engine.status = 503
    response = WEB.get(f"{stage.url}/readyz")
    assert response.status_code == 503
    assert [response.json()[part]["ok"] for part in ("store", "engine", "program")] == [True, False, True]
    assert WEB.get(f"{stage.url}/healthz").json() == {"alive": True}


def test_ready_tells_a_store_without_tables(stage: Stage) -> None:
    with stage.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE corrections")  # it refers to messages
        connection.exec_driver_sql("DROP TABLE messages")
        connection.exec_driver_sql("DROP TABLE conversations")
    response = WEB.get(f"{stage.url}/readyz").json()
    assert response["store"]["ok"] is False
    assert "doctor" in response["store"]["detail"]


def test_metrics_count_what_was_answered_and_what_waits(stage: Stage) -> None:
    chat = stage.open()
    chat.say("hello")
    stage.engine.status = 503
    chat.say("anybody there")
    text = WEB.get(f"{stage.url}/metrics").text
    assert 'firststep_messages_answered_total{channel="web",safety="none"}' in text
    assert "firststep_messages_waiting 1.0" in text
    assert 'endpoint="WebChat.send"' in text
    assert chat.id not in text


def test_a_crash_shows_no_trace(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    chat = stage.open()
    with stage.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE messages")
    response = chat.post("my secret words")
    assert response.status_code == 500
    error = response.json()["error"]
    assert error["code"] == "internal"
    assert response.headers["x-request-id"] in error["message"]
    assert "Traceback" not in response.text
    assert "messages" not in error["message"]


def test_logs_hold_neither_words_nor_ids_nor_numbers(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="firststep")
    chat = stage.open()
    chat.say("a very secret word")
    stage.sms("another secret word")
    WEB.get(f"{stage.url}/handoff/some-signed-token")
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("firststep"))
    assert "WebChat.send 200" in said
    for private in ("secret", chat.id, chat.token, "5550199", "some-signed-token"):
        assert private not in said


def test_asking_for_no_contact_by_text_is_recorded(stage: Stage) -> None:
    stage.sms("hello")
    (confirmation,) = stage.sms("do not contact me")
    assert "988" in confirmation
    with stage.database.read() as session:
        assert session.execute(select(OptOut.how)).scalar_one() == "words"


@pytest.mark.parametrize("word", ["STOP", "unsubscribe", "stop texting me", "do not contact me", "wrong number"])
def test_whoever_stops_the_texts_has_no_request_left_either(stage: Stage, word: str) -> None:
    """Also a request that was made on the web with the same number."""
    stage.sms("hello")
    given = LeadDraft(name="Jordan", contact=VISITOR, zip="97103")
    now = utcnow()
    with stage.database.write() as session:
        texting = session.execute(select(Conversation.id).where(Conversation.channel == "sms")).scalar_one()
        for conversation in (texting, "on-the-web"):
            open_lead(session, conversation, given, propose(session, conversation, given, now).given(), now)
    stage.sms(word)
    with stage.database.read() as session:
        leads = session.execute(select(Lead)).scalars().all()
        items = session.execute(select(OutboxItem)).scalars().all()
        joined = session.execute(select(LeadLink)).scalar_one()
    assert [(lead.state, lead.contact) for lead in leads] == [("withdrawn", None)]
    assert (joined.open_key, joined.details) == (None, None)
    assert {item.state for item in items if item.kind != "visitor_message"} == {"cancelled"}
    assert [item.payload["conversation_id"] for item in items if item.kind == "visitor_message"] == ["on-the-web"]


def test_the_wrong_persons_number_cannot_be_left_again(stage: Stage) -> None:
    given = LeadDraft(name="Jordan", contact=VISITOR, zip="97103")
    now = utcnow()
    with stage.database.write() as session:
        open_lead(session, "on-the-web", given, propose(session, "on-the-web", given, now).given(), now)
    (confirmation,) = stage.sms("you have the wrong person")
    assert "no more texts" in confirmation
    with stage.database.read() as session:
        lead = session.execute(select(Lead)).scalar_one()
        told = session.execute(select(OutboxItem).where(OutboxItem.kind == "visitor_message")).scalar_one()
        again = propose(session, "another-chat", given, now)
    assert (lead.state, lead.contact) == ("withdrawn", None)
    assert "belongs to somebody else" in told.payload["text"]
    assert (again.professional, again.reason) == (None, "blocked")


def test_a_page_without_a_program_says_what_to_do(keys: None, tmp_path: Path) -> None:
    from bot.front.app import create_app
    from bot.settings import Settings
    from tests.channels.support import serving

    config = Settings(_env_file=None, engine_url="http://127.0.0.1:9")
    with (
        stores.sqlite(tmp_path, program=False) as database,
        serving(create_app(config, database, lambda _id: None)) as url,
    ):
        assert "firststep program import" in WEB.get(url).text
        assert WEB.get(f"{url}/readyz").json()["program"]["ok"] is False


def test_metrics_tell_how_fast_people_are_answered_and_whether_everything_fits(stage: Stage) -> None:
    stored = utcnow() - timedelta(minutes=10)
    for number in (1, 2):
        draft = LeadDraft(name="Jordan", contact=f"m{number}@example.org", zip="97103")
        with stage.database.read() as session:
            consent = propose(session, f"m{number}", draft, stored).given("web")
        with stage.database.write() as session:
            lead = open_lead(session, f"m{number}", draft, consent, stored)
    with stage.database.write() as session:
        claim(session, Link(lead.lead_id, lead.professional.id, 1), stored + timedelta(minutes=4))
    values = metrics(stage)
    assert values['firststep_lead_seconds{channel="web",quantile="0.5",step="claim"}'] == 240
    assert values['firststep_lead_seconds{channel="all",quantile="0.9",step="claim"}'] == 240
    assert values['firststep_leads_unclaimed{channel="web"}'] == 1
    assert 600 <= values['firststep_leads_oldest_unclaimed_seconds{channel="web"}'] < 700
    assert values['firststep_leads_dead_letters{channel="all"}'] == 0
    assert values["firststep_reconciliation_timestamp_seconds"] == 0
    with stage.database.write() as session:
        session.execute(delete(OutboxItem))
    reconcile(stage.database, 90, utcnow(), "daily:1")
    values = metrics(stage)
    assert values["firststep_reconciliation_findings"] == 3
    assert values["firststep_reconciliation_timestamp_seconds"] == pytest.approx(utcnow().timestamp(), abs=600)


def metrics(stage: Stage) -> dict[str, float]:
    lines = WEB.get(f"{stage.url}/metrics").text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[:1] != "#")}
