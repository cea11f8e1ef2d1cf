import pytest

from bot.nlu.encoder import shared_vocabulary
from bot.nlu.entity_patterns import entity_words
from bot.nlu.spelling import Speller, general_words, training_words


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(
        ["insurance", "schedule", "treatment", "evening"], general_words(shared_vocabulary()), entity_words()
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("do u take my ins", "do you take my insurance"),
        ("w/o insurence", "without insurance"),
        ("wat r ur hrs 2nite", "what are your hours tonight"),
        ("my bf needs tx rn", "my boyfriend needs treatment right now"),
        ("im trying 2 stop", "i'm trying to stop"),
        ("idk wat 2 do", "i don't know what to do"),
        ("tretament skedule", "treatment schedule"),
        ("medicade or atena", "medicaid or aetna"),
        ("buprenorfine", "buprenorphine"),
        ("heeelp", "help"),
    ],
)
def test_typing_is_put_right(speller, typed, meant):
    assert speller.repair(typed).text == meant


@pytest.mark.parametrize(
    "text",
    [
        "I live in Austin, TX 78701",
        "I'm an RN on night shifts",
        "email Jho.Doee@exampel.com please",
        "call Gonzaleez at 404-555-0123",
        "aetna, humana, naltrexone, xanax, fentanyl and iop",
        "2 weeks, 4 people",
        "does Dr. Exampleton work there",
    ],
)
def test_names_numbers_addresses_and_known_words_stay(speller, text):
    repaired = speller.repair(text)
    assert repaired.text == text.lower()
    assert not repaired.changed


def test_places_relate_both_texts(speller):
    text = "do u take medicade 4 real"
    repaired = speller.repair(text)
    start = repaired.text.index("medicaid")
    a, b = repaired.origin(start, start + len("medicaid"))
    assert text[a:b] == "medicade"
    tail = repaired.text.index("real")
    a, b = repaired.origin(tail, tail + 4)
    assert text[a:b] == "real"


def test_typos_in_training_texts_are_no_words():
    texts = ["insurence please", "insurance", "insurance", "the vivitrolix clinic", "vivitrolix", "vivitrolix"]
    words = training_words(texts, frozenset({"insurance", "please", "the", "clinic"}), frozenset())
    assert "insurence" not in words
    assert {"vivitrolix", "insurance"} <= set(words)


@pytest.mark.parametrize("text", ["", "İİİ ẞ u", "\x00\ud800", "'" * 300, "a" * 5000])
def test_any_text_is_repaired_without_error(speller, text):
    assert isinstance(speller.repair(text).text, str)
