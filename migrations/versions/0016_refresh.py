"""What asks the issuer again whether a sign-in still stands

Revision: 0016
After: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("login_session") as batch:
        batch.add_column(sa.Column("refresh_token", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("refresh_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index(batch.f("ix_login_session_refresh_at"), ["refresh_at"])
    with op.batch_alter_table("login_session") as batch:
        batch.alter_column("refresh_token", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("login_session") as batch:
        batch.drop_index(batch.f("ix_login_session_refresh_at"))
        batch.drop_column("refresh_at")
        batch.drop_column("refresh_token")
