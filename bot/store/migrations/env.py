"""Alembic's environment: works on the connection that bot.store.migrate gives it, with the models of every package."""

import importlib
import importlib.util
from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from bot.store.base import Base

# By name, since bot.store may import nothing of bot; a package without tables has no models module.
PACKAGES = ("bot.program", "bot.handoff", "bot.conversations", "bot.console", "bot.channels", "bot.reconciliation")

for package in PACKAGES:
    if importlib.util.find_spec(package) and importlib.util.find_spec(f"{package}.models"):
        importlib.import_module(f"{package}.models")


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave alone what shares the database with us, such as the engine's events."""
    return kind != "table" or name in Base.metadata.tables


def _plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write what the database keeps, not our column type: a revision must not change when our code does."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    while isinstance(item, TypeDecorator):
        item = item.impl
    return f"sa.{item!r}"


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=_is_ours,
    render_item=_plain_type,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
