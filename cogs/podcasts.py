"""`/podcast`: what a server follows, and where it is announced. For those with Manage Server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import discord
from discord import app_commands
from discord.ext import commands

from bot.announcing.retry_policy import SETTLED_AFTER
from bot.announcing.transport.channels import destination_kind
from bot.discord_client.client import Earmark, bot_of
from bot.discord_client.error_handler import MemberError
from bot.feeds.http.address_guard import is_web_address
from bot.polling.feed_updater import Poll
from bot.present.buttons import POST_NEWEST_ID, REMOVE_ID, post_newest_button, remove_buttons
from bot.present.permissions import Announceable, how_to_give, missing_permissions
from bot.present.text import CONTENT, EMBED_DESCRIPTION, NO_MENTIONS, cut, escaped, fit_lines
from bot.text.plurals import counted
from cogs.command_options import (
    Choices,
    Interaction,
    TellingButton,
    followed,
    followed_or_tell,
    guild_of,
    manages_server,
    podcast_choices,
    podcast_named,
)
from cogs.podcast_settings import ChoosingLooks
from cogs.previews import send_preview
from storage.models import (
    Coverage,
    DeliveryState,
    Destination,
    Episode,
    FileProblems,
    HeldItem,
    Podcast,
)
from storage.tables.deliveries import last_problem, plan_delivery, retry_delivery
from storage.tables.destinations import (
    add_destination,
    get_destination,
    guild_destinations,
    remove_destinations,
)
from storage.tables.episodes import get_episode, list_episodes
from storage.tables.held_items import waiting_items
from storage.tables.linked_files import file_problems
from storage.tables.podcasts import coverage

MAX_DESTINATIONS = 200
NEWEST_SHOWN = 3
HELD_SHOWN = 3
TITLE = 120


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Podcasts(
    ChoosingLooks, commands.GroupCog, group_name="podcast", group_description="What this server follows"
):
    """Choosing podcasts."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Discord hides these commands from others, but a server can override that: check again."""
        return manages_server(interaction)

    @app_commands.command(description="Follow a podcast and announce its new episodes in a channel")
    @app_commands.describe(
        feed="The address of the podcast's RSS feed",
        channel="Where to announce; this channel when you name none",
    )
    @app_commands.checks.cooldown(10, 60.0, key=lambda interaction: interaction.guild_id)
    async def add(
        self,
        interaction: Interaction,
        feed: app_commands.Range[str, 1, 2000],
        channel: discord.TextChannel
        | discord.Thread
        | discord.VoiceChannel
        | discord.ForumChannel
        | None = None,
    ) -> None:
        """Follow a podcast here."""
        bot = bot_of(interaction)
        guild_id = guild_of(interaction)
        target = _target(interaction, channel)
        if not is_web_address(feed.strip()):
            raise MemberError("That is no feed's address: it begins with http:// or https://.")
        if len(await guild_destinations(bot.db, guild_id)) >= MAX_DESTINATIONS:
            raise MemberError(
                f"This server follows podcasts in {MAX_DESTINATIONS} channels already; remove one first."
            )
        await interaction.response.defer(ephemeral=True, thinking=True)
        podcast, poll = await bot.reader.pipeline.follow(feed.strip(), by_operator=False)
        destination, new = await add_destination(
            bot.db,
            podcast.id,
            guild_id=guild_id,
            channel_id=target.id,
            added_by=interaction.user.id,
            now=datetime.now(UTC),
            kind=destination_kind(target),
        )
        to_come = await bot.reader.files.transcripts_to_come(podcast.id)
        bot.poller.look_soon()
        bot.poller.read_files_soon(podcast.id)
        newest = await list_episodes(bot.db, [podcast.id], limit=NEWEST_SHOWN)
        covered = await coverage(bot.db, podcast.id)
        told = interaction.app_permissions if target.id == interaction.channel_id else None
        missing = missing_permissions(target, told)
        found = Found(podcast, poll, covered, to_come, newest)
        text = _added_text(found, target, missing, new=new)
        await interaction.followup.send(
            text,
            view=post_newest_button(destination.id, newest[0].id),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )
        await send_preview(interaction, newest[0].id, destination.looks)

    @app_commands.command(
        name="list", description="Show what this server follows, where, and how the last look ended"
    )
    async def list_(self, interaction: Interaction) -> None:
        """Show what is followed."""
        bot = bot_of(interaction)
        podcasts = await followed_or_tell(interaction)
        destinations = await guild_destinations(bot.db, guild_of(interaction))
        problems = {one.id: await last_problem(bot.db, one.id) for one in destinations}
        held = await waiting_items(bot.db, [one.id for one in podcasts])
        files = await file_problems(bot.db, [one.id for one in podcasts])
        rich = [
            _listed(one, destinations, problems, held.get(one.id, []), files.get(one.id)) for one in podcasts
        ]
        plain = [f"**{escaped(one.title, TITLE)}**" for one in podcasts]
        card = discord.Embed(
            title="Podcasts of this server",
            description=fit_lines(rich, plain, EMBED_DESCRIPTION, "… and {} more"),
        )
        await interaction.response.send_message(embed=card, ephemeral=True, allowed_mentions=NO_MENTIONS)

    @app_commands.command(description="Stop following a podcast in this server")
    @app_commands.describe(podcast="The podcast")
    async def remove(self, interaction: Interaction, podcast: str) -> None:
        """Ask whether to stop following."""
        bot = bot_of(interaction)
        found = podcast_named(await followed_or_tell(interaction), podcast)
        where = [
            one
            for one in await guild_destinations(bot.db, guild_of(interaction))
            if one.podcast_id == found.id
        ]
        channels = ", ".join(f"<#{one.channel_id}>" for one in where[:20])
        await interaction.response.send_message(
            f"Stop announcing **{escaped(found.title, TITLE)}** in {channels}, and searching it from this server? "
            "What was posted stays, and you can add it again.",
            view=remove_buttons(found.id),
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )

    @remove.autocomplete("podcast")
    async def _podcasts(self, interaction: Interaction, typed: str) -> Choices:
        return await podcast_choices(interaction, typed)


