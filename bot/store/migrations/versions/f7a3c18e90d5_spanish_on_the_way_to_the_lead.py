"""the language of a lead and of a request that joined it; the program's words in Spanish."""

import sqlalchemy as sa
from alembic import op

revision = "f7a3c18e90d5"
down_revision = "f4b81d6a2e07"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leads", sa.Column("language", sa.String(length=16), nullable=False, server_default="en"))
    op.add_column("lead_links", sa.Column("locale", sa.String(length=16), nullable=False, server_default="en"))
    op.add_column("providers", sa.Column("who_pays_es", sa.Text(), nullable=True))
    op.add_column("professionals", sa.Column("role_es", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("professionals", "role_es")
    op.drop_column("providers", "who_pays_es")
    op.drop_column("lead_links", "locale")
    op.drop_column("leads", "language")
