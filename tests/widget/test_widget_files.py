"""The widget's files: small, alone, and without a way to put HTML into the page."""

import gzip
import re

from bot.front.site import widget_script
from bot.safety import numbers_in, resources
from bot.widget import SCRIPT, STYLE


def test_script_and_style_are_small() -> None:
    packed = sum(len(gzip.compress(path.read_bytes(), 9)) for path in (SCRIPT, STYLE))
    assert packed < 15 * 1024


def test_nothing_is_asked_of_anybody_else() -> None:
    addresses = set(re.findall(r"https?://[^\s\"'`<>\\]+", SCRIPT.read_text() + STYLE.read_text()))
    assert {address for address in addresses if "example.org" not in address} <= {
        "http://www.w3.org/2000/svg",
        "https://www.weather.gov/",
    }
    assert "@import" not in STYLE.read_text()
    assert "url(" not in STYLE.read_text()


def test_words_are_only_ever_set_as_text() -> None:
    script = SCRIPT.read_text()
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "localStorage",
    ):
        assert way not in script


def test_the_script_holds_no_number_itself_and_is_served_with_those_of_the_one_table() -> None:
    assert numbers_in(SCRIPT.read_text()) == []
    served = widget_script().text
    said = re.search(r'offline: "(.+?)"', served)
    assert said
    table = resources()
    assert set(re.findall(r"\d+", said[1])) == {table["emergency"].call, table["lifeline"].call, table["lifeline"].text}
    assert "{lifeline}" not in served
    assert "{emergency}" not in served
