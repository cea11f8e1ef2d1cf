"""questions to who joined a lead; up to when the outbox was purged."""

import sqlalchemy as sa
from alembic import op

revision = "d71e0b3a5c94"
down_revision = "8d41f6c0a2b7"
branch_labels = None
depends_on = None

KEY = "fk_handover_requests_link_id_lead_links"
INDEX = "ix_handover_requests_link_id"


def upgrade() -> None:
    op.create_table(
        "retention_marks",
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_retention_marks")),
    )
    with op.batch_alter_table("handover_requests") as table:
        table.add_column(sa.Column("link_id", sa.String(length=36), nullable=True))
        table.create_foreign_key(op.f(KEY), "lead_links", ["link_id"], ["id"], ondelete="CASCADE")
        table.create_index(op.f(INDEX), ["link_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("handover_requests") as table:
        table.drop_index(op.f(INDEX))
        table.drop_constraint(op.f(KEY), type_="foreignkey")
        table.drop_column("link_id")
    op.drop_table("retention_marks")
