"""The lease of a course says how far its worker is

Revision: 0029
After: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("course_lease") as lease:
        lease.add_column(sa.Column("doing", sa.String(10), nullable=False, server_default=""))
        lease.add_column(sa.Column("done", sa.Integer(), nullable=False, server_default="0"))
        lease.add_column(sa.Column("total", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("course_lease") as lease:
        for name in ("doing", "done", "total"):
            lease.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("course_lease") as lease:
        for name in ("total", "done", "doing"):
            lease.drop_column(name)
