"""The professional's page behind the signed link: no account, no script, made for a phone.

GET never changes the lead, since mail scanners open links. The token is the secret that a forged form would lack, so
it also protects the POST.
"""

from datetime import datetime
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm.exc import StaleDataError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.handoff import links, professional, visitor_page, waiting_page
from bot.handoff.agreed import NoCopyError, agreements, conversation_of_copy
from bot.handoff.appointment import (
    MEDIA_TYPE,
    NoAppointment,
    appointment_of,
    calendar,
    read_path_token,
    visitor_path,
)
from bot.handoff.hours import day_and_clock
from bot.handoff.joining import links_to
from bot.handoff.links import Link, LinkError
from bot.handoff.models import Lead
from bot.handoff.phrases import ENGLISH, into, phrase
from bot.handoff.professional import DECLINE_REASONS, OUTCOMES, NotYoursError
from bot.handoff.reading import draft_of, lead_history
from bot.handoff.redisclosure import ADVICE, NOTICE
from bot.handoff.rendering import HEADERS, LONGEST_BODY, page
from bot.handoff.states import HELD, IllegalMoveError, State
from bot.handoff.summary import lines
from bot.program.transfer import current_program
from bot.store import Database, utcnow

WAYS = {
    "call": ("You may call.", "Do not call."),
    "voicemail": ("You may leave a voicemail.", "Leave no voicemail."),
    "text": ("You may text.", "Send no text."),
}
"""What the professional reads for a way that is safe, and for one that is not, or not known to be."""
BEFORE_CLAIM = ("best_time", "for_whom", "zip", "language")
"""Details that help to decide, shown before "I have it"; name, contact and the visitor's own words come after it."""
EVENT_WORDS = {
    "new": "Request stored",
    "offered": "Sent to you",
    "reminded": "Reminder sent",
    "overdue": "Time passed without an answer",
    "escalated": "A colleague was asked to step in",
    "ladder_waits": "Waits for the next working time",
    "ladder_ended": "Nobody answered; the visitor was told",
    "contact_reminded": "Reminder to get in touch",
    "contact_overdue": "A supervisor was told",
    "claimed": "You have it",
    "changed": "The visitor changed it",
    "asked_again": "Somebody asked again with this number",
    "corrected": "The visitor changed it",
    "contacted": "Reached",
    "left_message": "Left a message",
    "no_answer": "No answer",
    "scheduled": "Time set",
    "unreachable": "Could not be reached",
    "mail_stopped": "The visitor wants no e-mail",
    "texts_stopped": "The visitor wants no text messages",
    "declined": "Declined",
}


def routes(database: Database) -> list[Route]:
    """The routes under /handoff, to be mounted by the front at the top."""

    async def style(_request: Request) -> Response:
        css = files("bot.handoff").joinpath("static/handoff.css").read_text(encoding="utf-8")
        return Response(css, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})

    async def show(request: Request) -> Response:
        return await run_in_threadpool(_show, database, request.path_params["token"], request.method != "HEAD")

    async def act(request: Request) -> Response:
        token = request.path_params["token"]
        if int(request.headers.get("content-length") or LONGEST_BODY + 1) > LONGEST_BODY:
            return page("message.html", 413, title="That was too long", text="Please shorten your note.")
        form = {name: str(value) for name, value in (await request.form()).items()}
        return await run_in_threadpool(_act, database, token, form)

    async def appointment(request: Request) -> Response:
        return await run_in_threadpool(_appointment, database, request.path_params["token"])

    async def agreed(request: Request) -> Response:
        return await run_in_threadpool(_agreed, database, request.path_params["token"])

    return [
        Route("/handoff/handoff.css", style),
        Route("/handoff/appointment/{token}.ics", appointment, methods=["GET"]),
        Route("/handoff/agreed/{token}", agreed, methods=["GET"]),
        *waiting_page.routes(database),
        *visitor_page.routes(database),
        Route("/handoff/{token}", show, methods=["GET"]),
        Route("/handoff/{token}", act, methods=["POST"]),
    ]


def _refused(error: Exception) -> HTMLResponse:
    if isinstance(error, LinkError) and not error.expired:
        return page("message.html", 404, title="This link does not work", text="Please open it from the e-mail again.")
    return page(
        "message.html",
        410,
        title="This request is not open to you any more",
        text="It was taken back, finished, declined or given to somebody else, or the link is too old. "
        "Please do not act on it. If you think that it is still yours, sign in to the staff console, or ask your "
        "office for a new link.",
    )


def _appointment(database: Database, token: str) -> Response:
    """The calendar file behind the visitor's link, which the professional's page gives too."""
    now = utcnow()
    try:
        lead_id = read_path_token(token)
        with database.read() as session:
            when, sequence = appointment_of(session, lead_id)
            zone = ZoneInfo(current_program(session).provider.time_zone)
    except NoAppointment:
        return page(
            "message.html",
            404,
            title="There is no appointment here",
            text="It was changed or taken back, or the link is not complete. Please look at the latest message.",
        )
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="appointment.ics"'}
    return Response(calendar(lead_id, when, sequence, zone, now), media_type=MEDIA_TYPE, headers=headers)


