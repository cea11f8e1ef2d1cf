"""Child processes of the supervisor: started, their lines told apart, started anew when they die, ended together."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence

BACKOFF = (0.5, 1, 2, 5, 10, 30)
"""Seconds before the first, second, ... new start of a child that keeps dying; the last one stays."""
STEADY = 60.0
"""Seconds after which a child counts as well again."""
GRACE = 8.0
"""Seconds that a child has to end by itself."""
SETTINGS_WRONG = 2
"""Exit code of a child whose settings cannot work: starting it again would not help."""

Say = Callable[[str, str], None]


class SettingsWrong(Exception):
    """A child cannot work with these settings and has said why in the log."""


class Child:
    """One process in a group of its own, and the task that keeps it running."""

    def __init__(self, name: str, arguments: Sequence[str], say: Say, env: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.arguments = arguments
        self.say = say
        self.env = env
        self.process: asyncio.subprocess.Process | None = None

    async def run(self) -> int:
        """Start the process, pass its lines on until it ends, and give its exit code."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.cli.child",
            str(os.getpid()),
            *self.arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal reaches the supervisor only
            env=_environment(self.env),
            limit=2**20,
        )
        assert self.process.stdout is not None
        try:
            while line := await _line(self.process.stdout):
                if text := line.decode(errors="replace").rstrip():
                    self.say(self.name, text)
            return await self.process.wait()
        finally:
            await self.stop()

    async def keep_running(self) -> None:
        """Run for ever, starting anew after each end, later and later. Raises SettingsWrong."""
        attempt = 0
        while True:
            started = time.monotonic()
            code = await self.run()
            if code == SETTINGS_WRONG:
                raise SettingsWrong(self.name)
            attempt = 0 if time.monotonic() - started > STEADY else attempt
            delay = BACKOFF[min(attempt, len(BACKOFF) - 1)]
            attempt += 1
            self.say(self.name, f"ended ({_how(code)}); starting it again in {delay:g} s")
            await asyncio.sleep(delay)

    async def stop(self) -> None:
        """End the process and whatever it started: asked first, then made to."""
        process = self.process
        if process is None:
            return
        if process.returncode is None:
            _signal_group(process.pid, signal.SIGTERM)
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(process.wait(), GRACE)
        _signal_group(process.pid, signal.SIGKILL)
        if process.returncode is None:
            await process.wait()


def _environment(given: Mapping[str, str] | None) -> dict[str, str]:
    """What a child gets: lines at once, bytecode kept, no warnings about the insides of other people's packages."""
    environment = dict(os.environ if given is None else given)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # without bytecode the engine takes three times as long to start
    environment["PYTHONUNBUFFERED"] = "1"
    environment.setdefault("PYTHONWARNINGS", "ignore")
    return environment


async def _line(stream: asyncio.StreamReader) -> bytes:
    """The next line; a line beyond the limit is cut, not fatal."""
    try:
        return await stream.readline()
    except ValueError:
        return b"(a line too long to show)\n"


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
