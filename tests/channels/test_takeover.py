"""While a person writes: silent on the web and by text, but for an emergency, an opt-out and HELP."""

from datetime import timedelta

import pytest

from bot.conversations import Conversation, by_phone, history, silence, takeover
from bot.conversations.alerts import latest, open_count
from bot.conversations.silence import Patience
from bot.conversations.takeover import Staff
from bot.store import utcnow
from tests.channels.support import VISITOR, Chat, Stage, until

DANA = Staff("u-1", "dana@harbor.example", "Dana")
SUICIDE = "i want to kill myself tonight"


def begin(stage: Stage, conversation_id: str) -> None:
    with stage.database.write() as session:
        takeover.begin(session, conversation_id, DANA, "Example Harbor Recovery", utcnow())


def write(stage: Stage, conversation_id: str, text: str) -> None:
    with stage.database.write() as session:
        takeover.write(session, conversation_id, DANA.user_id, text, text[:20], utcnow())


def hand_back(stage: Stage, conversation_id: str) -> None:
    with stage.database.write() as session:
        assert takeover.hand_back(session, conversation_id, DANA.user_id, utcnow())


def ask_whether_to_wait(stage: Stage, conversation_id: str) -> None:
    now, patience = utcnow(), Patience(timedelta(0), timedelta(minutes=10))
    with stage.database.write() as session:
        assert silence.step(session, conversation_id, now, patience, now) == "asked"


def texting(stage: Stage) -> str:
    """A conversation by text, of which Twilio has nothing to send."""
    stage.sms("hello")
    with stage.database.read() as session:
        conversation = by_phone(session, VISITOR)
    assert conversation is not None
    return str(conversation.id)


def texts(stage: Stage, count: int) -> list[str]:
    """What went out by Twilio's API, once there are so many."""
    until(lambda: len(stage.twilio.sent) >= count)
    return [message["body"] for message in stage.twilio.sent]


@pytest.fixture
def chat(stage: Stage) -> Chat:
    opened = stage.open()
    opened.say("hello")
    begin(stage, opened.id)
    return opened


def test_on_the_web_the_assistant_is_silent_and_listens(stage: Stage, chat: Chat) -> None:
    assert chat.say("what does it cost?") == []
    assert [(turn["text"], turn["attended"]) for turn in stage.engine.turns] == [
        ("hello", False),
        ("what does it cost?", True),
    ]
    write(stage, chat.id, "Let me look that up.")
    shown = chat.history()
    assert [(one["author"], one.get("name"), one.get("status")) for one in shown[-3:]] == [
        ("assistant", "Dana", None),
        ("visitor", None, "answered"),
        ("staff", "Dana", None),
    ]
    hand_back(stage, chat.id)
    assert chat.say("thanks") == ["You said: thanks"]


def test_on_the_web_an_emergency_is_answered_at_once_and_staff_are_alerted(stage: Stage, chat: Chat) -> None:
    stage.engine.safety = "emergency"
    stage.engine.replies[SUICIDE] = [{"text": "Call or text 988 now.", "quick_replies": []}]
    assert chat.say(SUICIDE) == ["Call or text 988 now."]
    with stage.database.read() as session:
        assert open_count(session) == 1
        assert takeover.current(session, chat.id) is not None


def test_with_the_engine_away_an_emergency_is_answered_and_nothing_else(stage: Stage, chat: Chat) -> None:
    stage.engine.status = 503
    assert chat.say("are you there Dana?") == []
    assert "988" in chat.say(SUICIDE)[0][:60]
    with stage.database.read() as session:
        assert open_count(session) == 1
    stage.engine.status = 200
    until(lambda: {one.get("status") for one in chat.history()} <= {"answered", None})
    assert [one["author"] for one in chat.history()].count("assistant") == 4


def test_what_the_rules_alone_took_for_an_emergency_is_taken_back(stage: Stage, chat: Chat) -> None:
    assert chat.say(SUICIDE) == []
    with stage.database.read() as session:
        assert latest(session) == []