def _agreed(database: Database, token: str) -> Response:
    """The visitor's copy of what they agreed to, in the exact words."""
    try:
        with database.read() as session:
            found = agreements(session, conversation_of_copy(token))
    except NoCopyError:
        return page(
            "message.html",
            404,
            title="This link does not work",
            text='It is not complete, or too old. Ask the assistant again: "show me what I agreed to".',
        )
    locale = found[0]["locale"] if found else ENGLISH
    told = [{name: into(value, locale) for name, value in one.items()} for one in found]

    def words(key: str, **fields: str) -> str:
        return phrase(f"agreed.{key}", **fields).into(locale)

    return page("agreed.html", language=locale, words=words, agreements=told)


def _show(database: Database, token: str, seen: bool, problem: str = "", status: int = 200) -> Response:
    now = utcnow()
    try:
        link = links.read(token)
        with database.read() as session:
            lead, person, program = professional.lead_of(session, link)
            held, zone = lead.state in HELD, ZoneInfo(program.provider.time_zone)
            draft = draft_of(lead)
            # Who texts with us can be texted, unless they said that it is not safe.
            allowed = draft.safe.allowed | {
                "text": draft.safe.may_text or (lead.channel == "sms" and draft.safe.text is None)
            }
            values = {
                "ref": lead.ref,
                "held": held,
                "state": lead.state,
                "person": person.name,
                "provider": program.provider.name,
                "time_zone": program.provider.time_zone,
                "due": _until(lead.due_at if not held else lead.contact_due_at, lead, zone, now),
                "details": [line for line in lines(draft, ENGLISH) if held or line.field in BEFORE_CLAIM],
                "ways": [{"allowed": ok, "words": WAYS[way][0 if ok else 1]} for way, ok in allowed.items()],
                "safety_said": draft.safe.said,
                "may_call": allowed["call"],
                "may_text": allowed["text"],
                "asked_again": [
                    {"ref": other.ref, "at": day_and_clock(other.at, zone, now), "details": other.details or []}
                    for other in links_to(session, lead.id)
                    if other.professional_id == person.id
                ]
                if held
                else [],
                "notice": NOTICE,
                "advice": ADVICE,
                "contact": (lead.contact, lead.contact_kind) if held else (None, None),
                "history": _history(lead_history(session, lead.id), zone, now),
                "reasons": DECLINE_REASONS,
                "outcomes": OUTCOMES,
                "places": professional.places(program),
                "appointment": day_and_clock(lead.scheduled_for, zone, now)
                if lead.state == State.SCHEDULED and lead.scheduled_for
                else "",
                "calendar": visitor_path(lead.id),
                "try_again": day_and_clock(lead.try_again_at, zone, now) if lead.try_again_at else "",
                "problem": problem,
                "token": token,
            }
        if held and seen:
            with database.write() as session:
                professional.looked_at(session, link, now)
    except (LinkError, NotYoursError) as error:
        return _refused(error)
    return page("request.html", status, **values)


def _until(moment: datetime | None, lead: Lead, zone: ZoneInfo, now: datetime) -> str:
    """Until when something is expected of the professional; empty once they were in touch."""
    return day_and_clock(moment, zone, now) if moment and lead.next_rung_at else ""


def _history(events: list[dict[str, Any]], zone: ZoneInfo, now: datetime) -> list[dict[str, str]]:
    return [
        {
            "at": day_and_clock(datetime.fromisoformat(event["at"]), zone, now),
            "what": EVENT_WORDS[event["kind"]],
            "note": (event["note"] or "") if event["actor"].startswith("professional:") else "",
        }
        for event in events
        if event["kind"] in EVENT_WORDS
    ]


def _act(database: Database, token: str, form: dict[str, str]) -> Response:
    now = utcnow()
    try:
        link = links.read(token)
        with database.write() as session:
            _do(session, link, form, now)
    except (LinkError, NotYoursError) as error:
        return _refused(error)
    except StaleDataError:
        return _show(database, token, True, "Somebody changed this request just now. Please look again.", 409)
    except IllegalMoveError:
        return _show(database, token, True, "This is not possible now. Please look at where the request stands.", 409)
    except ValueError as error:
        return _show(database, token, True, f"Please {error}.", 422)
    if form.get("action") == "decline":
        return page("message.html", title="Thank you", text="The visitor will be told that you cannot take it.")
    return RedirectResponse(f"/handoff/{token}", 303, headers=HEADERS)


def _do(session: Any, link: Link, form: dict[str, str], now: datetime) -> None:
    action = form.get("action")
    if action == "claim":
        professional.claim(session, link, now)
    elif action == "decline":
        professional.decline(session, link, form.get("reason", ""), now)
    elif action == "report":
        _lead, _person, program = professional.lead_of(session, link)
        when = _local_time(form.get("when", ""), ZoneInfo(program.provider.time_zone))
        professional.report(session, link, form.get("outcome", ""), form.get("note"), when, now, form.get("place"))
    else:
        raise ValueError("choose what to do")


def _local_time(text: str, zone: ZoneInfo) -> datetime | None:
    """The time that a form's date-and-time field holds, read in the provider's zone; None when it is empty."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        raise ValueError("give the day and time again") from None
