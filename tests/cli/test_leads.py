"""`firststep leads list`: details on demand, and never without the notice on redisclosure."""

import json

import pytest

from bot.cli.leads import list_
from bot.handoff.redisclosure import NOTICE
from bot.store import Database
from tests.handoff.conftest import own_settings
from tests.reconciliation.test_run import operators

__all__ = ["operators", "own_settings"]


def test_details_come_with_the_notice_beside_the_data(operators: Database, capsys: pytest.CaptureFixture[str]) -> None:
    list_(as_json=True, state=None, unmasked=False)
    masked = capsys.readouterr()
    assert "Jordan" not in masked.out
    assert NOTICE not in masked.err
    list_(as_json=True, state=None, unmasked=True)
    shown = capsys.readouterr()
    (lead,) = json.loads(shown.out)
    assert lead["name"] == "Jordan"
    assert NOTICE in shown.err
