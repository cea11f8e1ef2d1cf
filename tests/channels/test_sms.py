"""Twilio's webhooks over a real socket, signed as Twilio signs."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from sqlalchemy import func, select

from bot.conversations import Conversation, Message, OptOut, by_phone, erase, post_to_visitor
from bot.conversations.review import transcript
from tests.channels.support import NUMBER, VISITOR, WEB, Stage, until


def test_a_first_text_is_greeted_and_answered(stage: Stage) -> None:
    greeting, answer = stage.sms("when do you meet")
    for words in ("Example Harbor Recovery", "automated assistant", "911", "988", "HELP", "STOP", "rates"):
        assert words in greeting
    assert answer == "You said: when do you meet"
    assert stage.engine.turns[0]["channel"] == "sms"
    assert stage.sms("thanks") == ["You said: thanks"]
    with stage.database.read() as session:
        assert session.execute(select(func.count(Conversation.id))).scalar_one() == 1


def test_the_number_is_encrypted_and_found_by_its_blind_index(stage: Stage) -> None:
    stage.sms("hello")
    with stage.database.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM conversations").fetchall())
    assert VISITOR not in rows
    assert "5550199" not in rows
    with stage.database.read() as session:
        conversation = by_phone(session, VISITOR)
        assert conversation is not None
        assert conversation.phone == VISITOR


@pytest.mark.parametrize("signature", ["", "bm90IGEgc2lnbmF0dXJl"])
def test_what_twilio_has_not_signed_is_refused(stage: Stage, signature: str) -> None:
    for path in ("/sms/twilio", "/sms/twilio/status"):
        response = stage.webhook({"MessageSid": "SM1", "From": VISITOR, "Body": "hi"}, path, signature)
        assert (response.status_code, response.json()["error"]["code"]) == (403, "bad_signature")
    assert stage.engine.turns == []


def test_a_signature_for_other_words_is_refused(stage: Stage) -> None:
    from twilio.request_validator import RequestValidator

    from tests.channels.support import TOKEN

    signed = RequestValidator(TOKEN).compute_signature(f"{stage.url}/sms/twilio", {"From": VISITOR, "Body": "hi"})
    assert stage.webhook({"MessageSid": "SM1", "From": VISITOR, "Body": "bye"}, signature=signed).status_code == 403


def test_the_public_address_is_what_counts(stage: Stage) -> None:
    """Behind a proxy Twilio signs https://chat.example.org, whatever the front itself is called."""
    from twilio.request_validator import RequestValidator

    from tests.channels.support import TOKEN

    form = {"MessageSid": "SM1", "From": VISITOR, "Body": "hi"}
    signed = RequestValidator(TOKEN).compute_signature("https://chat.example.org/sms/twilio", form)
    with stage.front(public_url="https://chat.example.org") as url:
        headers = {"X-Twilio-Signature": signed}
        assert WEB.post(f"{url}/sms/twilio", data=form, headers=headers).status_code == 200
    assert WEB.post(f"{stage.url}/sms/twilio", data=form, headers=headers).status_code == 403


def test_without_settings_the_reason_is_clear(stage: Stage) -> None:
    with stage.front(twilio_auth_token="") as url:
        response = WEB.post(f"{url}/sms/twilio", data={"Body": "hi"})
    assert response.status_code == 503
    assert "FIRSTSTEP_TWILIO_AUTH_TOKEN" in response.json()["error"]["message"]


def test_a_repeated_webhook_is_answered_alike_and_processed_once(stage: Stage) -> None:
    stage.engine.delay = 0.2
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: stage.sms("hello", sid="SMsame"), range(4)))
    assert all(answer == answers[0] for answer in answers)
    assert stage.sms("hello", sid="SMsame") == answers[0]
    assert len(answers[0]) == 2
    assert stage.engine.texts == ["hello"]


@pytest.mark.parametrize("word", ["STOP", "quit", "End", "Cancel.", "opt out"])
def test_the_carriers_word_is_obeyed_in_silence(stage: Stage, word: str) -> None:
    stage.sms("hello")
    assert stage.sms(word) == []
    assert stage.sms("are you there") == []
    assert stage.engine.texts == ["hello"]
    with stage.database.write() as session:
        conversation = by_phone(session, VISITOR)
        assert conversation is not None
        pushed = post_to_visitor(session, conversation.id, "Dana calls you.", "Dana calls you.", "k")
        assert pushed is not None
        assert pushed.delivery == "blocked"


