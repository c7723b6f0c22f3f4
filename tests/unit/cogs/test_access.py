"""What a server may see, and what a permission allows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import discord
import pytest
from discord import app_commands

from cogs.access import Interaction, guild_of, require_manage_server


def _interaction(guild_id: int | None = 10, **allowed: bool) -> Interaction:
    said = SimpleNamespace(guild_id=guild_id, permissions=discord.Permissions(**allowed))
    return cast("Interaction", said)


def test_a_server_is_needed() -> None:
    assert guild_of(_interaction()) == 10
    with pytest.raises(app_commands.NoPrivateMessage):
        guild_of(_interaction(None))


@pytest.mark.parametrize("allowed", ["manage_guild", "administrator"])
def test_who_manages_the_server_may_change_what_it_follows(allowed: str) -> None:
    assert require_manage_server(_interaction(**{allowed: True}))


def test_others_may_not() -> None:
    with pytest.raises(app_commands.MissingPermissions):
        require_manage_server(_interaction(manage_channels=True, manage_messages=True))
