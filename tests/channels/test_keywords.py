"""What counts as an opt-out, and what is about the visitor's life."""

import pytest

from bot.channels.keywords import Keyword, from_twilio, keyword


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        "Stop.",
        " StopAll ",
        "STOP ALL",
        "UNSUBSCRIBE",
        "Cancel",
        "end",
        "QUIT",
        "revoke",
        "OptOut",
        "opt out",
    ],
)
def test_the_carriers_words_alone_are_an_opt_out(text: str) -> None:
    assert keyword(text) is Keyword.STOP


@pytest.mark.parametrize(
    "text",
    [
        "stop texting me",
        "Please stop texting me!",
        "please stop",
        "STOP PLEASE",
        "stop it",
        "stop sending me messages",
        "I want to opt out",
        "opt me out of these texts",
        "dont text me anymore",
        "don\u2019t text me again",
        "no more texts",
        "do not send me any more messages",
        "I don't want texts",
        "unsubscribe me",
        "take me off your list",
        "remove my number",
        "never text this number again",
        "dejen de escribirme",
        "no me escriban m\u00e1s",
        "ALTO",
        "Parar.",
        "\u00a1Pare!",
        "alto por favor",
        "ya no quiero m\u00e1s mensajes",
        "no me manden textos",
        "borren mi n\u00famero",
        "qu\u00edtenme de la lista",
        "paren de escribirme",
    ],
)
def test_other_words_that_mean_it_are_one_too(text: str) -> None:
    assert keyword(text) is Keyword.STOP_IN_WORDS


@pytest.mark.parametrize(
    "text",
    [
        "wrong number",
        "sorry wrong person",
        "You have the wrong person",
        "hi, you got the wrong number",
        "I'm not that person",
        "numero equivocado",
        "n\u00famero equivocado, disculpe",
        "perd\u00f3n, tiene el n\u00famero equivocado",
    ],
)
def test_the_wrong_person_is_told_apart(text: str) -> None:
    assert keyword(text) is Keyword.WRONG_PERSON


@pytest.mark.parametrize(
    "text", ["i dated the wrong person", "i gave you the wrong number", "is this the wrong number"]
)
def test_what_went_wrong_elsewhere_is_not_that(text: str) -> None:
    assert keyword(text) is Keyword.NONE


@pytest.mark.parametrize(
    "text",
    [
        "don't contact me",
        "do not contact me again",
        "leave me alone",
        "stop bothering me",
        "dejen de molestarme",
        "d\u00e9jenme en paz",
    ],
)
def test_no_contact_at_all_is_told_apart(text: str) -> None:
    assert keyword(text) is Keyword.NO_CONTACT


@pytest.mark.parametrize(
    "text",
    [
        "I want to stop drinking",
        "cant quit",
        "i can't stop",
        "how do I stop",
        "I need to quit meth",
        "when does it end",
        "can I cancel my appointment",
        "I cant stop texting my dealer",
        "my son wont stop",
        "can I opt out of group therapy",
        "he won't leave me alone",
        "do you stop taking insurance in january",
        "I dont want anyone to know",
        "stop smoking too?",
        "is there a message line",
        "should I text my sponsor",
        "no quiero mensajes de voz",
        "no puedo parar de tomar",
        "ya no quiero tomar",
        "mi hijo no me escribe",
    ],
)
def test_words_about_the_visitors_life_are_no_opt_out(text: str) -> None:
    assert keyword(text) is Keyword.NONE


def test_help_start_and_what_twilio_has_seen_itself() -> None:
    assert [keyword(text) for text in ("HELP", "info", "help?", "Ayuda")] == [Keyword.HELP] * 4
    assert [keyword(text) for text in ("START", "unstop", "Yes", "empezar")] == [Keyword.START] * 4
    assert keyword("help my son is using") is Keyword.NONE
    assert [from_twilio(kind) for kind in ("STOP", "help", "START", "")] == [
        Keyword.STOP,
        Keyword.HELP,
        Keyword.START,
        Keyword.NONE,
    ]
