"""A site's breaker, and who stopped the sending

Revision: 0010
After: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("site") as site:
        site.add_column(sa.Column("paused_course", sa.String(length=40), nullable=False, server_default=""))
        site.add_column(sa.Column("open_since", sa.DateTime(timezone=True), nullable=True))
        site.add_column(sa.Column("trouble_code", sa.String(length=60), nullable=False, server_default=""))
        site.add_column(sa.Column("trials", sa.Integer(), nullable=False, server_default="0"))
        site.add_column(sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "sync_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("course_ref", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_sync_pause_site_id_site")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sync_pause_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_pause")),
        sa.UniqueConstraint("site_id", "course_ref", name=op.f("uq_sync_pause_site_id_course_ref")),
    )
    op.create_index(op.f("ix_sync_pause_person_id"), "sync_pause", ["person_id"])


def downgrade() -> None:
    op.drop_table("sync_pause")
    with op.batch_alter_table("site") as site:
        for name in ("tried_at", "trials", "trouble_code", "open_since", "paused_course"):
            site.drop_column(name)
