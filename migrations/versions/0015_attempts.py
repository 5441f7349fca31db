"""What was tried for each row of a site, and which dates it was given

Revision: 0015
After: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("enrolment") as enrolment:
        enrolment.add_column(sa.Column("applied_starts_at", sa.DateTime(timezone=True), nullable=True))
        enrolment.add_column(sa.Column("applied_ends_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "sync_attempt",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("machine_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doing", sa.String(length=10), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=14), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "doing IN ('account', 'compare', 'send', 'none')", name=op.f("ck_sync_attempt_doing")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_sync_attempt_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_attempt")),
    )
    op.create_index("ix_sync_attempt_row", "sync_attempt", ["enrolment_id", "id"])
    op.create_index(op.f("ix_sync_attempt_tried_at"), "sync_attempt", ["tried_at"])


def downgrade() -> None:
    op.drop_table("sync_attempt")
    with op.batch_alter_table("enrolment") as enrolment:
        enrolment.drop_column("applied_ends_at")
        enrolment.drop_column("applied_starts_at")
