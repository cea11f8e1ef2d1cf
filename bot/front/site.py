"""The example provider's page at / with the widget on it, and the widget's own files."""

import asyncio
import gzip
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.channels.host import NotReady
from bot.front.provider import ProgramReader, spoken
from bot.program.profile import Profile
from bot.program.times import Range
from bot.program.vocabulary import DAY_NAMES, DAYS, FORMAT_NAMES
from bot.safety import resources
from bot.widget import SCRIPT, STYLE

PAGES = Path(__file__).with_name("pages")


class Asset:
    """One file, sent compressed when the browser takes it, and not at all when it has it."""

    def __init__(
        self, path: Path, media_type: str, *, anywhere: bool = False, filled: Mapping[str, str] | None = None
    ) -> None:
        text = path.read_text(encoding="utf-8")
        for name, value in (filled or {}).items():
            text = text.replace(f"{{{name}}}", value)
        self._plain = text.encode()
        self._packed = gzip.compress(self._plain, 9)
        self._etag = f'"{hashlib.sha256(self._plain).hexdigest()[:20]}"'
        self._media_type = media_type
        self._anywhere = anywhere

    @property
    def text(self) -> str:
        """What is sent, uncompressed."""
        return self._plain.decode()

    async def __call__(self, request: Request) -> Response:
        """GET the file."""
        headers = {"ETag": self._etag, "Cache-Control": "public, max-age=300", "Vary": "Accept-Encoding"}
        if self._anywhere:
            headers |= {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        if self._etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self._packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=self._media_type)
        return Response(self._plain, headers=headers, media_type=self._media_type)


class Site:
    """The page and its files."""

    def __init__(self, program: ProgramReader) -> None:
        self._program = program
        templates = Environment(loader=FileSystemLoader(PAGES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._page = templates.get_template("example.html")
        self._safety = templates.get_template("safety.html")

    def routes(self) -> list[Route]:
        """Routes at the top."""
        return [
            Route("/", self.page, methods=["GET"]),
            Route("/safety", self.safety, methods=["GET"]),
            Route("/widget.js", _endpoint(widget_script()), methods=["GET"]),
            Route("/widget.css", _endpoint(Asset(STYLE, "text/css", anywhere=True)), methods=["GET"]),
            Route("/example.css", _endpoint(Asset(PAGES / "example.css", "text/css")), methods=["GET"]),
        ]

    async def page(self, _request: Request) -> Response:
        """GET /: the example page, made from the program in the store."""
        return HTMLResponse(await asyncio.to_thread(self._render, self._page))

    async def safety(self, _request: Request) -> Response:
        """GET /safety: what the assistant does in a crisis, with every number and the day it was checked."""
        return HTMLResponse(await asyncio.to_thread(self._render, self._safety))

    def _render(self, template: Template) -> str:
        try:
            profile: Profile | None = self._program.profile()
        except NotReady:
            profile = None
        return template.render(program=_shown(profile) if profile else None, help=resources())


def widget_script() -> Asset:
    """The widget with the numbers of the one table, which it shows when it cannot reach us."""
    table = resources()
    numbers = {name: table[name].call or "" for name in ("emergency", "lifeline")}
    return Asset(SCRIPT, "text/javascript", anywhere=True, filled=numbers)


def _endpoint(asset: Asset) -> Any:
    async def file(request: Request) -> Response:
        return await asset(request)

    return file


def _shown(profile: Profile) -> dict[str, Any]:
    provider = profile.provider
    places = {place.id: place for place in profile.locations}
    return {
        "name": provider.name,
        "phone": provider.phone,
        "spoken": spoken(provider.phone),
        "sms": provider.sms_number,
        "sms_spoken": spoken(provider.sms_number) if provider.sms_number else "",
        "licence": provider.licence,
        "who_pays": provider.who_pays,
        "places": profile.locations,
        "tracks": [
            {
                "name": track.name,
                "where": places[track.location].city if track.location else "From home",
                "format": FORMAT_NAMES[track.format],
                "times": _times(track.sessions.items()),
                "hours": f"{track.hours_per_week:g}",
                "weeks": str(track.weeks_min)
                if track.weeks_min == track.weeks_max
                else f"{track.weeks_min} to {track.weeks_max}",
            }
            for track in profile.tracks
        ],
    }


def _times(sessions: Iterable[tuple[str, list[Range]]]) -> list[tuple[str, str]]:
    """Days that share their hours in one line, in the order of the week: ("Monday, Tuesday", "6 to 9 pm")."""
    by_hours: dict[str, list[str]] = {}
    for day, stretches in sorted(sessions, key=lambda item: DAYS.index(item[0])):  # type: ignore[arg-type]
        hours = ", ".join(f"{_clock(stretch.start)} to {_clock(stretch.end)}" for stretch in stretches)
        by_hours.setdefault(hours, []).append(DAY_NAMES[day])
    return [(", ".join(days), hours) for hours, days in by_hours.items()]


def _clock(minute: int) -> str:
    hour, rest = divmod(minute % (24 * 60), 60)
    return f"{(hour - 1) % 12 + 1}{f':{rest:02}' if rest else ''} {'am' if hour < 12 else 'pm'}"
