"""What is understood in Spanish beside danger: answers to our questions, and what concerns a request for a call."""

import pytest

from bot.nlu.spanish import spanish_topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Sí", "affirm"),
        ("si por favor", "affirm"),
        ("Sí, acepto.", "affirm"),
        ("¡Claro que sí!", "affirm"),
        ("estoy de acuerdo, gracias", "affirm"),
        ("No, gracias", None),  # one word beside a courtesy: the classifier knows it in either language
        ("no acepto", "deny"),
        ("por ahora no", "deny"),
        ("ya no quiero que me llamen", "withdraw_consent"),
        ("por favor no me llamen más", "withdraw_consent"),
        ("mi esposo está aquí, que no me llamen", "withdraw_consent"),
        ("Borren mi número por favor", "withdraw_consent"),
        ("quiero que borren mis datos", "withdraw_consent"),
        ("retirar mi solicitud", "withdraw_consent"),
        ("quiero cancelar la llamada", "withdraw_consent"),
        ("no compartan mi información", "withdraw_consent"),
        ("dejen de llamarme", "withdraw_consent"),
        ("no me manden textos por favor", "withdraw_consent"),
        ("¿alguien tiene mi solicitud?", "check_handoff_status"),
        ("¿cómo va mi solicitud?", "check_handoff_status"),
        ("¿cuándo me van a llamar?", "check_handoff_status"),
        ("nadie me ha llamado", "check_handoff_status"),
        ("quiero ver lo que acepté", "check_handoff_status"),
        ("quiero que me llamen", "request_callback"),
        ("¿me pueden llamar? necesito una llamada", "request_callback"),
        ("llámenme", "request_callback"),
        ("quiero hablar con una persona", "request_human"),
        ("empezar de nuevo", "start_over"),
        ("hola, buenas tardes", "greet"),
        ("muchas gracias", "thank"),
        ("¿eres un robot?", "bot_challenge"),
    ],
)
def test_what_concerns_the_request_is_understood(text: str, topic: str | None) -> None:
    assert spanish_topic(text) == topic


@pytest.mark.parametrize(
    "text",
    [
        "cuánto cuesta el programa",
        "mi hijo no me llama",
        "que mi hijo no me llame me duele",
        "ya no puedo más",
        "no quiero decir",
        "me llamo Rosa",
        "por la tarde",
        "para mi hijo",
        "quitar teléfono",
        "no quiero que mi familia sepa",
        "so the place with the van",
        "no",
        "ok",
        "is it on sale",
        "Dale Carter",
        "va",
    ],
)
def test_what_does_not_is_left_to_the_others(text: str) -> None:
    assert spanish_topic(text) is None
