import signal
import time

import pytest

from tests.processes.conftest import Product

pytestmark = [pytest.mark.processes, pytest.mark.model]


def test_serve_answers_a_question_and_leaves_no_process(product: Product) -> None:
    answer = product.chat().say("How much does it cost?")
    assert "$" in answer
    assert "firststep users add" in product.log()

    assert product.stop(signal.SIGINT) == 0
    assert len(product.seen) >= 4
    assert product.left() == []


def test_a_killed_serve_leaves_no_process(product: Product) -> None:
    product.family()
    product.stop(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while product.left():
        assert time.monotonic() < deadline, product.left()
        time.sleep(0.1)
    assert len(product.seen) >= 4


def test_what_was_said_is_in_no_log(product: Product) -> None:
    chat = product.chat()
    chat.say("my worry is a zebra in the garden, call 555-555-0123")
    product.stop()
    assert "zebra" not in product.log()
    assert "0123" not in product.log()
