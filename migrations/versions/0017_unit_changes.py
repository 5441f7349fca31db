"""What letters change about units, dated; offices that end with theirs

Revision: 0017
After: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = "kind IN ('added', 'renamed', 'moved', 'merged', 'closed')"


def upgrade() -> None:
    op.create_table(
        "unit_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("trouble", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("letter_no", sa.String(length=120), nullable=False),
        sa.Column("letter_date", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=60), nullable=False),
        sa.Column("head_title", sa.String(length=160), nullable=False),
        sa.Column("name_before", sa.String(length=200), nullable=False),
        sa.Column("short_name_before", sa.String(length=60), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("parent_before_id", sa.Integer(), nullable=True),
        sa.Column("into_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_unit_change_kind")),
        sa.CheckConstraint(
            "status IN ('planned', 'in_force', 'withdrawn')", name=op.f("ck_unit_change_status")
        ),
        sa.CheckConstraint("kind <> 'merged' OR into_id IS NOT NULL", name=op.f("ck_unit_change_into")),
        sa.CheckConstraint(
            "kind <> 'renamed' OR (name <> '' AND short_name <> '')", name=op.f("ck_unit_change_names")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_unit_change_entered_by_person")),
        sa.ForeignKeyConstraint(["into_id"], ["unit.id"], name=op.f("fk_unit_change_into_id_unit")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_change_parent_id_unit")),
        sa.ForeignKeyConstraint(
            ["parent_before_id"], ["unit.id"], name=op.f("fk_unit_change_parent_before_id_unit")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_change_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_change")),
    )
    for column in ("unit_id", "status", "into_id", "entered_by"):
        op.create_index(op.f(f"ix_unit_change_{column}"), "unit_change", [column])
    with op.batch_alter_table("office") as batch:
        batch.add_column(sa.Column("valid_to", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("office") as batch:
        batch.drop_column("valid_to")
    op.drop_table("unit_change")
