"""`/podcast`: what a server follows, and where it is announced.

Discord lets those use it who have Manage Server, or whom the server chose under Server Settings → Integrations.
"""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.announcing.transport.channels import destination_kind
from bot.bounds import MB
from bot.discord_client.client import Earmark, bot_of
from bot.discord_client.error_handler import MemberError
from bot.polling.feed_finder import SeveralFeedsError
from bot.polling.feed_outcomes import FALSE_304
from bot.present.choice_labels import Choosable, choice_labels
from bot.present.permissions import MISSING_PERMISSIONS, Announceable
from bot.present.questions import Candidate
from bot.present.settings_buttons import FOLLOW_ID, POST_NEWEST_ID, follow_buttons, post_newest_button
from bot.present.text import CHOICE_NAME, CONTENT, EMBED_DESCRIPTION, NO_MENTIONS, cut, escaped, fit_lines
from bot.present.visibility import public_parent
from bot.status_messages.sentences import sentence
from bot.subscriptions import Followed, NewDestination, SameEpisodesError
from bot.text.feed_addresses import feed_address
from bot.text.feed_keys import KEYED_BY, key_sign
from bot.text.plurals import counted
from bot.text.web_addresses import without_secrets
from cogs.access import (
    Interaction,
    defer,
    guild_of,
    require_followed_podcasts,
)
from cogs.authority import require_own_claim, signer_of
from cogs.buttons import SettingsButton
from cogs.channel_option import shown_channels
from cogs.destination_troubles import lacking_here, troubles
from cogs.podcast_removal import BringBackButton, PodcastRemoval, RemoveButton, RemoveFromButton
from cogs.podcast_settings import PodcastSettings, has_settings, settings_text
from cogs.previews import send_preview
from cogs.questions import ask_which
from storage.models import DeliveryState, Episode, FileProblems, HeldItem, Podcast, Status
from storage.tables.destinations import guild_destinations
from storage.tables.episodes import list_episodes
from storage.tables.held_items import waiting_items
from storage.tables.linked_files import file_problems
from storage.tables.podcasts import get_podcast
from storage.tables.space import text_sizes

NEWEST_SHOWN = 3
HELD_SHOWN = 3
TITLE = 120
# As many as a select has.
MOST_FEEDS = 25


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Podcasts(
    PodcastSettings,
    PodcastRemoval,
    commands.GroupCog,
    group_name="podcast",
    group_description="What this server follows",
):
    """The commands that choose podcasts."""

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
        target = channel or _this_channel(interaction)
        await defer(interaction)
        try:
            await _follow(interaction, feed, target)
        except SeveralFeedsError as several:
            raise await _ask_which_feed(interaction, feed, several) from several
        except SameEpisodesError as same:
            await interaction.followup.send(
                f"{target.mention} follows **{escaped(same.followed.title, TITLE)}** already, which has the same "
                f"episodes as **{escaped(same.podcast.title, TITLE)}** at the address that you gave. Add it anyway? "
                "Each new episode would be announced twice.",
                view=follow_buttons(await signer_of(interaction), same.podcast.id, target.id),
                ephemeral=True,
                allowed_mentions=NO_MENTIONS,
            )

    @app_commands.command(
        name="list", description="Show what this server follows, where, and how the last look ended"
    )
    async def list_(self, interaction: Interaction) -> None:
        """Show what is followed."""
        bot = bot_of(interaction)
        podcasts = await require_followed_podcasts(interaction)
        destinations = await guild_destinations(bot.db, guild_of(interaction))
        told = await troubles(interaction, destinations)
        mine = {one.id: [there for there in destinations if there.podcast_id == one.id] for one in podcasts}
        problems = {
            podcast_id: [
                f"⚠️ {shown_channels(interaction, [one])}: {cut(sentence(trouble), 300)}"
                for one in there
                for trouble in told[one.id]
            ]
            for podcast_id, there in mine.items()
        }
        held = await waiting_items(bot.db, [one.id for one in podcasts])
        files = await file_problems(bot.db, [one.id for one in podcasts])
        sizes = await text_sizes(bot.db, [one.id for one in podcasts])
        space = await bot.subscriptions.space(guild_of(interaction))
        rich = [
            "\n".join(
                [
                    f"**{escaped(one.title, TITLE)}** in {shown_channels(interaction, mine[one.id])}",
                    *_state_lines(one, held.get(one.id, []), files.get(one.id)),
                    *problems[one.id],
                    _space_line(one, sizes.get(one.id, 0)),
                ]
            )
            for one in podcasts
        ]
        plain = [f"**{escaped(one.title, TITLE)}**" for one in podcasts]
        card = discord.Embed(
            title="Podcasts of this server",
            description=fit_lines(rich, plain, EMBED_DESCRIPTION, "… and {} more"),
        )
        card.set_footer(
            text=f"{len(space.podcast_ids):,} of {space.bounds.guild_podcasts:,} podcasts, "
            f"{space.text_mb:,} of {space.bounds.guild_text_mb:,} MB of text"
        )
        await interaction.response.send_message(embed=card, ephemeral=True, allowed_mentions=NO_MENTIONS)


