"""A person takes over: one at a time, told at both ends, and the visitor stays in control. SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.conversations import Message, answer, apologise, deliveries, erase, history, receive, takeover, view
from bot.conversations.models import Conversation, Takeover
from bot.conversations.takeover import Refused, Staff
from bot.conversations.takeover_words import CALL, RETURN, TITLES, WAIT, WORDS, NotSendable, checked, choices, words
from bot.sms_text import LIMIT, gsm7, outside
from bot.store import Database, utcnow
from tests.conversations_store.test_store import PHONE, ask, new

DANA = Staff("u-1", "dana@harbor.example", "Dana")
SAM = Staff("u-2", "sam@harbor.example", "Sam")
HARBOR = "Harbor Recovery"


def begin(store: Database, conversation_id: str, staff: Staff = DANA) -> None:
    with store.write() as session:
        takeover.begin(session, conversation_id, staff, HARBOR, utcnow())


def write(store: Database, conversation_id: str, text: str, key: str = "k-1", staff: Staff = DANA) -> str:
    with store.write() as session:
        return str(takeover.write(session, conversation_id, staff.user_id, text, key, utcnow()).id)


def hand_back(store: Database, conversation_id: str, staff: Staff = DANA) -> bool:
    with store.write() as session:
        return takeover.hand_back(session, conversation_id, staff.user_id, utcnow())


def taken(store: Database, conversation_id: str) -> Takeover | None:
    with store.read() as session:
        return takeover.current(session, conversation_id)


def said(store: Database, conversation_id: str) -> list[tuple[str, str]]:
    with store.read() as session:
        return [(str(message.author), str(message.text)) for message in history(session, conversation_id)]


def test_both_ends_are_told_and_who_wrote_what_is_kept(store: Database) -> None:
    chat = new(store)
    ask(store, chat, "is anybody there?")
    begin(store, chat)
    write(store, chat, "Hi, this is Dana. I am here.")
    assert hand_back(store, chat)
    with store.read() as session:
        shown = [view(message) for message in history(session, chat)]
    assert [(one["author"], one.get("name"), one.get("with")) for one in shown] == [
        ("visitor", None, None),
        ("assistant", "Dana", "staff"),
        ("staff", "Dana", None),
        ("assistant", None, "assistant"),
    ]
    assert shown[1]["text"].startswith(f"You are now with Dana, a person at {HARBOR}.")
    assert shown[3]["text"] == "Dana has left this chat. You are back with the automated assistant."
    with store.read() as session:
        (row,) = takeover.all_of(session, chat)
    assert (row.email, row.ended_by, row.open_key) == (DANA.email, "staff", None)


def test_of_two_at_the_same_instant_one_has_it(store: Database) -> None:
    chat = new(store)
    people = [Staff(f"u-{number}", f"p{number}@harbor.example", f"P{number}") for number in range(6)]

    def attempt(person: Staff) -> str:
        try:
            begin(store, chat, person)
        except Refused as refused:
            return str(refused).partition(") ")[2]
        return "has it"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(attempt, people)) == ["has it"] + ["has this conversation already."] * 5
    assert len(said(store, chat)) == 1


def test_the_same_person_twice_is_one_take_over(store: Database) -> None:
    chat = new(store)
    begin(store, chat)
    begin(store, chat)
    assert len(said(store, chat)) == 1


def test_only_who_has_it_writes_and_hands_back(store: Database) -> None:
    chat = new(store)
    with pytest.raises(Refused, match="back with the assistant"):
        write(store, chat, "hello")
    begin(store, chat)
    with pytest.raises(Refused, match=r"Dana .* has this conversation"):
        write(store, chat, "hello", staff=SAM)
    assert not hand_back(store, chat, SAM)
    assert hand_back(store, chat)
    assert not hand_back(store, chat)
    begin(store, chat, SAM)
    assert taken(store, chat).name == "Sam"


def test_a_message_sent_twice_is_one(store: Database) -> None:
    chat = new(store)
    begin(store, chat)
    assert write(store, chat, "hello") == write(store, chat, "hello")
    hand_back(store, chat)
    assert write(store, chat, "hello")  # its first answer was lost on the way, and the conversation went back since
    assert [author for author, _ in said(store, chat)] == ["assistant", "staff", "assistant"]


def test_the_visitor_waits_from_their_first_word_until_the_persons(store: Database) -> None:
    chat = new(store)
    begin(store, chat)
    assert taken(store, chat).waiting_since is not None
    write(store, chat, "hello")
    assert taken(store, chat).waiting_since is None
    ask(store, chat, "hi Dana", "c-1")
    since = taken(store, chat).waiting_since
    ask(store, chat, "are you there?", "c-2")
    assert taken(store, chat).waiting_since == since
    with store.read() as session:
        assert [bool(message.attended) for message in history(session, chat)] == [False, False, True, True]


def test_the_engine_that_only_listened_leaves_an_answered_message_without_replies(store: Database) -> None:
    chat = new(store)
    begin(store, chat)
    message_id = ask(store, chat, "what does it cost?")
    with store.write() as session:
        assert answer(session, message_id, [], {"topic": "ask_cost", "safety": {"level": "check"}}, True) == []
    with store.write() as session:
        message = session.get(Message, message_id)
        assert (message.status, message.topic, message.safety) == ("answered", "ask_cost", "check")
        assert apologise(session, message_id, ["Sorry"], "emergency") == []


def test_while_the_engine_is_away_a_person_answers_but_an_emergency_is_told(store: Database) -> None:
    chat = new(store)
    begin(store, chat)
    ordinary, urgent = ask(store, chat, "hello", "c-1"), ask(store, chat, "i want to kill myself", "c-2")
    with store.write() as session:
        assert apologise(session, ordinary, ["We cannot answer now"]) == []
        (told,) = apologise(session, urgent, ["Call or text the line"], "emergency", "suicide")
        assert told.text == "Call or text the line"


@pytest.mark.parametrize("text", ["assistant", "Back to the assistant!", " Volver al asistente "])
def test_the_visitor_goes_back_by_word(store: Database, text: str) -> None:
    chat = new(store)
    ask(store, chat, text, "c-0")
    begin(store, chat)
    message_id = ask(store, chat, text)
    assert taken(store, chat) is None
    with store.read() as session:
        message = session.get(Message, message_id)
        reply = session.execute(select(Message).where(Message.in_reply_to == message_id)).scalar_one()
    assert (message.status, reply.kind) == ("answered", "left")
    assert said(store, chat)[0][1].strip(" !") == text.strip(" !")


def offer(store: Database, chat: str) -> None:
    with store.write() as session:
        conversation = session.get(Conversation, chat)
        takeover.announce(session, conversation, "?", "silence", utcnow(), choices("en", WAIT, RETURN, CALL))


def test_the_choices_of_who_waits(store: Database) -> None:
    chat = new(store)
    begin(store, chat)
    offer(store, chat)
    ask(store, chat, WAIT, "c-1")
    assert said(store, chat)[-2:] == [
        ("visitor", "Keep waiting"),
        ("assistant", "OK. Dana can see that you are waiting."),
    ]
    assert taken(store, chat) is not None
    call = ask(store, chat, CALL, "c-2")
    assert taken(store, chat) is None
    with store.read() as session:
        message = session.get(Message, call)
    assert (message.text, message.command, message.status) == ("Ask for a call", "/request_callback", "received")
    assert not message.attended
    assert ask(store, chat, CALL, "c-2") == call
    ask(store, chat, RETURN, "c-3")
    assert said(store, chat)[-1][1].startswith("You are with the automated assistant.")


def test_the_assistants_open_question_is_asked_again_with_its_choices(store: Database) -> None:
    chat = new(store)
    message_id = ask(store, chat, "please call me")
    buttons = [{"title": "For me", "payload": "/me"}]
    with store.write() as session:
        answer(
            session,
            message_id,
            [{"text": "Of course.\n\nWho is this for? Skip it if you like.", "quick_replies": buttons}],
            {},
        )
    begin(store, chat)
    write(store, chat, "hello")
    hand_back(store, chat)
    with store.read() as session:
        last = history(session, chat)[-1]
    assert str(last.text).endswith("assistant.\n\nBefore that I asked you: Who is this for? Skip it if you like.")
    assert last.quick_replies == buttons


def test_a_question_before_an_emergency_is_not_asked_again(store: Database) -> None:
    chat = new(store)
    first = ask(store, chat, "please call me")
    with store.write() as session:
        answer(session, first, [{"text": "Who is this for?"}], {})
    begin(store, chat)
    second = ask(store, chat, "i want to die", "c-2")
    with store.write() as session:
        answer(session, second, [{"text": "Call now."}], {"safety": {"level": "emergency"}}, True)
    hand_back(store, chat)
    assert "Who is this for" not in said(store, chat)[-1][1]


def test_in_spanish_where_the_conversation_is(store: Database) -> None:
    chat = new(store)
    ask(store, chat, "hola, necesito ayuda con mi hijo por favor")
    begin(store, chat)
    hand_back(store, chat)
    assert [text.split(",")[0].split(".")[0] for _, text in said(store, chat)][1:] == [
        "Ahora habla con Dana",
        "Dana ha salido de este chat",
    ]


def test_an_opt_out_ends_it_and_nothing_more_can_be_written(store: Database) -> None:
    chat = new(store, "sms", PHONE)
    ask(store, chat, "hello")
    begin(store, chat)
    with store.write() as session:
        deliveries.opt_out(session, PHONE, "keyword")
    assert taken(store, chat) is None
    for attempt in (lambda: write(store, chat, "hello"), lambda: begin(store, chat)):
        with pytest.raises(Refused, match="wants no texts"):
            attempt()


def test_an_answer_leaves_at_once_and_anything_later_keeps_the_quiet_hours(store: Database) -> None:
    chat = new(store, "sms", PHONE)
    morning = utcnow() + timedelta(hours=9)
    ask(store, chat, "hello")
    with store.write() as session:
        takeover.begin(session, chat, DANA, HARBOR, morning)
        live = takeover.write(session, chat, DANA.user_id, "Hi, I\u2019m Dana.", "k-1", morning)
        assert (live.text, live.kind, live.due_at <= utcnow()) == ("Hi, I'm Dana.", "turn", True)
        session.execute(update(Message).values(at=utcnow() - timedelta(hours=2)))
        late = takeover.write(session, chat, DANA.user_id, "Good night.", "k-2", morning)
        assert (late.kind, late.due_at) == ("post", morning)
    with store.write() as session:
        assert [due.text.split(",")[0] for due in deliveries.claim_due(session)] == ["You are now with Dana", "Hi"]


@pytest.mark.parametrize(
    ("text", "channel", "why"),
    [
        ("  \n ", "web", "Write something"),
        ("a" * 2001, "web", "too long: 2001"),
        ("a" * 641, "sms", "too long for a text message: 641"),
        ("see you \U0001f600 soon \u4f60", "sms", "cannot carry these characters: \U0001f600\u4f60"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_the_reason(text: str, channel: str, why: str) -> None:
    with pytest.raises(NotSendable, match=why):
        checked(text, channel)


def test_what_can_be_sent_is_kept_as_the_visitor_gets_it() -> None:
    assert checked("one\r\ntwo\x07 ", "web") == "one\ntwo"
    assert checked("\u201cmañana está bien\u201d\n\nDana", "sms") == '"mañana esta bien"\n\nDana'


def test_erasing_takes_the_take_overs_along(store: Database) -> None:
    chat = new(store)
    begin(store, chat)
    with store.write() as session:
        erase(session, chat)
        assert session.execute(select(Takeover)).first() is None
        assert receive(session, chat, "c-9", "hello") is None


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_text_fits_one_sms(language: str) -> None:
    assert WORDS[language].keys() == WORDS["en"].keys()
    for key in WORDS[language]:
        text = gsm7(words(key, language, name="Maximiliana", provider="Harbor Recovery Center", question="Who for?"))
        assert outside(text) == ""
        assert len(text) <= LIMIT, key
    listed = "\n".join(f"1 {title}" for title in TITLES[language].values())
    assert len(words("silence", language, name="Maximiliana")) + len(listed) + 30 <= LIMIT
