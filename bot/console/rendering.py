"""Turning templates into pages: escaped, without inline scripts, never cached, and with nothing from anywhere else."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.console.sessions import PATH
from bot.settings import settings

FOLDER = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""On everything that the console answers."""


def page(template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """The template as a page. What it needs and `context` lacks is an error, not an empty place."""
    return HTMLResponse(text(template, **context), status)


def text(template: str, **context: Any) -> str:
    """The same as text: for a part of a page."""
    return _environment().get_template(template).render(base=PATH, **{"visit": None, "host": None, **context})


def headers() -> dict[str, str]:
    """The headers of every answer; over https the browser is told to stay there."""
    if settings().base_url.startswith("https://"):
        return {**HEADERS, "Strict-Transport-Security": "max-age=31536000"}
    return HEADERS


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = lambda share: f"{share:.0%}"
    environment.filters["yes_or_no"] = lambda value: ("no", "yes")[value] if isinstance(value, bool) else value
    environment.filters["words"] = lambda name: str(name).replace("_", " ")
    return environment