async def _ask_which_feed(interaction: Interaction, page: str, several: SeveralFeedsError) -> MemberError:
    """What is raised to ask which of a page's feeds is meant; one with a long address or a key has to be pasted."""
    feeds = [one for one in several.feeds if len(one.address) <= CHOICE_NAME and not key_sign(one.address)]
    feeds = feeds[:MOST_FEEDS]
    if not feeds:
        return MemberError(escaped(str(several), CONTENT))
    labels = choice_labels([Choosable(one.title or one.address, (one.address,)) for one in feeds])
    candidates = [
        Candidate(label, one.address, one.address) for one, label in zip(feeds, labels, strict=True)
    ]
    return await ask_which(interaction, "feed", without_secrets(feed_address(page)), candidates)


async def _follow(interaction: Interaction, feed: str, target: Announceable, *, anyway: bool = False) -> None:
    """Let a channel follow a podcast, and tell what was found. Raises what `Subscriptions.follow` does."""
    bot = bot_of(interaction)
    destination = NewDestination(
        guild_of(interaction),
        target.id,
        interaction.user.id,
        destination_kind(target),
        public_parent(target),
    )
    found = await bot.subscriptions.follow(feed, destination, anyway=anyway)
    newest = await list_episodes(bot.db, [found.podcast.id], limit=NEWEST_SHOWN)
    await interaction.followup.send(
        _followed_text(found, newest, target, lacking_here(interaction, found.destination)),
        view=post_newest_button(await signer_of(interaction), found.destination.id, newest[0].id),
        ephemeral=True,
        allowed_mentions=NO_MENTIONS,
    )
    await send_preview(interaction, newest[0].id, found.destination.looks)


def _this_channel(interaction: Interaction) -> Announceable:
    guild_of(interaction)
    guild = interaction.guild
    here = guild.get_channel_or_thread(interaction.channel_id or 0) if guild else None
    if not isinstance(here, Announceable):
        raise MemberError("Announcements can't be posted in this kind of channel; name a text channel.")
    return here


def _followed_text(found: Followed, newest: list[Episode], channel: Announceable, lacks: list[Status]) -> str:
    """What following a podcast found, and whether quotes will work."""
    podcast, covered, pending = found.podcast, found.coverage, found.pending_transcripts
    state = "is now followed" if found.new else "is followed already"
    lines = [f"**{escaped(podcast.title, TITLE)}** {state} in {channel.mention}."]
    if found.new and has_settings(found.destination):
        lines.append(
            f"It was removed here before, and its settings are back: {settings_text(found.destination)}."
        )
    if found.named:
        lines.append(f"The page names its feed: {escaped(without_secrets(podcast.feed_url), 300)}")
    transcripts = covered.with_turns + pending
    lines.append(
        f"I found {counted(covered.episodes, 'episode')}: {covered.with_chapters} with chapters, "
        f"{transcripts} with a transcript."
    )
    if kept := _kept_text(podcast):
        lines.append(kept)
    if pending:
        lines.append(f"Published apart from the feed, and read now: {counted(pending, 'transcript')}.")
    if not transcripts:
        lines.append("**Quotes won't work** for this podcast: no episode has a transcript that I can read.")
    if (sign := key_sign(podcast.feed_url)) is not None:
        lines.append(
            f"🔑 {sentence(KEYED_BY[sign]())} So its audio isn't linked here; if everybody here may have it, "
            "`/podcast looks` with `audio:on` links it."
        )
    if found.poll.failed:
        lines.append(f"The last look failed: {escaped(sentence(found.poll.outcome), 300)}")
    lines.append("Newest: " + " · ".join(escaped(one.title, TITLE) for one in newest))
    for one in lacks:
        wait = " Until then announcements wait." if one.code == MISSING_PERMISSIONS else ""
        lines.append(f"⚠️ {sentence(one)}{wait}")
    if podcast.next_poll_at is not None:
        lines.append(f"I look for new episodes again {discord.utils.format_dt(podcast.next_poll_at, 'R')}.")
    lines.append("An announcement will look like this:")
    return cut("\n".join(lines), CONTENT)


