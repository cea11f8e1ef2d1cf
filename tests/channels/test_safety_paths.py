"""No way into the front without the safety check: each path, and each kind of emergency, with the engine away."""

from collections.abc import Callable

import pytest

from bot.conversations import by_phone, post_to_visitor, takeover
from bot.conversations.alerts import latest, open_count
from bot.conversations.takeover import Staff
from bot.store import utcnow
from tests.channels.support import VISITOR, Stage, until

DANA = Staff("u-1", "dana@harbor.example", "Dana")
SUICIDE = "i want to kill myself tonight"
KINDS = [
    (SUICIDE, "988"),
    ("i just took a whole bottle of pills", "911"),
    ("he overdosed and wont wake up his lips are blue", "911"),
    ("she quit drinking two days ago and shes having a seizure", "911"),
    ("my husband is hitting me right now", "911"),
    ("i am going to kill him tonight i have a gun", "911"),
]


def by_web(stage: Stage) -> list[str]:
    return stage.open().say(SUICIDE)


def by_web_as_a_command(stage: Stage) -> list[str]:
    return stage.open().say(f"/{SUICIDE}")


def by_text(stage: Stage) -> list[str]:
    return stage.sms(SUICIDE)


def by_text_with_a_number_first(stage: Stage) -> list[str]:
    return stage.sms(f"2 {SUICIDE}")


def by_text_with_an_opt_out(stage: Stage) -> list[str]:
    return stage.sms(f"stop texting me. {SUICIDE}")


def by_web_as_a_choice_that_was_not_offered(stage: Stage) -> list[str]:
    return stage.open().say(f'/choose{{"text": "{SUICIDE}"}}')


def by_web_after_a_message_of_staff(stage: Stage) -> list[str]:
    chat = stage.open()
    with stage.database.write() as session:
        post_to_visitor(session, chat.id, "This is Dana.", "This is Dana.", "staff-1", author="staff")
    return chat.say(SUICIDE)


def by_web_while_a_person_writes(stage: Stage) -> list[str]:
    chat = stage.open()
    with stage.database.write() as session:
        takeover.begin(session, chat.id, DANA, "Harbor", utcnow())
    return chat.say(SUICIDE)


def by_text_while_a_person_writes(stage: Stage) -> list[str]:
    stage.sms("hello")
    with stage.database.write() as session:
        takeover.begin(session, str(by_phone(session, VISITOR).id), DANA, "Harbor", utcnow())
    return stage.sms(SUICIDE)


def by_web_in_pieces(stage: Stage) -> list[str]:
    chat = stage.open()
    chat.say("i want to")
    return chat.say("die")


def by_web_as_an_edited_retry(stage: Stage) -> list[str]:
    chat = stage.open()
    chat.say("hello", "one-id")
    return chat.say(SUICIDE, "one-id")


def by_web_over_the_limit(stage: Stage) -> list[str]:
    chat = stage.open()
    while chat.post("hello").status_code == 200:
        pass
    return chat.say(SUICIDE)


def by_text_as_the_caption_of_a_picture(stage: Stage) -> list[str]:
    return stage.sms(SUICIDE, NumMedia="1", MediaUrl0="https://example.org/picture.jpg")


def by_text_after_a_list_of_choices(stage: Stage) -> list[str]:
    stage.engine.status = 200
    stage.sms("/ask_cost")
    stage.engine.status = 503
    return stage.sms(f"With insurance. {SUICIDE}")


def by_text_in_pieces(stage: Stage) -> list[str]:
    stage.sms("quiero")
    return stage.sms("morirme")


def by_text_over_the_limit(stage: Stage) -> list[str]:
    while stage.sms("hello"):
        pass
    return stage.sms(SUICIDE)


ANSWERED = [
    by_web,
    by_web_as_a_command,
    by_web_as_a_choice_that_was_not_offered,
    by_web_after_a_message_of_staff,
    by_web_in_pieces,
    by_web_while_a_person_writes,
    by_text_while_a_person_writes,
    by_web_as_an_edited_retry,
    by_web_over_the_limit,
    by_text,
    by_text_as_the_caption_of_a_picture,
    by_text_after_a_list_of_choices,
    by_text_with_a_number_first,
    by_text_with_an_opt_out,
    by_text_in_pieces,
    by_text_over_the_limit,
]


