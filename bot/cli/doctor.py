"""`firststep doctor`: what is well and what is not, a line each, with what to do."""

import socket
from collections.abc import Callable, Iterator
from typing import Annotated
from urllib.parse import urlsplit

import typer

from bot.addresses import listening_address
from bot.settings import Settings, settings

DIRECTORY_DAYS = 180
"""A listing older than this holds too many numbers that have changed."""
Finding = tuple[str, str, str]
"""How it is ("ok", "note" or "WRONG"), what was looked at, and what was found or is to be done."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(doctor)


def doctor(
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring the store up to date first.")] = False,
) -> None:
    """Check settings, store, program, model, ports and outside services; exit code 1 when something is wrong."""
    config = settings()
    if migrate:
        from bot.cli.opening import open_store

        open_store()
    wrong = False
    for state, what, found in examine(config):
        print(f"{state:<5}  {what:<9} {found}")
        wrong = wrong or state == "WRONG"
    raise typer.Exit(1 if wrong else 0)


def examine(config: Settings) -> Iterator[Finding]:
    """Every finding, in an order in which one would put things right."""
    yield "ok", "settings", "every variable can be used"
    checks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _key,
        _store,
        _directory,
        _balance,
        _model,
        _ports,
        _redis,
        _sms,
        _mail,
    )
    for check in checks:
        try:
            yield from check(config)
        except Exception as error:  # a check that breaks is a finding, not the end of the examination
            lines = str(error).strip().splitlines()
            yield "WRONG", check.__name__.lstrip("_"), lines[0] if lines else type(error).__name__


def _key(config: Settings) -> Iterator[Finding]:
    from bot.store import load_keys

    load_keys()
    where = "FIRSTSTEP_SECRET_KEY" if config.secret_key else str(config.data_dir / "secret.key")
    yield "ok", "key", f"from {where}; keep a copy: without it nothing stored can be read"


def _store(config: Settings) -> Iterator[Finding]:
    from sqlalchemy.exc import SQLAlchemyError

    from bot.cli.errors import OperatorError
    from bot.cli.opening import check_key, reason
    from bot.program.transfer import current_program, has_program
    from bot.store import database
    from bot.store.migrate import is_current

    try:
        store = database()
        migrated = is_current(store)
    except SQLAlchemyError as error:
        yield "WRONG", "store", f"cannot be reached ({reason(error)}); check FIRSTSTEP_DATABASE_URL"
        return
    if not migrated:
        yield "WRONG", "store", "is not up to date; run: firststep doctor --migrate"
        return
    try:
        check_key(store)
    except OperatorError as error:
        yield "WRONG", "store", str(error)
        return
    yield "ok", "store", "SQLite, for one machine" if store.is_sqlite else "reached and up to date"
    with store.read() as session:
        if has_program(session):
            yield "ok", "program", "a program is loaded"
            people = current_program(session).on_call.people
            if people:
                yield "ok", "on call", f"emergencies are told to {', '.join(people)}, in this order"
            else:
                yield "note", "on call", "nobody is named: emergencies go to all professionals (on_call in the program)"
        else:
            yield "WRONG", "program", f"none is loaded; run: firststep program import {config.program_file}"


def _directory(config: Settings) -> Iterator[Finding]:
    from bot.program.directory import age
    from bot.store import database, utcnow
    from bot.store.migrate import is_current

    store = database()
    if not is_current(store):
        return
    with store.read() as session:
        found = age(session, utcnow().date())
        if found is None:
            yield "note", "directory", "none: visitors outside your area get no nearest programs (directory import)"
            return
        listing, days = found
        state = "note" if days > DIRECTORY_DAYS else "ok"
        advice = "; import a newer one" if days > DIRECTORY_DAYS else ""
        yield state, "directory", f"{listing.kept} programs of {listing.source}, {days} days old{advice}"


def _balance(config: Settings) -> Iterator[Finding]:
    from bot.reconciliation import latest
    from bot.reconciliation.run import LATE
    from bot.store import database, utcnow
    from bot.store.migrate import is_current

    store = database()
    if not is_current(store):
        return
    with store.read() as session:
        run = latest(session)
    if run is None:
        yield "note", "balance", "promises and leads were never compared; the worker does it daily: is it running?"
    elif run.found:
        yield "WRONG", "balance", f"{run.found} do not fit; see: firststep leads reconcile"
    elif run.at < utcnow() - LATE:
        yield "WRONG", "balance", f"last compared {run.at:%Y-%m-%d %H:%M} UTC; the worker does it daily: is it running?"
    else:
        yield "ok", "balance", f"{run.promises} promises, {run.leads} leads: everything fits"


def _model(config: Settings) -> Iterator[Finding]:
    from bot.cli.training import model_file, why_train

    why = why_train()
    if why is None:
        yield "ok", "model", f"{model_file()} is up to date"
    else:
        yield "WRONG", "model", f"{why}; run: firststep train"


def _ports(config: Settings) -> Iterator[Finding]:
    addresses = (
        ("front", (config.host, config.port)),
        ("engine", listening_address("FIRSTSTEP_ENGINE_URL", config.engine_url)),
        ("actions", listening_address("FIRSTSTEP_ACTIONS_URL", config.actions_url)),
    )
    for name, address in addresses:
        with socket.socket() as probe:
            probe.settimeout(1)
            answers = probe.connect_ex(address) == 0
        shown = f"{address[0]}:{address[1]}"
        yield "ok", name, f"answers on {shown}" if answers else f"is not running; {shown} is free for it"


def _redis(config: Settings) -> Iterator[Finding]:
    if not config.redis_url:
        yield "note", "redis", "not set: one engine process only (FIRSTSTEP_REDIS_URL)"
        return
    import redis

    try:
        redis.Redis.from_url(config.redis_url, socket_timeout=3).ping()
    except (redis.RedisError, ValueError, OSError) as error:
        yield "WRONG", "redis", f"does not answer ({error}); check FIRSTSTEP_REDIS_URL"
    else:
        yield "ok", "redis", "answers"


def _sms(config: Settings) -> Iterator[Finding]:
    given = {
        "FIRSTSTEP_TWILIO_ACCOUNT_SID": config.twilio_account_sid,
        "FIRSTSTEP_TWILIO_AUTH_TOKEN": config.twilio_auth_token,
        "FIRSTSTEP_SMS_NUMBER": config.sms_number,
    }
    missing = [name for name, value in given.items() if not value]
    if len(missing) == len(given):
        yield "note", "sms", "off: set FIRSTSTEP_TWILIO_ACCOUNT_SID, FIRSTSTEP_TWILIO_AUTH_TOKEN, FIRSTSTEP_SMS_NUMBER"
    elif missing:
        yield "WRONG", "sms", f"set also {', '.join(missing)}"
    elif not config.public_url:
        yield "WRONG", "sms", "set FIRSTSTEP_PUBLIC_URL: Twilio signs the address that it calls"
    else:
        yield "ok", "sms", f"webhook: {config.public_url}/sms/twilio"


def _mail(config: Settings) -> Iterator[Finding]:
    if not config.smtp_url:
        yield "note", "mail", f"kept in {config.data_dir} and sent to nobody: set FIRSTSTEP_SMTP_URL"
        return
    parts = urlsplit(config.smtp_url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        yield "WRONG", "mail", "FIRSTSTEP_SMTP_URL must look like smtp://user:password@host:587"
        return
    try:
        port = parts.port or (465 if parts.scheme == "smtps" else 587)  # as bot.handoff.mail has it
        socket.create_connection((parts.hostname, port), timeout=3).close()
    except (OSError, ValueError) as error:
        yield "WRONG", "mail", f"{parts.hostname} does not answer ({error}); check FIRSTSTEP_SMTP_URL"
    else:
        yield "ok", "mail", f"{parts.hostname} answers"
