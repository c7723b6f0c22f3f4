"""How often a message was edited for a transcript that came late."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("transcript_edits", sa.Integer, nullable=False, server_default="0"))
