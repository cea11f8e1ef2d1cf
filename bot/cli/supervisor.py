"""`firststep serve`: the four processes in the foreground, one log; the front first, since it keeps what comes in."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections import deque
from typing import Any

import httpx

from bot.addresses import listening_address
from bot.cli import training
from bot.cli.children import Child, SettingsWrong
from bot.cli.errors import OperatorError
from bot.settings import Settings, settings

COLOURS = {"serve": 36, "front": 32, "engine": 35, "actions": 33, "worker": 34, "train": 35}
POLL = 0.5
TWICE = 1.0
"""Seconds within which a second signal is the same Ctrl-C."""


def say(name: str, text: str) -> None:
    """Write one line of the common log: who, then what."""
    label = f"{name:<7} |"
    if sys.stdout.isatty():
        label = f"\033[{COLOURS.get(name, 37)}m{label}\033[0m"
    print(label, text, flush=True)


def check_ports(config: Settings) -> None:
    """Raise OperatorError when an address that we need is taken or cannot be listened on."""
    wanted = (
        ("the front", "FIRSTSTEP_PORT", (config.host, config.port)),
        ("the engine", "FIRSTSTEP_ENGINE_URL", listening_address("FIRSTSTEP_ENGINE_URL", config.engine_url)),
        ("the actions", "FIRSTSTEP_ACTIONS_URL", listening_address("FIRSTSTEP_ACTIONS_URL", config.actions_url)),
    )
    for who, variable, (host, port) in wanted:
        try:
            family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            raise OperatorError(
                f"port {port} on {host}, which {who} needs, cannot be used ({error.strerror}): "
                f"end the program that holds it, or set {variable} to another"
            ) from None


def prepare_store(config: Settings) -> None:
    """Bring the store up to date, and load the example program when it holds none. Raises OperatorError."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.cli.opening import check_key
    from bot.program.load import ProfileError
    from bot.program.transfer import has_program, import_file
    from bot.store import database, load_keys
    from bot.store.migrate import upgrade

    load_keys()
    try:
        store = database()
        if upgrade(store):
            say("serve", "the store is up to date now")
        check_key(store)
        with store.read() as session:
            loaded = has_program(session)
        if not loaded:
            import_file(store, config.program_file)
            say("serve", f"loaded the program of {config.program_file}; change it with: firststep program import FILE")
    except ProfileError as error:
        raise OperatorError(str(error)) from None
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise OperatorError(f"the store cannot be opened ({reason}); check FIRSTSTEP_DATABASE_URL") from None


def has_console_user() -> bool:
    """Whether anybody can log in to the console."""
    from sqlalchemy import column, select

    from bot.console.models import ConsoleUser
    from bot.store import database

    with database().read() as session:
        return session.execute(select(ConsoleUser.id).where(column("disabled_at").is_(None))).first() is not None


async def make_model() -> None:
    """Train when there is no fresh model. A failed training keeps an older model. Raises OperatorError."""
    why = training.why_train()
    if why is None:
        return
    say("serve", f"training the model ({why}): {training.ABOUT}; visitors are already taken in meanwhile")
    started = time.monotonic()
    made_from = training.inputs_hash()
    kept: deque[str] = deque(maxlen=60)

    def progress(name: str, text: str) -> None:
        """Rasa says a great deal: show its steps, and keep the rest for the case that it fails."""
        kept.append(text)
        if "train component" in text:
            say(name, text.partition(" - ")[2] or text)

    with training.new_folder() as folder:
        child = Child("train", training.train_command(folder), progress, training.training_environment())
        code = await child.run()
        if code != 0:
            for line in kept:
                say("train", line)
        if code == 0:
            training.adopt(folder, made_from)
            say("serve", f"the model is trained ({time.monotonic() - started:.0f} s)")
        elif training.model_file().is_file():
            say("serve", "the training failed; the model that was there before is used")
        else:
            raise OperatorError("the training failed, and there is no model; the lines above say why")


async def tell_when_ready(config: Settings) -> None:
    """Say the address once the front reports that store and engine are ready, and the actions answer."""
    host = "127.0.0.1" if config.host in ("0.0.0.0", "::") else config.host  # noqa: S104  (comparing, not binding)
    wanted = (f"http://{host}:{config.port}/readyz", f"{config.actions_url}/health")
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if all([(await client.get(url)).status_code == 200 for url in wanted]):
                    break
            await asyncio.sleep(POLL)
    say("serve", f"ready: open {config.base_url}")
    if not await asyncio.to_thread(has_console_user):
        say(
            "serve",
            f"staff console: {config.base_url}/console; make its first user with: "
            "uv run firststep users add you@example.org",
        )
    say("serve", "Ctrl-C ends everything")


async def _everything(config: Settings) -> None:
    """Run until cancelled, or until something makes going on pointless."""
    command = ["bot.engine", "--model", str(training.model_file())]
    engine = Child("engine", command, say, training.ENGINE | os.environ)
    at_once = [
        Child("front", ["bot.cli", "front"], say),
        Child("actions", ["actions"], say),
        Child("worker", ["bot.cli", "worker"], say),
    ]

    async def model_then_engine() -> None:
        await make_model()
        say("serve", "the engine is loading its model: some seconds")
        await engine.keep_running()

    async with asyncio.TaskGroup() as group:
        for child in at_once:
            group.create_task(child.keep_running())
        group.create_task(model_then_engine())
        group.create_task(tell_when_ready(config))


async def _until_signal(config: Settings) -> None:
    loop = asyncio.get_running_loop()
    task: asyncio.Task[Any] = asyncio.ensure_future(_everything(config))

    asked: list[float] = []

    def end() -> None:
        now = time.monotonic()
        if not asked:
            say("serve", "ending all processes; again to end them at once")
        elif now - asked[0] < TWICE:  # make and uv may pass on the Ctrl-C that we have already got
            return
        asked.append(now)
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def serve() -> None:
    """Run the whole product until a signal comes. Raises OperatorError or SettingsError."""
    config = settings()
    training.inputs_hash()  # is this the project's folder?
    check_ports(config)
    prepare_store(config)
    try:
        asyncio.run(_until_signal(config))
    except BaseExceptionGroup as group:
        raise _one_reason(group) from None
    say("serve", "all processes have ended")


def _one_reason(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What to tell the operator of all that went wrong at once."""
    unsettled, others = group.split(SettingsWrong)
    if unsettled is not None:
        names = ", ".join(sorted({str(error) for error in unsettled.exceptions}))
        return OperatorError(f"cannot work with these settings: {names}; the lines above say why")
    told, rest = others.split(OperatorError) if others else (None, None)
    if told is not None:
        return OperatorError(str(told.exceptions[0]))
    return rest or group
