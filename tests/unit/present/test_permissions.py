"""What the bot lacks in a channel, in the words of Discord's settings."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import create_autospec

import discord
import pytest

from bot.present.permissions import how_to_grant, missing_permissions
from bot.status_messages.sentences import sentence

ALL = ("view_channel", "send_messages", "send_messages_in_threads", "read_message_history", "embed_links")
VIEW, HISTORY, EMBEDS = "View Channel", "Read Message History", "Embed Links"


def permissions(*names: str, administrator: bool = False) -> discord.Permissions:
    return discord.Permissions(**dict.fromkeys(names, True), administrator=administrator)


@pytest.mark.parametrize(
    ("kind", "allowed", "from_interaction", "missing"),
    [
        (discord.TextChannel, ALL, None, []),
        (discord.TextChannel, (), None, [VIEW, "Send Messages", HISTORY, EMBEDS]),
        (discord.ForumChannel, (), None, [VIEW, "Create Posts", HISTORY, EMBEDS]),
        (discord.Thread, (), None, [VIEW, HISTORY, EMBEDS, "Send Messages in Threads"]),
        (discord.TextChannel, ALL, permissions(*ALL[:-1]), [EMBEDS]),
        # An administrator's permissions are not listed one by one.
        (discord.TextChannel, ALL, permissions(administrator=True), []),
    ],
)
def test_what_is_missing_has_the_names_of_the_settings(
    kind: type, allowed: tuple[str, ...], from_interaction: discord.Permissions | None, missing: list[str]
) -> None:
    channel = create_autospec(kind, instance=True)
    channel.guild = SimpleNamespace(me=object())
    channel.permissions_for.return_value = permissions(*allowed)
    assert missing_permissions(channel, from_interaction) == missing


def test_until_the_bots_roles_are_known_nothing_is_missing() -> None:
    channel = create_autospec(discord.TextChannel, instance=True)
    channel.guild = SimpleNamespace(me=None)
    assert missing_permissions(channel) == []


def test_moderators_are_told_how_to_give_what_is_missing() -> None:
    assert sentence(how_to_grant(["Embed Links", "Send Messages"], "<#1>")) == (
        "I lack **Embed Links**, **Send Messages** in <#1>: open the channel's settings → Permissions, "
        "add my role there and allow it."
    )
