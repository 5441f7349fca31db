"""The ID number of an account of ours follows the person's number: what it was last given

Revision: 0028
After: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("lms_account") as account:
        account.add_column(sa.Column("sent_number", sa.String(64), nullable=False, server_default=""))
    with op.batch_alter_table("lms_account") as account:
        account.alter_column("sent_number", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("lms_account") as account:
        account.drop_column("sent_number")
    # An older release knows two words for what differs.
    op.execute("UPDATE lms_account SET differs = trim(replace(differs, 'idnumber', ''))")
