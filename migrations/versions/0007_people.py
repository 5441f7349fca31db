"""How people are employed and what they are assigned to, dated; units with an end; target groups; reasons over the cap

Revision: 0007
After: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _employment()
    _assignments()
    _cap_exceptions()
    with op.batch_alter_table("unit") as batch:
        batch.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        batch.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
        batch.add_column(sa.Column("successor_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_unit_successor_id_unit"), "unit", ["successor_id"], ["id"])
    with op.batch_alter_table("programme_version") as batch:
        batch.add_column(sa.Column("target_rules", sa.Text(), server_default="", nullable=False))


def _employment() -> None:
    op.create_table(
        "employment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("contract_from", sa.Date(), nullable=True),
        sa.Column("contract_to", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('pns', 'pppk', 'pppk_part_time')", name=op.f("ck_employment_kind")),
        sa.CheckConstraint(
            "kind <> 'pns' OR (contract_from IS NULL AND contract_to IS NULL)",
            name=op.f("ck_employment_contract"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_employment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employment")),
    )
    op.create_index(op.f("ix_employment_person_id"), "employment", ["person_id"])


def _assignments() -> None:
    op.create_table(
        "assignment_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_kind")),
        sa.UniqueConstraint("code", name=op.f("uq_assignment_kind_code")),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("letter_no", sa.String(length=120), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id_person")),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["assignment_kind.id"], name=op.f("fk_assignment_kind_id_assignment_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_person_id"), "assignment", ["person_id"])
    op.create_index(op.f("ix_assignment_kind_id"), "assignment", ["kind_id"])


def _cap_exceptions() -> None:
    op.create_table(
        "cap_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("counted_from", sa.Date(), nullable=False),
        sa.Column("jp_before", sa.Integer(), nullable=False),
        sa.Column("jp_added", sa.Integer(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_cap_exception_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_cap_exception_decided_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cap_exception")),
    )
    op.create_index(op.f("ix_cap_exception_enrolment_id"), "cap_exception", ["enrolment_id"])


def downgrade() -> None:
    with op.batch_alter_table("programme_version") as batch:
        batch.drop_column("target_rules")
    with op.batch_alter_table("unit") as batch:
        batch.drop_constraint(op.f("fk_unit_successor_id_unit"), type_="foreignkey")
        batch.drop_column("successor_id")
        batch.drop_column("valid_to")
        batch.drop_column("valid_from")
    for table in ("cap_exception", "assignment", "assignment_kind", "employment"):
        op.drop_table(table)
