"""A run is written down, loud when something does not fit, and made once a day by whichever worker comes first."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from bot.handoff import OutboxItem
from bot.handoff.models import StaffNoticeRow
from bot.reconciliation import Reconciliation, latest, reconcile
from bot.settings import settings
from bot.store import Database, database, load_keys, utcnow
from bot.worker import Worker
from tests import stores
from tests.cli.conftest import Run, firststep
from tests.handoff.conftest import MONDAY
from tests.reconciliation.conftest import LATER, case

__all__ = ["firststep"]


def notices(database: Database) -> list[str]:
    with database.read() as session:
        return list(
            session.execute(select(StaffNoticeRow.path).where(StaffNoticeRow.key.like("reconciliation:%"))).scalars()
        )


def runs(database: Database) -> int:
    with database.read() as session:
        return int(session.execute(select(func.count()).select_from(Reconciliation)).scalar_one())


def lose_a_message(database: Database) -> None:
    with database.write() as session:
        session.execute(delete(OutboxItem))


def test_what_does_not_fit_is_an_error_in_the_log_and_news_for_staff_by_ids_only(
    any_store: Database, caplog: pytest.LogCaptureFixture
) -> None:
    done = case(any_store)
    lose_a_message(any_store)
    with caplog.at_level(logging.INFO):
        assert not reconcile(any_store, 90, LATER, "daily:1").fits
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert done.lead_id in record.getMessage()
    assert not any(word in caplog.text for word in ("Jordan", "0188", "97103"))
    assert notices(any_store) == ["/console/figures"]
    with any_store.read() as session:
        run = latest(session)
        assert (run.at, run.promises, run.leads, run.found) == (LATER, 1, 1, 1)
        assert run.findings == [{"kind": "offer_without_message", "lead_id": done.lead_id, "ref": done.ref}]


def test_the_same_run_twice_is_told_once(any_store: Database) -> None:
    case(any_store)
    lose_a_message(any_store)
    for _ in range(2):
        assert not reconcile(any_store, 90, LATER, "daily:1").fits
    assert runs(any_store) == 1
    assert len(notices(any_store)) == 1


def test_workers_make_it_once_a_day_across_restarts(any_store: Database) -> None:
    def workers_at(hours: float) -> None:
        for _ in range(2):
            Worker(any_store, settings(), lambda _item: "nowhere", clock=lambda: MONDAY + timedelta(hours=hours)).step()

    counts = []
    for hours in (0, 1, 23, 24, 25, 47, 48):
        workers_at(hours)
        counts.append(runs(any_store))
    assert counts == [1, 1, 1, 2, 2, 2, 3]


def test_a_check_that_breaks_does_not_stop_deliveries(
    any_store: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case(any_store)
    monkeypatch.setattr("bot.worker.loop.reconcile", lambda *_: 1 / 0)
    worker = Worker(any_store, settings(), lambda _item: "nowhere", clock=lambda: MONDAY)
    assert worker.step() == 1
    assert "could not be made" in caplog.text


@pytest.fixture
def operators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The store that `firststep` uses, with one request in it."""
    monkeypatch.setenv("FIRSTSTEP_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("FIRSTSTEP_SECRET_KEY", raising=False)
    for cached in (settings, load_keys, database):
        cached.cache_clear()
    (tmp_path / "var").mkdir()
    with stores.sqlite(tmp_path / "var") as store:
        case(store, utcnow() - timedelta(hours=1))
        yield store
    database.cache_clear()


def test_the_command_says_that_everything_fits_or_fails(firststep: Run, operators: Database) -> None:
    assert "never compared" in firststep("doctor").stdout
    done = firststep("leads", "reconcile")
    assert (done.returncode, "1 promised to visitors, 1 stored" in done.stdout) == (0, True), done.stderr
    assert "1 promises, 1 leads: everything fits" in firststep("doctor").stdout
    lose_a_message(operators)
    failed = firststep("leads", "reconcile", "--json")
    assert failed.returncode == 1
    (finding,) = json.loads(failed.stdout)["findings"]
    assert finding["kind"] == "offer_without_message"
    in_words = firststep("leads", "reconcile")
    assert in_words.returncode == 1
    assert finding["lead_id"] in in_words.stdout
    assert "Jordan" not in in_words.stdout + in_words.stderr + failed.stdout
    assert "1 do not fit; see: firststep leads reconcile" in firststep("doctor").stdout
