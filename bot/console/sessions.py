"""Sessions of signed-in staff: a signed cookie, and a row in the store without which the cookie is worth nothing."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.models import ConsoleSession, ConsoleUser, Unmasking
from bot.console.roles import Permission, permissions_of
from bot.settings import settings
from bot.store import load_keys

COOKIE = "firststep_console"
FORM_COOKIE = "firststep_signin"
"""Ties the sign-in form to the browser that was given it; there is no session yet."""
PATH = "/console"
IDLE = timedelta(minutes=45)
LONGEST = timedelta(hours=10)
UNMASKED_FOR = timedelta(minutes=15)
_TOUCH = timedelta(minutes=1)


@dataclass(frozen=True)
class SignedIn:
    """Who is asking."""

    session_id: str
    csrf: str
    user_id: str
    email: str
    role: str
    permissions: frozenset[Permission]
    seen_at: datetime

    def may(self, permission: Permission | str) -> bool:
        """Whether this role may do that."""
        return permission in self.permissions


def start(session: Session, user: ConsoleUser, now: datetime) -> str:
    """Open a session and give the value of its cookie. Sessions that are over are swept out. The caller commits."""
    session.execute(
        delete(ConsoleSession)
        .where((ConsoleSession.created_at < now - LONGEST) | (ConsoleSession.seen_at < now - IDLE))
        .execution_options(synchronize_session=False)
    )
    token = secrets.token_urlsafe(32)
    session.add(
        ConsoleSession(id=_hash(token), user_id=user.id, csrf=secrets.token_urlsafe(32), created_at=now, seen_at=now)
    )
    return _signer().sign(token).decode()


def find(session: Session, cookie: str | None, now: datetime) -> SignedIn | None:
    """Who this cookie stands for; None when it is forged, over, signed out of, or its account is closed."""
    session_id = _session_id(cookie)
    if session_id is None:
        return None
    row = session.execute(
        select(ConsoleSession, ConsoleUser)
        .join(ConsoleUser, ConsoleUser.id == ConsoleSession.user_id)
        .where(
            ConsoleSession.id == session_id,
            ConsoleSession.created_at > now - LONGEST,
            ConsoleSession.seen_at > now - IDLE,
            ConsoleUser.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    found, user = row
    return SignedIn(found.id, found.csrf, user.id, user.email, user.role, permissions_of(user.role), found.seen_at)


def stale(user: SignedIn, now: datetime) -> bool:
    """Whether `touch` is due: once a minute, so that reading pages hardly ever writes."""
    return user.seen_at < now - _TOUCH


def touch(session: Session, session_id: str, now: datetime) -> None:
    """Note that the session is in use. The caller commits."""
    session.execute(
        update(ConsoleSession)
        .where(ConsoleSession.id == session_id)
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


def end(session: Session, session_id: str) -> None:
    """Sign out: the cookie opens nothing any more, wherever a copy of it may be. The caller commits."""
    session.execute(
        delete(ConsoleSession).where(ConsoleSession.id == session_id).execution_options(synchronize_session=False)
    )


def unmask(session: Session, session_id: str, kind: str, subject: str, now: datetime) -> None:
    """Let this session see one conversation or lead as it is for a while. The caller commits."""
    row = session.execute(
        select(Unmasking).where(
            Unmasking.session_id == session_id, Unmasking.kind == kind, Unmasking.subject_id == subject
        )
    ).scalar_one_or_none()
    if row is None:
        row = Unmasking(session_id=session_id, kind=kind, subject_id=subject)
        session.add(row)
    row.until = now + UNMASKED_FOR


def unmasked_until(session: Session, session_id: str, kind: str, subject: str, now: datetime) -> datetime | None:
    """Until when this session sees it as it is; None: it is masked."""
    until: datetime | None = session.execute(
        select(Unmasking.until).where(
            Unmasking.session_id == session_id,
            Unmasking.kind == kind,
            Unmasking.subject_id == subject,
            Unmasking.until > now,
        )
    ).scalar_one_or_none()
    return until


def set_cookie(response: Response, name: str, value: str, longest: timedelta = LONGEST) -> None:
    """Give the browser a cookie that only the console gets, that scripts cannot read and other sites cannot send."""
    response.set_cookie(
        name,
        value,
        max_age=int(longest.total_seconds()),
        path=PATH,
        secure=settings().base_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, name: str) -> None:
    """Take the cookie back."""
    response.delete_cookie(
        name, path=PATH, secure=settings().base_url.startswith("https://"), httponly=True, samesite="lax"
    )


def _signer() -> TimestampSigner:
    return TimestampSigner(load_keys().token("console-session"), digest_method=hashlib.sha256)


def _session_id(cookie: str | None) -> str | None:
    if not cookie:
        return None
    try:
        return _hash(_signer().unsign(cookie, max_age=int(LONGEST.total_seconds())).decode())
    except BadSignature:
        return None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
