"""`/podcast looks`: how a podcast's new episodes are announced in a channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.announcing.transport.posting import MAX_TAGS
from bot.discord_client.client import bot_of
from bot.discord_client.error_handler import MemberError
from bot.present.permissions import Announceable
from bot.present.text import CONTENT, NO_MENTIONS, cut, escaped
from bot.settings_changes import NO_ROLE, GuildPodcastChange, SettingsChange
from bot.status_messages.sentences import sentence
from cogs.access import Interaction, defer, destinations_of, guild_of
from cogs.command_options import FollowedPodcast
from cogs.destination_troubles import lacking_here
from cogs.previews import send_preview
from storage.models import AnnouncementStyle, Destination, GuildPodcast, Visibility
from storage.tables.episodes import list_episodes

TITLE = 120
TAG = 30


class PodcastSettings(commands.Cog):
    """The part of the command group `podcast` that changes settings."""

    @app_commands.command(
        description="Choose how a podcast is announced in a channel; without choices, show how"
    )
    @app_commands.describe(
        podcast="The podcast",
        channel="The channel; needed only where the podcast is announced in several",
        style="card: with chapters and what is said in them; compact: a line and the link",
        role="Mention this role with each first post; @everyone for none",
        silent="Post without a notification",
        spoiler="Cover the announcement until a member opens it",
        talk="Open a thread under each announcement, for the talk about it",
        publish="In an announcement channel: publish to the channels that follow it",
        tags="In a forum: the tags of each post, with commas between them; - for none",
        visible="In the whole server: only for who can view a channel that announces it, or for everybody",
        audio="In the whole server: link the audio of a private feed, whose address holds a key",
        summaries="In the whole server: show what a language model wrote about each chapter",
    )
    async def looks(
        self,
        interaction: Interaction,
        podcast: FollowedPodcast,
        channel: discord.TextChannel
        | discord.Thread
        | discord.VoiceChannel
        | discord.ForumChannel
        | None = None,
        style: Literal["card", "compact"] | None = None,
        role: discord.Role | None = None,
        silent: bool | None = None,  # noqa: FBT001 - options of a command are named
        spoiler: bool | None = None,  # noqa: FBT001
        talk: bool | None = None,  # noqa: FBT001
        publish: bool | None = None,  # noqa: FBT001
        tags: app_commands.Range[str, 1, 200] | None = None,
        visible: Literal["channel", "everybody"] | None = None,
        audio: Literal["off", "on"] | None = None,
        summaries: Literal["off", "on"] | None = None,
    ) -> None:
        """Change what was named, and show the outcome."""
        bot = bot_of(interaction)
        in_server = GuildPodcastChange(
            visible=Visibility(visible) if visible else None,
            audio=audio == "on" if audio else None,
            summaries=summaries == "on" if summaries else None,
        )
        of_channel = (channel, style, role, silent, spoiler, talk, publish, tags)
        if in_server != GuildPodcastChange() and all(one is None for one in of_channel):
            # It counts in all channels: none has to be named.
            await defer(interaction)
            now = await bot.subscriptions.configure_podcast(guild_of(interaction), podcast.id, in_server)
            text = f"**{escaped(podcast.title, TITLE)}**: {server_settings_text(now)}"
            await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)
            return
        destinations = await destinations_of(interaction, podcast)
        destination = _chosen(destinations, channel.id if channel else None, interaction.channel_id)
        where = interaction.guild.get_channel_or_thread(destination.channel_id) if interaction.guild else None
        place = where if isinstance(where, Announceable) else None
        change = SettingsChange(
            style=AnnouncementStyle(style) if style else None,
            role_id=_role_id(role),
            silent=silent,
            spoiler=spoiler,
            open_thread=talk,
            publish=publish,
            tag_ids=_tag_ids(place, tags) if tags else None,
        )
        _check(change, place)
        await defer(interaction)
        changed = await bot.subscriptions.configure(destination.id, change)
        now = await bot.subscriptions.configure_podcast(changed.guild_id, podcast.id, in_server)
        text = (
            f"**{escaped(podcast.title, TITLE)}** is announced in <#{changed.channel_id}> "
            f"{settings_text(changed)}. {server_settings_text(now)}"
        )
        text += "".join(f"\n⚠️ {sentence(one)}" for one in lacking_here(interaction, changed))
        text = cut(text, CONTENT)
        await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)
        for newest in await list_episodes(bot.db, [podcast.id], limit=1):
            await send_preview(
                interaction, newest.id, replace(changed.looks, audio=now.audio, summaries=now.summaries)
            )


def _chosen(destinations: Sequence[Destination], named: int | None, here: int | None) -> Destination:
    """The destination in the channel that was named, else the only one, else the one in this channel."""
    if named is None and len(destinations) == 1:
        return destinations[0]
    for one in destinations:
        if one.channel_id == (named or here):
            return one
    channels = ", ".join(f"<#{one.channel_id}>" for one in destinations[:20])
    raise MemberError(f"This podcast is announced in {channels}; name one of these channels.")


def _role_id(role: discord.Role | None) -> int | None:
    if role is None:
        return None
    return NO_ROLE if role.is_default() else role.id


def _check(change: SettingsChange, channel: Announceable | None) -> None:
    """Raise MemberError where Discord's kind of channel can't do what was chosen."""
    if change.publish and not (isinstance(channel, discord.TextChannel) and channel.is_news()):
        raise MemberError("Only what is posted in an announcement channel can be published.")
    if change.open_thread and not isinstance(channel, discord.TextChannel):
        raise MemberError(
            "A thread can be opened under announcements in text and announcement channels alone."
        )


def _tag_ids(channel: Announceable | None, names: str) -> tuple[int, ...]:
    """The ids of a forum's tags, named with commas between them. Raises MemberError."""
    if not isinstance(channel, discord.ForumChannel):
        raise MemberError("Only the posts of a forum have tags.")
    known = {tag.name.casefold(): tag.id for tag in channel.available_tags}
    wanted = [name.strip().casefold() for name in names.split(",") if name.strip() not in ("", "-")]
    missing = [name for name in wanted if name not in known]
    if missing:
        there = ", ".join(escaped(tag.name, TAG) for tag in channel.available_tags) or "none"
        raise MemberError(f"This forum has no tag “{escaped(missing[0], TAG)}”; its tags are: {there}.")
    if len(wanted) > MAX_TAGS:
        raise MemberError(f"A post has at most {MAX_TAGS} tags.")
    return tuple(dict.fromkeys(known[name] for name in wanted))


