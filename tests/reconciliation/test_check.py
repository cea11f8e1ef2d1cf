"""Whatever is taken out of one of the three records is found by the other two; what the rules take out is not."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.conversations import answer, erase, purge, receive
from bot.handoff import professional as pro
from bot.handoff import purge_leads, status_for, withdraw, wording
from bot.program.profile import Profile
from bot.reconciliation import Finding, Report, check
from bot.reconciliation.check import PROMISE
from bot.settings import settings
from bot.store import Database
from tests.handoff.conftest import MONDAY
from tests.reconciliation.conftest import LATER, Case, case, deliver

SAY_STATUS = "Nobody has answered yet. Your code is {ref}."


def checked(database: Database, now: datetime = LATER) -> Report:
    with database.read() as session:
        return check(session, settings().retention_days, now)


def kinds(report: Report) -> list[str]:
    return sorted(finding.kind for finding in report.findings)


def by_force(database: Database, *statements: str) -> None:
    """What an accident or a hand in the database may do: triggers and foreign keys do not stop it."""
    raw = database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        if database.is_sqlite:
            cursor.execute("PRAGMA foreign_keys=OFF")
            for trigger in ("lead_events_no_update", "lead_events_no_delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        else:
            cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount > 0, statement
        raw.commit()
    finally:
        raw.invalidate()  # nobody else gets a connection that checks nothing


def claimed(database: Database) -> Case:
    """A request that was delivered, claimed, and told to the visitor."""
    done = case(database)
    deliver(database)
    with database.write() as session:
        pro.claim(session, done.link, MONDAY)
    deliver(database)
    return done


def test_the_whole_way_fits(any_store: Database) -> None:
    waiting = case(any_store)
    assert checked(any_store) == Report(1, 1, 0, 1, ())
    deliver(any_store)
    claimed(any_store)
    assert checked(any_store) == Report(2, 2, 2, 0, ())
    with any_store.write() as session:
        pro.decline(session, waiting.link, "full", MONDAY)
    assert checked(any_store).fits


def test_a_deleted_lead_is_found_by_what_the_visitor_was_told(any_store: Database) -> None:
    kept, gone = claimed(any_store), claimed(any_store)
    for table, column in (("outbox_items", "lead_id"), ("lead_events", "lead_id"), ("consents", "lead_id")):
        by_force(any_store, f"DELETE FROM {table} WHERE {column} = '{gone.lead_id}'")
    by_force(any_store, f"DELETE FROM leads WHERE id = '{gone.lead_id}'")
    (found,) = checked(any_store).findings
    assert (found.kind, found.ref) == ("promise_without_lead", gone.ref)
    assert found.conversation_id == gone.conversation_id
    assert kept.ref not in str(found)


def test_a_deleted_lead_is_found_by_its_traces_when_the_transcript_is_gone(any_store: Database) -> None:
    gone = claimed(any_store)
    by_force(any_store, f"DELETE FROM leads WHERE id = '{gone.lead_id}'")
    assert kinds(checked(any_store)) == ["promise_without_lead", "trace_without_lead"]
    with any_store.write() as session:
        erase(session, gone.conversation_id)
    assert checked(any_store).findings == (Finding("trace_without_lead", gone.lead_id),)


@pytest.mark.parametrize("sent", [False, True], ids=["owed", "sent"])
def test_a_deleted_message_to_the_professional_is_found(any_store: Database, sent: bool) -> None:
    done = case(any_store)
    if sent:
        deliver(any_store)
    by_force(any_store, "DELETE FROM outbox_items WHERE idempotency_key LIKE 'offer:%'")
    assert checked(any_store).findings == (Finding("offer_without_message", done.lead_id, done.ref),)


@pytest.mark.parametrize("step", ["claimed", "declined"])
def test_a_deleted_message_to_the_visitor_is_found(any_store: Database, step: str) -> None:
    done = case(any_store)
    deliver(any_store)
    with any_store.write() as session:
        if step == "claimed":
            pro.claim(session, done.link, LATER)
        else:
            pro.decline(session, done.link, "full", LATER)
    by_force(any_store, f"DELETE FROM outbox_items WHERE idempotency_key LIKE '{step}:%'")
    assert checked(any_store).findings == (Finding("step_without_message", done.lead_id, done.ref),)


def test_a_promise_without_any_lead_is_found_whatever_named_the_code(any_store: Database) -> None:
    done = case(any_store)
    other = case(any_store, told=False)
    assert kinds(checked(any_store)) == ["lead_without_promise"]
    with any_store.write() as session:
        received = receive(session, other.conversation_id, "status", "where is it")
        assert received is not None
        words = f"{SAY_STATUS.format(ref=other.ref)} {SAY_STATUS.format(ref='QQQ234')}"
        answer(session, str(received.message.id), [{"text": words}], {})
        message_id = received.message.id
    (found,) = checked(any_store).findings
    assert (found.kind, found.ref, found.conversation_id) == ("promise_without_lead", "QQQ234", other.conversation_id)
    assert found.message_id != message_id
    assert done.ref not in str(found)


def test_a_lead_whose_visitor_was_never_told_is_found_after_a_while(any_store: Database) -> None:
    silent = case(any_store, told=False)
    assert checked(any_store, MONDAY + timedelta(minutes=14)).fits
    expected = Finding("lead_without_promise", silent.lead_id, silent.ref, silent.conversation_id)
    assert checked(any_store).findings == (expected,)


def test_a_state_that_the_history_does_not_lead_to_is_found(any_store: Database) -> None:
    done = claimed(any_store)
    by_force(any_store, "UPDATE leads SET state = 'closed'")
    assert checked(any_store).findings == (Finding("state_not_in_history", done.lead_id, done.ref),)


def test_a_request_with_somebody_whom_no_consent_names_is_found(any_store: Database) -> None:
    done = claimed(any_store)
    by_force(any_store, "UPDATE leads SET professional_id = 'luis'")
    assert checked(any_store).findings == (Finding("offer_without_consent", done.lead_id, done.ref),)


def test_given_up_and_overdue_messages_are_neither_delivered_nor_owed(any_store: Database) -> None:
    done = case(any_store)
    assert checked(any_store, MONDAY + timedelta(hours=5)).fits
    assert kinds(checked(any_store, MONDAY + timedelta(hours=7))) == ["message_overdue"]
    by_force(any_store, "UPDATE outbox_items SET state = 'dead'")
    (found,) = checked(any_store).findings
    assert (found.kind, found.lead_id, found.ref) == ("message_given_up", done.lead_id, done.ref)


def test_a_message_that_counts_as_sent_and_was_never_said_is_found(any_store: Database) -> None:
    done = claimed(any_store)
    by_force(any_store, "DELETE FROM messages WHERE kind = 'post'")
    (found,) = checked(any_store).findings
    assert (found.kind, found.lead_id, found.conversation_id) == (
        "message_not_in_chat",
        done.lead_id,
        done.conversation_id,
    )


def erase_chat(database: Database, done: Case) -> None:
    with database.write() as session:
        erase(session, done.conversation_id)


def take_back(database: Database, done: Case) -> None:
    with database.write() as session:
        withdraw(session, done.conversation_id, MONDAY)


def close(database: Database, done: Case) -> None:
    with database.write() as session:
        pro.report(session, done.link, "finished", None, None, MONDAY)


@pytest.mark.parametrize("end", [erase_chat, take_back, close])
def test_erasing_withdrawing_and_retention_break_nothing(
    any_store: Database, end: Callable[[Database, Case], None]
) -> None:
    done = claimed(any_store)
    end(any_store, done)
    deliver(any_store)
    assert checked(any_store).fits
    days = settings().retention_days
    for after in (1, days - 1, days, days + 1, 2 * days):
        now = MONDAY + timedelta(days=after, minutes=30)
        with any_store.write() as session:
            purge(session, days, now)
        with any_store.write() as session:
            purge_leads(session, days, now)
        assert checked(any_store, now).fits, f"after {after} days"


def test_what_is_owed_is_asked_for_at_any_age(any_store: Database) -> None:
    case(any_store)
    old = MONDAY + timedelta(days=200)
    with any_store.write() as session:
        purge(session, settings().retention_days, old)
        purge_leads(session, settings().retention_days, old)
    assert kinds(checked(any_store, old)) == ["message_overdue"]


def test_raised_retention_does_not_ask_for_what_was_purged_before(any_store: Database) -> None:
    done = claimed(any_store)
    later = MONDAY + timedelta(days=40)
    with any_store.write() as session:
        purge_leads(session, 30, later)
    with any_store.read() as session:
        assert check(session, 90, later).fits
    fresh = case(any_store, later)
    by_force(any_store, f"DELETE FROM outbox_items WHERE lead_id = '{fresh.lead_id}'")
    with any_store.read() as session:
        (found,) = check(session, 90, later).findings
    assert (found.kind, found.lead_id) == ("offer_without_message", fresh.lead_id)
    assert done.lead_id != fresh.lead_id


def joined(database: Database) -> tuple[Case, Case]:
    """Two conversations that gave the same number: one lead, and a code for each."""
    first, second = (case(database, contact="503-555-0188") for _ in range(2))
    assert (first.lead_id, first.ref) != (second.lead_id, second.ref)
    assert first.lead_id == second.lead_id
    return first, second


def test_a_request_that_joined_a_lead_has_its_own_promise(any_store: Database) -> None:
    first, second = joined(any_store)
    deliver(any_store)
    assert checked(any_store).fits
    by_force(any_store, "DELETE FROM lead_links")
    (found,) = checked(any_store).findings
    assert (found.kind, found.ref, found.conversation_id) == (
        "promise_without_lead",
        second.ref,
        second.conversation_id,
    )
    assert first.ref not in str(found)


def test_what_nobody_is_told_of_on_purpose_is_not_missed(any_store: Database) -> None:
    done = case(any_store)
    by_force(any_store, "DELETE FROM outbox_items", "UPDATE leads SET test = true")
    assert checked(any_store).fits
    deliver(any_store)
    by_force(any_store, "UPDATE leads SET channel = 'sms', safe_text = false")
    with any_store.write() as session:
        pro.claim(session, done.link, LATER)
    assert checked(any_store).fits


def test_every_way_of_naming_a_stored_request_is_read(any_store: Database, program: Profile) -> None:
    done = case(any_store)
    person = program.professionals[0]
    with any_store.read() as session:
        said = [
            wording.opened(program, person, done.ref, True, MONDAY),
            wording.opened(program, person, done.ref, False, MONDAY),
            wording.opened_as_test(program, done.ref),
            status_for(session, done.conversation_id, MONDAY),
        ]
    for words in said:
        assert PROMISE.findall(words.web) == [done.ref], words.web
        assert PROMISE.findall(words.sms_text) == [done.ref], words.sms_text
