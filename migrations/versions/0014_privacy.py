"""Register of breaches, and requests of people about their data

Revision: 0014
After: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "breach",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("revealed", sa.Text(), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=True),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by", sa.Uuid(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authority_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("authority_note", sa.Text(), nullable=False),
        sa.Column("people_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("people_note", sa.Text(), nullable=False),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_as", sa.String(length=10), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'notified', 'closed')", name=op.f("ck_breach_status")),
        sa.CheckConstraint(
            "closed_as IS NULL OR closed_as IN ('handled', 'no_breach')", name=op.f("ck_breach_closed_as")
        ),
        sa.CheckConstraint("people_count IS NULL OR people_count >= 0", name=op.f("ck_breach_people_count")),
        sa.ForeignKeyConstraint(["reported_by"], ["person.id"], name=op.f("fk_breach_reported_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach")),
    )
    op.create_index(op.f("ix_breach_deadline_at"), "breach", ["deadline_at"])
    op.create_index(op.f("ix_breach_reported_by"), "breach", ["reported_by"])
    op.create_index(op.f("ix_breach_status"), "breach", ["status"])
    op.create_table(
        "data_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('correction', 'erasure')", name=op.f("ck_data_request_kind")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('granted', 'partly', 'refused')",
            name=op.f("ck_data_request_outcome"),
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (answered_at IS NULL)", name=op.f("ck_data_request_answered")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["person.id"], name=op.f("fk_data_request_answered_by_person")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_data_request_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
    )
    op.create_index(op.f("ix_data_request_answered_by"), "data_request", ["answered_by"])
    op.create_index(op.f("ix_data_request_outcome"), "data_request", ["outcome"])
    op.create_index(op.f("ix_data_request_person_id"), "data_request", ["person_id"])


def downgrade() -> None:
    op.drop_table("data_request")
    op.drop_table("breach")
