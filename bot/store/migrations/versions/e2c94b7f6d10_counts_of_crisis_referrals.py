"""counts of crisis referrals."""

import sqlalchemy as sa
from alembic import op

revision = "e2c94b7f6d10"
down_revision = "c3f95e81b7d4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referrals",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "channel", "level", "category", name=op.f("pk_referrals")),
    )


def downgrade() -> None:
    op.drop_table("referrals")
