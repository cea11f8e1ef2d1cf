"""Reviewed variants for a plan, a kind of care or a group stand beside the program's own row."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.dialogue.assistant import Conversation

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("is it covered by medicaid", "Call the number on your card"),
        ("how is iop different from inpatient rehab", "day and night"),
        ("do you have a program for veterans", "va.gov"),
    ],
)
def test_the_variant_is_said(assistant: Callable[..., Conversation], message: str, expected: str) -> None:
    assert expected in assistant().say(message).text
