"""Commands that are called once more, with options as text."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from discord import app_commands

from bot.discord_client.called_again import call_again, options_given


class _Tree:
    """Has the one command "keep", or the group "box" that it is in."""

    def __init__(self, called: list[dict[str, Any]]) -> None:
        @app_commands.command(name="keep", description="Keep")
        async def keep(
            interaction: discord.Interaction[Any],
            words: str,
            often: int | None = None,
            loud: bool | None = None,
            channel: discord.TextChannel | None = None,
            role: discord.Role | None = None,
        ) -> None:
            del interaction
            called.append({"words": words, "often": often, "loud": loud, "channel": channel, "role": role})

        self._box = app_commands.Group(name="box", description="Box")
        self._box.add_command(keep)
        self._keep: Any = keep

    def get_command(self, name: str) -> Any:
        return {"keep": self._keep, "box": self._box}.get(name)


CHANNEL = discord.TextChannel.__new__(discord.TextChannel)
CHANNEL.id = 11
ROLE = discord.Role.__new__(discord.Role)
ROLE.id = 7


def _interaction(called: list[dict[str, Any]]) -> discord.Interaction[Any]:
    guild = SimpleNamespace(
        get_channel_or_thread={11: CHANNEL}.get, get_role={7: ROLE}.get, roles=[ROLE], id=10
    )
    return cast(
        "discord.Interaction[Any]",
        SimpleNamespace(guild=guild, client=SimpleNamespace(tree=_Tree(called)), guild_id=10, _state=None),
    )


GIVEN = {"words": "x y", "often": "3", "loud": "True", "channel": "11", "role": "7"}


@pytest.mark.parametrize("name", ["keep", "box keep"])
async def test_options_become_what_discord_would_have_given(name: str) -> None:
    called: list[dict[str, Any]] = []
    interaction = _interaction(called)
    await call_again(interaction, name, GIVEN)
    assert called == [{"words": "x y", "often": 3, "loud": True, "channel": CHANNEL, "role": ROLE}]
    # And can be asked for again.
    interaction.namespace = cast("Any", interaction)._cs_namespace  # type: ignore[misc]
    assert options_given(interaction) == GIVEN


async def test_what_was_not_given_or_is_gone_is_left_out() -> None:
    called: list[dict[str, Any]] = []
    await call_again(_interaction(called), "keep", {"words": "x", "loud": "False", "role": "8", "other": "y"})
    assert called == [{"words": "x", "often": None, "loud": False, "channel": None, "role": None}]
    with pytest.raises(app_commands.TransformerError):
        await call_again(_interaction(called), "keep", {"words": "x", "channel": "12"})


@pytest.mark.parametrize("name", ["", "nothing", "box", "box nothing", "keep keep", "nothing keep"])
async def test_a_command_that_is_not_there_is_not_called(name: str) -> None:
    called: list[dict[str, Any]] = []
    with pytest.raises(app_commands.CommandNotFound):
        await call_again(_interaction(called), name, GIVEN)
    assert called == []
