"""A code on every decision, and the decision on its row of history

Revision: 0009
After: 0008
"""

from __future__ import annotations

import json
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from workflows.codes import new_code

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OUTCOMES = {"approval.granted": "approve", "approval.returned": "return", "approval.rejected": "reject"}


def upgrade() -> None:
    with op.batch_alter_table("decision") as batch_op:
        batch_op.add_column(sa.Column("code", sa.String(length=20), nullable=True))
    with op.batch_alter_table("history") as batch_op:
        batch_op.add_column(sa.Column("decision_id", sa.Integer(), nullable=True))
    _fill(op.get_bind())
    with op.batch_alter_table("decision") as batch_op:
        batch_op.alter_column("code", existing_type=sa.String(length=20), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_decision_code"), ["code"])
    with op.batch_alter_table("history") as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_history_decision_id_decision"), "decision", ["decision_id"], ["id"]
        )
        batch_op.create_unique_constraint(batch_op.f("uq_history_decision_id"), ["decision_id"])


def downgrade() -> None:
    with op.batch_alter_table("history") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_history_decision_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_history_decision_id_decision"), type_="foreignkey")
        batch_op.drop_column("decision_id")
    with op.batch_alter_table("decision") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_decision_code"), type_="unique")
        batch_op.drop_column("code")


def _fill(connection: sa.Connection) -> None:
    """Each row of history to the decision it told of, in order; codes from there, new ones where none was noted."""
    decision = sa.table("decision", *map(sa.column, ("id", "task_id", "outcome", "shown_sha256", "code")))
    history = sa.table("history", *map(sa.column, ("id", "name", "payload", "decision_id")))
    waiting: dict[tuple[object, ...], list[int]] = defaultdict(list)
    codes: dict[int, str] = {}
    for row in connection.execute(sa.select(decision).order_by(decision.c.id)).all():
        waiting[row.task_id, row.outcome, row.shown_sha256].append(row.id)
        codes[row.id] = new_code()
    told = sa.select(history).where(history.c.name.in_(OUTCOMES)).order_by(history.c.id)
    for row in connection.execute(told).all():
        payload = json.loads(row.payload)
        found = waiting[payload.get("task"), OUTCOMES[row.name], payload.get("shown")]
        if found:
            number = found.pop(0)
            codes[number] = payload.get("code", codes[number])
            change = sa.update(history).where(history.c.id == row.id).values(decision_id=number)
            connection.execute(change)
    for number, code in codes.items():
        connection.execute(sa.update(decision).where(decision.c.id == number).values(code=code))
