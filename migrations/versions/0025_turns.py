"""When the next call to a site may begin, among all processes

Revision: 0025
After: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_turn",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_turn_site_id_site")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site_turn")),
    )


def downgrade() -> None:
    op.drop_table("site_turn")
