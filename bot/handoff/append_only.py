"""The store itself refuses to change or delete a lead's history, whoever asks: triggers on SQLite and PostgreSQL.

One thing is allowed: to forget the note of an event of a lead that is marked erased; bot.handoff.history.erase_details
does that. A migration makes the same triggers in a store that is brought up to date, this module with the tables.
"""

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection

from bot.handoff.models import LeadEvent

MESSAGE = "the history of a lead is append-only"
SAME = ("id", "lead_id", "actor", "kind", "at")
"""What even erasing may not touch."""
ERASED = "EXISTS (SELECT 1 FROM leads WHERE leads.id = OLD.lead_id AND leads.erased_at IS NOT NULL)"

SQLITE = (
    "CREATE TRIGGER lead_events_no_update BEFORE UPDATE ON lead_events WHEN NOT (NEW.note IS NULL AND "
    + " AND ".join(f"NEW.{name} IS OLD.{name}" for name in SAME)
    + f" AND {ERASED}) BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    f"CREATE TRIGGER lead_events_no_delete BEFORE DELETE ON lead_events BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION lead_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP = 'UPDATE' THEN IF NEW.note IS NULL AND "
    + " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in SAME)
    + f" AND {ERASED} THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION '{MESSAGE}'; END $$",
    "CREATE TRIGGER lead_events_no_change BEFORE UPDATE OR DELETE ON lead_events "
    "FOR EACH ROW EXECUTE FUNCTION lead_events_refuse()",
    "CREATE TRIGGER lead_events_no_truncate BEFORE TRUNCATE ON lead_events "
    "FOR EACH STATEMENT EXECUTE FUNCTION lead_events_refuse()",
)


def statements(dialect: str) -> tuple[str, ...]:
    """What makes the triggers on this database: "sqlite" or "postgresql"."""
    return SQLITE if dialect == "sqlite" else POSTGRESQL


@event.listens_for(LeadEvent.__table__, "after_create")
def _with_the_table(_table: Any, connection: Connection, **_options: Any) -> None:
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
