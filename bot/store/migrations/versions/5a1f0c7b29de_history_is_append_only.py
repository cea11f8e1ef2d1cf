"""history is append only.

A revision that makes lead_events anew on SQLite (batch mode) loses its triggers: it has to make them again.
"""

from alembic import op

revision = "5a1f0c7b29de"
down_revision = "1a242d8cbe15"
branch_labels = None
depends_on = None

ERASED = "EXISTS (SELECT 1 FROM leads WHERE leads.id = OLD.lead_id AND leads.erased_at IS NOT NULL)"
SQLITE = (
    "CREATE TRIGGER lead_events_no_update BEFORE UPDATE ON lead_events WHEN NOT (NEW.note IS NULL "
    "AND NEW.id IS OLD.id AND NEW.lead_id IS OLD.lead_id AND NEW.actor IS OLD.actor AND NEW.kind IS OLD.kind "
    f"AND NEW.at IS OLD.at AND {ERASED}) BEGIN SELECT RAISE(ABORT, 'the history of a lead is append-only'); END",
    "CREATE TRIGGER lead_events_no_delete BEFORE DELETE ON lead_events "
    "BEGIN SELECT RAISE(ABORT, 'the history of a lead is append-only'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION lead_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP = 'UPDATE' THEN IF NEW.note IS NULL AND NEW.id IS NOT DISTINCT FROM OLD.id "
    "AND NEW.lead_id IS NOT DISTINCT FROM OLD.lead_id AND NEW.actor IS NOT DISTINCT FROM OLD.actor "
    "AND NEW.kind IS NOT DISTINCT FROM OLD.kind AND NEW.at IS NOT DISTINCT FROM OLD.at "
    f"AND {ERASED} THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION 'the history of a lead is append-only'; END $$",
    "CREATE TRIGGER lead_events_no_change BEFORE UPDATE OR DELETE ON lead_events "
    "FOR EACH ROW EXECUTE FUNCTION lead_events_refuse()",
    "CREATE TRIGGER lead_events_no_truncate BEFORE TRUNCATE ON lead_events "
    "FOR EACH STATEMENT EXECUTE FUNCTION lead_events_refuse()",
)


def upgrade() -> None:
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER lead_events_no_update")
        op.execute("DROP TRIGGER lead_events_no_delete")
    else:
        op.execute("DROP TRIGGER lead_events_no_change ON lead_events")
        op.execute("DROP TRIGGER lead_events_no_truncate ON lead_events")
        op.execute("DROP FUNCTION lead_events_refuse()")
