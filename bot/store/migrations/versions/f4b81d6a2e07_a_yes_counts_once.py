"""a yes counts once."""

import sqlalchemy as sa
from alembic import op

revision = "f4b81d6a2e07"
down_revision = "d1f7a3c08e52"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consents", sa.Column("act", sa.String(length=36)))
    op.create_index("ix_consents_act_kind", "consents", ["act", "kind"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_consents_act_kind", "consents")
    op.drop_column("consents", "act")
