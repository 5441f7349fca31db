"""Which accounts are ours, what they were last given, when each is looked at; rights that a site lacks

Revision: 0020
After: 0019
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("lms_account") as batch:
        batch.add_column(sa.Column("made_ref", sa.String(40), nullable=False, server_default=""))
        batch.add_column(sa.Column("sent_print", sa.String(64), nullable=False, server_default=""))
        batch.add_column(sa.Column("differs", sa.String(20), nullable=False, server_default=""))
        batch.add_column(sa.Column("update_code", sa.String(60), nullable=False, server_default=""))
        batch.add_column(sa.Column("looks", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("check_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index("ix_lms_account_check", ["check_at"])
    _fill()
    with op.batch_alter_table("lms_account") as batch:
        for name in ("made_ref", "sent_print", "differs", "update_code", "looks"):
            batch.alter_column(name, server_default=None)
    op.create_table(
        "site_lack",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trials", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('create', 'update', 'unenrol', 'completion', 'view')", name=op.f("ck_site_lack_kind")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_lack_site_id_site")),
        sa.PrimaryKeyConstraint("site_id", "kind", name=op.f("pk_site_lack")),
    )


def _fill() -> None:
    """Accounts that we made are known by their status; all are looked at once, some at a time."""
    account = sa.table(
        "lms_account",
        sa.column("status", sa.String),
        sa.column("reason", sa.String),
        sa.column("remote_id", sa.String),
        sa.column("made_ref", sa.String),
        sa.column("check_at", sa.DateTime(timezone=True)),
    )
    now = datetime.now(UTC)
    if op.get_bind().dialect.name == "sqlite":
        now = now.replace(tzinfo=None)
    ours = account.c.remote_id.is_not(None) & (account.c.status == "made")
    op.execute(account.update().where(ours).values(made_ref=account.c.remote_id))
    op.execute(account.update().values(check_at=now))
    nameless = account.c.remote_id.is_(None) & (account.c.reason == "")
    op.execute(account.update().where(nameless).values(reason=account.c.status))


def downgrade() -> None:
    op.drop_table("site_lack")
    with op.batch_alter_table("lms_account") as batch:
        batch.drop_index("ix_lms_account_check")
        for name in ("check_at", "looks", "update_code", "differs", "sent_print", "made_ref"):
            batch.drop_column(name)
