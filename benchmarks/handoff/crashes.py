"""Thousands of leads while processes are killed and the database crashes: none lost, none doubled, none misdirected.

    python -m benchmarks.handoff.crashes [--leads 10000] [--chats 300] [--sqlite]

Everything is the product's own: front, actions, two workers and, for the chats, the engine, each a process that dies
by SIGKILL at random and is started again; a private PostgreSQL (initdb) that is crashed and recovers; an SMTP server
that refuses, hangs up, and hangs up after accepting. See RESULTS.md for what is driven how.
"""

import argparse
import json
import random
import secrets
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select

from benchmarks.handoff.cluster import Cluster
from benchmarks.handoff.counting import Count, count
from benchmarks.handoff.keeper import ROOT, Keeper, Killer, as_ours, environment
from benchmarks.handoff.mail_server import Mail, MailServer
from benchmarks.handoff.people import Book, Chatter, GaveUp, Professionals, Visitor
from benchmarks.ports import free_ports

EXAMPLE = ROOT / "examples" / "program.yml"
START = 900.0
"""Seconds that the product has to start, also on a machine with much else to do."""
DRAIN = 1500.0
"""Seconds that the outbox has to empty; a message that failed several times waits for minutes."""


@dataclass
class Plan:
    """How much, how fast, and how often what dies."""

    leads: int
    chats: int = 0
    every: dict[str, float] = field(default_factory=dict)
    """Mean number of things done between two kills, by process; "database" for the cluster."""
    visitors: int = 8
    professionals: int = 6
    trouble: float = 0.1
    withdrawn: float = 0.05
    seed: int = 20261126
    seconds: float = float("inf")
    """After so long no visitor begins any more; how many did is in the count."""


@dataclass
class Run:
    """What came of it."""

    count: Count
    kills: dict[str, int]
    failures: dict[str, int]
    tried_again: dict[str, int]
    seconds: dict[str, float]
    gave_up: list[str]
    findings: list[str]

    @property
    def well(self) -> bool:
        """Whether nothing is wrong, by any witness."""
        return self.count.well and not self.gave_up and not self.findings


def simulate(plan: Plan, *, cluster: Cluster | None, folder: Path, say: Callable[[str], None] = print) -> Run:
    """Run the plan on this cluster, or on a SQLite file in `folder`."""
    (smtp, *ports) = free_ports(4)
    url = cluster.url if cluster else f"sqlite:///{(folder / 'firststep.db').as_posix()}"
    variables = environment(folder, url, smtp, ports, FIRSTSTEP_SECRET_KEY=secrets.token_hex(32))
    ours = {name: value for name, value in variables.items() if name.startswith("FIRSTSTEP_")}
    with as_ours(ours):
        return _Simulation(plan, cluster, variables, smtp, ports, folder, say).run()


