"""The arithmetic of a course: a table, and properties that hold for any numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.program.answers.arithmetic import Course, share

COURSE = Course(times=3, weeks=8, price=Decimal("185"))
MONEY = st.integers(0, 5_000_000).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.parametrize(
    ("deductible", "percent", "copay", "cap", "paid"),
    [
        ("500", "20", None, None, "1288.00"),
        ("0", "20", None, None, "888.00"),
        ("10000", "20", None, None, "4440.00"),  # never more than the total
        ("500", None, None, None, "500.00"),
        ("0", None, "30", None, "720.00"),
        ("500", None, "30", None, "1160.00"),  # two sessions in full, copays for the other 22
        ("0", None, "500", None, "4440.00"),  # copays above the price stop at the price
        ("3000", "40", None, "3200", "3200.00"),
        ("500", "12.5", None, None, "992.50"),
        ("500", "100", None, None, "4440.00"),
        ("500", "0", None, None, "500.00"),
    ],
)
def test_share(deductible: str, percent: str | None, copay: str | None, cap: str | None, paid: str) -> None:
    def number(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    found = share(COURSE, Decimal(deductible), number(percent), number(copay), number(cap))
    assert found.total == Decimal("4440.00")
    assert str(found.paid) == paid


@given(
    price=MONEY,
    times=st.integers(1, 7),
    weeks=st.integers(1, 104),
    deductible=MONEY,
    percent=st.none() | st.integers(0, 100).map(Decimal),
    copay=st.none() | MONEY,
    cap=st.none() | MONEY,
)
def test_a_share_is_never_below_zero_nor_above_total_or_cap(
    price: Decimal,
    times: int,
    weeks: int,
    deductible: Decimal,
    percent: Decimal | None,
    copay: Decimal | None,
    cap: Decimal | None,
) -> None:
    found = share(Course(times, weeks, price), deductible, percent, copay, cap)
    assert 0 <= found.paid <= found.total
    assert found.deductible + found.rest == found.total
    assert cap is None or found.paid <= cap
    assert found.paid == found.paid.quantize(Decimal("0.01"))


@pytest.mark.parametrize("wrong", [{"deductible_left": Decimal(-1)}, {"coinsurance_percent": Decimal(101)}])
def test_impossible_numbers_are_refused(wrong: dict[str, Decimal]) -> None:
    with pytest.raises(ValueError, match="negative"):
        share(COURSE, **wrong)
