"""The simulation of benchmarks/handoff/crashes.py, small: a few dozen leads, processes killed, the database crashed.

Moments are random (with a seed) and count what gets done, not seconds. The large run: benchmarks/handoff/RESULTS.md.
"""

from pathlib import Path

import pytest

from benchmarks.handoff.cluster import Cluster, binaries
from benchmarks.handoff.crashes import Plan, Run, simulate

pytestmark = [pytest.mark.processes, pytest.mark.timeout(900)]
LEADS = 24
PROCESSES = {"front": 25.0, "actions": 25.0, "worker": 25.0, "second worker": 40.0}


def plan(**more: float) -> Plan:
    return Plan(LEADS, every=PROCESSES | more, trouble=0.2, withdrawn=0.1)


def check(run: Run) -> None:
    assert run.gave_up == []
    assert (run.count.lost, run.count.doubled, run.count.misdirected, run.findings) == ([], [], [], [])
    figures = run.count.figures
    assert figures["visitors told"] == figures["leads"] == LEADS
    assert figures["e-mails accepted"] >= LEADS - figures["withdrawn"]
    assert figures["claimed"] >= LEADS // 2
    assert sum(run.kills.values()) >= 3, run.kills
    assert sum(run.failures.values()) >= 2, run.failures


def test_on_sqlite_nothing_is_lost_doubled_or_misdirected(tmp_path: Path) -> None:
    check(simulate(plan(), cluster=None, folder=tmp_path))


@pytest.mark.skipif(binaries() is None, reason="PostgreSQL's own programs are not here")
def test_on_a_postgresql_that_crashes_too(tmp_path: Path) -> None:
    cluster = Cluster()
    try:
        cluster.start()
        run = simulate(plan(database=25.0), cluster=cluster, folder=tmp_path)
    finally:
        cluster.remove()
    check(run)
    assert run.kills["database"] >= 1
