"""One request of a signed-in member of staff, and the gate that it passes: signed in, allowed, and from our own form.

A page is a plain function `page(visit) -> Response`; the gate runs it in a thread, since it reads the store.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console import audit, rendering, sessions
from bot.console.clock import Host, host
from bot.console.roles import Permission
from bot.conversations.alerts import open_count
from bot.handoff.outbox import counts
from bot.reconciliation import latest
from bot.store import Database, utcnow

CROSS = ("cross-site", "same-site")


@dataclass(frozen=True)
class Visit:
    """Who asks for what. `form` holds the fields of a POST, each once."""

    database: Database
    user: sessions.SignedIn
    host: Host
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]
    address: str

    def record(
        self, action: str, detail: Mapping[str, Any], kind: str | None = None, subject: str | None = None
    ) -> None:
        """Write down what this member of staff does, in a transaction of its own: before anything is shown."""
        with self.database.write() as session:
            self.record_in(session, action, detail, kind, subject)

    def record_in(
        self,
        session: Session,
        action: str,
        detail: Mapping[str, Any],
        kind: str | None = None,
        subject: str | None = None,
    ) -> None:
        """The same in the transaction of what is done: neither stands without the other."""
        audit.record(
            session,
            action,
            user_id=self.user.user_id,
            email=self.user.email,
            role=self.user.role,
            kind=kind,
            subject=subject,
            address=self.address,
            detail=detail,
        )

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """The template as a page of this visit."""
        with self.database.read() as session:
            alarm = open_count(session) if self.user.may(Permission.READ_CONVERSATIONS) else 0
        return rendering.page(template, status, visit=self, host=self.host, alarm=alarm, **context)

    def given_up(self) -> int:
        """How many messages could not be delivered, for those who may do something about it."""
        if not self.user.may(Permission.RETRY_DELIVERIES):
            return 0
        with self.database.read() as session:
            return counts(session)["dead"]

    def unbalanced(self) -> int:
        """How much did not fit in the last reconciliation, for those who see requests."""
        if not self.user.may(Permission.READ_LEADS):
            return 0
        with self.database.read() as session:
            run = latest(session)
        return int(run.found) if run else 0

    def missing(self, what: str) -> Response:
        """The page that says that this does not exist (any more)."""
        return self.page(
            "error.html",
            404,
            title=f"This {what} is not here",
            text=f"{what.capitalize()}s are erased when the visitor asks for it, or when their time is over.",
        )


Page = Callable[[Visit], Response]


def gate(database: Database, page: Page, permission: Permission | None = None) -> Callable[[Request], Any]:
    """The endpoint that lets only those through to `page` who have the permission (None: whoever is signed in)."""

    async def endpoint(request: Request) -> Response:
        form = await fields(request) if request.method == "POST" else {}
        return await run_in_threadpool(_enter, database, page, permission, request, form)

    return endpoint


async def fields(request: Request) -> dict[str, str]:
    """The text fields of a posted form; files and repeated fields are left out."""
    async with request.form(max_files=0, max_fields=20) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def address_of(request: Request) -> str:
    """The network address that the request came from, as the server knows it."""
    return request.client.host if request.client else "unknown"


def foreign(request: Request) -> bool:
    """Whether a browser says that another site made it send this request."""
    return request.headers.get("sec-fetch-site", "") in CROSS


def _enter(
    database: Database, page: Page, permission: Permission | None, request: Request, form: dict[str, str]
) -> Response:
    now = utcnow()
    with database.read() as session:
        user = sessions.find(session, request.cookies.get(sessions.COOKIE), now)
        whose = host(session)
    if user is None:
        return _to_sign_in(request)
    visit = Visit(database, user, whose, request.path_params, dict(request.query_params), form, address_of(request))
    if request.method == "POST" and (foreign(request) or not same(form.get("csrf"), user.csrf)):
        return visit.page(
            "error.html",
            403,
            title="This form is out of date",
            text="Nothing was changed. Go back, load the page again, and send the form once more.",
        )
    if permission is not None and not user.may(permission):
        visit.record("denied", {"permission": permission.value}, subject=request.url.path[-64:])
        return visit.page(
            "error.html",
            403,
            title="Your account may not open this page",
            text="Ask an administrator if you need it for your work.",
        )
    if sessions.stale(user, now):
        with database.write() as session:
            sessions.touch(session, user.session_id, now)
    return page(visit)


def same(given: str | None, expected: str) -> bool:
    """Whether a form's secret is the expected one, compared in constant time."""
    return hmac.compare_digest((given or "").encode(), expected.encode())


def _to_sign_in(request: Request) -> Response:
    target = f"{sessions.PATH}/login"
    if request.method == "GET":
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target += f"?next={quote(wanted)}"
    return RedirectResponse(target, 303)
