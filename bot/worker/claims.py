"""Claims of workers that have died: given back at the next one's start instead of at the lease's end.

A worker's name says where it runs: host, process namespace (containers may share a host's name) and process id. Only a
worker of the same place can tell that another is dead; the claims of all others end with their leases.
"""

import os
import secrets
import socket

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.handoff.models import OutboxItem


def new_name() -> str:
    """A worker's name in this process; never the same twice."""
    return f"{_place()}:{os.getpid()}:{secrets.token_hex(4)}"


def give_back_of_dead(session: Session, me: str) -> int:
    """Free what dead workers of this place had claimed; gives how many items. `me` is the caller's name."""
    names = session.execute(
        select(OutboxItem.claimed_by).where(OutboxItem.state == "pending", OutboxItem.claimed_by.is_not(None))
    ).scalars()
    dead = [name for name in set(names) if name != me and _is_dead(name)]
    if not dead:
        return 0
    freed = session.execute(
        update(OutboxItem)
        .where(OutboxItem.state == "pending", OutboxItem.claimed_by.in_(dead))
        .values(claimed_by=None, claimed_until=None)
        .execution_options(synchronize_session=False)
    )
    return int(freed.rowcount)


def _place() -> str:
    try:
        namespace = os.stat("/proc/self/ns/pid").st_ino
    except OSError:  # no Linux: no containers that share a host's name either
        namespace = 0
    return f"{socket.gethostname()[:40]}:{namespace}"


def _is_dead(name: str) -> bool:
    """Whether a worker of this place has surely ended; a process id that somebody uses again counts as alive."""
    place, _, rest = name.rpartition(":")[0].rpartition(":")
    if place != _place() or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)  # no signal: it only asks whether there is such a process
    except ProcessLookupError:
        return True
    except OSError:  # there is one, of another user
        return False
    return False