def _state_lines(podcast: Podcast, held: list[HeldItem], files: FileProblems | None) -> list[str]:
    """How reading a podcast goes."""
    outcome = sentence(podcast.outcome) if podcast.outcome else ""
    lines = [
        f"{counted(podcast.episode_count, 'episode')} · last look: {escaped(outcome or 'none yet', 200)}"
        + (f" · next {discord.utils.format_dt(podcast.next_poll_at, 'R')}" if podcast.next_poll_at else ""),
    ]
    if podcast.paused:
        lines[0] = f"{counted(podcast.episode_count, 'episode')} · {escaped(outcome, 300)}"
        lines.append(f"⚠️ Paused: {escaped(sentence(podcast.paused), 200)}. `/podcast add` takes it up again.")
    if podcast.false_304_at:
        lines.append(f"⚠️ {sentence(FALSE_304())}.")
    if held:
        titles = " · ".join(escaped(one.title, 60) for one in held[:HELD_SHOWN])
        lines.append(
            f"⚠️ {counted(len(held), 'item')} held, as most of the feed looked new at once: {titles}. "
            "Whoever runs this bot can release or discard them."
        )
    if files is not None:
        what = counted(files.count, "document")
        newest = escaped(sentence(files.newest), 200)
        lines.append(f"⚠️ {what} with notes, a transcript or chapters can't be used; the newest: {newest}")
    return lines


def _space_line(podcast: Podcast, text_bytes: int) -> str:
    """How much of a podcast is kept."""
    kept = _kept_text(podcast)
    return f"{text_bytes / MB:,.1f} MB of text" + (f" · {kept}" if kept else "")


def _kept_text(podcast: Podcast) -> str:
    if not podcast.left_unread:
        return ""
    of = podcast.episode_count + podcast.left_unread
    return f"The newest {podcast.episode_count:,} of {of:,} episodes are kept."


class PostNewestButton(SettingsButton, template=POST_NEWEST_ID):
    """`Post the newest episode now`, below what `/podcast add` found."""

    async def change(self, interaction: Interaction) -> None:
        """Announce the episode, unless it was announced already."""
        await defer(interaction)
        delivery = await bot_of(interaction).subscriptions.post_now(guild_of(interaction), *self.ids)
        where = f"<#{delivery.channel_id}>"
        if delivery.state is DeliveryState.SENT:
            raise MemberError(f"This episode was posted in {where} already.")
        await interaction.followup.send(
            f"It is on its way to {where}. If it does not appear, `/podcast list` tells why.",
            ephemeral=True,
            allowed_mentions=NO_MENTIONS,
        )


class FollowAnywayButton(SettingsButton, template=FOLLOW_ID):
    """The two answers to the question whether to follow a second podcast with the same episodes."""

    async def change(self, interaction: Interaction) -> None:
        """Follow it, or leave it."""
        await require_own_claim(interaction, self.asked, self.claim)
        podcast_id, channel_id, sure = self.ids
        await defer(interaction, thinking=False)
        bot = bot_of(interaction)
        podcast = await get_podcast(bot.db, podcast_id)
        target = interaction.guild.get_channel_or_thread(channel_id) if interaction.guild else None
        if not sure:
            text = "Nothing was added."
        elif podcast is None or not isinstance(target, Announceable):
            text = "The podcast or the channel is not there any more; use `/podcast add` again."
        else:
            text = f"Adding **{escaped(podcast.title, TITLE)}** as well."
        await interaction.edit_original_response(content=text, view=None, allowed_mentions=NO_MENTIONS)
        if sure and podcast is not None and isinstance(target, Announceable):
            await _follow(interaction, podcast.feed_url, target, anyway=True)


async def setup(bot: Earmark) -> None:
    """Load the commands and buttons of this file."""
    await bot.add_cog(Podcasts())
    bot.add_dynamic_items(
        PostNewestButton, FollowAnywayButton, RemoveButton, RemoveFromButton, BringBackButton
    )
