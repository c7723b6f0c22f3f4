"""Who speaks in which episode, and how often, told without reading all turns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "speaker",
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_speaker_episode_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("episode_id", "name", name=op.f("pk_speaker")),
    )
    op.execute(
        "INSERT INTO speaker (episode_id, name, turns) SELECT episode_id, speaker, count(*) FROM turn "
        "WHERE speaker IS NOT NULL AND speaker != '' GROUP BY episode_id, speaker"
    )
