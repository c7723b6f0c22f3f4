"""What the bot lacks in a channel, in the words of Discord's settings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import discord
import pytest

from bot.present.permissions import (
    ASKED_FOR,
    FOR_SETTINGS,
    NEEDED,
    how_to_grant,
    lacking,
    missing_permissions,
    why_not_send,
)
from bot.status_messages.sentences import sentence
from storage.models import Destination, Looks

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
    channel = Mock(spec=kind)
    channel.guild = SimpleNamespace(me=object())
    channel.permissions_for.return_value = permissions(*allowed)
    assert missing_permissions(channel, from_interaction) == missing


def test_until_the_bots_roles_are_known_nothing_is_missing() -> None:
    channel = Mock(spec=discord.TextChannel)
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
    channel = Mock(spec=kind) if kind else None
    if channel is not None:
        channel.locked = locked
    assert why_not_send(discord.Permissions(**dict.fromkeys(allowed, True)), channel) == why


EVERYONE, ROLE, GONE_ROLE = 10, 7, 8
MENTION = "Mention @everyone, @here and All Roles"


def _channel(kind: type, *allowed: str, mentionable: bool = False, roles_known: bool = True) -> Any:
    """A channel of a server with one role; a forum's tag 1 is free, 2 and 3 are for moderators."""
    channel = Mock(spec=kind)
    role = SimpleNamespace(mentionable=mentionable, mention="<@&7>")
    roles = {EVERYONE: SimpleNamespace(), ROLE: role} if roles_known else {}
    channel.guild = SimpleNamespace(me=object(), id=EVERYONE, get_role=roles.get)
    channel.permissions_for.return_value = permissions(*ALL, *allowed)
    channel.mention = "<#4>"
    channel.available_tags = [
        SimpleNamespace(id=number, name=name, moderated=number > 1)
        for number, name in ((1, "News"), (2, "*Good*"), (3, "Bad"))
    ]
    return channel


def _settings(role_id: int | None = None, **chosen: Any) -> Destination:
    return Destination(1, 2, EVERYONE, 4, looks=Looks(role_id=role_id), **chosen)


GRANT = "open the channel's settings → Permissions, add my role there and allow it."
NO_THREADS = f"No thread is opened under announcements: I lack **Create Public Threads** in <#4>: {GRANT}"
SILENT_ROLE = (
    "I may not mention <@&7>, so nobody is notified: allow everybody to mention it in the role's settings, or give "
    f"me **{MENTION}** in <#4>."
)
TAGS = (
    "The tags \\*Good\\*, Bad are left out, as only moderators may set them: "
    f"I lack **Manage Threads and Posts** in <#4>: {GRANT}"
)
TAGS_GONE = "Some of the chosen tags are gone from the forum: choose again with `/podcast looks`."
ROLE_GONE = "The role to mention is gone: choose another one with `/podcast looks`."


@pytest.mark.parametrize(
    ("channel", "chosen", "told"),
    [
        (_channel(discord.TextChannel), _settings(), []),
        (_channel(discord.TextChannel), _settings(open_thread=True), [NO_THREADS]),
        (_channel(discord.TextChannel, "create_public_threads"), _settings(open_thread=True), []),
        # What the channel can't do anyway is refused where it is chosen.
        (_channel(discord.ForumChannel), _settings(open_thread=True), []),
        # Publishing the bot's own message takes no more than sending it.
        (_channel(discord.TextChannel), _settings(publish=True), []),
        (_channel(discord.TextChannel), _settings(ROLE), [SILENT_ROLE]),
        (_channel(discord.TextChannel, mentionable=True), _settings(ROLE), []),
        (_channel(discord.Thread, "mention_everyone"), _settings(ROLE), []),
        (_channel(discord.TextChannel), _settings(GONE_ROLE), [ROLE_GONE]),
        (_channel(discord.TextChannel, roles_known=False), _settings(GONE_ROLE), []),
        (_channel(discord.ForumChannel), _settings(tag_ids=(1,)), []),
        (_channel(discord.ForumChannel), _settings(tag_ids=(1, 2, 3)), [TAGS]),
        (_channel(discord.ForumChannel, "manage_threads"), _settings(tag_ids=(1, 2, 3)), []),
        (_channel(discord.ForumChannel), _settings(ROLE, tag_ids=(1, 9)), [SILENT_ROLE, TAGS_GONE]),
    ],
)
def test_what_settings_need_is_told(channel: Any, chosen: Destination, told: list[str]) -> None:
    assert [sentence(one) for one in lacking(channel, chosen)] == told


def test_what_an_interaction_says_counts_too() -> None:
    channel = _channel(discord.TextChannel, "create_public_threads", "mention_everyone")
    chosen = _settings(ROLE, open_thread=True)
    assert lacking(channel, chosen, permissions(*ALL, "create_public_threads", "mention_everyone")) == []
    told = [sentence(one) for one in lacking(channel, chosen, permissions(*ALL[:-1]))]
    assert told == [f"I lack **Embed Links** in <#4>: {GRANT}", NO_THREADS, SILENT_ROLE]


def test_what_the_invitation_asks_for_is_all_that_a_setting_may_need() -> None:
    asked = discord.Permissions(ASKED_FOR)
    assert all(getattr(asked, name) for name in (*NEEDED, *FOR_SETTINGS))
    # And for no more, above all not for everything at once.
    assert sum(allowed for _, allowed in asked) == len(NEEDED) + len(FOR_SETTINGS)
