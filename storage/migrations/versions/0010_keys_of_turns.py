"""Each episode's turns have a key, so that what was indexed of one counts whatever happens to the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("episode", sa.Column("turns_key", sa.BigInteger(), nullable=False, server_default="0"))
