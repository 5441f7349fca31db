"""Refused sign-ins for the administrator, and forms kept past a session's end

Revision: 0003
After: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "kept_form",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kept_form_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_form")),
    )
    op.create_index(op.f("ix_kept_form_expires_at"), "kept_form", ["expires_at"])
    op.create_index(op.f("ix_kept_form_person_id"), "kept_form", ["person_id"])
    op.create_table(
        "refused_sign_in",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("who_hash", sa.String(length=64), nullable=False),
        sa.Column("who_masked", sa.String(length=30), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["person.id"], name=op.f("fk_refused_sign_in_settled_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_sign_in")),
    )
    op.create_index("ix_refused_sign_in_code_who_hash", "refused_sign_in", ["code", "who_hash"])
    op.create_index(op.f("ix_refused_sign_in_last_at"), "refused_sign_in", ["last_at"])
    op.create_index(op.f("ix_refused_sign_in_settled_by"), "refused_sign_in", ["settled_by"])


def downgrade() -> None:
    op.drop_table("refused_sign_in")
    op.drop_table("kept_form")
