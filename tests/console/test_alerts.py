"""The alerts' page and banner: who may see them, and who has one."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from bot.conversations.alerts import latest
from bot.store import Database
from tests.console import scene

Staff = Callable[[str], TestClient]


@pytest.fixture
def alert(database: Database) -> str:
    conversation = scene.start(database)
    scene.say(
        database, conversation, "made-up words", "numbers", scene.understanding("crisis_suicide", level="emergency")
    )
    with database.read() as session:
        return str(latest(session)[0].id)


def test_every_page_shows_the_banner_until_somebody_has_it(staff: Staff, alert: str) -> None:
    client = staff("reviewer")
    assert "1 emergency needs a person now" in client.get("/console/conversations").text
    page = client.get("/console/alerts").text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    client.post(f"/console/alerts/{alert}/acknowledge", data={"csrf": csrf})
    after = client.get("/console/alerts").text
    assert "needs a person now" not in after
    assert scene.email("reviewer") in after


def test_without_the_form_or_the_permission_nothing_happens(staff: Staff, alert: str, database: Database) -> None:
    assert staff("reviewer").post(f"/console/alerts/{alert}/acknowledge").status_code == 403
    assert staff("lead_worker").get("/console/alerts").status_code == 403
    with database.read() as session:
        assert latest(session)[0].acknowledged_by is None
