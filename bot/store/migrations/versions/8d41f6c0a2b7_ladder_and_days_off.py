"""ladder and days off."""

import sqlalchemy as sa
from alembic import op

revision = "8d41f6c0a2b7"
down_revision = "e2c94b7f6d10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("providers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("calendar", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("hand_off", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("professionals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("time_zone", sa.String(length=64), nullable=True))
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contact_due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("climb", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("rung", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("next_rung_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_leads_next_rung_at"), ["next_rung_at"], unique=False)
    # Requests that wait when the ladder comes in climb it too; who was reminded is not reminded again.
    op.execute("UPDATE leads SET next_rung_at = due_at WHERE state = 'offered'")
    op.create_table(
        "ladder_notices",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("lead_id", sa.String(length=36), nullable=False),
        sa.Column("climb", sa.Integer(), nullable=False),
        sa.Column("professional_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_ladder_notices_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_notices")),
        sa.UniqueConstraint("lead_id", "climb", "professional_id", name=op.f("uq_ladder_notices_lead_id")),
    )
    op.create_table(
        "handover_requests",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("lead_id", sa.String(length=36), nullable=False),
        sa.Column("open_key", sa.String(length=36), nullable=True),
        sa.Column("professional_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("given", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_in", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_handover_requests_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_requests")),
        sa.UniqueConstraint("open_key", name=op.f("uq_handover_requests_open_key")),
    )
    with op.batch_alter_table("handover_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_requests_lead_id"), ["lead_id"], unique=False)


def downgrade() -> None:
    op.drop_table("handover_requests")
    op.drop_table("ladder_notices")
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leads_next_rung_at"))
        for name in ("next_rung_at", "rung", "climb", "contact_due_at"):
            batch_op.drop_column(name)
    with op.batch_alter_table("professionals", schema=None) as batch_op:
        batch_op.drop_column("time_zone")
    with op.batch_alter_table("providers", schema=None) as batch_op:
        batch_op.drop_column("hand_off")
        batch_op.drop_column("calendar")
