"""Which permissions the bot or a member lacks in a channel, and how a moderator grants those of the bot."""

from __future__ import annotations

import discord

from bot.present.text import one_line
from storage.models import Destination, Status, StatusCode

TAG = 30

Announceable = discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.ForumChannel

MISSING_PERMISSIONS = StatusCode("delivery.missing_permissions", "missing", "channel")
NO_THREAD = StatusCode("setting.no_thread", "how")
NOBODY_NOTIFIED = StatusCode("setting.nobody_notified", "role", "permission", "channel")
ROLE_GONE = StatusCode("setting.role_gone")
TAGS_LEFT_OUT = StatusCode("setting.tags_left_out", "tags", "how")
TAGS_GONE = StatusCode("setting.tags_gone")

# By discord.py's name, and the name in Discord's settings.
NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
    "embed_links": "Embed Links",
}
# What single settings need beyond that. Publishing needs nothing more, as the message is the bot's own:
# https://docs.discord.com/developers/resources/message#crosspost-message
FOR_SETTINGS = {
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "manage_threads": "Manage Threads and Posts",
    "mention_everyone": "Mention @everyone, @here and All Roles",
}
# What the invitation asks for, as Discord's number.
ASKED_FOR = discord.Permissions(**dict.fromkeys((*NEEDED, *FOR_SETTINGS), True)).value


def missing_permissions(
    channel: Announceable, from_interaction: discord.Permissions | None = None
) -> list[str]:
    """The permissions that are missing to announce in this channel, by their names in Discord's settings.

    `from_interaction`: what Discord itself said that the bot may do here, in an interaction from this channel.
    """
    allowed = _allowed(channel, from_interaction)
    needed = dict(NEEDED)
    if isinstance(channel, discord.ForumChannel):
        # The same permission, by the name that it has in the settings of a forum.
        needed["send_messages"] = "Create Posts"
    if isinstance(channel, discord.Thread):
        del needed["send_messages"]
        needed["send_messages_in_threads"] = "Send Messages in Threads"
    return [label for name, label in needed.items() if not getattr(allowed, name)]


def _allowed(channel: Announceable, from_interaction: discord.Permissions | None) -> discord.Permissions:
    me: discord.Member | None = channel.guild.me
    # Until Discord has sent the bot's own roles, trying is better than guessing.
    allowed = channel.permissions_for(me) if me is not None else discord.Permissions.all()
    if from_interaction and not from_interaction.administrator:
        allowed &= from_interaction
    return allowed


def why_no_thread(
    channel: Announceable, from_interaction: discord.Permissions | None = None
) -> Status | None:
    """Why no thread can be opened under a message of this channel; None where one can."""
    if _allowed(channel, from_interaction).create_public_threads:
        return None
    return how_to_grant([FOR_SETTINGS["create_public_threads"]], channel.mention)


def usable_tags(
    forum: discord.ForumChannel, from_interaction: discord.Permissions | None = None
) -> list[discord.ForumTag]:
    """The tags of a forum that the bot may set: some are for those alone who manage threads."""
    manages = _allowed(forum, from_interaction).manage_threads
    return [tag for tag in forum.available_tags if manages or not tag.moderated]


def lacking_for_settings(
    channel: Announceable, to: Destination, from_interaction: discord.Permissions | None = None
) -> list[Status]:
    """What keeps the bot from doing what was chosen for announcements in this channel, and how to mend that."""
    found: list[Status] = []
    if to.open_thread and isinstance(channel, discord.TextChannel):
        how = why_no_thread(channel, from_interaction)
        found += [NO_THREAD(how=how)] if how is not None else []
    if to.looks.role_id is not None:
        found += _lacking_for_role(channel, to.looks.role_id, _allowed(channel, from_interaction))
    if to.tag_ids and isinstance(channel, discord.ForumChannel):
        found += _lacking_for_tags(channel, to.tag_ids, usable_tags(channel, from_interaction))
    return found


def lacking(
    channel: Announceable, to: Destination, from_interaction: discord.Permissions | None = None
) -> list[Status]:
    """All that keeps the bot from announcing in this channel as it was chosen, and how to mend that."""
    missing = missing_permissions(channel, from_interaction)
    told = [how_to_grant(missing, channel.mention)] if missing else []
    return told + lacking_for_settings(channel, to, from_interaction)


def _lacking_for_role(channel: Announceable, role_id: int, allowed: discord.Permissions) -> list[Status]:
    # Until Discord has sent the roles, none is known, not even the one that all have.
    roles_known = channel.guild.get_role(channel.guild.id) is not None
    role = channel.guild.get_role(role_id)
    if role is None:
        return [ROLE_GONE()] if roles_known else []
    if role.mentionable or allowed.mention_everyone:
        return []
    permission = FOR_SETTINGS["mention_everyone"]
    return [NOBODY_NOTIFIED(role=role.mention, permission=permission, channel=channel.mention)]


def _lacking_for_tags(
    forum: discord.ForumChannel, tag_ids: tuple[int, ...], usable: list[discord.ForumTag]
) -> list[Status]:
    there = {tag.id: tag.name for tag in forum.available_tags}
    left_out = [there[one] for one in tag_ids if one in there and all(tag.id != one for tag in usable)]
    found: list[Status] = []
    if left_out:
        how = how_to_grant([FOR_SETTINGS["manage_threads"]], forum.mention)
        found.append(TAGS_LEFT_OUT(tags=tuple(one_line(name, TAG) for name in left_out), how=how))
    if any(one not in there for one in tag_ids):
        found.append(TAGS_GONE())
    return found


def how_to_grant(missing: list[str], channel_mention: str) -> Status:
    """What is missing, and for a moderator how to give it."""
    return MISSING_PERMISSIONS(missing=tuple(missing), channel=channel_mention)


def why_not_send(member: discord.Permissions, channel: object) -> str | None:
    """Why a member with these permissions in a channel may not write there; None where they may."""
    if member.administrator:
        return None
    if not isinstance(channel, discord.Thread):
        return None if member.send_messages else "You need the permission **Send Messages** to share here."
    if not member.send_messages_in_threads:
        return "You need the permission **Send Messages in Threads** to share here."
    if channel.locked and not member.manage_threads:
        return "This thread is locked, so that nobody can share here."
    return None
