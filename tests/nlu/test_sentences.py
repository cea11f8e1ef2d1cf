import pytest

from bot.nlu.choice import choose, leans
from bot.nlu.reading import Reading
from bot.nlu.sentences import MAX_PIECES, Piece, pieces, read
from bot.nlu.spelling import Repaired
from bot.nlu.text import is_legible, looks_spanish, plain


def cut(text: str) -> list[str]:
    return [piece.text for piece in pieces(read(text))]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("how much does it cost and can I keep my job?", ["how much does it cost", "and can I keep my job?"]),
        ("How much is it? Do you take Aetna?", ["How much is it?", "Do you take Aetna?"]),
        ("where are you\nwhen do groups meet", ["where are you", "when do groups meet"]),
        ("do you know how much it costs", ["do you know how much it costs"]),
        ("can I come if I have a job and kids?", ["can I come if I have a job and kids?"]),
        ("I want to know what happens and how", ["I want to know what happens and how"]),
        ("is it open at 5 p.m. on Fridays", ["is it open at 5 p.m. on Fridays"]),
    ],
)
def test_only_questions_of_their_own_are_cut_off(text, parts):
    assert cut(text) == parts


def test_pieces_keep_their_places_and_questions():
    text = "My story is long. " * 30 + "How much does it cost?"
    found = pieces(read(text))
    assert len(found) == MAX_PIECES
    assert found[-1].text == "How much does it cost?"
    assert all(text[piece.start : piece.end] == piece.text for piece in found)


def reading(text: str, topic: str, confidence: float = 0.9, in_doubt: bool = False) -> Reading:
    piece = Piece(text, 0, len(text))
    return Reading(piece, True, Repaired(text), topic=topic, confidence=confidence, in_doubt=in_doubt)


def names(*readings: Reading) -> list[str]:
    return [topic.name for topic in choose(list(readings), 0.6)]


def test_two_questions_get_two_topics_in_order():
    whole = reading("how much is it and can i work", "ask_cost", 0.5)
    assert names(whole, reading("how much is it", "ask_cost"), reading("can i work", "ask_work_school")) == [
        "ask_cost",
        "ask_work_school",
    ]


def test_a_part_does_not_push_aside_a_whole_that_is_understood():
    part = reading("what do they do there", "ask_what_is_iop", 0.95)
    assert names(reading("what do they do there all day", "ask_typical_week", 0.55), part) == ["ask_typical_week"]
    assert names(reading("what do they do there all day", "ask_typical_week", 0.45), part) == ["ask_what_is_iop"]


def test_a_request_for_a_person_goes_before_information():
    whole = reading("?", "ask_cost")
    parts = reading("how much", "ask_cost"), reading("talk to someone", "request_human")
    assert names(whole, *parts) == ["request_human", "ask_cost"]


def test_greetings_and_disclosures_yield_to_a_question():
    parts = reading("I used last night.", "disclose_use"), reading("how much is it", "ask_cost")
    assert names(reading("all", "disclose_use"), *parts) == ["ask_cost"]


def test_an_unsure_second_question_is_not_answered():
    parts = reading("how much is it", "ask_cost"), reading("can it be so", "ask_fit", 0.4)
    assert names(reading("all", "ask_cost", 0.95), *parts) == ["ask_cost"]


def test_doubt_and_out_of_scope_have_no_topics():
    assert names(reading("hm", "ask_cost", 0.2, in_doubt=True)) == []
    assert names(reading("weather", "out_of_scope")) == []
    assert names() == []


@pytest.mark.parametrize(
    ("text", "fact", "expected"),
    [
        ("and on weekends?", "weekends", True),
        ("what about with Aetna?", "Aetna", True),
        ("is that for alcohol too?", "alcohol", True),
        ("with Aetna?", "Aetna", True),
        ("do you take Aetna", "Aetna", False),
        ("how much does it cost", "", False),
        ("", "", False),
    ],
)
def test_what_leans_on_the_topic_before(text, fact, expected):
    spans = [(text.index(fact), text.index(fact) + len(fact))] if fact else []
    assert leans(text, spans) is expected


def test_plain_text_keeps_its_length():
    text = "<b>It\u2019s</b>\x00 \u200bok &amp; <script>x"
    assert len(plain(text)) == len(text)
    assert "<b>" not in plain(text)
    assert "It's" in plain(text)


@pytest.mark.parametrize("text", ["", "😀😀", "привет как дела", "12345", "???", "こんにちは"])
def test_what_cannot_be_read(text):
    assert not is_legible(text)


def test_spanish_is_told_from_english_with_a_name():
    assert looks_spanish("cuánto cuesta el programa")
    assert looks_spanish("necesito ayuda con mi hijo")
    assert looks_spanish("hola, hablan español?")
    assert not looks_spanish("cuanto cuesta how much in dollars")
    assert not looks_spanish("do you have anybody who speaks español ¿")
    assert not looks_spanish("how much is it at El Camino in Los Angeles")
    assert not looks_spanish("my son Juan lives in La Mesa")