def test_other_words_get_one_confirmation_with_988(stage: Stage) -> None:
    stage.sms("hello")
    sid = f"SM{uuid.uuid4().hex}"
    (confirmation,) = stage.sms("please stop texting me", sid=sid)
    assert "no more texts" in confirmation
    assert "988" in confirmation
    assert "START" in confirmation
    assert stage.sms("please stop texting me", sid=sid) == [confirmation]  # the same webhook again
    assert stage.sms("stop texting me") == []


@pytest.mark.parametrize("word", ["ALTO", "parar", "no me manden m\u00e1s mensajes"])
def test_an_opt_out_in_spanish_is_confirmed_in_spanish_since_nobody_else_does(stage: Stage, word: str) -> None:
    greeting, _ = stage.sms("hola, hablan espa\u00f1ol?")
    assert "soy un asistente automatizado" in greeting
    (confirmation,) = stage.sms(word)
    assert "ya no le mandamos textos" in confirmation
    assert "988" in confirmation
    assert stage.sms("hola") == []
    (back,) = stage.sms("empezar")
    assert "ya puede escribirnos otra vez" in back


def test_what_twilio_has_been_set_up_to_answer_in_spanish_is_not_answered_twice(stage: Stage) -> None:
    stage.sms("hola")
    assert stage.sms("ALTO", OptOutType="STOP") == []
    assert stage.sms("AYUDA", OptOutType="HELP") == []


def test_help_in_spanish_names_the_numbers_and_the_person(stage: Stage) -> None:
    stage.sms("hola")
    (answer,) = stage.sms("Ayuda")
    for words in ("sobredosis: llame al 911", "988 y oprima 2", "(503) 555-0140", "STOP"):
        assert words in answer


def test_an_opt_out_outlives_the_chat_and_start_ends_it(stage: Stage) -> None:
    stage.sms("hello")
    stage.sms("STOP")
    with stage.database.write() as session:
        conversation = by_phone(session, VISITOR)
        assert conversation is not None
        erase(session, conversation.id)
    assert stage.sms("hello") == []
    (welcome,) = stage.sms("START")
    assert "again" in welcome
    assert stage.sms("hello")[-1] == "You said: hello"
    with stage.database.read() as session:
        assert session.execute(select(OptOut)).first() is None


def test_yes_is_an_answer_unless_they_had_opted_out(stage: Stage) -> None:
    assert stage.sms("yes")[-1] == "You said: yes"
    stage.sms("STOP")
    assert "again" in stage.sms("yes")[0]


@pytest.mark.parametrize(("kind", "word"), [("STOP", "adios"), ("HELP", "HELP"), ("START", "START")])
def test_what_twilio_answers_itself_gets_an_empty_answer(stage: Stage, kind: str, word: str) -> None:
    stage.sms("hello")
    assert stage.sms(word, OptOutType=kind) == []
    assert (stage.sms("hello") == []) == (kind == "STOP")


def test_help_gives_the_numbers_a_person_and_the_way_out(stage: Stage) -> None:
    (text,) = stage.sms("HELP")
    for words in ("911", "988", "(503) 555-0140", "STOP", "Example Harbor Recovery"):
        assert words in text
    assert stage.engine.turns == []


def test_wanting_to_stop_drinking_reaches_the_engine(stage: Stage) -> None:
    stage.sms("I want to stop drinking")
    stage.sms("cant quit")
    assert stage.engine.texts == ["I want to stop drinking", "cant quit"]


@pytest.mark.parametrize("fields", [{"NumMedia": "1", "MediaUrl0": "https://example.org/a.jpg"}, {}])
def test_pictures_and_empty_texts_are_answered_politely(stage: Stage, fields: dict[str, str]) -> None:
    (text,) = stage.sms("", **fields)
    assert "only words" in text
    assert stage.engine.turns == []


