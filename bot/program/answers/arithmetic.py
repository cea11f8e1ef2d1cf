"""The sum a person may pay for a course of treatment, with every step kept so that it can be shown. Exact decimals."""

from dataclasses import dataclass
from decimal import Decimal

from bot.program.fields import cents

ZERO = Decimal(0)


@dataclass(frozen=True)
class Course:
    """How often what is paid: `times` units a week (1 for a weekly price), for `weeks`, at `price` each, in dollars."""

    times: int
    weeks: int
    price: Decimal

    @property
    def units(self) -> int:
        """Units in all."""
        return self.times * self.weeks

    @property
    def total(self) -> Decimal:
        """Dollars for the whole course."""
        return cents(self.price * self.units)


@dataclass(frozen=True)
class Share:
    """What the person pays of a total: each step in dollars, the sum capped."""

    total: Decimal
    deductible: Decimal
    """Paid before the plan pays anything."""
    rest: Decimal
    """What is left of the total after the deductible."""
    coinsurance: Decimal
    copay_units: int
    copays: Decimal
    before_cap: Decimal
    paid: Decimal
    """Never more than the total or the out-of-pocket maximum."""


def share(
    course: Course,
    deductible_left: Decimal = ZERO,
    coinsurance_percent: Decimal | None = None,
    copay: Decimal | None = None,
    out_of_pocket_max: Decimal | None = None,
) -> Share:
    """Deductible first, then coinsurance on the rest or a copay for each unit that the deductible did not pay in full.

    With neither coinsurance nor copay, only the deductible is counted. Raises ValueError for sums below zero.
    """
    given = (deductible_left, coinsurance_percent or ZERO, copay or ZERO, out_of_pocket_max or ZERO)
    if min(given) < 0 or (coinsurance_percent or ZERO) > 100:
        raise ValueError("sums must not be negative, and a percentage not above 100")
    total = course.total
    deductible = cents(min(deductible_left, total))
    rest = total - deductible
    coinsurance = cents(rest * coinsurance_percent / 100) if coinsurance_percent is not None else ZERO
    copay_units = 0
    copays = ZERO
    if copay is not None and coinsurance_percent is None and course.price > 0:
        copay_units = course.units - int(deductible // course.price)
        copays = cents(min(copay * copay_units, rest))
    before_cap = deductible + coinsurance + copays
    paid = min(before_cap, total, out_of_pocket_max if out_of_pocket_max is not None else total)
    return Share(total, deductible, rest, coinsurance, copay_units, copays, before_cap, cents(paid))
