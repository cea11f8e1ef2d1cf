"""Fixtures of this folder."""

from tests.browser.fixtures import browser, page
from tests.channels.fixtures import database, keys, stage, store

__all__ = ["browser", "database", "keys", "page", "stage", "store"]
