"""Slowing down whoever guesses passwords, by account and by network address, stored so that a restart forgets nothing.

An attempt is committed before the password is looked at, so that many at once cannot slip through together. One that
is refused is not kept: waiting for the time that was told is enough.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.console.models import LoginAttempt
from bot.store import Database, load_keys

WINDOW = timedelta(minutes=15)
PER_ACCOUNT_AND_ADDRESS = 5
PER_ACCOUNT = 25
"""Higher than the limit above, so that a stranger elsewhere cannot easily lock an account's owner out."""
PER_ADDRESS = 40


@dataclass(frozen=True)
class Attempt:
    """An attempt that may go on when `wait` (seconds) is 0."""

    id: int
    account: str
    address: str
    wait: int


def begin(database: Database, email: str, address: str, now: datetime) -> Attempt:
    """Count an attempt to sign in, and say how long to wait first, if at all."""
    account, network = _account(email), _network(address)
    with database.write() as session:
        session.execute(
            delete(LoginAttempt).where(LoginAttempt.at < now - 2 * WINDOW).execution_options(synchronize_session=False)
        )
        row = LoginAttempt(account_index=account, address_index=network, at=now)
        session.add(row)
        session.flush()
        attempt_id = row.id
    with database.write() as session:
        wait = _wait(session, account, network, now)
        if wait:
            session.execute(
                delete(LoginAttempt).where(LoginAttempt.id == attempt_id).execution_options(synchronize_session=False)
            )
    return Attempt(attempt_id, account, network, wait)


def succeeded(session: Session, attempt: Attempt) -> None:
    """Forget what this account failed at from this address; the caller commits."""
    session.execute(
        delete(LoginAttempt)
        .where(LoginAttempt.account_index == attempt.account, LoginAttempt.address_index == attempt.address)
        .execution_options(synchronize_session=False)
    )


def _wait(session: Session, account: str, network: str, now: datetime) -> int:
    since = LoginAttempt.at > now - WINDOW
    same_account, same_address = LoginAttempt.account_index == account, LoginAttempt.address_index == network
    longest = 0
    for limit, conditions in (
        (PER_ACCOUNT_AND_ADDRESS, (same_account, same_address)),
        (PER_ACCOUNT, (same_account,)),
        (PER_ADDRESS, (same_address,)),
    ):
        count, oldest = session.execute(select(func.count(), func.min(LoginAttempt.at)).where(since, *conditions)).one()
        if count > limit:
            longest = max(longest, ceil((oldest + WINDOW - now).total_seconds()), 1)
    return longest


def _account(email: str) -> str:
    return load_keys().blind_index(f"console-account:{email.strip().lower()}")


def _network(address: str) -> str:
    """An IPv6 address counts with its /64, which one customer has whole."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return load_keys().blind_index(f"console-address:{address}")
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        address = str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False))
    return load_keys().blind_index(f"console-address:{address}")
