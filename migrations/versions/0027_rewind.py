"""Sites that were seen to have gone back in time, and what was decided

Revision: 0027
After: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_rewind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("course_ref", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("examples", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'cleared', 'repaired')", name=op.f("ck_site_rewind_status")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_rewind_site_id_site")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_site_rewind_decided_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_rewind")),
    )
    op.create_index(op.f("ix_site_rewind_site_id"), "site_rewind", ["site_id"])
    op.create_index(op.f("ix_site_rewind_decided_by"), "site_rewind", ["decided_by"])


def downgrade() -> None:
    op.drop_table("site_rewind")
