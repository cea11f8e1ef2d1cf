"""reconciliations."""

import sqlalchemy as sa
from alembic import op

revision = "b3f2a6d81c40"
down_revision = "a94c07f2d5b1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promises", sa.Integer(), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
        sa.UniqueConstraint("key", name=op.f("uq_reconciliations_key")),
    )
    op.create_index(op.f("ix_reconciliations_at"), "reconciliations", ["at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_reconciliations_at"), table_name="reconciliations")
    op.drop_table("reconciliations")
