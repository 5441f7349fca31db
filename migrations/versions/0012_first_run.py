"""The first delivery to a site is looked at before it is sent

Revision: 0012
After: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Sites that are known already have no row: they go on as before."""
    op.create_table(
        "first_run",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_first_run_site_id_site")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_first_run")),
    )


def downgrade() -> None:
    op.drop_table("first_run")
