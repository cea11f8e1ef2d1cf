"""Text messages: alphabet and length."""

from hypothesis import given
from hypothesis import strategies as st

from bot.handoff.sms import GSM7, LIMIT, gsm7, texts


def test_typographic_signs_become_plain() -> None:
    assert gsm7("“It’s fine” — really…") == '"It\'s fine" - really...'
    assert gsm7("Zoë Łuczak 🙂") == "Zoe uczak "


def test_a_long_text_is_parted_between_sentences() -> None:
    sentence = "This is one sentence of about forty chars."
    parts = texts(" ".join([sentence] * 20))
    assert len(parts) > 1
    assert all(part.endswith(".") for part in parts)


@given(st.text(max_size=1500))
def test_every_part_fits(text: str) -> None:
    for part in texts(text):
        assert len(part) <= LIMIT
        assert set(part) <= GSM7
