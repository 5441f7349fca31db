"""What an operator enters for a colleague, and whether the colleague stands by it

Revision: 0021
After: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STATUS = "status IN ('filed', 'taken_up', 'declined')"
STATUS_NOW = "status IN ('filed', 'taken_up', 'declined', 'withdrawn')"


def upgrade() -> None:
    for table in ("need", "input_item"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("entered_by", sa.Uuid(), nullable=True))
            batch.add_column(sa.Column("confirmed_at", INSTANT, nullable=True))
            batch.add_column(sa.Column("withdrawn_at", INSTANT, nullable=True))
            batch.create_foreign_key(op.f(f"fk_{table}_entered_by_person"), "person", ["entered_by"], ["id"])
            batch.create_index(op.f(f"ix_{table}_entered_by"), ["entered_by"])
    with op.batch_alter_table("need") as batch:
        batch.drop_constraint(op.f("ck_need_status"), type_="check")
        batch.create_check_constraint(op.f("ck_need_status"), STATUS_NOW)


def downgrade() -> None:
    op.execute("UPDATE need SET status = 'declined' WHERE status = 'withdrawn'")
    with op.batch_alter_table("need") as batch:
        batch.drop_constraint(op.f("ck_need_status"), type_="check")
        batch.create_check_constraint(op.f("ck_need_status"), STATUS)
    for table in ("need", "input_item"):
        with op.batch_alter_table(table) as batch:
            batch.drop_index(op.f(f"ix_{table}_entered_by"))
            batch.drop_constraint(op.f(f"fk_{table}_entered_by_person"), type_="foreignkey")
            for column in ("withdrawn_at", "confirmed_at", "entered_by"):
                batch.drop_column(column)
