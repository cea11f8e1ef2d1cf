"""The engine is away, late, or breaks: nothing is lost, nothing comes twice, nobody waits in silence."""

import threading
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.channels.outbound import deliver_due, sender_for
from bot.conversations import Conversation, Message, by_phone, post_to_visitor
from bot.conversations.dispatch import REFUSALS
from bot.store import utcnow
from tests import stores
from tests.channels import support
from tests.channels.support import NUMBER, SWEEP_SECONDS, VISITOR, Stage, until


def test_the_fixed_text_comes_at_once_and_the_answer_later_exactly_once(stage: Stage) -> None:
    chat = stage.open()
    stage.engine.status = 503
    began = time.monotonic()
    (apology,) = chat.say("when do you meet")
    assert time.monotonic() - began < stage.config.engine_timeout
    assert "(503) 555-0140" in apology
    assert "988" in apology
    stage.engine.status = 200
    until(lambda: len(chat.history()) == 4)
    time.sleep(3 * SWEEP_SECONDS)
    assert [m["text"] for m in chat.history()[1:]] == ["when do you meet", apology, "You said: when do you meet"]
    assert stage.engine.texts == ["when do you meet"]


def test_an_emergency_gets_its_numbers_though_the_engine_is_away(stage: Stage) -> None:
    stage.engine.status = 503
    (text,) = stage.open().say("I want to kill myself tonight")
    assert text.startswith("Call or text 988 now")
    with stage.database.read() as session:
        asked = session.execute(select(Message).where(Message.author == "visitor")).scalar_one()
        assert asked.safety == "emergency"


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_danger_told_behind_an_emergency_gets_its_own_numbers_though_the_engine_is_away(
    stage: Stage, channel: str
) -> None:
    stage.engine.status = 503
    say = stage.open().say if channel == "web" else stage.sms
    say("I want to kill myself tonight")
    assert say("no. i took the pills")[0].startswith("Call 911 now")
    with stage.database.read() as session:
        asked = session.execute(select(Message).where(Message.author == "visitor").order_by(Message.seq)).scalars()
        assert [message.safety for message in asked] == ["emergency", "emergency"]


def test_a_slow_engine_gets_the_fixed_text_after_the_limit(stage: Stage) -> None:
    with stage.front(engine_timeout=0.5) as stage.url:
        chat = stage.open()
        stage.engine.delay = 1.5
        (apology,) = chat.say("hello")
        assert "cannot answer just now" in apology
        until(lambda: chat.history()[-1]["text"] == "You said: hello")
    assert stage.engine.texts == ["hello"]


def test_a_message_that_breaks_the_engine_does_not_hold_up_the_next(stage: Stage) -> None:
    chat = stage.open()
    stage.engine.status = 500
    chat.say("poison")
    with stage.database.write() as session:
        session.execute(update(Message).where(Message.author == "visitor").values(attempts=REFUSALS - 1))
    chat.say("still poison")
    until(lambda: _states(stage)[0] == "failed")
    stage.engine.status = 200
    until(lambda: _states(stage)[1] == "answered")
    assert stage.engine.texts == ["still poison"]


def test_an_engine_without_words_leaves_nobody_in_silence(stage: Stage) -> None:
    stage.engine.replies["hello"] = [{"text": ""}]
    (apology,) = stage.open().say("hello")
    assert "(503) 555-0140" in apology


def test_what_a_dead_front_left_is_answered_by_another(stage: Stage) -> None:
    """A lease whose holder died runs out; the sweeper of any front takes over."""
    chat = stage.open()
    with stage.database.write() as session:
        session.execute(
            update(Conversation).values(lease_owner=str(uuid.uuid4()), lease_until=utcnow() - timedelta(seconds=1))
        )
        from bot.conversations import receive

        received = receive(session, chat.id, "left-behind", "hello")
        assert received is not None
    until(lambda: chat.history()[-1]["text"] == "You said: hello")


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def test_a_late_answer_to_a_text_goes_out_by_the_rest_api_once(backend: str, tmp_path: Path) -> None:
    with (
        stores.open_store(backend, tmp_path) as database,
        support.stage(database, tmp_path) as stage,
        stage.front(),
    ):  # two fronts sweep and send
        stage.engine.status = 503
        texts = stage.sms("when do you meet")
        assert "cannot answer just now" in texts[1]
        stage.engine.status = 200
        until(lambda: stage.twilio.sent)
        time.sleep(3 * SWEEP_SECONDS)
        (sent,) = stage.twilio.sent
        assert (sent["to"], sent["from"], sent["body"]) == (VISITOR, NUMBER, "You said: when do you meet")
        assert "/sms/twilio/status?message=" in sent["callback"]
        assert stage.engine.texts == ["when do you meet"]


