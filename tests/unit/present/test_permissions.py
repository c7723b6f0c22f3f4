"""What the bot lacks in a channel, in the words of Discord's settings."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import create_autospec

import discord
import pytest

from bot.present.permissions import how_to_grant, missing_permissions, why_not_send
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


SEND, IN_THREADS = "send_messages", "send_messages_in_threads"
LACKS_SEND = "You need the permission **Send Messages** to share here."
LACKS_IN_THREADS = "You need the permission **Send Messages in Threads** to share here."
LOCKED = "This thread is locked, so that nobody can share here."


@pytest.mark.parametrize(
    ("kind", "locked", "allowed", "why"),
    [
        (discord.TextChannel, False, [SEND], None),
        (discord.TextChannel, False, ["view_channel", IN_THREADS, "manage_messages"], LACKS_SEND),
        (discord.VoiceChannel, False, [SEND], None),
        (discord.VoiceChannel, False, ["connect", "speak"], LACKS_SEND),
        (discord.StageChannel, False, [], LACKS_SEND),
        # A public or a private thread, or a post in a forum: what counts in its parent does not count in it.
        (discord.Thread, False, [IN_THREADS], None),
        (discord.Thread, False, [SEND], LACKS_IN_THREADS),
        (discord.Thread, True, [SEND, IN_THREADS], LOCKED),
        (discord.Thread, True, [IN_THREADS, "manage_threads"], None),
        (discord.Thread, True, ["administrator"], None),
        # A kind of channel that the library does not know.
        (None, False, [SEND], None),
        (None, False, [IN_THREADS], LACKS_SEND),
        (None, False, ["administrator"], None),
    ],
)
def test_a_member_may_share_where_they_may_write(
    kind: type | None, locked: bool, allowed: list[str], why: str | None
) -> None:
    channel = create_autospec(kind, instance=True) if kind else None
    if channel is not None:
        channel.locked = locked
    assert why_not_send(discord.Permissions(**dict.fromkeys(allowed, True)), channel) == why
