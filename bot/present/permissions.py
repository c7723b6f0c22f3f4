"""What the bot may do in a channel, and how a moderator gives it what is missing."""

from __future__ import annotations

import discord

Announceable = discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.ForumChannel

# The names are those of Discord's own settings.
NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
    "embed_links": "Embed Links",
}


def missing_permissions(channel: Announceable, told: discord.Permissions | None = None) -> list[str]:
    """The permissions that announcing in this channel lacks, in the words of Discord's settings.

    `told`: what Discord itself said of this channel, with an interaction that came from there.
    """
    me: discord.Member | None = channel.guild.me
    # Before Discord has told about the bot's own roles, trying tells more than guessing.
    allowed = channel.permissions_for(me) if me is not None else discord.Permissions.all()
    if told and not told.administrator:
        allowed &= told
    needed = dict(NEEDED)
    if isinstance(channel, discord.ForumChannel):
        # The same permission under the name that Discord's settings of a forum give it.
        needed["send_messages"] = "Create Posts"
    if isinstance(channel, discord.Thread):
        del needed["send_messages"]
        needed["send_messages_in_threads"] = "Send Messages in Threads"
    return [words for name, words in needed.items() if not getattr(allowed, name)]


def how_to_give(missing: list[str], channel_mention: str) -> str:
    """One sentence for a moderator."""
    return (
        f"I lack {', '.join(f'**{name}**' for name in missing)} in {channel_mention}: open the channel's "
        "settings → Permissions, add my role there and allow it."
    )
