"""Kinds of mandates as data; letters, prolongations and leaves on the office timeline; alarms; on whose behalf

Revision: 0006
After: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KINDS = "kind IN ('definitive', 'plt', 'plh', 'pj', 'pjs')"


def upgrade() -> None:
    op.create_table(
        "mandate_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("occasion", sa.String(length=10), nullable=False),
        sa.Column("longest", sa.Integer(), nullable=True),
        sa.Column("longest_unit", sa.String(length=10), nullable=True),
        sa.Column("prolongations", sa.Integer(), nullable=False),
        sa.Column("least_absence", sa.Integer(), nullable=True),
        sa.Column("most_absence", sa.Integer(), nullable=True),
        sa.Column("strategic", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source_document", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_mandate_rule_kind")),
        sa.CheckConstraint(
            "occasion IN ('vacant', 'absent', 'either')", name=op.f("ck_mandate_rule_occasion")
        ),
        sa.CheckConstraint(
            "(longest IS NULL) = (longest_unit IS NULL)", name=op.f("ck_mandate_rule_longest")
        ),
        sa.CheckConstraint(
            "longest_unit IS NULL OR longest_unit IN ('months', 'days')",
            name=op.f("ck_mandate_rule_longest_unit"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate_rule")),
    )
    op.create_index(op.f("ix_mandate_rule_office"), "mandate_rule", ["office"])
    op.create_table(
        "office_leave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("needs_substitute", sa.Boolean(), nullable=False),
        sa.Column("letter_no", sa.String(length=120), nullable=False),
        sa.Column("letter_date", sa.Date(), nullable=True),
        sa.Column("announced_by", sa.Uuid(), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=400), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_office_leave_days")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_office_leave_person_id_person")),
        sa.ForeignKeyConstraint(
            ["announced_by"], ["person.id"], name=op.f("fk_office_leave_announced_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_leave")),
    )
    op.create_index(op.f("ix_office_leave_person_id"), "office_leave", ["person_id"])
    op.create_table(
        "office_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("about", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('expiring', 'expired', 'vacant', 'on_leave')", name=op.f("ck_office_alarm_kind")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_office_alarm_office_id_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_alarm")),
        sa.UniqueConstraint("office_id", "kind", "about", name=op.f("uq_office_alarm_office_id_kind_about")),
    )
    with op.batch_alter_table("office_holding") as batch:
        batch.add_column(sa.Column("letter_date", sa.Date(), nullable=True))
        batch.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
        batch.add_column(
            sa.Column("end_reason", sa.String(length=400), nullable=False, server_default=sa.text("''"))
        )
        batch.add_column(sa.Column("prolongs_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("leave_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_office_holding_prolongs_id_office_holding"), "office_holding", ["prolongs_id"], ["id"]
        )
        batch.create_foreign_key(
            op.f("fk_office_holding_leave_id_office_leave"), "office_leave", ["leave_id"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_office_holding_days"), "valid_to IS NULL OR valid_to >= valid_from"
        )
        batch.create_check_constraint(
            op.f("ck_office_holding_end_reason"), "ended_on IS NULL OR end_reason <> ''"
        )
    with op.batch_alter_table("office_holding") as batch:
        batch.alter_column(
            "end_reason",
            server_default=None,
            existing_type=sa.String(length=400),
            existing_nullable=False,
        )
        batch.create_index(op.f("ix_office_holding_prolongs_id"), ["prolongs_id"])
        batch.create_index(op.f("ix_office_holding_leave_id"), ["leave_id"])
    with op.batch_alter_table("decision") as batch:
        batch.add_column(sa.Column("behalf_of_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f("fk_decision_behalf_of_id_person"), "person", ["behalf_of_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("decision") as batch:
        batch.drop_constraint(op.f("fk_decision_behalf_of_id_person"), type_="foreignkey")
        batch.drop_column("behalf_of_id")
    with op.batch_alter_table("office_holding") as batch:
        batch.drop_index(op.f("ix_office_holding_leave_id"))
        batch.drop_index(op.f("ix_office_holding_prolongs_id"))
        batch.drop_constraint(op.f("ck_office_holding_end_reason"), type_="check")
        batch.drop_constraint(op.f("ck_office_holding_days"), type_="check")
        batch.drop_constraint(op.f("fk_office_holding_leave_id_office_leave"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_office_holding_prolongs_id_office_holding"), type_="foreignkey")
        for column in ("leave_id", "prolongs_id", "end_reason", "ended_on", "letter_date"):
            batch.drop_column(column)
    op.drop_table("office_alarm")
    op.drop_table("office_leave")
    op.drop_table("mandate_rule")
