"""No way into the front without the safety check: each path, and each kind of emergency, with the engine away."""

from collections.abc import Callable

import pytest

from bot.conversations.alerts import latest, open_count
from tests.channels.support import Stage

SUICIDE = "i want to kill myself tonight"
KINDS = [
    (SUICIDE, "988"),
    ("i just took a whole bottle of pills", "911"),
    ("he overdosed and wont wake up his lips are blue", "911"),
    ("she quit drinking two days ago and shes having a seizure", "911"),
    ("my husband is hitting me right now", "911"),
    ("i am going to kill him tonight i have a gun", "911"),
]


def by_web(stage: Stage) -> list[str]:
    return stage.open().say(SUICIDE)


def by_web_as_a_command(stage: Stage) -> list[str]:
    return stage.open().say(f"/{SUICIDE}")


def by_text(stage: Stage) -> list[str]:
    return stage.sms(SUICIDE)


def by_text_with_a_number_first(stage: Stage) -> list[str]:
    return stage.sms(f"2 {SUICIDE}")


def by_text_with_an_opt_out(stage: Stage) -> list[str]:
    return stage.sms(f"stop texting me. {SUICIDE}")


ANSWERED = [by_web, by_web_as_a_command, by_text, by_text_with_a_number_first, by_text_with_an_opt_out]


@pytest.mark.parametrize("path", ANSWERED)
def test_every_path_gives_the_numbers_and_alerts_staff(stage: Stage, path: Callable[[Stage], list[str]]) -> None:
    stage.engine.status = 503
    assert "988" in "\n".join(path(stage))
    with stage.database.read() as session:
        assert open_count(session) == 1
        assert latest(session)[0].acknowledged_by is None


def test_who_may_not_be_texted_is_still_alerted_about(stage: Stage) -> None:
    stage.sms("STOP")
    assert stage.sms(SUICIDE) == []
    with stage.database.read() as session:
        assert open_count(session) == 1


@pytest.mark.parametrize(("words", "number"), KINDS)
def test_every_kind_gets_its_numbers_first_on_both_channels(stage: Stage, words: str, number: str) -> None:
    stage.engine.status = 503
    assert number in stage.open().say(words)[0][:60]
    first = stage.sms(words)[0]
    assert number in first[:60]
    assert len(first) <= 160