def _target(interaction: Interaction, channel: Announceable | None) -> Announceable:
    if channel is not None:
        return channel
    guild = interaction.guild
    here = guild.get_channel_or_thread(interaction.channel_id or 0) if guild else None
    if not isinstance(here, Announceable):
        raise MemberError("Announcements can't be posted in this kind of channel; name a text channel.")
    return here


@dataclass(frozen=True, slots=True)
class Found:
    """What adding a podcast found. `to_come`: transcripts that are published, and read now."""

    podcast: Podcast
    poll: Poll
    covered: Coverage
    to_come: int
    newest: list[Episode]


def _added_text(found: Found, channel: Announceable, missing: list[str], *, new: bool) -> str:
    podcast, poll, covered, newest = found.podcast, found.poll, found.covered, found.newest
    state = "is now followed" if new else "is followed already"
    lines = [f"**{escaped(podcast.title, TITLE)}** {state} in {channel.mention}."]
    transcripts = covered.with_turns + found.to_come
    lines.append(
        f"I found {counted(covered.episodes, 'episode')}: {covered.with_chapters} with chapters, "
        f"{transcripts} with a transcript."
    )
    if found.to_come:
        lines.append(f"Published apart from the feed, and read now: {counted(found.to_come, 'transcript')}.")
    if not transcripts:
        lines.append("**Quotes won't work** for this podcast: no episode has a transcript that I can read.")
    if poll.failed:
        lines.append(f"The last look failed: {escaped(poll.outcome, 300)}")
    lines.append("Newest: " + " · ".join(escaped(one.title, TITLE) for one in newest))
    if missing:
        lines.append("⚠️ " + how_to_give(missing, channel.mention) + " Until then announcements wait.")
    if podcast.next_poll_at is not None:
        lines.append(f"I look for new episodes again {discord.utils.format_dt(podcast.next_poll_at, 'R')}.")
    lines.append("An announcement will look like this:")
    return cut("\n".join(lines), CONTENT)