@pytest.mark.parametrize("path", ANSWERED)
def test_every_path_gives_the_numbers_and_alerts_staff(stage: Stage, path: Callable[[Stage], list[str]]) -> None:
    stage.engine.status = 503
    assert "988" in "\n".join(path(stage))
    with stage.database.read() as session:
        assert open_count(session) == 1
        assert latest(session)[0].acknowledged_by is None


def test_who_may_not_be_texted_is_still_alerted_about(stage: Stage) -> None:
    stage.sms("STOP")
    assert stage.sms(SUICIDE) == []
    with stage.database.read() as session:
        assert open_count(session) == 1


@pytest.mark.parametrize(("words", "number"), KINDS)
def test_every_kind_gets_its_numbers_first_on_both_channels(stage: Stage, words: str, number: str) -> None:
    stage.engine.status = 503
    assert number in stage.open().say(words)[0][:60]
    first = stage.sms(words)[0]
    assert number in first[:60]
    assert len(first) <= 160


def test_an_edited_retry_without_an_emergency_is_refused_as_ever(stage: Stage) -> None:
    chat = stage.open()
    chat.say("hello", "one-id")
    assert chat.post("hello again", "one-id").status_code == 409


def test_an_edited_retry_sent_twice_is_one_message(stage: Stage) -> None:
    chat = stage.open()
    chat.say("hello", "one-id")
    assert chat.say(SUICIDE, "one-id") == chat.say(SUICIDE, "one-id")
    assert stage.engine.texts == ["hello", SUICIDE]


def test_a_message_that_cannot_be_taken_is_answered_in_an_emergency(stage: Stage) -> None:
    response = stage.open().post(f"{SUICIDE}. " + "i do not know what to do anymore. " * 80)
    assert response.status_code == 422
    said = response.json()["error"]["message"]
    assert said.startswith("Call or text 988 now")
    assert "too long" in said
    with stage.database.read() as session:
        assert open_count(session) == 1


def test_who_writes_too_fast_is_told_the_numbers(stage: Stage) -> None:
    chat = stage.open()
    while (response := chat.post("hello")).status_code == 200:
        pass
    assert response.status_code == 429
    assert "988" in response.json()["error"]["message"]


def test_the_engine_gets_the_pieces_before_a_message(stage: Stage) -> None:
    chat = stage.open()
    for text in ("how much does it cost?", "i want to", "die"):
        chat.say(text)
    assert [turn["before"] for turn in stage.engine.turns] == [[], [], ["i want to"]]


def test_the_same_block_is_not_repeated_while_the_engine_is_away(stage: Stage) -> None:
    stage.engine.status = 503
    chat = stage.open()
    texts = [chat.say(SUICIDE)[0] for _ in range(3)]
    assert len(set(texts)) == 3
    assert all("988" in text or "911" in text for text in texts)


def test_what_was_said_in_a_slow_engines_place_is_not_said_again(stage: Stage) -> None:
    stage.engine.safety = "emergency"
    with stage.front(engine_timeout=0.5) as stage.url:
        chat = stage.open()
        stage.engine.delay = 1.5
        (told,) = chat.say(SUICIDE)
        stage.engine.replies[SUICIDE] = [{"text": part, "quick_replies": []} for part in told.split("\n\n")]
        until(lambda: chat.history()[1]["status"] == "answered")
        assert [message["text"] for message in chat.history()[2:]] == [told]


def test_an_alert_of_the_rules_is_taken_back_when_the_engine_sees_no_emergency(stage: Stage) -> None:
    stage.open().say(SUICIDE)
    with stage.database.read() as session:
        assert latest(session) == []


def test_an_emergency_that_the_engine_confirms_is_told_at_once(stage: Stage) -> None:
    stage.engine.safety = "emergency"
    stage.open().say(SUICIDE)
    with stage.database.read() as session:
        assert open_count(session) == 1
