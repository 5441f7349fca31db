"""A comparison also counts participants who are not in the group of their batch

Revision: 0026
After: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("drift_check") as check:
        check.add_column(sa.Column("out_of_group", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("drift_check") as check:
        check.alter_column("out_of_group", server_default=None)


def downgrade() -> None:
    # An older release knows no such difference.
    op.execute("DELETE FROM drift_finding WHERE kind = 'out_of_group'")
    with op.batch_alter_table("drift_check") as check:
        check.drop_column("out_of_group")
