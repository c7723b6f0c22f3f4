"""What a server may see."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from discord import app_commands

from cogs.access import Interaction, guild_of


def _interaction(guild_id: int | None = 10) -> Interaction:
    return cast("Interaction", SimpleNamespace(guild_id=guild_id))


def test_a_server_is_needed() -> None:
    assert guild_of(_interaction()) == 10
    with pytest.raises(app_commands.NoPrivateMessage):
        guild_of(_interaction(None))
