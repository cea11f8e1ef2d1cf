"""The console as an ASGI app of its own under /console, so that its errors and headers are its own too."""

import logging
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.console import rendering, sessions
from bot.console.pages import (
    alerts,
    audit,
    conversations,
    corrections,
    deliveries,
    figures,
    leads,
    news,
    sign_in,
    takeover,
)
from bot.console.roles import Permission
from bot.console.visit import Page, gate
from bot.store import Database

log = logging.getLogger("firststep.console")

ERRORS = {
    400: ("This request could not be read", "Go back, load the page again, and try once more."),
    404: ("There is no such page", "The address may be old or mistyped."),
    405: ("This page does not take that", "Go back and use the form on the page."),
    413: ("That was too much at once", "Shorten what you wrote, and send it again."),
}


def routes(database: Database) -> list[BaseRoute]:
    """What the front adds to its own routes: everything under /console. The tables must exist."""
    return [Mount(sessions.PATH, app=_app(database))]


def _app(database: Database) -> Starlette:
    entry = sign_in.SignIn(database)
    return Starlette(
        routes=[
            Mount("/static", app=StaticFiles(directory=rendering.FOLDER / "static")),
            Route("/login", _named(entry.show, "show_sign_in"), methods=["GET"]),
            Route("/login", _named(entry.enter, "sign_in"), methods=["POST"]),
            _page(database, "/", sign_in.home),
            _page(database, "/logout", sign_in.leave, method="POST"),
            _page(database, "/conversations", conversations.index, Permission.READ_CONVERSATIONS),
            _page(database, "/conversations/{id}", conversations.transcript, Permission.READ_CONVERSATIONS),
            _page(
                database,
                "/conversations/{id}/unmask",
                conversations.unmask,
                Permission.UNMASK_CONVERSATIONS,
                method="POST",
            ),
            _page(database, "/conversations/{id}/takeover", takeover.begin, Permission.TAKE_OVER, method="POST"),
            _page(database, "/conversations/{id}/messages", takeover.write, Permission.TAKE_OVER, method="POST"),
            _page(database, "/conversations/{id}/handback", takeover.hand_back, Permission.TAKE_OVER, method="POST"),
            Route("/conversations/{id}/live", _named(takeover.live(database), "live"), methods=["GET"]),
            _page(
                database,
                "/conversations/{id}/messages/{message}/topic",
                corrections.propose,
                Permission.CORRECT_TOPICS,
                method="POST",
            ),
            _page(database, "/corrections", corrections.index, Permission.CORRECT_TOPICS),
            _page(database, "/corrections/{id}/approve", corrections.approve, Permission.CORRECT_TOPICS, method="POST"),
            _page(database, "/corrections/{id}/reject", corrections.reject, Permission.CORRECT_TOPICS, method="POST"),
            _page(database, "/alerts", alerts.index, Permission.READ_CONVERSATIONS),
            _page(
                database, "/alerts/{id}/acknowledge", alerts.acknowledge, Permission.READ_CONVERSATIONS, method="POST"
            ),
            _page(database, "/leads", leads.index, Permission.READ_LEADS),
            _page(database, "/leads/{id}", leads.show, Permission.READ_LEADS),
            _page(database, "/leads/{id}/unmask", leads.unmask, Permission.UNMASK_LEADS, method="POST"),
            _page(database, "/leads/{id}/withdraw", leads.take_back, Permission.UNMASK_LEADS, method="POST"),
            _page(database, "/figures", figures.index, Permission.READ_LEADS),
            _page(database, "/deliveries", deliveries.index, Permission.RETRY_DELIVERIES),
            _page(
                database,
                "/deliveries/{id}/retry",
                deliveries.again,
                Permission.RETRY_DELIVERIES,
                method="POST",
            ),
            Route("/news", _named(news.endpoint(database), "news"), methods=["GET"]),
            _page(database, "/audit", audit.index, Permission.READ_AUDIT),
        ],
        middleware=[Middleware(Headers)],
        exception_handlers={HTTPException: _refused, Exception: _crashed},
    )


class Headers:
    """ASGI middleware: the console's headers on every answer; nothing but the style sheet may be kept."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        static = scope["path"].startswith(f"{sessions.PATH}/static/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in rendering.headers().items():
                    headers[name] = value
                headers["Cache-Control"] = "no-cache" if static else "no-store"
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _page(
    database: Database, path: str, page: Page, permission: Permission | None = None, *, method: str = "GET"
) -> Route:
    return Route(path, _named(gate(database, page, permission), _name(page)), methods=[method])


def _name(page: Page) -> str:
    return f"{page.__module__.rpartition('.')[2]}.{page.__name__}"


def _named(endpoint: Callable, name: str) -> Callable:
    """An endpoint whose name says in logs and counts which page it is."""

    async def named(request: Request) -> Response:
        response: Response = await endpoint(request)
        return response

    named.__qualname__ = f"console.{name}"
    return named


async def _refused(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    title, text = ERRORS.get(status, ("That did not work", "Go back and try again."))
    return rendering.page("error.html", status, title=title, text=text)


async def _crashed(_request: Request, _error: Exception) -> Response:
    return rendering.page(
        "error.html",
        500,
        title="Something went wrong on our side",
        text="Please try again in a moment. If it stays, tell whoever runs this server the time at which it happened.",
    )
