"""The page of a colleague who was told that a request waits: "I can take it". It knows nothing of the visitor.

As on the professional's own page, GET changes nothing, and the token is the secret that a forged form would lack.
"""

from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handoff import handover, links
from bot.handoff.handover import Answer
from bot.handoff.hours import day_and_clock
from bot.handoff.links import LinkError
from bot.handoff.rendering import LONGEST_BODY, page
from bot.store import Database, utcnow

WORDS = {
    Answer.ASKED: (
        "Thank you",
        "The person who wrote is being asked now. As soon as they say yes, the request is yours and you get a message "
        "with its link. If they say no, or somebody else takes it, you get a message too.",
    ),
    Answer.WHEN_THEY_WRITE: (
        "Thank you",
        "The person who wrote said that texts to them are not safe, so nobody may ask them now. They are asked as soon "
        "as they write again. If they say yes, the request is yours and you get a message with its link.",
    ),
    Answer.SOMEBODY_ELSE: (
        "Somebody was faster",
        "The person who wrote is being asked about a colleague of yours. If nothing comes of it, open this link again.",
    ),
    Answer.NOT_NEEDED: (
        "This request needs nobody else",
        "It was taken or taken back, or the person who wrote would rather not change. Thank you.",
    ),
}


def routes(database: Database) -> list[Route]:
    """The routes under /handoff/waiting."""

    async def show(request: Request) -> Response:
        return await run_in_threadpool(_show, database, request.path_params["token"])

    async def act(request: Request) -> Response:
        if int(request.headers.get("content-length") or LONGEST_BODY + 1) > LONGEST_BODY:
            return page("message.html", 413, title="That was too long", text="Please open the link again.")
        return await run_in_threadpool(_act, database, request.path_params["token"])

    return [
        Route("/handoff/waiting/{token}", show, methods=["GET"]),
        Route("/handoff/waiting/{token}", act, methods=["POST"]),
    ]


def _show(database: Database, token: str) -> Response:
    now = utcnow()
    try:
        with database.read() as session:
            found = handover.waiting(session, links.read_waiting(token))
    except LinkError as error:
        return _refused(error)
    if found is None:
        return _told(Answer.NOT_NEEDED, 410)
    zone = ZoneInfo(found.time_zone)
    return page("waiting.html", token=token, found=found, since=day_and_clock(found.since, zone, now))


def _act(database: Database, token: str) -> Response:
    try:
        link = links.read_waiting(token)
        with database.write() as session:
            answer = handover.volunteer(session, link, utcnow())
    except LinkError as error:
        return _refused(error)
    return _told(answer, 410 if answer is Answer.NOT_NEEDED else 200)


def _told(answer: Answer, status: int) -> Response:
    title, text = WORDS[answer]
    return page("message.html", status, title=title, text=text)


def _refused(error: LinkError) -> Response:
    if error.expired:
        return _told(Answer.NOT_NEEDED, 410)
    return page("message.html", 404, title="This link does not work", text="Please open it from the message again.")
