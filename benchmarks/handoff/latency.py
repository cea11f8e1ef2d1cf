"""How long from a lead's commit until its e-mail is handed to SMTP, with the worker as a process of its own.

    python -m benchmarks.handoff.latency [--leads 100] [--url postgresql://...]

Without --url a new SQLite file is used; on PostgreSQL a schema of its own is made and dropped. The mail server is real
(aiosmtpd on loopback, no TLS), and every lead is committed alone, at a random moment, as visitors do.
"""

import argparse
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path
from statistics import median, quantiles

from aiosmtpd.controller import Controller

from benchmarks.ports import free_ports

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"\(([A-Z0-9]{6})\)")


class Inbox:
    """Remembers when each request's code arrived."""

    def __init__(self) -> None:
        self.at: dict[str, list[float]] = {}

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        """Note the time, first of all."""
        now = time.time()
        subject = str(message_from_bytes(envelope.content)["Subject"])  # type: ignore[attr-defined]
        found = CODE.search(subject)
        if found:
            self.at.setdefault(found[1], []).append(now)
        return "250 OK"


@contextmanager
def schema(url: str) -> Iterator[str]:
    """The URL of a fresh schema on PostgreSQL, dropped afterwards."""
    from sqlalchemy import create_engine, text

    name = f"bench_{secrets.token_hex(6)}"
    admin = create_engine(url, future=True)
    with admin.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    try:
        yield f"{url}?options=-csearch_path%3D{name}"
    finally:
        with admin.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        admin.dispose()


def measure(url: str, folder: Path, count: int, workers: int) -> None:
    """Run and print the figures."""
    (port,) = free_ports(1)
    os.environ |= {
        "FIRSTSTEP_DATABASE_URL": url,
        "FIRSTSTEP_DATA_DIR": str(folder),
        "FIRSTSTEP_SECRET_KEY": secrets.token_hex(32),
        "FIRSTSTEP_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "FIRSTSTEP_LOG_LEVEL": "WARNING",
    }
    from bot.handoff import LeadDraft, open_lead, propose
    from bot.program.transfer import import_file
    from bot.store import database, utcnow
    from bot.store.migrate import upgrade

    store = database()
    upgrade(store)
    import_file(store, ROOT / "examples" / "program.yml")
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    started = [subprocess.Popen([sys.executable, "-m", "bot.cli", "worker"], cwd=ROOT) for _ in range(workers)]
    committed: dict[str, float] = {}
    try:
        time.sleep(8)  # the workers' start is not what is measured
        for number in range(count):
            contact = f"{201 + number // 100}-555-{100 + number % 100:04}"  # one number each: the same would join
            draft = LeadDraft(name="Jordan", contact=contact, best_time="after 5 pm", zip="97103")
            conversation = f"bench-{number}"
            with store.read() as session:
                consent = propose(session, conversation, draft, utcnow()).given("web")
            with store.write() as session:
                ref = open_lead(session, conversation, draft, consent, utcnow()).ref
            committed[ref] = time.time()
            time.sleep(random.uniform(0.1, 0.7))
        time.sleep(5)
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
        controller.stop()
    waits = [inbox.at[ref][0] - at for ref, at in committed.items() if ref in inbox.at]
    kind = "SQLite" if store.is_sqlite else "PostgreSQL"
    store.dispose()
    print(
        f"{kind}, {workers} worker(s), {count} leads: median {median(waits):.2f} s, "
        f"p90 {quantiles(waits, n=10)[8]:.2f} s, "
        f"worst {max(waits):.2f} s; not arrived {count - len(waits)}; "
        f"twice {sum(len(times) > 1 for times in inbox.at.values())}"
    )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--leads", type=int, default=100)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--url", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if not given.url:
            measure(f"sqlite:///{name}/bench.db", Path(name), given.leads, given.workers)
            return
        with schema(given.url) as url:
            measure(url, Path(name), given.leads, given.workers)


if __name__ == "__main__":
    main()
