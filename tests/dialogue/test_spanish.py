"""From hello to the lead in Spanish, in the words of people who write it on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.handoff import Consent, Lead
from bot.safety import language_of, looks_english
from bot.sms_text import GSM7
from bot.store import database
from tests.dialogue.assistant import Conversation, Reply

pytestmark = pytest.mark.model
Assistant = Callable[..., Conversation]
BEGIN = ("hola", "mi hijo está tomando pastillas y no sé qué hacer, hablan español?", "sí")


def leads(conversation: Conversation) -> list[Lead]:
    with database().read() as session:
        return list(session.execute(select(Lead).where(Lead.conversation_id == conversation.id)).scalars())


def walk(conversation: Conversation, *messages: str) -> Reply:
    for message in messages:
        reply = conversation.say(message)
        for said in reply.messages:
            words = said.get("text") or ""
            assert not looks_english(words), f"{message!r} got English: {words}"
            if conversation.channel == "sms":
                assert len(words) <= 320
                assert set(words) <= GSM7, sorted(set(words) - GSM7)
    return reply


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_the_whole_way_is_in_spanish(assistant: Assistant, channel: str) -> None:
    chat = assistant(channel)
    start = walk(chat, *BEGIN)
    assert "solo una persona del programa" in start.text
    assert "Example Harbor Recovery paga este asistente" in start.text
    assert "¿Qué nombre usamos?" in start.text  # for whom it is was told already
    summary = walk(
        chat, "me llamo Rosa", "503-555-0142", "por la tarde, después de las 5", "llamada, sin mensaje de voz", "97201"
    )
    for words in ("mi hijo", "Rosa", "(503) 555-0142", "las 5", "97201", "Luis", "a nadie más", "Puede decir que no"):
        assert words in summary.text.replace("mas:", "más:"), words
    assert leads(chat) == []
    done = walk(chat, "sí, acepto")
    (lead,) = leads(chat)
    assert f"Su clave es {lead.ref}" in done.text
    assert (lead.locale, lead.language, lead.for_whom, lead.professional_id) == ("es", "es", "son", "luis")
    with database().read() as session:
        consents = session.execute(select(Consent).where(Consent.lead_id == lead.id)).scalars().all()
    assert {(row.version, row.locale) for row in consents} == {("sharing-es-1", "es"), ("contact-es-1", "es")}
    assert all(row.text in summary.text for row in consents)
    assert lead.ref in walk(chat, "¿alguien tiene mi solicitud?").text
    assert "acept" in walk(chat, "quiero ver lo que acepté").text
    assert f"Retiré su solicitud {lead.ref}" in walk(chat, "ya no quiero que me llamen").text
    assert [one.state for one in leads(chat)] == ["withdrawn"]


def test_every_question_may_be_skipped_in_spanish(assistant: Assistant) -> None:
    chat = assistant()
    walk(chat, "quiero que me llamen", "saltar", "no quiero decir", "prefiero no", "me da igual", "saltar")
    assert "Usted no dejó teléfono ni correo" in walk(chat, "de acuerdo").text
    assert [(lead.name, lead.contact, lead.language) for lead in leads(chat)] == [(None, None, "es")]


@pytest.mark.parametrize(
    ("answer", "whom"),
    [
        ("para mí", "self"),
        ("para mi hijo", "son"),
        ("es mi esposa", "wife"),
        ("mi mamá", "mother"),
        ("otra persona", "other"),
    ],
)
def test_for_whom_in_spanish(assistant: Assistant, answer: str, whom: str) -> None:
    chat = assistant()
    walk(chat, "quiero una llamada", answer)
    assert chat.slot("contact_for") == whom


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("Ana", "Ana"),
        ("me llamo maría elena", "María Elena"),
        ("soy José", "José"),
        ("mi nombre es Lupe gracias", "Lupe"),
    ],
)
def test_names_in_spanish(assistant: Assistant, answer: str, name: str) -> None:
    chat = assistant()
    walk(chat, "quiero una llamada", "para mí", answer)
    assert chat.slot("contact_name") == name


@pytest.mark.parametrize(
    "answer", ["por la tarde", "después de las 5", "mañana", "los sábados en la mañana", "a cualquier hora"]
)
def test_times_in_spanish(assistant: Assistant, answer: str) -> None:
    chat = assistant()
    walk(chat, "quiero una llamada", "para mí", "Ana", "503-555-0142", answer)
    assert chat.slot("contact_time") == ("any time" if answer == "a cualquier hora" else answer)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("llamada, sin mensaje de voz", "call no_voicemail no_text"),
        ("solo mensajes de texto", "no_call no_voicemail text"),
        ("todo está bien", "call voicemail text"),
        ("sí", "call no_voicemail no_text"),
        ("que no dejen recado, pero sí me pueden llamar", "call no_voicemail no_text"),
        ("pueden llamar pero no dejen mensajes", "call no_voicemail no_text"),
    ],
)
def test_what_is_safe_in_spanish(assistant: Assistant, answer: str, code: str) -> None:
    chat = assistant()
    walk(chat, "quiero una llamada", "para mí", "Ana", "503-555-0142", "mañana", answer)
    assert chat.slot("contact_safe") == code


FILLED = ("quiero una llamada", "para mí", "Ana", "503-555-0142", "mañana", "saltar", "97201")


def test_details_are_corrected_and_left_out_in_spanish(assistant: Assistant) -> None:
    chat = assistant()
    walk(chat, *FILLED)
    assert "¿Qué quiere cambiar?" in walk(chat, "cambiar algo").text
    assert "¿Qué nombre usamos?" in walk(chat, "cambiar el nombre").text
    assert "Nombre: Luz" in walk(chat, "Luz").text
    asked = walk(chat, "quitar algo")
    assert "¿Qué quiere quitar?" in asked.text
    assert "quitar código postal" in asked.payloads
    assert "Código postal" not in walk(chat, "quitar código postal").text
    assert "Idioma" not in walk(chat, "quite el idioma").text
    assert "sin llamadas" in walk(chat, "solo mensajes de texto").text
    walk(chat, "sí acepto")
    assert [(one.name, one.zip, one.language, one.locale, one.safe_text) for one in leads(chat)] == [
        ("Luz", None, "en", "es", True)
    ]


@pytest.mark.parametrize("word", ["cancelar", "olvídelo", "ya no quiero", "mejor ya no"])
def test_the_form_is_left_in_spanish(assistant: Assistant, word: str) -> None:
    chat = assistant()
    assert "No compartí nada" in walk(chat, "quiero una llamada", "para mí", word).text
    assert leads(chat) == []


def test_no_at_the_summary_shares_nothing(assistant: Assistant) -> None:
    chat = assistant()
    assert "No compartí nada con nadie" in walk(chat, *FILLED, "no, gracias").text
    assert leads(chat) == []


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize(
    "words", ["ya no quiero que me llamen", "borren mi número", "retirar mi solicitud", "por favor no me llamen más"]
)
def test_a_request_is_taken_back_in_any_words_in_spanish(assistant: Assistant, channel: str, words: str) -> None:
    chat = assistant(channel)
    walk(chat, *FILLED, "sí, acepto")
    assert "Retiré su solicitud" in walk(chat, words).text
    assert [(one.state, one.contact) for one in leads(chat)] == [("withdrawn", None)]


def test_an_emergency_in_spanish_suspends_the_form_and_the_way_back_is_spanish(assistant: Assistant) -> None:
    chat = assistant()
    walk(chat, "quiero una llamada", "para mí", "Ana")
    emergency = walk(chat, "me quiero matar")
    assert emergency.actions == ["action_emergency"]
    assert emergency.text.startswith("Llame ya al")
    assert "a salvo" in walk(chat, "ok").text
    assert "seguir con su solicitud" in walk(chat, "sí").text
    assert "¿Cómo nos comunicamos con usted?" in walk(chat, "sí por favor").text


def test_a_question_in_the_middle_gets_a_short_answer_and_the_form_goes_on(assistant: Assistant) -> None:
    chat = assistant()
    reply = walk(chat, "quiero una llamada", "para mí", "¿quién va a ver mis datos?")
    assert "no comparto sus datos con nadie" in reply.text
    assert reply.text.endswith("¿Qué nombre usamos? Puede ser uno inventado.")
    assert "Todavía no" in walk(chat, "¿alguien tiene mi solicitud?").text


def test_start_over_stays_in_spanish(assistant: Assistant) -> None:
    chat = assistant()
    assert "empezamos de nuevo" in walk(chat, "quiero una llamada", "para mí", "empezar de nuevo").text
    assert chat.slot("contact_for") is None
    assert "con gusto" in walk(chat, "gracias").text.replace("mucho gusto", "gusto").lower()


def test_back_to_english_the_form_and_the_consent_follow(assistant: Assistant) -> None:
    chat = assistant()
    walk(chat, "quiero una llamada", "para mí")
    assert "How can we reach you" in chat.say("my name is Ana, can we do this in English please").text
    for message in ("503-555-0142", "the afternoon is good for me", "skip"):
        chat.say(message)
    summary = chat.say("97201").text
    assert "Here is what I will share" in summary
    assert "Language" not in summary
    chat.say("yes")
    with database().read() as session:
        rows = session.execute(select(Consent).where(Consent.conversation_id == chat.id)).scalars().all()
    assert {row.locale for row in rows} == {"en"}


def test_hello_and_thanks_alone_are_answered_in_spanish(assistant: Assistant) -> None:
    chat = assistant()
    assert language_of(walk(chat, "hola").text) == "es"
    assert "asistente automatizado" in walk(chat, "¿eres un robot?").text
    assert "Llame al" in walk(chat, "ayuda").text