def settings_text(one: Destination) -> str:
    """How episodes are announced there, in words."""
    looks = one.looks
    parts = [
        f"as {'a card' if looks.style is AnnouncementStyle.CARD else 'a line and the link'}",
        f"mentioning <@&{looks.role_id}>" if looks.role_id else "",
        "without a notification" if looks.silent else "",
        "behind a cover" if looks.spoiler else "",
        "with a thread for the talk" if one.open_thread else "",
        "and published" if one.publish else "",
        f"with {len(one.tag_ids)} tag{'s' * (len(one.tag_ids) > 1)}" if one.tag_ids else "",
    ]
    return ", ".join(part for part in parts if part)


def server_settings_text(one: GuildPodcast) -> str:
    """What holds for the podcast in all channels of a server, in words."""
    visible = (
        "Every member of this server may search it."
        if one.visible is Visibility.EVERYBODY
        else "Only members who can view a channel that announces it may search it."
    )
    parts = [visible, f"Audio whose address holds a key is {'linked' if one.audio else 'not linked'}."]
    if one.summaries is not None:
        parts.append(f"What a model writes about chapters is {'shown' if one.summaries else 'not shown'}.")
    return " ".join(parts)


def has_settings(one: Destination) -> bool:
    """Whether a moderator chose anything there that is told in words."""
    return settings_text(one) != settings_text(
        Destination(one.id, one.podcast_id, one.guild_id, one.channel_id)
    )
