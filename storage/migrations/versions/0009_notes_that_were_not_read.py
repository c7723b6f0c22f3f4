"""Why the notes of an episode were not read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("episode", sa.Column("notes_error", sa.Text()))
