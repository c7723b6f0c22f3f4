"""The role that each message mentions, as it stays in every edit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("role_id", sa.BigInteger()))
    # The setting of today is the best guess. What was edited has lost its mention, which nobody misses any more.
    op.execute(
        "UPDATE delivery SET role_id ="
        " (SELECT destination.role_id FROM destination WHERE destination.id = delivery.destination_id)"
        " WHERE state = 'sent' AND edits = 0 AND kind = 'episode' AND form <> ''"
    )
