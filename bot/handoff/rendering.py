"""How the pages behind a signed link are made: no script, nothing kept, nothing told to other sites."""

from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'",
}
LONGEST_BODY = 16_384  # bytes


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("bot.handoff"), autoescape=select_autoescape(), undefined=StrictUndefined, trim_blocks=True
    )


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page from one of this package's templates."""
    return HTMLResponse(_templates().get_template(template).render(**values), status, headers=HEADERS)