def _listed(
    podcast: Podcast,
    destinations: list[Destination],
    problems: dict[int, str | None],
    held: list[HeldItem],
    files: FileProblems | None,
) -> str:
    mine = [one for one in destinations if one.podcast_id == podcast.id]
    lines = [
        f"**{escaped(podcast.title, TITLE)}** in {', '.join(f'<#{one.channel_id}>' for one in mine[:10])}",
        f"{counted(podcast.episode_count, 'episode')} · last look: {escaped(podcast.outcome or 'none yet', 200)}"
        + (f" · next {discord.utils.format_dt(podcast.next_poll_at, 'R')}" if podcast.next_poll_at else ""),
    ]
    if podcast.paused:
        lines[1] = f"{counted(podcast.episode_count, 'episode')} · {escaped(podcast.outcome or '', 300)}"
        lines.append(f"⚠️ Paused: {escaped(podcast.paused, 200)}. `/podcast add` takes it up again.")
    if held:
        titles = " · ".join(escaped(one.title, 60) for one in held[:HELD_SHOWN])
        lines.append(
            f"⚠️ {counted(len(held), 'item')} held, as most of the feed looked new at once: {titles}. "
            "Whoever runs this bot can release or discard them."
        )
    if files is not None:
        what = counted(files.count, "published file")
        lines.append(
            f"⚠️ {what} with a transcript or chapters can't be used; the newest: {escaped(files.newest, 200)}"
        )
    lines += [f"⚠️ <#{one.channel_id}>: {cut(problem, 300)}" for one in mine if (problem := problems[one.id])]
    return "\n".join(lines)


class PostNewest(TellingButton, template=POST_NEWEST_ID):
    """Post the newest episode now, below what adding a podcast found."""

    async def answer(self, interaction: Interaction) -> None:
        """Plan the delivery: the same one that a poll would plan, so that it can't be posted twice."""
        manages_server(interaction)
        bot = bot_of(interaction)
        destination_id, episode_id = self.ids
        destination = await get_destination(bot.db, destination_id)
        episode = await get_episode(bot.db, episode_id)
        if destination is None or destination.guild_id != guild_of(interaction):
            raise MemberError("This channel does not follow that podcast any more.")
        if episode is None or episode.podcast_id != destination.podcast_id:
            raise MemberError("This episode is not stored any more.")
        delivery, _ = await plan_delivery(bot.db, destination.id, episode.id, datetime.now(UTC))
        where = f"<#{destination.channel_id}>"
        if delivery.state is DeliveryState.SENT:
            raise MemberError(f"This episode was posted in {where} already.")
        await retry_delivery(bot.db, delivery.id, datetime.now(UTC) + SETTLED_AFTER)
        bot.sender.wake()
        await interaction.response.send_message(
            f"It is on its way to {where}. If it does not appear, `/podcast list` tells why.",
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )


class Remove(TellingButton, template=REMOVE_ID):
    """The answer to the question whether to stop following."""

    async def answer(self, interaction: Interaction) -> None:
        """Stop following, or keep it."""
        manages_server(interaction)
        bot = bot_of(interaction)
        podcast_id, sure = self.ids
        title = next((one.title for one in await followed(interaction) if one.id == podcast_id), None)
        if title is None:
            text = "This server does not follow that podcast any more."
        elif sure:
            await remove_destinations(
                bot.db, guild_id=guild_of(interaction), podcast_id=podcast_id, now=datetime.now(UTC)
            )
            text = f"**{escaped(title, TITLE)}** is not followed here any more; `/podcast add` takes it up again."
        else:
            text = f"**{escaped(title, TITLE)}** stays."
        await interaction.response.edit_message(content=text, view=None, allowed_mentions=NO_MENTIONS)


async def setup(bot: Earmark) -> None:
    """Load the commands and buttons of this file."""
    await bot.add_cog(Podcasts())
    bot.add_dynamic_items(PostNewest, Remove)
