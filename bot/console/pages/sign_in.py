"""Signing in and out."""

import secrets
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console import audit, rendering, sessions, throttle
from bot.console.clock import host, span
from bot.console.roles import Permission
from bot.console.users import by_email, password_fits, refresh_hash
from bot.console.visit import Visit, address_of, fields, foreign, same
from bot.store import Database, utcnow

FORM_LASTS = timedelta(hours=2)
WRONG = "The e-mail address or the password is not right."


class SignIn:
    """The pages before there is a session."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def show(self, request: Request) -> Response:
        """GET login: the form; whoever is signed in goes on."""
        return await run_in_threadpool(self._show, request)

    async def enter(self, request: Request) -> Response:
        """POST login: open a session, or say what is wrong; never whether the account exists."""
        return await run_in_threadpool(self._enter, request, await fields(request))

    def _show(self, request: Request) -> Response:
        with self.database.read() as session:
            if sessions.find(session, request.cookies.get(sessions.COOKIE), utcnow()):
                return RedirectResponse(f"{sessions.PATH}/", 303)
        return self._form(request, next_page=request.query_params.get("next", ""))

    def _enter(self, request: Request, form: dict[str, str]) -> Response:
        email, password = form.get("email", "").strip()[:254], form.get("password", "")
        again = {"email": email, "next_page": form.get("next", "")}
        expected = request.cookies.get(sessions.FORM_COOKIE, "")
        if foreign(request) or not expected or not same(form.get("form_token"), expected):
            return self._form(request, 400, problem="This page was open for too long. Please sign in again.", **again)
        if not email or not password:
            return self._form(request, 400, problem="Enter your e-mail address and your password.", **again)
        address, now = address_of(request), utcnow()
        attempt = throttle.begin(self.database, email, address, now)
        if attempt.wait:
            self._record("login_throttled", email, address)
            response = self._form(
                request,
                429,
                problem=f"Too many tries. Wait {span(timedelta(seconds=attempt.wait + 59))}, then sign in again.",
                **again,
            )
            response.headers["Retry-After"] = str(attempt.wait)
            return response
        with self.database.read() as session:
            user = by_email(session, email)
        if not password_fits(user, password):
            self._record("login_failed", email, address)
            return self._form(request, 401, problem=WRONG, **again)
        cookie = self._open(email, password, address, attempt)
        if cookie is None:
            return self._form(request, 401, problem=WRONG, **again)
        response = RedirectResponse(safe_next(again["next_page"]), 303)
        sessions.set_cookie(response, sessions.COOKIE, cookie)
        sessions.clear_cookie(response, sessions.FORM_COOKIE)
        return response

    def _open(self, email: str, password: str, address: str, attempt: throttle.Attempt) -> str | None:
        now = utcnow()
        with self.database.write() as session:
            user = by_email(session, email)
            if user is None or user.disabled_at:  # closed in the meantime
                return None
            throttle.succeeded(session, attempt)
            refresh_hash(user, password)
            user.last_login_at = now
            audit.record(session, "login", user_id=user.id, email=user.email, role=user.role, address=address)
            return sessions.start(session, user, now)

    def _record(self, action: str, email: str, address: str) -> None:
        """What is typed into the field for the address may be a password: only known accounts are named."""
        with self.database.write() as session:
            user = by_email(session, email)
            known = {"user_id": user.id, "email": user.email, "role": user.role} if user else {}
            audit.record(session, action, address=address, **known)

    def _form(
        self, request: Request, status: int = 200, *, problem: str = "", email: str = "", next_page: str = ""
    ) -> Response:
        with self.database.read() as session:
            whose = host(session)
        token = request.cookies.get(sessions.FORM_COOKIE) or secrets.token_urlsafe(32)
        response = rendering.page(
            "login.html", status, host=whose, problem=problem, email=email, next_page=next_page, form_token=token
        )
        sessions.set_cookie(response, sessions.FORM_COOKIE, token, FORM_LASTS)
        return response


def safe_next(wanted: str) -> str:
    """Where to go after signing in: a page of the console, whatever the address says."""
    inside = wanted.startswith(f"{sessions.PATH}/") and "\\" not in wanted and wanted.isprintable()
    return wanted if inside else f"{sessions.PATH}/"


def home(visit: Visit) -> Response:
    """GET /: the first page that this role may open."""
    for permission, page in (
        (Permission.READ_CONVERSATIONS, "conversations"),
        (Permission.READ_LEADS, "leads"),
        (Permission.READ_AUDIT, "audit"),
    ):
        if visit.user.may(permission):
            return RedirectResponse(f"{sessions.PATH}/{page}", 303)
    return visit.page(
        "error.html", 403, title="Your account has no pages", text="Ask an administrator to give you a role."
    )


def leave(visit: Visit) -> Response:
    """POST logout: end the session in the store, and take the cookie back."""
    visit.record("logout", {})
    with visit.database.write() as session:
        sessions.end(session, visit.user.session_id)
    response = RedirectResponse(f"{sessions.PATH}/login", 303)
    sessions.clear_cookie(response, sessions.COOKIE)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
