"""Until when an announcement waits for its episode's files to be read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("files_until", sa.DateTime(timezone=True)))
    op.create_index("ix_delivery_files_until", "delivery", ["files_until"])
