"""Staff take over conversations, under a name that visitors see."""

import sqlalchemy as sa
from alembic import op

revision = "d1f7a3c08e52"
down_revision = "d71e0b3a5c94"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "takeovers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("open_key", sa.String(length=36), nullable=True),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_seq", sa.Integer(), nullable=False),
        sa.Column("staff_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_takeovers_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeovers")),
        sa.UniqueConstraint("open_key", name=op.f("uq_takeovers_open_key")),
    )
    with op.batch_alter_table("takeovers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_takeovers_conversation_id"), ["conversation_id"], unique=False)
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("author_name", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("attended", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("console_users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(length=60), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("console_users", schema=None) as batch_op:
        batch_op.drop_column("name")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_column("attended")
        batch_op.drop_column("author_name")
    with op.batch_alter_table("takeovers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_takeovers_conversation_id"))
    op.drop_table("takeovers")
