"""Announcements: kinds and looks of destinations, leases and digests of deliveries, what follows a message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("episode", sa.Column("withdrawn_at", moment))
    _destinations(moment)
    _deliveries(moment)
    op.create_table(
        "follow_up",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", moment),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failing_since", moment),
        sa.Column("error", sa.Text()),
        sa.Column("lease_owner", sa.Text()),
        sa.Column("lease_until", moment),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_follow_up_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "kind", name=op.f("pk_follow_up")),
    )
    op.create_index(op.f("ix_follow_up_due_at"), "follow_up", ["due_at"])


def _destinations(moment: sa.DateTime) -> None:
    # Columns are added with defaults: to recreate a table on SQLite would delete the rows that refer to it.
    op.add_column("destination", sa.Column("kind", sa.Text(), nullable=False, server_default="text"))
    op.add_column("destination", sa.Column("style", sa.Text(), nullable=False, server_default="card"))
    op.add_column("destination", sa.Column("role_id", sa.BigInteger()))
    for name in ("silent", "spoiler", "open_thread", "publish"):
        op.add_column("destination", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("destination", sa.Column("tag_ids", sa.Text(), nullable=False, server_default=""))
    op.add_column("destination", sa.Column("paused", sa.Text()))
    for name in ("paused_since", "resume_at", "gone_since"):
        op.add_column("destination", sa.Column(name, moment))


def _deliveries(moment: sa.DateTime) -> None:
    op.add_column("delivery", sa.Column("kind", sa.Text(), nullable=False, server_default="episode"))
    op.add_column("delivery", sa.Column("resend", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("delivery", sa.Column("failing_since", moment))
    op.add_column("delivery", sa.Column("first_until", moment))
    op.add_column("delivery", sa.Column("lease_owner", sa.Text()))
    op.add_column("delivery", sa.Column("lease_until", moment))
    op.add_column("delivery", sa.Column("digest_of", sa.Integer()))
    op.add_column("delivery", sa.Column("thread_id", sa.BigInteger()))
    op.add_column("delivery", sa.Column("sent_at", moment))
    op.add_column("delivery", sa.Column("form", sa.Text(), nullable=False, server_default=""))
    op.add_column("delivery", sa.Column("shown", sa.Text(), nullable=False, server_default=""))
    op.add_column("delivery", sa.Column("edits", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(op.f("ix_delivery_episode_id"), "delivery", ["episode_id"])
    op.create_index(op.f("ix_delivery_digest_of"), "delivery", ["digest_of"])
