"""Fixtures of this folder."""

from tests.channels.fixtures import database, keys, stage, store

__all__ = ["database", "keys", "stage", "store"]
