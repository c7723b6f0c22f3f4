"""How many items of a feed are left unread, as it has more than are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("podcast", sa.Column("left_unread", sa.Integer, nullable=False, server_default="0"))
