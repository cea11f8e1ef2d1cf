import numpy as np
import pytest

from bot.nlu.encoder import shared_encoder
from bot.nlu.vectors import describe_all
from bot.nlu.weights import WIDTH

TEXTS = ["how much is it", "where are you", "how much is it", "\ud800", ""]


class Counting:
    """An encoder that counts what it is asked."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def describe(self, text: str) -> np.ndarray:
        self.asked.append(text)
        return shared_encoder().describe(text)


def test_kept_vectors_are_those_of_the_encoder_and_are_not_worked_out_again(tmp_path):
    first, second = Counting(), Counting()
    rows = describe_all(first, TEXTS, tmp_path)
    assert sorted(first.asked) == sorted(set(TEXTS))
    assert (describe_all(second, [*TEXTS, "new one"], tmp_path)[:-1] == rows).all()
    assert second.asked == ["new one"]
    assert (rows[0] == shared_encoder().describe(TEXTS[0])).all()
    assert np.linalg.norm(rows[1, :WIDTH]) == pytest.approx(1.0, abs=1e-4)
    assert describe_all(second, [], tmp_path).shape == (0, 2 * WIDTH)


def test_a_damaged_file_is_left_out_of_account_and_no_word_is_in_it(tmp_path):
    describe_all(Counting(), TEXTS, tmp_path)
    (file,) = tmp_path.iterdir()
    assert b"how much" not in file.read_bytes()
    for content in (b"", b"nonsense", file.read_bytes()[:500]):
        file.write_bytes(content)
        again = Counting()
        assert len(describe_all(again, TEXTS, tmp_path)) == len(TEXTS)
        assert len(again.asked) == len(set(TEXTS))


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert len(describe_all(Counting(), TEXTS, blocked)) == len(TEXTS)
