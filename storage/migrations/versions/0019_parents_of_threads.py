"""The channels that threads are in, whose readers see what is announced there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("destination", sa.Column("parent_id", sa.BigInteger))