class _Simulation:
    def __init__(
        self,
        plan: Plan,
        cluster: Cluster | None,
        variables: dict[str, str],
        smtp: int,
        ports: list[int],
        folder: Path,
        say: Callable[[str], None],
    ) -> None:
        from bot.program.transfer import import_file
        from bot.store import database
        from bot.store.migrate import upgrade

        self.plan, self.cluster, self.say, self.store = plan, cluster, say, database()
        upgrade(self.store)
        profile = import_file(self.store, EXAMPLE)
        self.addresses = {person.name: person.email for person in profile.professionals}
        self.book = Book(list(self.addresses))
        front, actions, _engine = ports
        self.front_url, self.actions_url = f"http://127.0.0.1:{front}", f"http://127.0.0.1:{actions}"
        self.mail = MailServer(smtp, plan.seed, plan.trouble, self._arrived)
        names = ("front", "actions", "worker", "second worker") + (("engine",) if plan.chats else ())
        self.keeper = Keeper(names, variables, folder / "processes.log")
        self.killer = Killer(self.keeper, cluster, plan.every, plan.seed + 1)
        self.professionals = Professionals(self.front_url, self.book, plan.seed + 2)
        limits = httpx.Limits(max_connections=100)
        self.client = httpx.Client(trust_env=False, timeout=60, limits=limits)
        self.offices = ThreadPoolExecutor(plan.professionals)
        self.visitors_by_ref: dict[str, Visitor] = {}
        self.until = time.monotonic() + plan.seconds
        self.gave_up: list[str] = []
        self.answering: list[Future[None]] = []
        self.chance = random.Random(plan.seed + 3)

    def run(self) -> Run:
        """The whole of it."""
        seconds: dict[str, float] = {}
        self.mail.start()
        self.keeper.start()
        try:
            self._wait_until_up()
            self.until = time.monotonic() + self.plan.seconds
            self.say(f"{time.strftime('%H:%M:%S')} everything runs")
            self.killer.start()
            for name, number, one in (("chats", self.plan.chats, self._chat), ("leads", self.plan.leads, self._lead)):
                started = time.monotonic()
                self._all(number, one, name)
                seconds[name] = time.monotonic() - started
                self.killer.spare("engine")  # the leads at the actions' door do not need it
                self.keeper.release("engine")
            started = time.monotonic()
            self.killer.stop()
            self._drain()
            seconds["drain"] = time.monotonic() - started
        finally:
            self.killer.stop()
            self.keeper.stop()
            self.mail.stop()
            self.offices.shutdown(cancel_futures=True)
            self.client.close()
        return Run(
            count(self.store, self.book, self.mail.mails, self.addresses),
            dict(self.killer.kills),
            dict(self.mail.failures),
            dict(self.book.counts),
            seconds,
            self.gave_up,
            self._findings(),
        )

    def _findings(self) -> list[str]:
        """What the product's own daily check says, hours later."""
        from bot.reconciliation import check
        from bot.store import utcnow

        with self.store.read() as session:
            report = check(session, 90, utcnow() + timedelta(hours=7))
        self.say(f"reconciliation: {report.promises} promises, {report.leads} leads, {report.delivered} delivered")
        return [str(finding) for finding in report.findings]

    def _all(self, number: int, one: Callable[[int], None], name: str) -> None:
        done, lock = 0, threading.Lock()

        def work(index: int) -> None:
            nonlocal done
            if time.monotonic() > self.until:
                return
            try:
                one(index)
            except Exception as error:
                self.gave_up.append(f"{name} {index}: {error!r}")
            with lock:
                done += 1
                if done % 100 == 0:
                    self.say(f"{time.strftime('%H:%M:%S')} {name}: {done} of {number}; mails {len(self.mail.mails)}")

        with ThreadPoolExecutor(self.plan.visitors) as pool:
            list(pool.map(work, range(number)))

    def _chat(self, index: int) -> None:
        Chatter(self.front_url, self.client, self.book, f"chat{index}@example.org").ask()
        self.killer.happened()

    def _lead(self, index: int) -> None:
        visitor = Visitor(self.actions_url, self.client, self.book, f"visitor{index}@example.org")
        visitor.begin()
        ref = visitor.ask()
        self.visitors_by_ref[ref] = visitor
        self.killer.happened()
        if self.chance.random() < self.plan.withdrawn:
            time.sleep(self.chance.uniform(0, 3))
            visitor.take_back()
            visitor.late_yes()

    def _arrived(self, mail: Mail) -> None:
        self.killer.happened()
        if self.professionals.first_time(mail):
            self.answering.append(self.offices.submit(self._answer, mail))

    def _answer(self, mail: Mail) -> None:
        try:
            came = self.professionals.answer(mail)
            self.killer.happened()
            story = self._story_of(mail.ref)
            story.claimed += came == "claimed"
            if came == "declined":
                story.declined += 1
                visitor = self.visitors_by_ref.get(mail.ref)
                if visitor is not None:
                    visitor.again()
        except Exception as error:
            self.gave_up.append(f"professional of {mail.ref}: {error!r}")

    def _story_of(self, ref: str) -> Any:
        """The mail may be faster than the answer to the visitor."""
        deadline = time.monotonic() + 700
        while ref not in self.book.stories or (ref not in self.visitors_by_ref and not self.plan.chats):
            if time.monotonic() > deadline:
                raise GaveUp("an offer of a lead whose visitor was never told")
            time.sleep(0.05)
        return self.book.stories[ref]

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + START
        wanted = [f"{self.front_url}/healthz", f"{self.actions_url}/health"]
        if self.plan.chats:
            wanted.append(f"{self.front_url}/readyz")
        while True:
            try:
                if all(self.client.get(url).status_code == 200 for url in wanted):
                    return
            except httpx.HTTPError:
                pass
            if time.monotonic() > deadline:
                raise GaveUp("the product did not start")
            time.sleep(0.3)

    def _drain(self) -> None:
        """Until nothing waits to be sent, and nobody is still answering."""
        from bot.handoff import OutboxItem

        deadline = time.monotonic() + DRAIN
        while time.monotonic() < deadline:
            with self.store.read() as session:
                waiting = session.execute(
                    select(func.count()).select_from(OutboxItem).where(OutboxItem.state == "pending")
                ).scalar_one()
            if not waiting and all(future.done() for future in self.answering):
                return
            time.sleep(1)
        self.gave_up.append("the outbox did not empty")


def main() -> int:
    """Read the arguments, run, print; exit code 1 when anything is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--leads", type=int, default=10_000, help="driven at the actions' door")
    parser.add_argument("--chats", type=int, default=0, help="driven through the chat, with the engine")
    parser.add_argument("--sqlite", action="store_true", help="a SQLite file instead of a private PostgreSQL")
    parser.add_argument("--mean", type=float, default=300.0, help="things done between two kills of one process, mean")
    parser.add_argument("--database", type=float, default=600.0, help="the same for crashes of PostgreSQL")
    parser.add_argument("--visitors", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="after so long nobody begins any more")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the cluster is removed whatever ends us
    every = dict.fromkeys(("front", "actions", "worker", "second worker"), given.mean)
    if given.chats:
        every["engine"] = max(5.0, given.chats / 8)
    if not given.sqlite:
        every["database"] = given.database
    folder, cluster = Path(tempfile.mkdtemp(prefix="first-step-crashes-")), None
    try:
        if not given.sqlite:
            cluster = Cluster()
            cluster.start()
        run = simulate(
            Plan(given.leads, given.chats, every, given.visitors, seconds=given.minutes * 60),
            cluster=cluster,
            folder=folder,
            say=lambda text: print(text, flush=True),
        )
    finally:
        if cluster:
            cluster.remove()
    shown = {
        "figures": run.count.figures,
        "kills": run.kills,
        "mail server": run.failures,
        "tried again": run.tried_again,
        "seconds": {name: round(value) for name, value in run.seconds.items()},
        "lost": len(run.count.lost),
        "doubled": len(run.count.doubled),
        "misdirected": len(run.count.misdirected),
        "which": (run.count.lost + run.count.doubled + run.count.misdirected)[:50],
        "gave up": run.gave_up[:20],
        "findings": run.findings[:50],
    }
    print(json.dumps(shown, indent=2))
    if run.well:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"what the processes said: {folder / 'processes.log'}")
    return 0 if run.well else 1


if __name__ == "__main__":
    sys.exit(main())
