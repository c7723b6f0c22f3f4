"""Who sees a podcast in a server, by the channels that announce it there.

Pure, over what discord.py has cached: a thread counts as its parent, a private thread only inside itself. A channel
that is not known, as it is deleted, shows a podcast to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import discord

from storage.models import PodcastSources, Visibility

ServerChannel = discord.abc.GuildChannel | discord.Thread


@dataclass(frozen=True, slots=True)
class Viewer:
    """A member with the roles that an interaction brought, and where they are: what they certainly can view.

    `here`: the channel that the interaction came from, and its parent if it is a thread.
    """

    member: discord.Member
    here: frozenset[int] = frozenset()
    administrator: bool = False


def sees(viewer: Viewer, sources: PodcastSources) -> bool:
    """Whether a member sees the podcast that is announced there."""
    if sources.settings.visible is Visibility.EVERYBODY or viewer.administrator:
        return True
    if viewer.here & sources.channel_ids:
        return True
    announcing = _announcing(viewer.member.guild, sources)
    return any(
        one.id in viewer.here or _can_read(one, one.permissions_for(viewer.member)) for one in announcing
    )


def readers_may_see(channel: ServerChannel, sources: PodcastSources) -> bool:
    """Whether all who can view a channel see the podcast, so that what was said in it may be shared there.

    Who they are is not known, only which roles and members the channels let in: each of those that can view this
    channel has to see the podcast by itself. Administrators see all, and the role of a bot has no reader.
    """
    if sources.settings.visible is Visibility.EVERYBODY or channel.id in sources.channel_ids:
        return True
    guild = channel.guild
    place = guild.get_channel(channel.parent_id if isinstance(channel, discord.Thread) else channel.id)
    announcing = list(_announcing(guild, sources))
    if place is None or not announcing:
        return False
    if place in announcing:
        return True
    roles = (one for one in guild.roles if not one.permissions.administrator and not one.is_bot_managed())
    members = _named_members([place, *announcing]) - {guild.owner_id, guild.me.id}
    kept_out = {one for one in members if any(_by_name(there, one) is False for there in announcing)}
    return all(
        any(_can_read(one, one.permissions_for(role)) for one in announcing)
        for role in roles
        if place.permissions_for(role).view_channel
    ) and all(
        any(_lets_in(one, member_id) for one in announcing)
        for member_id in members
        # Who is kept out there may have a role that views this channel.
        if _shows(place, member_id) or (member_id in kept_out and _by_name(place, member_id) is None)
    )


def public_parent(channel: ServerChannel) -> int | None:
    """The channel whose readers read a thread; None where it is private, or no thread."""
    return channel.parent_id if isinstance(channel, discord.Thread) and not channel.is_private() else None


def _announcing(guild: discord.Guild, sources: PodcastSources) -> Iterable[discord.abc.GuildChannel]:
    """The channels whose readers see the podcast."""
    for channel_id in sources.channel_ids:
        channel = guild.get_channel_or_thread(channel_id)
        if isinstance(channel, discord.Thread):
            channel = guild.get_channel(public_parent(channel) or 0)
        elif channel is None:
            # Archived threads are not cached.
            channel = guild.get_channel(sources.parents.get(channel_id, 0))
        if channel is not None:
            yield channel


def _can_read(channel: discord.abc.GuildChannel, allowed: discord.Permissions) -> bool:
    return allowed.view_channel and (allowed.connect or not _locked(channel))


def _locked(channel: discord.abc.GuildChannel) -> bool:
    """Whether a voice channel keeps somebody from connecting, to whom it shows its name and not what is written."""
    return isinstance(channel, discord.VoiceChannel | discord.StageChannel) and any(
        one.connect is False for one in channel.overwrites.values()
    )


def _named_members(channels: Iterable[discord.abc.GuildChannel]) -> set[int]:
    """The members whom a channel lets in or keeps out by name; a role that is gone is none."""
    named = {one.id: one for channel in channels for one in channel.overwrites}
    return {
        id_
        for id_, one in named.items()
        if not isinstance(one, discord.Role)
        and not (isinstance(one, discord.Object) and one.type is discord.Role)
    }


def _shows(channel: discord.abc.GuildChannel, member_id: int) -> bool:
    """Whether a member can view a channel, as far as is known without their roles."""
    by_name = _by_name(channel, member_id)
    return channel.permissions_for(channel.guild.default_role).view_channel if by_name is None else by_name


def _by_name(channel: discord.abc.GuildChannel, member_id: int) -> bool | None:
    return channel.overwrites_for(discord.Object(member_id, type=discord.User)).view_channel


def _lets_in(channel: discord.abc.GuildChannel, member_id: int) -> bool:
    return _shows(channel, member_id) and not _locked(channel)
