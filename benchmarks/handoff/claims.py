"""Two who say "I have it" at the same instant, a thousand times: exactly one has it, each time.

    python -m benchmarks.handoff.claims [--times 1000] [--http 100]

On SQLite and on a private PostgreSQL. `--times` rounds call the function from two threads behind one barrier, each
with a connection of its own; `--http` rounds send the same form to two fronts, each a process of its own.
"""

import argparse
import secrets
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from benchmarks.handoff.cluster import Cluster
from benchmarks.handoff.keeper import ROOT, Keeper, as_ours, environment
from benchmarks.ports import free_ports


def stored(store, number: int) -> tuple[str, str]:
    """A fresh request; gives its id and the professional's."""
    from bot.handoff import LeadDraft, open_lead, propose
    from bot.store import utcnow

    draft = LeadDraft(name="Jordan", contact=f"claim{number}@example.org", zip="97103")
    conversation = f"claim-{number}"
    with store.read() as session:
        consent = propose(session, conversation, draft, utcnow()).given("web")
    with store.write() as session:
        opened = open_lead(session, conversation, draft, consent, utcnow())
    return opened.lead_id, opened.professional.id


def winners(store, lead_ids: list[str]) -> Counter[int]:
    """How many requests have how many claims in their history."""
    from bot.handoff import LeadEvent

    with store.read() as session:
        claimed = Counter(session.execute(select(LeadEvent.lead_id).where(LeadEvent.kind == "claimed")).scalars())
    return Counter(claimed[lead_id] for lead_id in lead_ids)


def by_function(store, times: int) -> Counter[tuple[bool, ...]]:
    """Both answers of each round, sorted: (False, True) is one winner."""
    from bot.handoff.links import Link
    from bot.handoff.professional import claim
    from bot.store import utcnow

    answers: Counter[tuple[bool, ...]] = Counter()
    lead_ids = []
    with ThreadPoolExecutor(2) as pool:
        for number in range(times):
            lead_id, person = stored(store, number)
            lead_ids.append(lead_id)
            barrier = threading.Barrier(2)

            def one(_: int, link: Link = Link(lead_id, person, 1), barrier: threading.Barrier = barrier) -> bool:  # noqa: B008
                barrier.wait()
                try:
                    with store.write() as session:
                        return claim(session, link, utcnow())
                except StaleDataError:
                    return False

            answers[tuple(sorted(pool.map(one, range(2))))] += 1
    if winners(store, lead_ids) != Counter({1: times}):
        answers[()] += 1  # the history says otherwise
    return answers


def by_http(store, urls: list[str], times: int) -> tuple[Counter[int], Counter[int]]:
    """Statuses of all answers, and how many requests have how many claims."""
    from bot.handoff.links import Link, sign

    statuses: Counter[int] = Counter()
    lead_ids = []
    with ThreadPoolExecutor(2) as pool, httpx.Client(trust_env=False, timeout=60) as client:
        for number in range(times):
            lead_id, person = stored(store, 1_000_000 + number)
            lead_ids.append(lead_id)
            path, barrier = f"/handoff/{sign(Link(lead_id, person, 1))}", threading.Barrier(2)

            def one(url: str, path: str = path, barrier: threading.Barrier = barrier) -> int:
                barrier.wait()
                return client.post(url + path, data={"action": "claim"}).status_code

            statuses.update(pool.map(one, urls))
    return statuses, winners(store, lead_ids)


def measure(name: str, url: str, folder: Path, times: int, http: int) -> bool:
    """Both ways on one store; True when each round had one winner."""
    first, second, actions, engine, smtp = free_ports(5)
    key = secrets.token_hex(32)
    variables = environment(folder, url, smtp, [first, actions, engine], FIRSTSTEP_SECRET_KEY=key)
    with as_ours({name: value for name, value in variables.items() if name.startswith("FIRSTSTEP_")}):
        from bot.program.transfer import import_file
        from bot.store import database
        from bot.store.migrate import upgrade

        store = database()
        upgrade(store)
        import_file(store, ROOT / "examples" / "program.yml")
        started = time.monotonic()
        answers = by_function(store, times)
        took = time.monotonic() - started
        print(f"{name}, function: {answers[(False, True)]} of {times} rounds with one winner, {took:.0f} s", flush=True)
        well = answers == Counter({(False, True): times})
        fronts = [
            Keeper(("front",), {**variables, "FIRSTSTEP_PORT": str(port)}, folder / f"front{port}.log")
            for port in (first, second)
        ]
        for front in fronts:
            front.start()
        urls = [f"http://127.0.0.1:{port}" for port in (first, second)]
        try:
            wait_for(urls)
            statuses, claims = by_http(store, urls, http)
        finally:
            for front in fronts:
                front.stop()
        print(
            f"{name}, two fronts: {claims[1]} of {http} rounds with one winner, statuses {dict(statuses)}", flush=True
        )
        return well and claims == Counter({1: http})


def wait_for(urls: list[str], seconds: float = 600) -> None:
    """Until all of them answer."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if all(httpx.get(f"{url}/healthz", trust_env=False, timeout=30).status_code == 200 for url in urls):
                return
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.3)


def main() -> int:
    """Read the arguments and measure; exit code 1 when any round had none or two."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--http", type=int, default=100)
    given = parser.parse_args()
    well = []
    with tempfile.TemporaryDirectory(prefix="first-step-claims-") as name:
        url = f"sqlite:///{name}/claims.db"
        well.append(measure("SQLite", url, Path(name), given.times, given.http))
    with tempfile.TemporaryDirectory(prefix="first-step-claims-") as name:
        cluster = Cluster()
        try:
            cluster.start()
            well.append(measure("PostgreSQL", cluster.url, Path(name), given.times, given.http))
        finally:
            cluster.remove()
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
