"""What a show says of itself beside its title, and how far its host's word can be relied on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("author", "guid"):
        op.add_column("podcast", sa.Column(name, sa.Text))
    for name in ("whole_at", "false_304_at"):
        op.add_column("podcast", sa.Column(name, sa.DateTime(timezone=True)))
    # The first whole look at each of them comes within a day, and not at all of them at once.
    op.execute("UPDATE podcast SET whole_at = polled_at")
