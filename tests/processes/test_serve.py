"""`firststep serve` from its start to its end, whichever way it ends."""

import signal
from collections.abc import Callable

import pytest

from tests.channels.support import until
from tests.processes.conftest import Product

pytestmark = [pytest.mark.processes, pytest.mark.model, pytest.mark.timeout(900)]
Make = Callable[..., Product]


def test_serve_answers_keeps_what_was_said_to_itself_and_leaves_no_process(make_product: Make) -> None:
    product = make_product()
    product.start()
    product.wait_for("firststep users add")
    chat = product.chat()
    assert "$" in chat.say("How much does it cost?")
    chat.say("my worry is a zebra in the garden, call 555-555-0123")

    assert product.stop(signal.SIGINT) == 0
    assert len(product.seen) >= 4
    assert product.left() == []
    assert "zebra" not in product.log()
    assert "0123" not in product.log()


def test_a_killed_serve_leaves_no_process(make_product: Make) -> None:
    product = make_product()
    product.start(ready=False)
    until(lambda: all(product.runs(module) for module in ("front", "bot.engine", "actions", "worker")), "all processes")
    product.stop(signal.SIGKILL)
    until(lambda: not product.left(), "the end of all processes")
    assert len(product.seen) >= 4
