"""The ladder, step by step on a frozen clock: who is told when, and what the visitor hears at its end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from sqlalchemy import func, select

from bot.handoff import Lead, LeadEvent, OutboxItem, withdraw
from bot.handoff.escalation import escalate_due
from bot.handoff.links import Link
from bot.handoff.models import LadderNotice
from bot.handoff.professional import claim, decline, report
from bot.program.profile import Profile
from bot.program.transfer import import_profile
from bot.program.working import Calendar, Closure, HandOff, LadderStep
from bot.settings import settings
from bot.store import Database, utcnow
from bot.worker import Worker
from tests.handoff.climbing import after, events, mails, payloads, step, steps, the_lead, told
from tests.handoff.conftest import MONDAY, opened

FRIDAY_EVENING = datetime(2026, 12, 5, 0, 58, tzinfo=UTC)
"""Friday 4:58 pm at the example provider: Dana and Robin go home at 5."""


def link(database: Database) -> Link:
    lead = the_lead(database)
    return Link(lead.id, lead.professional_id, lead.offer)


def with_hand_off(database: Database, program: Profile, **parts: object) -> None:
    changed = program.model_copy(update={"hand_off": HandOff(**parts)})  # type: ignore[arg-type]
    with database.write() as session:
        import_profile(session, changed)


def test_the_ladder_is_climbed_rung_by_rung_and_its_end_is_told(any_store: Database) -> None:
    opened(any_store)
    moments = steps(any_store, after(600))
    assert moments == [after(5), after(10), after(15)]
    assert mails(any_store) == [
        ("offer", "dana"),
        ("reminder", "dana"),
        ("waiting", "luis"),
        ("waiting", "robin"),
        ("unanswered", "robin"),
    ]
    assert events(any_store) == [
        ("new", None),
        ("offered", "to dana"),
        ("reminded", "owner dana"),
        ("escalated", "backup luis"),
        ("escalated", "backup robin"),
        ("ladder_ended", None),
    ]
    (truth,) = told(any_store)
    assert "nobody has taken your request yet" in truth
    assert "call Example Harbor Recovery at (503) 555-0140. Our office is open now." in truth
    assert the_lead(any_store).next_rung_at is None
    assert the_lead(any_store).state == "offered"
    assert step(any_store, after(6000)) == 0


@pytest.mark.parametrize(("minutes", "reached"), [(4.99, []), (5, ["luis"]), (9.99, ["luis"]), (10, ["luis", "robin"])])
def test_no_rung_is_taken_before_its_time(store: Database, minutes: float, reached: list[str]) -> None:
    opened(store)
    with time_machine.travel(after(minutes), tick=False):
        steps(store, utcnow())
    with store.read() as session:
        assert list(session.execute(select(LadderNotice.professional_id)).scalars()) == reached


def test_nothing_personal_leaves_for_anybody_beyond_the_owner(store: Database, program: Profile) -> None:
    with_hand_off(store, program, supervisors=["robin"])
    opened(store, wish="evenings, please")
    steps(store, after(600))
    for payload in payloads(store):
        assert not any(word in str(payload) for word in ("Jordan", "0188", "97103", "evenings", "son", "after 5 pm"))
        assert set(payload) <= {"about", "to", "path", "ref", "due", "provider", "since", "owner"}
    waits = [payload for payload in payloads(store) if payload["about"] == "waiting"]
    assert {payload["since"] for payload in waits} == {"today at noon"}
    assert {payload["owner"] for payload in waits} == {"Dana (example)"}
    assert all(payload["path"].startswith("/handoff/waiting/") for payload in waits)


def test_the_ladder_is_what_the_profile_says(store: Database, program: Profile) -> None:
    ladder = [
        LadderStep(who="owner", minutes=3),
        LadderStep(who="supervisor", minutes=7),
        LadderStep(who="on_call", minutes=20),
    ]
    with_hand_off(store, program, supervisors=["luis"], ladder=ladder)
    opened(store)
    assert steps(store, after(600)) == [after(3), after(10), after(30)]
    assert events(store, "escalated") == [("escalated", "supervisor luis"), ("escalated", "on_call robin")]


def test_who_is_not_at_work_is_passed_over_but_not_the_on_call(store: Database, program: Profile) -> None:
    saturday = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)  # 10 am: of all, only Robin works
    on_call = program.on_call.model_copy(update={"people": ["luis"]})
    with store.write() as session:
        import_profile(session, program.model_copy(update={"on_call": on_call}))
    assert opened(store, now=saturday).professional.id == "robin"
    steps(store, saturday + timedelta(hours=1))
    assert events(store, "rung_skipped", "escalated", "ladder_ended") == [
        ("rung_skipped", "backup dana: not at work"),
        ("escalated", "on_call luis"),
        ("ladder_ended", None),
    ]


@pytest.mark.parametrize(
    ("asked", "first_step"),
    [
        (datetime(2026, 12, 1, 9, 0, tzinfo=UTC), datetime(2026, 12, 1, 16, 35, tzinfo=UTC)),  # 1 am: a night
        (datetime(2026, 12, 5, 23, 0, tzinfo=UTC), datetime(2026, 12, 7, 16, 35, tzinfo=UTC)),  # Saturday afternoon
        (datetime(2026, 11, 26, 20, 0, tzinfo=UTC), datetime(2026, 11, 27, 16, 35, tzinfo=UTC)),  # Thanksgiving
        (datetime(2026, 3, 7, 22, 0, tzinfo=UTC), datetime(2026, 3, 9, 15, 35, tzinfo=UTC)),  # the clocks go forward
        (datetime(2026, 10, 31, 21, 0, tzinfo=UTC), datetime(2026, 11, 2, 16, 35, tzinfo=UTC)),  # and back
        (datetime(2026, 12, 24, 3, 0, tzinfo=UTC), datetime(2026, 12, 24, 16, 35, tzinfo=UTC)),
    ],
)
def test_out_of_hours_nothing_happens_before_the_next_opening(
    store: Database, asked: datetime, first_step: datetime
) -> None:
    lead = opened(store, now=asked, best_time=None)
    assert lead.professional.id == "dana"
    assert "is next at work" in lead.say.web
    assert "8:30 am and should get in touch by 8:45 am." in lead.say.web
    assert the_lead(store).contact_due_at == first_step + timedelta(minutes=10)
    assert step(store, first_step - timedelta(seconds=1)) == 0
    assert step(store, first_step) == 1
    assert events(store, "reminded") == [("reminded", "owner dana")]


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        (datetime(2026, 3, 7, 22, 0, tzinfo=UTC), datetime(2026, 3, 9, 15, 30, tzinfo=UTC)),  # the clocks go forward
        (datetime(2026, 10, 31, 21, 0, tzinfo=UTC), datetime(2026, 11, 2, 16, 30, tzinfo=UTC)),  # and back
    ],
)
def test_every_rung_and_state_is_on_time_over_a_change_of_the_clocks(
    store: Database, program: Profile, asked: datetime, opens: datetime
) -> None:
    hours = program.professionals[0].hours
    people = [person.model_copy(update={"hours": hours}) for person in program.professionals]
    with store.write() as session:  # everybody begins at 8:30, so that no rung is passed over
        import_profile(session, program.model_copy(update={"professionals": people}))
    assert opened(store, now=asked, best_time=None).professional.id == "dana"

    def at(minutes: int) -> datetime:
        return opens + timedelta(minutes=minutes)

    assert steps(store, at(600)) == [at(5), at(10), at(15)]
    assert events(store, "reminded", "escalated", "ladder_ended") == [
        ("reminded", "owner dana"),
        ("escalated", "backup luis"),
        ("escalated", "backup robin"),
        ("ladder_ended", None),
    ]
    with store.write() as session:
        claim(session, link(store), at(16))
    assert the_lead(store).contact_due_at == at(31)
    assert steps(store, at(600)) == [at(31), at(46)]
    assert events(store, "contact_reminded", "contact_overdue") == [
        ("contact_reminded", "owner dana"),
        ("contact_overdue", "supervisor robin"),
    ]
    with store.write() as session:
        report(session, link(store), "scheduled", None, at(24 * 60), at(60))
    assert "tomorrow at 8:30 am" in told(store)[-1]
    with store.write() as session:
        report(session, link(store), "finished", None, None, at(25 * 60))
    assert the_lead(store).state == "closed"


def test_when_all_go_home_the_visitor_hears_when_they_are_back_and_the_ladder_begins_anew(store: Database) -> None:
    asked = FRIDAY_EVENING - timedelta(minutes=4)  # Dana has until 4:59, then Robin is told, and goes home
    opened(store, now=asked)
    steps(store, FRIDAY_EVENING + timedelta(hours=1))
    monday = datetime(2026, 12, 7, 16, 30, tzinfo=UTC)
    saturday = datetime(2026, 12, 5, 17, 0, tzinfo=UTC)  # 9 am, when Robin works again
    assert events(store, "escalated", "rung_skipped", "ladder_waits") == [
        ("rung_skipped", "backup luis: not at work"),
        ("escalated", "backup robin"),
        ("ladder_waits", f"until {saturday.isoformat(timespec='minutes')}"),
    ]
    (waits,) = told(store)
    assert "They are back tomorrow at 9 am." in waits
    assert "1-800-662-4357" in waits
    assert the_lead(store).next_rung_at == saturday + timedelta(minutes=5)
    steps(store, monday)
    assert events(store, "escalated")[-1] == ("escalated", "backup robin")
    assert events(store, "ladder_ended") == [("ladder_ended", None)]


def test_a_closure_is_a_night_that_lasts(store: Database, program: Profile) -> None:
    closed = Closure(first=datetime(2026, 12, 1).date(), last=datetime(2026, 12, 3).date())
    with store.write() as session:
        import_profile(session, program.model_copy(update={"calendar": Calendar(closures=[closed])}))
    lead = opened(store, now=MONDAY + timedelta(hours=6), best_time=None)  # Monday 6 pm
    assert "next at work Friday at 8:30 am and should get in touch by 8:45 am" in lead.say.web
    assert steps(store, MONDAY + timedelta(days=3)) == []


def test_a_claim_stops_the_ladder_and_so_does_a_withdrawal(any_store: Database) -> None:
    opened(any_store)
    step(any_store, after(5))
    with any_store.write() as session:
        claim(session, link(any_store), after(6))
    assert events(any_store, "escalated") == [("escalated", "backup luis")]
    assert the_lead(any_store).next_rung_at == the_lead(any_store).contact_due_at
    with any_store.write() as session:
        withdraw(session, "c1", after(7))
    assert the_lead(any_store).next_rung_at is None
    assert steps(any_store, after(10_000)) == []


def test_a_decline_asks_the_next_one_at_once(store: Database) -> None:
    opened(store)
    with store.write() as session:
        decline(session, link(store), "full", after(2))
    assert "I am asking whether somebody else here can take it" in told(store)[0]
    assert step(store, after(2)) == 1
    assert mails(store)[-1] == ("given_back", "luis")
    steps(store, after(600))
    assert [note for _, note in events(store, "escalated")] == ["backup luis", "backup robin"]
    assert "nobody has taken your request yet" in told(store)[-1]
    assert "can still take it" not in told(store)[-1]


def test_a_restart_finds_the_ladder_where_it_stood(any_store: Database) -> None:
    opened(any_store)
    step(any_store, after(5))
    again = Database(any_store.url)  # all that a new process has is the store
    try:
        assert step(again, after(9)) == 0
        assert step(again, after(90)) == 1  # it was away for long: one rung at a time all the same
        assert [note for _, note in events(again, "escalated")] == ["backup luis", "backup robin"]
        assert the_lead(again).next_rung_at == after(95)
    finally:
        again.dispose()


def test_a_step_that_is_not_committed_was_not_taken(any_store: Database) -> None:
    opened(any_store)

    class Killed(Exception):
        pass

    def step_and_die() -> None:
        with any_store.write() as session:
            assert escalate_due(session, after(5)) == 1
            raise Killed

    with pytest.raises(Killed):
        step_and_die()
    assert mails(any_store) == [("offer", "dana")]
    assert events(any_store, "escalated", "reminded") == []
    assert step(any_store, after(5)) == 1
    assert mails(any_store) == [("offer", "dana"), ("reminder", "dana"), ("waiting", "luis")]


def test_of_several_workers_one_takes_each_step(any_store: Database) -> None:
    count = 12
    for number in range(count):
        opened(any_store, f"c{number}", contact=f"503-555-01{number:02}")
    barrier = Barrier(4)

    def work(_number: int) -> None:
        own = Database(any_store.url)
        barrier.wait()
        for _round in range(3):
            with own.write() as session:
                escalate_due(session, after(5), limit=2)
        own.dispose()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    steps_left = step(any_store, after(5))
    with any_store.read() as session:
        told_now = session.execute(select(func.count()).select_from(LadderNotice)).scalar_one()
        escalated = session.execute(select(LeadEvent.lead_id).where(LeadEvent.kind == "escalated")).scalars().all()
        keys = session.execute(select(OutboxItem.idempotency_key)).scalars().all()
    assert steps_left == 0
    assert told_now == len(escalated) == len(set(escalated)) == count
    assert len(keys) == len(set(keys)) == 3 * count  # offer, reminder, notice


def test_the_worker_takes_the_steps(store: Database) -> None:
    opened(store)
    with time_machine.travel(after(5), tick=False):
        Worker(store, settings(), lambda _item: "sent").step()
    assert events(store, "reminded", "escalated") == [("reminded", "owner dana"), ("escalated", "backup luis")]


def test_an_owner_who_left_the_profile_is_not_waited_for(store: Database, program: Profile) -> None:
    opened(store)
    left = [person.model_copy(update={"backups": []}) for person in program.professionals if person.id != "dana"]
    changed = program.model_copy(
        update={"professionals": left, "on_call": program.on_call.model_copy(update={"people": ["robin"]})}
    )
    with store.write() as session:
        import_profile(session, changed)
    steps(store, after(600))
    assert events(store, "overdue", "reminded")[0][0] == "overdue"
    assert [note for _, note in events(store, "escalated")] == ["supervisor robin"]


# The first contact


def claimed(database: Database, minutes: float = 2, **details: object) -> None:
    opened(database, **{"best_time": None, **details})
    with database.write() as session:
        claim(session, link(database), after(minutes))


def test_claimed_but_not_contacted_the_owner_is_reminded_and_then_a_supervisor_told(any_store: Database) -> None:
    claimed(any_store)
    assert told(any_store)[0].endswith("Dana (example) should get in touch by 12:15 pm.")
    assert steps(any_store, after(600)) == [after(15), after(30)]
    assert mails(any_store)[1:] == [("contact_reminder", "dana"), ("not_contacted", "robin")]
    assert events(any_store, "contact_reminded", "contact_overdue") == [
        ("contact_reminded", "owner dana"),
        ("contact_overdue", "supervisor robin"),
    ]
    assert "has not noted a talk with you yet" in told(any_store)[-1]
    assert the_lead(any_store).next_rung_at is None


@pytest.mark.parametrize("outcome", ["reached", "left_message", "no_answer", "unreachable", "finished"])
def test_any_contact_that_is_noted_stops_it(store: Database, outcome: str) -> None:
    claimed(store)
    with store.write() as session:
        report(session, link(store), outcome, None, None, after(14))
    assert steps(store, after(10_000)) == []


def test_a_late_claim_gets_its_own_time_for_the_contact_and_a_promise_that_holds(store: Database) -> None:
    claimed(store, minutes=40)
    assert "should get in touch by 12:55 pm" in told(store)[-1]
    assert the_lead(store).next_rung_at == after(55)


def test_without_a_way_to_be_reached_there_is_no_time_for_a_contact(store: Database) -> None:
    claimed(store, contact=None)
    assert the_lead(store).contact_due_at is None
    assert steps(store, after(10_000)) == []
    assert "should get in touch" not in told(store)[0]


def test_a_time_that_the_visitor_named_is_waited_for_and_nothing_promised(store: Database) -> None:
    claimed(store, best_time="after 5 pm")
    assert "should get in touch" not in told(store)[0]
    assert the_lead(store).contact_due_at == after(24 * 60 + 15)


def test_given_back_the_ladder_is_climbed_again(store: Database) -> None:
    claimed(store)
    with store.write() as session:
        decline(session, link(store), "away", after(8))
    assert step(store, after(8)) == 1
    assert events(store, "escalated") == [("escalated", "backup luis")]


def test_texts_on_the_ladder_wait_for_the_day(store: Database) -> None:
    evening = MONDAY + timedelta(hours=9)  # Monday 9 pm
    opened(store, channel="sms")
    with store.write() as session:
        session.execute(select(Lead)).scalar_one().next_rung_at = evening
    step(store, evening)
    with store.read() as session:
        due = session.execute(select(OutboxItem.due_at).where(OutboxItem.kind == "visitor_message")).scalar_one()
    assert due == datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