def test_choices_are_one_numbered_text_and_may_be_answered_in_three_ways(stage: Stage) -> None:
    stage.engine.replies["what does it cost"] = stage.engine.replies["/ask_cost"]
    for answer, payload in (("1", "plan"), (" Two. ", "cash"), ("self-pay", "cash"), ("with insurance!", "plan")):
        (text,) = stage.sms("what does it cost")[-1:]
        assert text == (
            "It depends on your plan. Shall I show you?\n1 With insurance\n2 Self-pay\nReply with a number."
        )
        stage.sms(answer)
        assert stage.engine.texts[-1] == f'/choose{{"offer":"{payload}"}}'
    stage.sms("1")  # nothing was offered in the last turn: a plain number
    assert stage.engine.texts[-1] == "1"
    stage.sms("/choose{}")
    assert stage.engine.texts[-1] == "choose{}"


def test_short_replies_of_one_turn_share_a_text_and_its_delivery_state(stage: Stage) -> None:
    stage.engine.replies["hours"] = [{"text": "Evenings from 6."}, {"text": "Want to hear about cost?"}]
    response = stage.webhook({"MessageSid": "SM1", "From": VISITOR, "Body": "hours"})
    greeting, answer = ElementTree.fromstring(response.text).iter("Message")
    assert (answer.text, (greeting.text or "")[:22]) == (
        "Evenings from 6.\nWant to hear about cost?",
        "Example Harbor Recover",
    )
    callback = urlsplit(answer.attrib["statusCallback"])
    form = {"MessageSid": "SM2", "MessageStatus": "delivered", "To": VISITOR, "From": NUMBER}
    assert stage.webhook(form, f"{callback.path}?{callback.query}").status_code == 204
    with stage.database.read() as session:
        replies = session.execute(
            select(Message).where(Message.author == "assistant", Message.kind == "turn")
        ).scalars()
        assert [reply.delivery for reply in replies] == ["delivered", "delivered"]


def test_in_an_emergency_each_text_stays_short_and_stands_alone(stage: Stage) -> None:
    stage.engine.replies["he overdosed"] = [{"text": "Call 911 now."}, {"text": "Stay with them."}]
    texts = stage.sms("he overdosed")
    assert texts[:2] == ["Call 911 now.", "Stay with them."]
    assert texts[2].startswith("Example Harbor Recovery")


def test_long_and_odd_answers_leave_as_short_plain_texts(stage: Stage) -> None:
    stage.engine.replies["long"] = [{"text": "\u201cOne\u201d sentence here \u2013 and more. " * 30}]
    texts = stage.sms("long")[1:]
    assert len(texts) > 1
    assert all(len(text) <= 320 for text in texts)
    assert texts[0].startswith('"One" sentence here - and')


def test_delivery_states_are_stored_and_never_step_back(stage: Stage) -> None:
    stage.sms("hello")
    with stage.database.read() as session:
        reply = session.execute(
            select(Message).where(Message.author == "assistant", Message.kind == "turn")
        ).scalar_one()

    def state_after(state: str, **fields: str) -> str:
        path = f"/sms/twilio/status?message={reply.id}"
        form = {"MessageSid": "SM9", "MessageStatus": state, "To": VISITOR, "From": NUMBER, **fields}
        assert stage.webhook(form, path).status_code == 204
        with stage.database.read() as session:
            found = transcript(session, reply.conversation_id)
            assert found is not None
            return next(str(line.delivery) for line in found.lines if line.id == reply.id)

    assert [state_after(state) for state in ("sent", "queued", "delivered", "sending", "nonsense")] == [
        "sent",
        "sent",
        "delivered",
        "delivered",
        "delivered",
    ]
    assert state_after("failed", ErrorCode="21610") == "blocked"
    assert stage.sms("hello") == []  # Twilio says that they have opted out


def test_two_first_texts_at_once_open_one_conversation(stage: Stage) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(stage.sms, ["hello", "anybody there"]))
    with stage.database.read() as session:
        assert session.execute(select(func.count(Conversation.id))).scalar_one() == 1
    until(lambda: sorted(stage.engine.texts) == ["anybody there", "hello"])


@pytest.mark.parametrize("form", [{"From": VISITOR}, {"MessageSid": "SM1", "From": "short"}])
def test_a_webhook_without_a_sender_or_a_sid_is_refused(stage: Stage, form: dict[str, str]) -> None:
    assert stage.webhook({"Body": "hi", **form}).status_code == 422
