"""Each batch has its group on the site, and each participant the group last seen there

Revision: 0019
After: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("batch") as batch:
        batch.add_column(sa.Column("group_key", sa.String(length=32), nullable=False, server_default=""))
    # One that an older release made is named by its number and that of its version: they are used only once.
    op.execute("UPDATE batch SET group_key = 'angkatan-' || id || '-' || version_id")
    with op.batch_alter_table("batch") as batch:
        batch.alter_column("group_key", server_default=None)
        batch.create_unique_constraint(op.f("uq_batch_group_key"), ["group_key"])
    with op.batch_alter_table("enrolment") as enrolment:
        enrolment.add_column(sa.Column("placed_in", sa.String(length=32), nullable=False, server_default=""))
        enrolment.add_column(
            sa.Column("place_error", sa.String(length=60), nullable=False, server_default="")
        )
    with op.batch_alter_table("enrolment") as enrolment:
        enrolment.alter_column("placed_in", server_default=None)
        enrolment.alter_column("place_error", server_default=None)
    op.create_table(
        "course_grouping",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("course_ref", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_course_grouping_site_id_site")),
        sa.PrimaryKeyConstraint("site_id", "course_ref", name=op.f("pk_course_grouping")),
    )


def downgrade() -> None:
    op.drop_table("course_grouping")
    with op.batch_alter_table("enrolment") as enrolment:
        enrolment.drop_column("place_error")
        enrolment.drop_column("placed_in")
    with op.batch_alter_table("batch") as batch:
        batch.drop_constraint(op.f("uq_batch_group_key"), type_="unique")
        batch.drop_column("group_key")
