"""What is set of a learning site: mapping of accounts, role, category, pace, where completions come from

Revision: 0005
After: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WORDS = {
    "username_from": (10, "number", ("number", "email")),
    "idnumber_from": (10, "number", ("number", "person", "none")),
    "email_from": (10, "email", ("email", "none")),
    "completion_source": (8, "both", ("xapi", "polling", "both")),
}
NUMBERS = {"role_id": 5, "batch_size": 50, "connections": 2, "calls_per_second": 0}


def upgrade() -> None:
    """Sites that are known already get what was in force for them until now."""
    with op.batch_alter_table("site") as table:
        for name, (length, value, _) in WORDS.items():
            table.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=value))
        for name, number in NUMBERS.items():
            table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=str(number)))
        table.add_column(sa.Column("category_ref", sa.String(length=40), nullable=False, server_default=""))
        for name, (_, _, choices) in WORDS.items():
            listed = ", ".join(f"'{choice}'" for choice in choices)
            table.create_check_constraint(op.f(f"ck_site_{name}"), f"{name} IN ({listed})")
    with op.batch_alter_table("site") as table:
        for name in (*WORDS, *NUMBERS, "category_ref"):
            table.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("site") as table:
        for name in WORDS:
            table.drop_constraint(op.f(f"ck_site_{name}"), type_="check")
        for name in (*WORDS, *NUMBERS, "category_ref"):
            table.drop_column(name)
