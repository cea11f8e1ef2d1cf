"""A run: check, write the result down, and be loud when something does not fit."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.handoff import StaffNotice, notify_staff
from bot.reconciliation.check import check
from bot.reconciliation.findings import Report
from bot.reconciliation.models import Reconciliation
from bot.store import Database

log = logging.getLogger("firststep.reconciliation")

EVERY = timedelta(days=1)
LATE = timedelta(hours=26)
"""A check older than this was missed: somebody should look at the worker."""
KEPT = 1000
"""Findings written down of one run; more of them say nothing new."""
PATH = "/console/figures"


def latest(session: Session) -> Reconciliation | None:
    """The last run; None before the first."""
    run: Reconciliation | None = session.execute(
        select(Reconciliation).order_by(Reconciliation.at.desc(), Reconciliation.id.desc()).limit(1)
    ).scalar_one_or_none()
    return run


def is_due(session: Session, now: datetime) -> bool:
    """Whether the last run is a day old, or there was none."""
    run = latest(session)
    return run is None or run.at <= now - EVERY


def reconcile(database: Database, retention_days: int, now: datetime, key: str) -> Report:
    """Check and write down. What does not fit goes to the log as an error, by id, and to staff in the console.

    `key`: of two runs with the same one the second leaves the first's record and tells nobody again.
    """
    with database.read() as session:
        report = check(session, retention_days, now)
    for finding in report.findings:
        log.error("reconciliation: %s", finding)
    try:
        with database.write() as session:
            _write_down(session, report, now, key)
    except IntegrityError:
        return report
    if report.fits:
        log.info("reconciliation: %d promises, %d leads: everything fits", report.promises, report.leads)
    return report


def _write_down(session: Session, report: Report, now: datetime, key: str) -> None:
    session.add(
        Reconciliation(
            key=key,
            at=now,
            promises=report.promises,
            leads=report.leads,
            delivered=report.delivered,
            owed=report.owed,
            found=len(report.findings),
            findings=[finding.as_dict() for finding in report.findings[:KEPT]],
        )
    )
    session.flush()
    if not report.fits:
        notice = StaffNotice("console", "read_leads", "out_of_balance", PATH)
        notify_staff(session, notice, f"reconciliation:{key}", now)
