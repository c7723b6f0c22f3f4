"""Which words of a shown quote were met."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("quote", sa.Column("marks", sa.Text(), nullable=False, server_default=""))
