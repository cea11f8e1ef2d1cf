"""A PostgreSQL of one's own, in a folder of its own, that may be crashed without disturbing anybody."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.ports import free_ports


def binaries() -> Path | None:
    """Where this machine keeps PostgreSQL's programs; None when it has none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return places[-1].parent if places else None


class Cluster:
    """One server. It keeps its defaults for durability: what was committed survives a crash."""

    def __init__(self) -> None:
        """Make the cluster's folder; `start` starts the server. Raises RuntimeError where there is no PostgreSQL."""
        found = binaries()
        if found is None:
            raise RuntimeError("PostgreSQL's own programs (initdb, pg_ctl) are not on this machine")
        self.programs = found
        self.folder = Path(tempfile.mkdtemp(prefix="first-step-cluster-"))
        # PostgreSQL refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            owner = pwd.getpwnam(self.user)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        (self.port,) = free_ports(1)
        self.data = self.folder / "data"
        self._run(
            "initdb", "--pgdata", str(self.data), "--username", "postgres", "--auth", "trust", "--encoding", "UTF8"
        )
        self.crashes = 0

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of its one database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server, and wait until it answers; after a crash it recovers first."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c max_connections=200"
        log = str(self.folder / "server.log")
        self._run("pg_ctl", "start", "-w", "-t", "120", "-D", str(self.data), "-l", log, "-o", options)

    def crash(self) -> None:
        """End the server as a loss of power would: nothing is written out, every client loses its connection."""
        self._run("pg_ctl", "stop", "-m", "immediate", "-D", str(self.data))
        self.crashes += 1

    def remove(self) -> None:
        """Stop the server, and delete all that it held."""
        subprocess.run(
            [self.programs / "pg_ctl", "stop", "-m", "immediate", "-D", self.data],
            user=self.user,
            cwd="/",
            capture_output=True,
            check=False,
        )
        for _ in range(20):  # its last processes may still be writing
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                return
            time.sleep(0.25)

    def _run(self, program: str, *arguments: str) -> None:
        # pg_ctl leaves the server running: its output must not be a pipe that we would wait on.
        subprocess.run(
            [self.programs / program, *arguments],
            user=self.user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
