"""What every answer of the front carries: a request id, security headers, one log line and count; no large body.

The log names the endpoint, never the path: conversation ids and signed links are in paths.
"""

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.errors import ApiError, error_response
from bot.front import metrics

log = logging.getLogger("firststep.front")

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Envelope:
    """ASGI middleware around everything."""

    def __init__(self, app: ASGIApp, *, https: bool, max_body: int) -> None:
        self.app = app
        self._max_body = max_body
        self._too_large = f"The request is too large: at most {max_body // 1024} KB."
        self._headers = {**HEADERS, **({"Strict-Transport-Security": "max-age=31536000"} if https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        given = asked.get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                is_page = headers.get("content-type", "").startswith("text/html")
                headers.setdefault("Content-Security-Policy", PAGE_POLICY if is_page else DATA_POLICY)
                self._count(scope, message["status"], time.perf_counter() - started, request_id)
            await send(message)

        length = asked.get("content-length", "0")
        if length.isdigit() and int(length) > self._max_body:
            await error_response(413, "too_large", self._too_large)(scope, receive, send_with_headers)
            return
        taken = 0

        async def receive_within_limit() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._max_body:  # sent in chunks, without a length
                raise ApiError(413, "too_large", self._too_large)
            return message

        try:
            await self.app(scope, receive_within_limit, send_with_headers)
        except Exception:
            log.exception("request %s failed", request_id)
            if begun:
                raise
            sorry = f"Something went wrong on our side. Please try again. If it stays, tell us this: {request_id}"
            await error_response(500, "internal", sorry)(scope, receive, send_with_headers)

    def _count(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        endpoint = getattr(scope.get("endpoint"), "__qualname__", None) or "none"
        method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS") else "other"
        metrics.REQUESTS.labels(method, endpoint, status).inc()
        metrics.SECONDS.labels(endpoint).observe(seconds)
        quiet = endpoint in ("Health.alive", "Health.ready", "Health.metrics")
        log.log(
            logging.DEBUG if quiet else logging.INFO,
            "%s %s %d %.0f ms %s",
            method,
            endpoint,
            status,
            seconds * 1000,
            request_id,
        )
