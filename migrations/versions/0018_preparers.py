"""Who prepares for an office, and what they made of its tasks

Revision: 0018
After: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "office_preparer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("letter_no", sa.String(length=120), nullable=False),
        sa.Column("letter_date", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("appointed_by", sa.Uuid(), nullable=True),
        sa.Column("appointed_at", INSTANT, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_office_preparer_days")
        ),
        sa.CheckConstraint(
            "ended_on IS NULL OR end_reason <> ''", name=op.f("ck_office_preparer_end_reason")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_office_preparer_office_id_office")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_office_preparer_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["appointed_by"], ["person.id"], name=op.f("fk_office_preparer_appointed_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_preparer")),
    )
    op.create_index(op.f("ix_office_preparer_office_id"), "office_preparer", ["office_id"])
    op.create_index(op.f("ix_office_preparer_person_id"), "office_preparer", ["person_id"])
    op.create_table(
        "preparation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("placed_by", sa.Uuid(), nullable=True),
        sa.Column("placed_at", INSTANT, nullable=True),
        sa.Column("ready_by", sa.Uuid(), nullable=True),
        sa.Column("ready_at", INSTANT, nullable=True),
        sa.Column("ready_shown", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(ready_by IS NULL) = (ready_shown = '')", name=op.f("ck_preparation_ready")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_preparation_office_id_office")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["approval_task.id"], name=op.f("fk_preparation_task_id_approval_task")
        ),
        sa.ForeignKeyConstraint(["placed_by"], ["person.id"], name=op.f("fk_preparation_placed_by_person")),
        sa.ForeignKeyConstraint(["ready_by"], ["person.id"], name=op.f("fk_preparation_ready_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation")),
        sa.UniqueConstraint("office_id", "task_id", name=op.f("uq_preparation_office_id_task_id")),
    )
    op.create_index(op.f("ix_preparation_task_id"), "preparation", ["task_id"])
    op.create_table(
        "preparer_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_preparer_comment_office_id_office")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["approval_task.id"], name=op.f("fk_preparer_comment_task_id_approval_task")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_preparer_comment_author_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparer_comment")),
    )
    for column in ("task_id", "author_id", "written_at"):
        op.create_index(op.f(f"ix_preparer_comment_{column}"), "preparer_comment", [column])


def downgrade() -> None:
    op.drop_table("preparer_comment")
    op.drop_table("preparation")
    op.drop_table("office_preparer")
