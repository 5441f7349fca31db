"""Who looked at data of others

Revision: 0011
After: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "look",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("viewer_id", sa.Uuid(), nullable=False),
        sa.Column("session_key", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("real_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["viewer_id"], ["person.id"], name=op.f("fk_look_viewer_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look")),
        sa.UniqueConstraint(
            "session_key", "what", "ref", "hour", name=op.f("uq_look_session_key_what_ref_hour")
        ),
    )
    op.create_index(op.f("ix_look_at"), "look", ["at"])
    op.create_index(op.f("ix_look_viewer_id"), "look", ["viewer_id"])
    op.create_table(
        "looked_at",
        sa.Column("look_id", BIG_ID, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["look_id"], ["look.id"], name=op.f("fk_looked_at_look_id_look")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_looked_at_person_id_person")),
        sa.PrimaryKeyConstraint("look_id", "person_id", name=op.f("pk_looked_at")),
    )
    op.create_index("ix_looked_at_person_id_look_id", "looked_at", ["person_id", "look_id"])


def downgrade() -> None:
    op.drop_table("looked_at")
    op.drop_table("look")
