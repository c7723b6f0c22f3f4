"""Which permissions the bot or a member lacks in a channel, and how a moderator grants those of the bot."""

from __future__ import annotations

import discord

from storage.models import Status, StatusCode

Announceable = discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.ForumChannel

MISSING_PERMISSIONS = StatusCode("delivery.missing_permissions", "missing", "channel")

# By discord.py's name, and the name in Discord's settings.
NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
    "embed_links": "Embed Links",
}


def missing_permissions(
    channel: Announceable, from_interaction: discord.Permissions | None = None
) -> list[str]:
    """The permissions that are missing to announce in this channel, by their names in Discord's settings.

    `from_interaction`: what Discord itself said that the bot may do here, in an interaction from this channel.
    """
    me: discord.Member | None = channel.guild.me
    # Until Discord has sent the bot's own roles, trying is better than guessing.
    allowed = channel.permissions_for(me) if me is not None else discord.Permissions.all()
    if from_interaction and not from_interaction.administrator:
        allowed &= from_interaction
    needed = dict(NEEDED)
    if isinstance(channel, discord.ForumChannel):
        # The same permission, by the name that it has in the settings of a forum.
        needed["send_messages"] = "Create Posts"
    if isinstance(channel, discord.Thread):
        del needed["send_messages"]
        needed["send_messages_in_threads"] = "Send Messages in Threads"
    return [label for name, label in needed.items() if not getattr(allowed, name)]


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
