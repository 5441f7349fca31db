"""Courses that are made on a site, or named and not yet seen there

Revision: 0024
After: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("idnumber", sa.String(length=32), nullable=False),
        sa.Column("template_ref", sa.String(length=40), nullable=False),
        sa.Column("template_title", sa.String(length=200), nullable=False),
        sa.Column("category_ref", sa.String(length=40), nullable=False),
        sa.Column("category_title", sa.String(length=200), nullable=False),
        sa.Column("course_ref", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(length=60), nullable=False),
        sa.Column("error_text", sa.Text(), nullable=False),
        sa.Column("given_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordered_by", sa.Uuid(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("way IN ('made', 'named')", name=op.f("ck_course_order_way")),
        sa.CheckConstraint(
            "state IN ('wanted', 'making', 'linked', 'failed')", name=op.f("ck_course_order_state")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["programme_version.id"],
            name=op.f("fk_course_order_version_id_programme_version"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_course_order_site_id_site")),
        sa.ForeignKeyConstraint(
            ["ordered_by"], ["person.id"], name=op.f("fk_course_order_ordered_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_order")),
        sa.UniqueConstraint("version_id", "site_id", name=op.f("uq_course_order_version_id_site_id")),
        sa.UniqueConstraint("idnumber", name=op.f("uq_course_order_idnumber")),
    )
    op.create_index(op.f("ix_course_order_state"), "course_order", ["state"])


def downgrade() -> None:
    op.drop_table("course_order")
