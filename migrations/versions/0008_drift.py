"""Comparisons of courses with the site, and the differences found

Revision: 0008
After: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTS = ("held", "on_site", "missing", "inactive", "still_active", "foreign", "user_gone", "course_gone")


def upgrade() -> None:
    op.create_table(
        "drift_course",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("course_ref", sa.String(length=40), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wanted_by", sa.Uuid(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_drift_course_site_id_site")),
        sa.ForeignKeyConstraint(["wanted_by"], ["person.id"], name=op.f("fk_drift_course_wanted_by_person")),
        sa.PrimaryKeyConstraint("site_id", "course_ref", name=op.f("pk_drift_course")),
    )
    op.create_table(
        "drift_check",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("course_ref", sa.String(length=40), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_drift_check_by_id_person")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_drift_check_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift_check")),
    )
    op.create_index("ix_drift_check_course", "drift_check", ["site_id", "course_ref", "checked_at"])
    op.create_table(
        "drift_finding",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("course_ref", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("remote_id", sa.String(length=40), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'repairing', 'left')", name=op.f("ck_drift_finding_status")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_drift_finding_decided_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_drift_finding_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_drift_finding_person_id_person")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_drift_finding_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift_finding")),
    )
    op.create_index(op.f("ix_drift_finding_enrolment_id"), "drift_finding", ["enrolment_id"])
    op.create_index(op.f("ix_drift_finding_person_id"), "drift_finding", ["person_id"])
    op.create_index("ix_drift_finding_course", "drift_finding", ["site_id", "course_ref", "ended_at"])


def downgrade() -> None:
    op.drop_table("drift_finding")
    op.drop_table("drift_check")
    op.drop_table("drift_course")
