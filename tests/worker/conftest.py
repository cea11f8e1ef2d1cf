"""The stores and settings of the hand-off's tests."""

from tests.handoff.conftest import any_store, own_settings, program, store

__all__ = ["any_store", "own_settings", "program", "store"]
