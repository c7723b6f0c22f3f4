"""`/podcast looks`: how a podcast's new episodes are announced in a channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_client.client import bot_of
from bot.discord_client.error_handler import MemberError
from bot.present.permissions import Announceable
from bot.present.text import NO_MENTIONS, escaped
from cogs.command_options import (
    Choices,
    Interaction,
    followed_or_tell,
    guild_of,
    podcast_choices,
    podcast_named,
)
from cogs.previews import send_preview
from storage.models import AnnouncementStyle, Destination, Looks
from storage.tables.destinations import configure_destination, guild_destinations
from storage.tables.episodes import list_episodes

# As many tags as Discord takes for a post.
MOST_TAGS = 5
TITLE = 120
TAG = 30


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a moderator named; None leaves it as it is."""

    style: str | None
    role: discord.Role | None
    silent: bool | None
    spoiler: bool | None
    talk: bool | None
    publish: bool | None
    tags: str | None


class ChoosingLooks(commands.Cog):
    """A part of the group `podcast`."""

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
    )
    async def looks(
        self,
        interaction: Interaction,
        podcast: str,
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
    ) -> None:
        """Change what was named, and show the outcome."""
        bot = bot_of(interaction)
        found = podcast_named(await followed_or_tell(interaction), podcast)
        mine = [
            one
            for one in await guild_destinations(bot.db, guild_of(interaction))
            if one.podcast_id == found.id
        ]
        wanted = _wanted(mine, channel.id if channel else None, interaction.channel_id)
        where = interaction.guild.get_channel_or_thread(wanted.channel_id) if interaction.guild else None
        chosen = Chosen(style, role, silent, spoiler, talk, publish, tags)
        changed = changed_destination(wanted, where if isinstance(where, Announceable) else None, chosen)
        await interaction.response.defer(ephemeral=True, thinking=True)
        if changed != wanted:
            await configure_destination(
                bot.db,
                wanted.id,
                looks=changed.looks,
                open_thread=changed.open_thread,
                publish=changed.publish,
                tag_ids=changed.tag_ids,
            )
        text = f"**{escaped(found.title, TITLE)}** is announced in <#{changed.channel_id}> {told(changed)}."
        if role is not None and isinstance(where, Announceable) and not _may_mention(where, role):
            text += (
                f"\n⚠️ I may not mention {role.mention}: allow everybody to mention it in the role's settings, "
                "or give me **Mention @everyone, @here and All Roles** there."
            )
        await interaction.followup.send(text, ephemeral=True, allowed_mentions=NO_MENTIONS)
        for newest in await list_episodes(bot.db, [found.id], limit=1):
            await send_preview(interaction, newest.id, changed.looks)

    @looks.autocomplete("podcast")
    async def _looks_podcasts(self, interaction: Interaction, typed: str) -> Choices:
        return await podcast_choices(interaction, typed)


def _wanted(mine: Sequence[Destination], named: int | None, here: int | None) -> Destination:
    """The destination that is meant: the one that is named, the only one, or the one of this channel."""
    if named is None and len(mine) == 1:
        return mine[0]
    for one in mine:
        if one.channel_id == (named or here):
            return one
    channels = ", ".join(f"<#{one.channel_id}>" for one in mine[:20])
    raise MemberError(f"This podcast is announced in {channels}; name one of these channels.")


def changed_destination(standing: Destination, channel: Announceable | None, chosen: Chosen) -> Destination:
    """The destination as it was chosen to be. Raises MemberError where its channel can't do that."""
    news = isinstance(channel, discord.TextChannel) and channel.is_news()
    if chosen.publish and not news:
        raise MemberError("Only what is posted in an announcement channel can be published.")
    if chosen.talk and not isinstance(channel, discord.TextChannel):
        raise MemberError(
            "A thread can be opened under announcements in text and announcement channels alone."
        )
    looks = standing.looks
    role_id = looks.role_id
    if chosen.role is not None:
        role_id = None if chosen.role.is_default() else chosen.role.id
    return replace(
        standing,
        looks=Looks(
            style=AnnouncementStyle(chosen.style) if chosen.style else looks.style,
            role_id=role_id,
            silent=_either(chosen.silent, looks.silent),
            spoiler=_either(chosen.spoiler, looks.spoiler),
        ),
        open_thread=_either(chosen.talk, standing.open_thread),
        publish=_either(chosen.publish, standing.publish),
        tag_ids=_tag_ids(channel, chosen.tags) if chosen.tags else standing.tag_ids,
    )


def _either(chosen: bool | None, standing: bool) -> bool:  # noqa: FBT001 - two of a kind
    return standing if chosen is None else chosen


def _tag_ids(channel: Announceable | None, names: str) -> tuple[int, ...]:
    if not isinstance(channel, discord.ForumChannel):
        raise MemberError("Only the posts of a forum have tags.")
    known = {tag.name.casefold(): tag.id for tag in channel.available_tags}
    wanted = [name.strip().casefold() for name in names.split(",") if name.strip() not in ("", "-")]
    missing = [name for name in wanted if name not in known]
    if missing:
        there = ", ".join(escaped(tag.name, TAG) for tag in channel.available_tags) or "none"
        raise MemberError(f"This forum has no tag “{escaped(missing[0], TAG)}”; its tags are: {there}.")
    if len(wanted) > MOST_TAGS:
        raise MemberError(f"A post has at most {MOST_TAGS} tags.")
    return tuple(dict.fromkeys(known[name] for name in wanted))


def _may_mention(channel: Announceable, role: discord.Role) -> bool:
    me: discord.Member | None = channel.guild.me
    return role.is_default() or role.mentionable or me is None or channel.permissions_for(me).mention_everyone


def told(one: Destination) -> str:
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
