"""consents by kind, and what is safe."""

import sqlalchemy as sa
from alembic import op

revision = "7d1b6a90e3c2"
down_revision = "5a1f0c7b29de"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain ADD COLUMN: making lead tables anew would lose the triggers of their history.
    for name in ("safe_call", "safe_voicemail", "safe_text"):
        op.add_column("leads", sa.Column(name, sa.Boolean(), nullable=True))
    op.add_column("consents", sa.Column("conversation_id", sa.String(length=64), nullable=True))
    op.add_column("consents", sa.Column("kind", sa.String(length=12), nullable=False, server_default="sharing"))
    op.create_index(op.f("ix_consents_conversation_id"), "consents", ["conversation_id"], unique=False)
    op.execute(
        "UPDATE consents SET conversation_id = (SELECT conversation_id FROM leads WHERE leads.id = consents.lead_id)"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_consents_conversation_id"), table_name="consents")
    op.drop_column("consents", "kind")
    op.drop_column("consents", "conversation_id")
    for name in ("safe_text", "safe_voicemail", "safe_call"):
        op.drop_column("leads", name)
