"""specialties of professionals, discreet name of the provider."""

import sqlalchemy as sa
from alembic import op

revision = "c3f95e81b7d4"
down_revision = "b3f2a6d81c40"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("professionals", sa.Column("specialties", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("providers", sa.Column("discreet_name", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("providers", "discreet_name")
    op.drop_column("professionals", "specialties")
