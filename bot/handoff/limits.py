"""How often somebody may ask: each request pages a person, and anybody can type in any number.

The marks behind it hold no detail, only the conversation and the blind index of the number or address, and are deleted
after a day.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.handoff.models import RequestMark

DAY = timedelta(days=1)
NEW_A_CONVERSATION = 3
"""New requests of one conversation in a day."""
NEW_A_NUMBER = 5
"""New requests with one number or e-mail address in a day, from all conversations."""
CHANGES = 10
"""Changes of its request that one conversation may make in a day."""


class LimitReachedError(ValueError):
    """Too many requests or changes in one day."""


def check(session: Session, conversation_id: str, phone_index: str | None, new: bool, now: datetime) -> None:
    """Raise LimitReachedError when one more would be too much."""
    since = RequestMark.at > now - DAY
    mine = _count(session, since, RequestMark.conversation_id == conversation_id, RequestMark.new.is_(new))
    if mine >= (NEW_A_CONVERSATION if new else CHANGES):
        raise LimitReachedError("too many requests of this conversation today")
    if (
        new
        and phone_index
        and _count(session, since, RequestMark.phone_index == phone_index, RequestMark.new.is_(True)) >= NEW_A_NUMBER
    ):
        raise LimitReachedError("too many requests with this number or address today")


def mark(session: Session, conversation_id: str, phone_index: str | None, new: bool, now: datetime) -> None:
    """Remember that it was done."""
    session.add(RequestMark(conversation_id=conversation_id, phone_index=phone_index, new=new, at=now))


def forget_old(session: Session, now: datetime) -> None:
    """Delete marks of more than a day ago."""
    session.execute(delete(RequestMark).where(RequestMark.at <= now - DAY).execution_options(synchronize_session=False))


def _count(session: Session, *where: object) -> int:
    return int(session.execute(select(func.count()).select_from(RequestMark).where(*where)).scalar_one())
