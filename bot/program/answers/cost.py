"""What it costs: prices with their unit, or the arithmetic for a course with the visitor's own numbers."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from bot.program.answers import insurance, plans
from bot.program.answers import tracks as t
from bot.program.answers.arithmetic import ZERO, Course, Share, share
from bot.program.answers.base import NOT_A_QUOTE, Answer, capital, checked, compose, dollars, percent
from bot.program.models import PriceRow, PriceTrackRow
from bot.program.times import joined
from bot.program.vocabulary import LEVEL_NAMES
from bot.program.wishes import Wishes

NEXT = "If you have insurance, ask us for a free benefits check."
NEXT_SUM = "Ask the plan, or ask us for a free benefits check."
RARELY = "People rarely pay the list price."
ESTIMATE = "Without insurance, you can ask for a written good-faith estimate."
UNIT_PREFERENCE = ("session", "day", "week", "course")


def answer(session: Session, wishes: Wishes, now: datetime) -> Answer | None:
    """Prices, or the arithmetic when the wishes hold weeks, coinsurance, deductible or copay; None without prices."""
    if not session.execute(select(PriceRow.id)).first():
        return None
    other = t.other_level(session, wishes)
    if other:
        offered = joined(LEVEL_NAMES[level] for level in t.offered_levels(session))
        lead = f"We do not offer {other}, so I have no price for it. Our prices are for {offered}."
        return compose(lead, sms=[lead], next_step="FindTreatment.gov lists programs of every kind.", found=False)
    numbers = (wishes.duration_weeks, wishes.coinsurance_percent, wishes.deductible_left, wishes.copay)
    if any(number is not None for number in numbers):
        track, price = _track_and_price(session, wishes)
        if track is not None:
            return _course(session, wishes, track, price)
    if plans.insurer_of(wishes):
        return insurance.answer(session, wishes, now)
    return _prices(session, wishes)


def _prices_for(session: Session, track_id: str) -> list[Any]:
    """Prices that hold for a track, the clearest unit first."""
    mine = select(PriceTrackRow.id).where(PriceTrackRow.price_id == PriceRow.id)
    applies = or_(~mine.exists(), mine.where(PriceTrackRow.track_id == track_id).exists())
    query = select(PriceRow).where(applies, PriceRow.unit.in_(UNIT_PREFERENCE)).order_by(PriceRow.position)
    rows = list(session.execute(query.options(selectinload(PriceRow.tracks))).scalars())
    return sorted(rows, key=lambda row: UNIT_PREFERENCE.index(row.unit))


def _track_and_price(session: Session, wishes: Wishes) -> tuple[Any, Any]:
    """The first track that fits the wishes and has a price, else the first of the asked level that has one."""
    rows = [*t.fitting_tracks(session, wishes), *t.all_tracks(session)]
    wanted = wishes.level_of_care or "iop"
    for row in sorted(rows, key=lambda item: item.level != wanted):
        prices = _prices_for(session, row.id)
        if prices:
            return row, prices[0]
    return None, None


def _times_a_week(session: Session, track: Any, unit: str) -> int:
    """How often a week the unit is paid: a day with two stretches is one session and one day."""
    return t.days_per_week(session)[track.id] if unit in ("session", "day") else 1


def _course_of(session: Session, track: Any, price: Any, weeks: int) -> Course:
    # A price for the whole course is paid once, however long it takes.
    return Course(_times_a_week(session, track, price.unit), 1 if price.unit == "course" else weeks, price.cash_price)


def _sum_text(course: Course, unit: str) -> str:
    """The multiplication, written out: "3 sessions a week x 8 weeks x $185 = $4,440"."""
    if unit == "course":
        return f"the whole course = {dollars(course.total)}"
    weeks = f"{course.weeks} week{'' if course.weeks == 1 else 's'}"
    often = "" if unit == "week" else f"{course.times} {unit}{'' if course.times == 1 else 's'} a week x "
    return f"{often}{weeks} x {dollars(course.price)} = {dollars(course.total)}"


def _course(session: Session, wishes: Wishes, track: Any, price: Any) -> Answer:
    weeks = wishes.duration_weeks or track.weeks_min
    course = _course_of(session, track, price, weeks)
    source = checked("our price list", price.checked)
    assumed = [] if wishes.duration_weeks or price.unit == "course" else [f"I counted {weeks} weeks, our shortest."]
    if wishes.duration_weeks and not track.weeks_min <= weeks <= track.weeks_max:
        assumed.append(f"This track usually lasts {t.weeks(track)}.")
    total_line = f"Total: {_sum_text(course, price.unit)}."
    insured = (wishes.coinsurance_percent, wishes.deductible_left, wishes.copay)
    if all(number is None for number in insured):
        return compose(
            f"This is the cash price for {track.name}:",
            [total_line],
            sms=[f"{track.name}: {capital(_sum_text(course, price.unit))}, cash price.", NOT_A_QUOTE, source],
            notes=[*assumed, NOT_A_QUOTE, ESTIMATE, source],
            next_step="With insurance, tell me your deductible and your share in percent.",
        )
    paid = share(
        course,
        wishes.deductible_left or ZERO,
        wishes.coinsurance_percent,
        wishes.copay,
        wishes.out_of_pocket_max,
    )
    assumed += _assumptions(wishes)
    short = [
        f"{capital(_sum_text(course, price.unit))}. You: {_steps_short(paid, wishes)}.",
        f"Arithmetic with our cash price ({price.checked.isoformat()}), not a quote or a promise.",
        *assumed,
    ]
    return compose(
        f"Here is the math for {track.name}. I used our cash price, since I do not know the price that your plan has "
        "with us.",
        [total_line, *_steps(paid, wishes)],
        sms=short,
        notes=[*assumed, NOT_A_QUOTE, *_plan_notes(session, wishes), source],
        next_step=NEXT_SUM,
    )


def _plan_notes(session: Session, wishes: Wishes) -> list[str]:
    """What the plan list adds to the arithmetic: our row for the plan, if one was named."""
    pays = "It counts only if the plan pays for IOP here."
    insurer = plans.insurer_of(wishes)
    if insurer is None:
        return [pays]
    row = plans.row_for(session, insurer, wishes.plan_type)
    name = plans.insurer_name(session, insurer)
    return [pays, plans.network_text(row) if row is not None else f"I am not sure about your {name} plan."]


def _steps(paid: Share, wishes: Wishes) -> list[str]:
    """The lines after the total: deductible, share, sum, cap."""
    lines = []
    if wishes.deductible_left is not None:
        left = f"{dollars(paid.total)} - {dollars(paid.deductible)} = {dollars(paid.rest)}"
        lines.append(f"Deductible first: {dollars(paid.deductible)}. Then {left} is left.")
    parts = [paid.deductible] if wishes.deductible_left is not None else []
    if wishes.coinsurance_percent is not None:
        rate = percent(wishes.coinsurance_percent)
        lines.append(f"Your {rate} share: {rate} x {dollars(paid.rest)} = {dollars(paid.coinsurance)}.")
        parts.append(paid.coinsurance)
    elif wishes.copay is not None:
        capped = " at most" if paid.copays < wishes.copay * paid.copay_units else ""
        lines.append(f"Copays: {paid.copay_units} x {dollars(wishes.copay)} ={capped} {dollars(paid.copays)}.")
        parts.append(paid.copays)
    told = " + ".join(dollars(part) for part in parts)
    equals = f"{told} = {dollars(paid.before_cap)}" if len(parts) > 1 else dollars(paid.before_cap)
    if wishes.coinsurance_percent is None and wishes.copay is None:
        lines.append(f"You pay at least {dollars(paid.paid)}, plus your share of the rest.")
    elif paid.paid < paid.before_cap:
        lines.append(f"You pay: {equals}, but your yearly maximum stops it at {dollars(paid.paid)}.")
    else:
        lines.append(f"You pay: {equals}.")
    return lines


def _steps_short(paid: Share, wishes: Wishes) -> str:
    parts = [f"{dollars(paid.deductible)} deductible"] if wishes.deductible_left is not None else []
    alone = not parts
    if wishes.coinsurance_percent is not None:
        amount = "" if alone else f" ({dollars(paid.coinsurance)})"
        parts.append(f"{percent(wishes.coinsurance_percent)} of {dollars(paid.rest)}{amount}")
    elif wishes.copay is not None:
        parts.append(f"{paid.copay_units} copays of {dollars(wishes.copay)}")
    else:
        return f"at least {dollars(paid.paid)} (deductible) plus your share of the rest"
    cap = " (your maximum)" if paid.paid < paid.before_cap else ""
    return f"{' + '.join(parts)} = {dollars(paid.paid)}{cap}"


def _assumptions(wishes: Wishes) -> list[str]:
    """What was not told and is assumed, each as a sentence that invites the number."""
    told = []
    if wishes.plan_share_told and wishes.coinsurance_percent is not None:
        pays = percent(Decimal(100) - wishes.coinsurance_percent)
        told.append(f"If the plan pays {pays}, your share is {percent(wishes.coinsurance_percent)}.")
    if wishes.deductible_left is None:
        told.append("I counted no deductible. Tell me what is left of it.")
    if wishes.coinsurance_percent is None and wishes.copay is None:
        told.append("Tell me your share in percent, or your copay.")
    if wishes.coinsurance_percent is not None and wishes.copay is not None:
        told.append("I counted the percentage and left out the copay: most plans ask for one of them.")
    return told


def _prices(session: Session, wishes: Wishes) -> Answer:
    track, price = _track_and_price(session, wishes)
    query = select(PriceRow).where(PriceRow.unit == "assessment").order_by(PriceRow.position)
    assessment = session.execute(query).scalars().first()
    points: list[str] = []
    short: list[str] = []
    rows = [row for row in (price, assessment) if row is not None]
    if price is not None:
        listed = f" The list price is {dollars(price.list_price)}." if price.list_price else ""
        # An operator writes one or many: "group sessions", "lunch".
        includes = f" It includes {joined(price.includes)}." if price.includes else ""
        note = f" {price.note}" if price.note else ""
        points.append(f"{price.name}: {dollars(price.cash_price)} a {price.unit}, cash price.{includes}{listed}{note}")
        low = _course_of(session, track, price, track.weeks_min)
        high = _course_of(session, track, price, track.weeks_max)
        if price.unit != "course":
            week = f"{low.times} {price.unit}{'' if low.times == 1 else 's'} x {dollars(price.cash_price)} = "
            week = "" if price.unit == "week" else week
            weekly = f"{week}{dollars(price.cash_price * low.times)} a week"
            span = f"{dollars(low.total)} to {dollars(high.total)}" if high.total > low.total else dollars(low.total)
            points.append(f"{track.name}: {weekly}. For {t.weeks(track)}, that is {span}.")
            short.append(f"{track.name}: {t.weeks(track)} come to {span}.")
        short.insert(0, f"{price.name}: {dollars(price.cash_price)} a {price.unit}, cash price.")
    if assessment is not None:
        points.append(f"{assessment.name}: {dollars(assessment.cash_price)}, paid once.")
        short.append(f"{assessment.name}: {dollars(assessment.cash_price)}, once.")
    source = checked("our price list", *(row.checked for row in rows))
    return compose(
        "These are our own prices for people who pay without insurance:",
        points,
        sms=[*short, source],
        notes=[RARELY, ESTIMATE, source],
        next_step=NEXT,
    )