def test_what_waited_for_the_engine_is_the_persons_to_answer(stage: Stage) -> None:
    opened = stage.open()
    stage.engine.status = 503
    opened.say("what does it cost?")
    begin(stage, opened.id)
    stage.engine.status = 200
    until(lambda: opened.history()[1]["status"] == "answered")
    assert stage.engine.turns[-1]["attended"]
    assert opened.history()[-1]["with"] == "staff"


def test_by_text_both_ends_and_the_persons_words_go_out(stage: Stage) -> None:
    conversation_id = texting(stage)
    begin(stage, conversation_id)
    assert stage.sms("what does it cost?") == []
    write(stage, conversation_id, "It\u2019s $185 a session.")
    hand_back(stage, conversation_id)
    sent = texts(stage, 3)
    assert [text.split(",")[0].split(".")[0] for text in sent] == [
        "You are now with Dana",
        "It's $185 a session",
        "Dana has left this chat",
    ]
    assert all(len(text) <= 320 for text in sent)
    assert stage.sms("thanks") == ["You said: thanks"]


def test_by_text_an_emergency_is_answered_at_once_with_the_engine_and_without(stage: Stage) -> None:
    begin(stage, texting(stage))
    stage.engine.safety = "emergency"
    stage.engine.replies[SUICIDE] = [{"text": "Call or text 988 now.", "quick_replies": []}]
    assert stage.sms(SUICIDE) == ["Call or text 988 now."]
    stage.engine.status = 503
    first = stage.sms("he overdosed and wont wake up his lips are blue")[0]
    assert "911" in first[:60]
    assert len(first) <= 160
    with stage.database.read() as session:
        assert open_count(session) == 1


def test_stop_and_help_work_as_ever(stage: Stage) -> None:
    conversation_id = texting(stage)
    begin(stage, conversation_id)
    assert "STOP" in stage.sms("HELP")[0]
    with stage.database.read() as session:
        assert takeover.current(session, conversation_id) is not None
    assert "no more texts" in stage.sms("please stop texting me")[0]
    with stage.database.read() as session:
        assert takeover.current(session, conversation_id) is None
        (row,) = takeover.all_of(session, conversation_id)
    assert row.ended_by == "optout"
    with pytest.raises(takeover.Refused):
        write(stage, conversation_id, "hello?")


def test_a_number_answers_the_person_and_not_the_list_before(stage: Stage) -> None:
    conversation_id = texting(stage)
    stage.sms("/ask_cost")  # as its text; the list of choices comes with the answer
    with stage.database.write() as session:
        takeover.announce(
            session,
            session.get(Conversation, conversation_id),
            "Which?",
            "post",
            utcnow(),
            [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}],
        )
    begin(stage, conversation_id)
    assert stage.sms("2") == []
    assert stage.engine.texts[-1] == "2"


def test_by_text_who_waits_chooses_by_number(stage: Stage) -> None:
    conversation_id = texting(stage)
    begin(stage, conversation_id)
    ask_whether_to_wait(stage, conversation_id)
    assert texts(stage, 2)[1].splitlines()[1:] == [
        "1 Keep waiting",
        "2 Back to the assistant",
        "3 Ask for a call",
        "Reply with a number.",
    ]
    assert stage.sms("1") == ["OK. Dana can see that you are waiting."]
    ask_whether_to_wait(stage, conversation_id)
    assert stage.sms("three", sid="SMcall") == [
        "You are back with the automated assistant.",
        "You said: /request_callback",
    ]
    assert stage.sms("3", sid="SMcall")[0] == "You are back with the automated assistant."
    assert stage.engine.texts.count("/request_callback") == 1


def test_on_the_web_who_waits_goes_back_by_a_button(stage: Stage, chat: Chat) -> None:
    ask_whether_to_wait(stage, chat.id)
    assert chat.say("/takeover_return") == ["You are back with the automated assistant."]
    assert chat.say("/takeover_wait") == ["You are with the automated assistant. What would you like to know?"]
    with stage.database.read() as session:
        assert [message.kind for message in history(session, chat.id)][-3:] == ["left", "turn", "left"]
