"""one lead a number."""

import sqlalchemy as sa
from alembic import op

revision = "a94c07f2d5b1"
down_revision = "7d1b6a90e3c2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leads", sa.Column("phone_key", sa.String(length=64), nullable=True))
    op.add_column("leads", sa.Column("test", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE leads SET phone_key = phone_index WHERE open_key IS NOT NULL AND id = (SELECT max(other.id) "
        "FROM leads AS other WHERE other.phone_index = leads.phone_index AND other.open_key IS NOT NULL)"
    )
    op.create_index("ix_leads_phone_key", "leads", ["phone_key"], unique=True)
    op.create_table(
        "lead_links",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("lead_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("open_key", sa.String(length=64), nullable=True),
        sa.Column("ref", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("professional_id", sa.String(length=40), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_lead_links_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_links")),
        sa.UniqueConstraint("open_key", name=op.f("uq_lead_links_open_key")),
        sa.UniqueConstraint("ref", name=op.f("uq_lead_links_ref")),
    )
    op.create_index(op.f("ix_lead_links_lead_id"), "lead_links", ["lead_id"], unique=False)
    op.create_index(op.f("ix_lead_links_conversation_id"), "lead_links", ["conversation_id"], unique=False)
    op.create_table(
        "blocked_numbers",
        sa.Column("phone_index", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("phone_index", name=op.f("pk_blocked_numbers")),
    )
    op.create_table(
        "request_marks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("phone_index", sa.String(length=64), nullable=True),
        sa.Column("new", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_marks")),
    )
    for name in ("conversation_id", "phone_index", "at"):
        op.create_index(op.f(f"ix_request_marks_{name}"), "request_marks", [name], unique=False)


def downgrade() -> None:
    for table in ("request_marks", "blocked_numbers", "lead_links"):
        op.drop_table(table)
    op.drop_index("ix_leads_phone_key", table_name="leads")
    op.drop_column("leads", "test")
    op.drop_column("leads", "phone_key")
