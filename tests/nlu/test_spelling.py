import pytest

from bot.nlu.encoder import shared_vocabulary
from bot.nlu.entity_patterns import entity_words
from bot.nlu.spelling import Speller, general_words, learn

TEXTS = [
    "do you take my insurance",
    "what is the schedule of the treatment",
    "is there an evening group",
    "how much is it",
    "how much is detox",
    "how long is detox",
    "i want to stop",
    "the form is from my doctor",
]


@pytest.fixture(scope="module")
def speller() -> Speller:
    general = general_words(shared_vocabulary())
    return Speller(learn(TEXTS, general, entity_words()), general, entity_words())


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
        ("howmuch is it", "how much is it"),
        ("is de tox long", "is detox long"),
        ("howm uch is detox", "how much is detox"),
        ("wht is teh trtmnt", "what is the treatment"),
        ("i wamt to syop", "i want to stop"),
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
        "my name is jhonna",
        "how much is a form",
        "he mailed the keys to the hikers",
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


def test_a_known_word_is_replaced_where_it_was_never_met_and_another_often():
    texts = [*["the form is from my doctor"] * 40, *["how much does it cost"] * 40]
    general = general_words(shared_vocabulary())
    speller = Speller(learn(texts, general, entity_words()), general, entity_words())
    assert speller.repair("how much dose it cost").text == "how much does it cost"
    assert not speller.repair("the dose of methadone").changed


def test_places_relate_both_texts_where_spaces_moved(speller):
    text = "is de tox long"
    repaired = speller.repair(text)
    start = repaired.text.index("detox")
    a, b = repaired.origin(start, start + len("detox"))
    assert text[a:b] == "de tox"
    a, b = repaired.origin(repaired.text.index("long"), len(repaired.text))
    assert text[a:b] == "long"


def test_typos_in_training_texts_are_no_words():
    texts = ["insurence please", *["insurance"] * 5, "the vivitrolix clinic"]
    learned = learn(texts, ["insurance", "please", "the", "clinic"], frozenset())
    assert "insurence" not in learned.counts
    assert {"vivitrolix", "insurance"} <= set(learned.counts)
    assert ("vivitrolix", "clinic") in learned.pairs


@pytest.mark.parametrize("text", ["", "İİİ ẞ u", "\x00\ud800", "'" * 300, "a" * 5000])
def test_any_text_is_repaired_without_error(speller, text):
    assert isinstance(speller.repair(text).text, str)
