"""Stops of participants that wait for a person, with the limits of each site

Revision: 0023
After: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

LIMITS = {"brake_least": 3, "brake_most": 50, "brake_percent": 20, "brake_hours": 24}
STATUS = "status IN ('waiting', {}'needs_account', 'failed', 'applied')"


def upgrade() -> None:
    with op.batch_alter_table("site") as site:
        for name, number in LIMITS.items():
            site.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=str(number)))
    with op.batch_alter_table("site") as site:
        for name in LIMITS:
            site.alter_column(name, server_default=None)
    with op.batch_alter_table("enrolment") as enrolment:
        enrolment.add_column(sa.Column("stop_cause", sa.String(length=12), nullable=False, server_default=""))
        enrolment.add_column(
            sa.Column("stop_agreed", sa.String(length=10), nullable=False, server_default="")
        )
        enrolment.add_column(sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
        enrolment.drop_constraint(op.f("ck_enrolment_status"), type_="check")
        enrolment.create_check_constraint(op.f("ck_enrolment_status"), STATUS.format("'held', "))
    with op.batch_alter_table("enrolment") as enrolment:
        enrolment.alter_column("stop_cause", server_default=None)
        enrolment.alter_column("stop_agreed", server_default=None)
    op.create_table(
        "sync_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("course_ref", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("crossed", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'approved', 'declined')", name=op.f("ck_sync_hold_status")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_sync_hold_site_id_site")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_sync_hold_decided_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_hold")),
    )
    op.create_index("ix_sync_hold_course", "sync_hold", ["site_id", "course_ref", "status"])
    op.create_index(op.f("ix_sync_hold_decided_by"), "sync_hold", ["decided_by"])
    op.create_table(
        "sync_hold_row",
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("desired", sa.String(length=10), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["sync_hold.id"], name=op.f("fk_sync_hold_row_hold_id_sync_hold")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_sync_hold_row_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("hold_id", "enrolment_id", name=op.f("pk_sync_hold_row")),
    )
    op.create_index(op.f("ix_sync_hold_row_enrolment_id"), "sync_hold_row", ["enrolment_id"])


def downgrade() -> None:
    """What waits for a person waits as any other row: the older release knows no brake."""
    op.drop_table("sync_hold_row")
    op.drop_table("sync_hold")
    op.execute("UPDATE enrolment SET status = 'waiting' WHERE status = 'held'")
    with op.batch_alter_table("enrolment") as enrolment:
        enrolment.drop_constraint(op.f("ck_enrolment_status"), type_="check")
        enrolment.create_check_constraint(op.f("ck_enrolment_status"), STATUS.format(""))
        for name in ("stopped_at", "stop_agreed", "stop_cause"):
            enrolment.drop_column(name)
    with op.batch_alter_table("site") as site:
        for name in LIMITS:
            site.drop_column(name)
