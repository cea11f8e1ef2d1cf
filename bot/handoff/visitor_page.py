"""The visitor's own page behind the link of a mail: the news, the open question, and the ways to stop.

No name, no way to reach them, no word on what they wrote: whoever reads the mailbox learns that somebody asked for a
call. As on the other pages GET changes nothing, and the token is the secret that a forged form would lack.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.handoff import wording
from bot.handoff.appointment import visitor_path as calendar_path
from bot.handoff.handover import open_question
from bot.handoff.handover_answer import answer_question
from bot.handoff.hours import day_and_clock
from bot.handoff.models import Lead, OutboxItem
from bot.handoff.news_mail import ROOT, NoPageError, lead_of_page, stop_mail
from bot.handoff.notices import mail, post
from bot.handoff.outbox import VISITOR_MESSAGE
from bot.handoff.phrases import LANGUAGES, language, text_of
from bot.handoff.reading import person_of
from bot.handoff.rendering import HEADERS, LONGEST_BODY, page
from bot.handoff.states import State
from bot.handoff.status import status_for
from bot.handoff.withdrawal import withdraw
from bot.program.transfer import current_program
from bot.safety import yes_no
from bot.store import Database, utcnow

MOST_NEWS = 5
DONE = {"stop": "yours.stopped", "not_mine": "yours.not_mine_done", "withdraw": "yours.withdrawn"}
"""What is said after each way to stop: title and text (bot.handoff.phrases)."""


@dataclass(frozen=True)
class News:
    """One message about the request, and when it was written."""

    at: str
    text: str


def routes(database: Database) -> list[Route]:
    """The routes under /handoff/yours."""

    async def show(request: Request) -> Response:
        return await run_in_threadpool(_show, database, request.path_params["token"])

    async def act(request: Request) -> Response:
        if int(request.headers.get("content-length") or LONGEST_BODY + 1) > LONGEST_BODY:
            return page("message.html", 413, title="That was too long", text="Please open the link again.")
        form = {name: str(value) for name, value in (await request.form()).items()}
        return await run_in_threadpool(_act, database, request.path_params["token"], form)

    async def unsubscribe(request: Request) -> Response:
        return await run_in_threadpool(_act, database, request.path_params["token"], {"action": "stop"})

    return [
        Route(f"{ROOT}/{{token}}", show, methods=["GET"]),
        Route(f"{ROOT}/{{token}}", act, methods=["POST"]),
        Route(f"{ROOT}/{{token}}/stop", unsubscribe, methods=["POST"]),
    ]


def _show(database: Database, token: str, problem: str = "", status: int = 200) -> Response:
    now = utcnow()
    try:
        with database.read() as session:
            lead = lead_of_page(session, token)
            program = current_program(session)
            question, locale = open_question(session, lead), language(lead.locale)
            values = {
                "language": locale,
                "words": lambda key: text_of(f"yours.{key}", locale),
                "choices": yes_no(locale),
                "stands": status_for(session, str(lead.conversation_id), now).into(locale).web,
                "news": _news(session, lead, ZoneInfo(program.provider.time_zone), now),
                "question": (question.given or {}).get("away", {}).get("text", "") if question is not None else "",
                "question_id": question.id if question is not None else "",
                "calendar": calendar_path(lead.id) if lead.state == State.SCHEDULED else "",
                "token": token,
                "problem": text_of(f"yours.{problem}", locale) if problem else "",
            }
    except NoPageError:
        return _gone()
    return page("yours.html", status, **values)


def _news(session: Session, lead: Lead, zone: ZoneInfo, now: datetime) -> list[News]:
    """What was said in the visitor's chat about the request, the latest first; questions are shown by themselves."""
    rows = session.execute(
        select(OutboxItem)
        .where(
            OutboxItem.lead_id == lead.id,
            OutboxItem.kind == VISITOR_MESSAGE,
            OutboxItem.idempotency_key.not_like("handover:%"),
        )
        .order_by(OutboxItem.created_at.desc())
    ).scalars()
    own = [row for row in rows if row.payload["conversation_id"] == lead.conversation_id]
    return [
        News(day_and_clock(row.created_at, zone, now).into(lead.locale), row.payload["text"]) for row in own[:MOST_NEWS]
    ]


def _act(database: Database, token: str, form: dict[str, str]) -> Response:
    action, now = form.get("action", ""), utcnow()
    doing = {"stop": _stop, "not_mine": _not_mine, "withdraw": _withdraw, "yes": _answer, "no": _answer}.get(action)
    if doing is None:
        return _show(database, token, "choose", 422)
    try:
        with database.write() as session:
            lead = lead_of_page(session, token, lock=True)
            locale = language(lead.locale)
            doing(session, lead, form, now)
    except NoPageError:
        return _gone()
    except StaleDataError:
        return _show(database, token, "changed", 409)
    if action in DONE:
        title, text = text_of(DONE[action], locale)
        return page("message.html", language=locale, title=title, text=text)
    return RedirectResponse(f"{ROOT}/{token}", 303, headers=HEADERS)


Doing = Callable[[Session, Lead, dict[str, str], datetime], None]


def _stop(session: Session, lead: Lead, _form: dict[str, str], now: datetime) -> None:
    stop_mail(session, lead, now)
    _tell_professional(session, lead, now)


def _not_mine(session: Session, lead: Lead, _form: dict[str, str], now: datetime) -> None:
    stop_mail(session, lead, now, not_theirs=True)
    program = current_program(session)
    post(session, lead, program, lead, wording.wrong_address(program), f"not_mine:{lead.id}:{lead.version}", now)
    _tell_professional(session, lead, now)


def _withdraw(session: Session, lead: Lead, _form: dict[str, str], now: datetime) -> None:
    withdraw(session, str(lead.conversation_id), now)
    program = current_program(session)
    post(session, lead, program, lead, wording.taken_back_by_mail(program), f"withdrawn:{lead.id}:mail", now)


def _answer(session: Session, lead: Lead, form: dict[str, str], now: datetime) -> None:
    """The visitor's yes or no to the question that they saw; another one that has taken its place is not answered."""
    question = open_question(session, lead)
    if question is None or question.id != form.get("question"):
        return
    conversation_id = str(lead.conversation_id)
    said = answer_question(session, conversation_id, form["action"] == "yes", f"page:{question.id}", now, away="web")
    if said is not None:
        post(session, lead, current_program(session), lead, said, f"answered:{question.id}", now)


def _tell_professional(session: Session, lead: Lead, now: datetime) -> None:
    program = current_program(session)
    person = person_of(program, lead.professional_id)
    if person is not None and lead.state != State.NEW:
        mail(session, lead, person, program, "update", f"update:{lead.id}:{lead.version}:mail", now)


def _gone() -> Response:
    """In every language: whose page it was is not known any more."""
    told = [(locale, *text_of("yours.gone", locale)) for locale in LANGUAGES]
    return page("gone.html", 410, told=told)