def test_an_emergency_by_text_comes_before_the_greeting(stage: Stage) -> None:
    stage.engine.status = 503
    texts = stage.sms("i want to kill myself")
    assert texts[0].startswith("Call or text 988 now")
    assert len(texts) == 3
    assert "automated assistant" in texts[2]


def test_at_night_news_waits_and_answers_do_not(tmp_path: Path) -> None:
    with (
        stores.sqlite(tmp_path) as database,
        support.stage(database, tmp_path, lambda now, zone: now + timedelta(hours=8)) as stage,
    ):
        stage.engine.status = 503
        stage.sms("when do you meet")
        _push(stage, "Dana has your request.")
        stage.engine.status = 200
        until(lambda: "You said: when do you meet" in [sent["body"] for sent in stage.twilio.sent])
        time.sleep(3 * SWEEP_SECONDS)
        assert "Dana has your request." not in [sent["body"] for sent in stage.twilio.sent]
        assert _delivery(stage) == "pending"


def test_a_text_whose_sender_never_heard_back_is_not_sent_again(stage: Stage) -> None:
    _push(stage, "Dana has your request.")
    stage.twilio.lose_answers = True
    until(lambda: stage.twilio.sent)
    until(lambda: _due_again(stage))
    stage.twilio.lose_answers = False
    with stage.database.write() as session:
        session.execute(update(Message).where(Message.delivery == "pending").values(due_at=utcnow()))
    until(lambda: _delivery(stage) == "accepted")
    assert len(stage.twilio.sent) == 1


def test_a_text_that_twilio_cannot_take_now_is_sent_later(stage: Stage) -> None:
    stage.twilio.refuse = (503, 20503)
    _push(stage, "Dana has your request.")
    until(lambda: _due_again(stage))
    stage.twilio.refuse = None
    with stage.database.write() as session:
        session.execute(update(Message).where(Message.delivery == "pending").values(due_at=utcnow()))
    until(lambda: _delivery(stage) == "accepted")
    assert [message["body"] for message in stage.twilio.sent] == ["Dana has your request."]


@pytest.mark.parametrize(("refusal", "state"), [((400, 21610), "blocked"), ((400, 21211), "failed")])
def test_a_final_refusal_is_recorded(stage: Stage, refusal: tuple[int, int], state: str) -> None:
    stage.twilio.refuse = refusal
    _push(stage, "Dana has your request.")
    until(lambda: _delivery(stage) == state)
    assert (stage.sms("hello") == []) == (state == "blocked")


def test_many_senders_send_each_text_once(stage: Stage) -> None:
    stage.sms("hello")
    sender = sender_for(stage.config)
    assert sender is not None
    with stage.database.write() as session:
        conversation = by_phone(session, VISITOR)
        assert conversation is not None
        for number in range(12):
            post_to_visitor(session, conversation.id, "web", f"News {number}.", f"k{number}")
    threads = [threading.Thread(target=deliver_due, args=(stage.database, sender, 3)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: len(stage.twilio.sent) >= 12)
    assert sorted(m["body"] for m in stage.twilio.sent) == sorted(f"News {number}." for number in range(12))


def _push(stage: Stage, text: str) -> None:
    stage.sms("hello")
    with stage.database.write() as session:
        conversation = by_phone(session, VISITOR)
        assert conversation is not None
        post_to_visitor(session, conversation.id, "web", text, "lead-1")


def _pushed(stage: Stage) -> Message:
    with stage.database.read() as session:
        message: Message = session.execute(select(Message).where(Message.kind == "post")).scalar_one()
        return message


def _delivery(stage: Stage) -> str | None:
    return str(_pushed(stage).delivery)


def _due_again(stage: Stage) -> bool:
    message = _pushed(stage)
    return bool(message.delivery == "pending" and message.attempts > 0)


def _states(stage: Stage) -> list[str]:
    with stage.database.read() as session:
        return list(
            session.execute(select(Message.status).where(Message.author == "visitor").order_by(Message.seq)).scalars()
        )
