"""The appointment's calendar file: right across time zones, neutral, gone with the appointment."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from icalendar import Calendar
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.handoff import withdraw
from bot.handoff.appointment import calendar, visitor_path
from bot.handoff.links import Link, sign
from bot.handoff.pages import routes
from bot.store import Database
from tests.handoff.conftest import MONDAY, opened
from tests.handoff.test_professional import told

PACIFIC = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("when", "clock"),
    [
        (datetime(2027, 3, 13, 18, 0, tzinfo=UTC), "10:00 PST"),
        (datetime(2027, 3, 14, 17, 0, tzinfo=UTC), "10:00 PDT"),  # the day the clocks go forward
        (datetime(2026, 10, 31, 17, 0, tzinfo=UTC), "10:00 PDT"),
        (datetime(2026, 11, 1, 18, 0, tzinfo=UTC), "10:00 PST"),  # the day they go back
    ],
)
def test_the_time_is_right_on_both_sides_of_daylight_saving(when: datetime, clock: str) -> None:
    read = Calendar.from_ical(calendar("lead", when, 3, PACIFIC, MONDAY))
    (event,) = read.walk("VEVENT")
    start = event.decoded("dtstart")
    assert start.astimezone(UTC) == when
    assert start.astimezone(PACIFIC).strftime("%H:%M %Z") == clock
    assert str(event["dtstart"].params["TZID"]) == "America/Los_Angeles"
    assert [str(zone["TZID"]) for zone in read.walk("VTIMEZONE")] == ["America/Los_Angeles"]


def test_set_by_the_professional_it_is_told_and_the_file_is_neutral(store: Database) -> None:
    with time_machine.travel(MONDAY, tick=False):
        lead_id = opened(store).lead_id
        client, path = TestClient(Starlette(routes=routes(store))), f"/handoff/{sign(Link(lead_id, 'dana', 1))}"
        assert client.get(visitor_path(lead_id)).status_code == 404
        client.post(path, data={"action": "claim"})
        form = {"action": "report", "outcome": "scheduled", "when": "2026-12-01T15:30", "place": "astoria"}
        answer = client.post(path, data=form)
        assert visitor_path(lead_id) in answer.text
        assert "tomorrow at 3:30 pm" in told(store)[-1]
        assert "Astoria" in told(store)[-1]
        assert visitor_path(lead_id) in told(store)[-1]
        file = client.get(visitor_path(lead_id))
        assert file.headers["content-type"].startswith("text/calendar")
        (event,) = Calendar.from_ical(file.content).walk("VEVENT")
        assert str(event["summary"]) == "Appointment"
        assert not [word for word in ("Jordan", "Harbor", "Dana", "Astoria", "recovery") if word in file.text]
        with store.write() as session:
            withdraw(session, "c1", MONDAY)
        assert client.get(visitor_path(lead_id)).status_code == 404
        assert client.get("/handoff/appointment/forged.ics").status_code == 404


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"outcome": "no_answer", "when": "2026-12-01T09:00"}, "missed you. They plan to try again tomorrow at 9 am."),
        ({"outcome": "no_answer"}, "missed you. If another time"),
        ({"outcome": "left_message"}, "left a message. If another time"),
    ],
)
def test_a_visitor_who_was_missed_hears_it(store: Database, form: dict[str, str], words: str) -> None:
    with time_machine.travel(MONDAY, tick=False):
        lead_id = opened(store).lead_id
        client, path = TestClient(Starlette(routes=routes(store))), f"/handoff/{sign(Link(lead_id, 'dana', 1))}"
        client.post(path, data={"action": "claim"})
        client.post(path, data={"action": "report", **form})
    assert words in told(store)[-1]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"outcome": "no_answer", "when": "2026-11-01T09:00"}, "still to come"),
        ({"outcome": "scheduled", "when": "2026-12-01T09:00", "place": "moon"}, "place of the list"),
    ],
)
def test_what_cannot_be_is_explained(store: Database, form: dict[str, str], words: str) -> None:
    with time_machine.travel(MONDAY, tick=False):
        lead_id = opened(store).lead_id
        client, path = TestClient(Starlette(routes=routes(store))), f"/handoff/{sign(Link(lead_id, 'dana', 1))}"
        client.post(path, data={"action": "claim"})
        answer = client.post(path, data={"action": "report", **form})
    assert (answer.status_code, words in answer.text) == (422, True)
