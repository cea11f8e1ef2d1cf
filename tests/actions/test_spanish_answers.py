"""What a visitor answers in Spanish, without a model: the form's details, what is safe, what to change or leave out."""

from __future__ import annotations

import pytest
from rasa_sdk import Tracker

from actions import spanish_words
from actions.contact import details_in, is_cancel, is_skip
from actions.replies import variant
from actions.safe_ways import changed, safe_in
from actions.summary_lines import new_wish, to_change, to_leave_out, wants_change
from actions.turn import Turn, read_turn
from bot.handoff import Safe


def turn(text: str, channel: str = "web") -> Turn:
    return Turn(
        conversation_id="c",
        message_id="m",
        channel=channel,
        text=text,
        intent="out_of_scope",
        doubt=False,
        elliptical=False,
        topics=(),
        confidence=1.0,
        ranking=(),
        entities=(),
        language="es",
    )


@pytest.mark.parametrize(
    ("answer", "whom"),
    [
        ("para mí", "self"),
        ("Yo", "self"),
        ("para mi hijo", "son"),
        ("mi hija de 16 años", "daughter"),
        ("es para mi esposo", "husband"),
        ("mi señora", "wife"),
        ("mi mamá", "mother"),
        ("mi hermana", "sibling"),
        ("para un familiar", "other"),
        ("otra persona", "other"),
    ],
)
def test_for_whom(answer: str, whom: str) -> None:
    assert details_in(turn(answer), "contact_for")["contact_for"] == whom


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("Ana", "Ana"),
        ("me llamo maría elena", "María Elena"),
        ("soy José", "José"),
        ("mi nombre es Lupe gracias", "Lupe"),
        ("Juan Carlos", "Juan Carlos"),
        ("me dicen Toño", "Toño"),
    ],
)
def test_names(answer: str, name: str) -> None:
    assert details_in(turn(answer), "contact_name")["contact_name"] == name


@pytest.mark.parametrize("answer", ["soy la mamá", "no quiero decir", "¿para qué?", "gracias", "sí claro"])
def test_what_is_no_name(answer: str) -> None:
    assert "contact_name" not in details_in(turn(answer), "contact_name")


@pytest.mark.parametrize(
    ("answer", "time"),
    [
        ("por la tarde", "por la tarde"),
        ("después de las 5", "después de las 5"),
        ("mañana", "mañana"),
        ("entre semana", "entre semana"),
        ("a cualquier hora", "any time"),
    ],
)
def test_times(answer: str, time: str) -> None:
    assert details_in(turn(answer), "contact_time")["contact_time"] == time


@pytest.mark.parametrize(
    "answer", ["saltar", "Saltar por favor", "no quiero decir", "prefiero no decirlo", "me da igual"]
)
def test_skipping(answer: str) -> None:
    assert is_skip(turn(answer))


@pytest.mark.parametrize("answer", ["cancelar", "olvídelo", "mejor ya no", "ya no quiero", "me arrepentí"])
def test_leaving(answer: str) -> None:
    assert is_cancel(turn(answer))


def test_this_number_by_text() -> None:
    assert details_in(turn("este teléfono", "sms"), "contact_value")["contact_value"] == "this number"
    assert "contact_value" not in details_in(turn("este teléfono"), "contact_value")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("llamada, sin mensaje de voz", "call no_voicemail no_text"),
        ("llamada y mensaje de voz", "call voicemail no_text"),
        ("solo mensajes de texto", "no_call no_voicemail text"),
        ("todo está bien", "call voicemail text"),
        ("sí", "call no_voicemail no_text"),
        ("ninguna", "no_call no_voicemail no_text"),
        ("que no dejen recado, pero sí me pueden llamar", "call no_voicemail no_text"),
        ("pueden llamar pero no dejen mensajes", "call no_voicemail no_text"),
        ("texto", "no_call no_voicemail text"),
    ],
)
def test_what_is_safe(answer: str, code: str) -> None:
    safe = safe_in(answer, asked=True)
    assert safe is not None
    assert safe.code() == code


def test_what_is_safe_is_corrected() -> None:
    assert changed(Safe(True, False, True), "sin mensajes de texto") == Safe(True, False, False)
    assert changed(Safe(True, True, True), "no dejen mensajes") == Safe(True, False, False)
    assert changed(Safe(True, False, False), "sí, llámenme") is None


def test_the_lines_of_the_summary_are_named_in_spanish() -> None:
    assert wants_change("quiero corregir algo")
    assert to_change("cambiar la hora") == "contact_time"
    assert to_change("mi nombre está mal") == "contact_name"
    assert to_leave_out("quitar código postal") == ["contact_zip"]
    assert to_leave_out("quite mi teléfono y el idioma") == ["contact_value", "contact_language"]
    assert "contact_for" in to_leave_out("quitar todo")
    assert to_leave_out("borren mis datos") == []
    assert new_wish("me gustaría un grupo en español") == "un grupo en español"


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "read_as"),
    [
        ("quitar algo", "affirm", 0.6, "out_of_scope"),
        ("dejen eso", "withdraw_consent", 0.8, "out_of_scope"),
        ("s\u00ed, acepto", "affirm", 1.0, "affirm"),
        ("no", "deny", 0.9, "deny"),
        ("No, gracias", "deny", 0.7, "deny"),
        ("\U0001f44d", "affirm", 0.9, "affirm"),
        ("/affirm", "affirm", 1.0, "affirm"),
        ("yes that is fine with me", "affirm", 0.9, "affirm"),
    ],
)
def test_in_spanish_a_guess_is_no_yes_and_takes_nothing_back(
    text: str, intent: str, confidence: float, read_as: str
) -> None:
    message = {"text": text, "intent": {"name": intent, "confidence": confidence}}
    assert read_turn(Tracker("c", {"language": "es"}, message, [], False, None, {}, "action_listen")).intent == read_as


def test_whom_a_message_is_about() -> None:
    assert spanish_words.whose("mi hijo está tomando pastillas") == "son"
    assert spanish_words.whose("mi hijo y mi esposo") is None
    assert spanish_words.whose("quiero información") is None


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_a_response_is_said_in_the_language_of_the_message(channel: str) -> None:
    assert variant("utter_thank", "es", channel)["text"].startswith("Con mucho gusto")
    assert variant("utter_thank", "en", channel)["text"].startswith("You are welcome")
    assert variant("utter_ask_cost", "es", channel) == variant("utter_ask_cost", "en", channel)
