"""Logout tokens that were obeyed

Revision: 0002
After: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sso_logout_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("jti_hash", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sso_logout_token")),
        sa.UniqueConstraint("jti_hash", name=op.f("uq_sso_logout_token_jti_hash")),
    )
    with op.batch_alter_table("sso_logout_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sso_logout_token_seen_at"), ["seen_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sso_logout_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sso_logout_token_seen_at"))
    op.drop_table("sso_logout_token")
