"""`/quote`: what was said, as the member remembers it."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.date_ranges import begin_of, end_of
from bot.discord_client.client import Earmark, bot_of
from bot.discord_client.error_handler import MemberError, answer_failure
from bot.present.buttons import (
    SEARCH_ID,
    SEARCH_WINDOW_ID,
    SHARE_QUOTE_ID,
    SHOW_QUOTE_ID,
    quote_buttons,
    row_id,
    search_window_id,
    shared_quote_buttons,
)
from bot.present.cards import quote_card
from bot.present.text import NO_MENTIONS
from bot.quotes import Hit, hit_of
from bot.search.quote_search import Scope
from cogs.command_options import (
    Choices,
    Interaction,
    TellingButton,
    episode_choices,
    episode_named,
    followed_episode,
    followed_ids_or_tell,
    guild_of,
    podcast_choices,
    podcast_named,
    speaker_choices,
)
from storage.models import Episode, Quote
from storage.tables.answers import answer_quotes, keep_answer, share_quote, unshare_quote
from storage.tables.destinations import guild_podcast_ids
from storage.tables.episodes import chapters_of, get_episode
from storage.tables.podcasts import coverages, list_podcasts

SHOWN = 5
MOST_WORDS = 300
# Discord wants a first answer within 3 s; a search that still reads its transcripts by then is answered later.
ANSWER_WITHIN_S = 2.0
ALREADY_ANSWERED = 40060


class Quotes(commands.Cog):
    """Finding quotes."""

    @app_commands.command(description="Find what was said on the podcast, from the words that you remember")
    @app_commands.describe(
        words="What you remember of it; spelling and missing words do not matter",
        podcast="Only in this podcast",
        episode="Only in this episode",
        speaker="Only what this person said",
        since="Only in episodes from this day on: 2026-11-25, 2026-11 or 2026",
        until="Only in episodes up to this day, month or year",
    )
    @app_commands.guild_only()
    async def quote(
        self,
        interaction: Interaction,
        words: app_commands.Range[str, 1, MOST_WORDS],
        podcast: str | None = None,
        episode: str | None = None,
        speaker: str | None = None,
        since: app_commands.Range[str, 4, 10] | None = None,
        until: app_commands.Range[str, 4, 10] | None = None,
    ) -> None:
        """Answer privately with the best moment."""
        bot = bot_of(interaction)
        ids = await followed_ids_or_tell(interaction)
        if podcast:
            ids = frozenset([podcast_named(await list_podcasts(bot.db, ids), podcast).id])
        chosen = await episode_named(bot, ids, episode) if episode else None
        scope = Scope(
            podcast_ids=ids,
            episode_id=chosen.id if chosen else None,
            speaker=speaker or None,
            since=begin_of(since),
            until=end_of(until),
        )
        await _answer(interaction, words, scope, ids)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer the words of a window: by its id, so that it outlives the process and takes no memory."""
        data: Any = interaction.data or {}
        window = re.fullmatch(SEARCH_WINDOW_ID, str(data.get("custom_id", "")))
        if interaction.type is not discord.InteractionType.modal_submit or window is None:
            return
        try:
            episode = await followed_episode(interaction, row_id(window["episode"]))
            ids = frozenset([episode.podcast_id])
            await _answer(interaction, _typed(data), Scope(podcast_ids=ids, episode_id=episode.id), ids)
        except Exception as error:  # noqa: BLE001 - told to the member and the log, in one place
            await answer_failure(interaction, error)

    @quote.autocomplete("podcast")
    async def _podcasts(self, interaction: Interaction, typed: str) -> Choices:
        return await podcast_choices(interaction, typed)

    @quote.autocomplete("episode")
    async def _episodes(self, interaction: Interaction, typed: str) -> Choices:
        return await episode_choices(interaction, typed)

    @quote.autocomplete("speaker")
    async def _speakers(self, interaction: Interaction, typed: str) -> Choices:
        return await speaker_choices(interaction, typed)


async def _answer(interaction: Interaction, words: str, scope: Scope, ids: frozenset[int]) -> None:
    """Answer privately with the best moment in this scope, which is of these podcasts."""
    bot = bot_of(interaction)
    search = asyncio.ensure_future(_find_and_keep(bot, words, scope, guild_of(interaction)))
    await asyncio.wait({search}, timeout=ANSWER_WITHIN_S)
    if not search.done():
        await interaction.response.defer(ephemeral=True, thinking=True)
    hits, answer_id = await search
    shown: dict[str, Any] = {"ephemeral": True, "allowed_mentions": NO_MENTIONS}
    if hits:
        quotes = [hit.quote for hit in hits]
        shown |= {
            "embed": _card(hits[0]),
            "view": quote_buttons(answer_id, quotes, 0, hits[0].url),
        }
    else:
        told = await _nothing_found(bot, ids)
        guess = await bot.finder.guess(words, scope)
        if guess is None:
            raise MemberError(told)
        shown |= {"content": f"{told} The closest that was said is this:", "embed": _card(guess)}
    if interaction.response.is_done():
        await interaction.followup.send(**shown)
    else:
        await interaction.response.send_message(**shown)


def _typed(data: Any) -> str:
    """What a member typed into a window's only input, which is a label's or an action row's."""
    part: Any = next(iter(data.get("components") or ()), {})
    held: Any = part.get("component") or next(iter(part.get("components") or ()), {})
    words = str(held.get("value") or "").strip()
    if not words:
        raise MemberError("Type a few words of what was said.")
    return words[:MOST_WORDS]


class SearchWindow(discord.ui.Modal):
    """Asks for the words to look for in an episode."""

    def __init__(self, episode: Episode) -> None:
        super().__init__(title="Search this episode", custom_id=search_window_id(episode.id))
        # A window that listens is kept in memory until it is filled in, which nobody has to do.
        self.stop()
        words = discord.ui.TextInput[Any](custom_id="words", max_length=MOST_WORDS)
        self.add_item(
            discord.ui.Label(
                text="What you remember of it",
                description="Spelling and missing words do not matter.",
                component=words,
            )
        )


class SearchEpisode(TellingButton, template=SEARCH_ID):
    """The button below an announcement that searches its episode."""

    async def answer(self, interaction: Interaction) -> None:
        """Ask for the words."""
        episode = await followed_episode(interaction, self.ids[0])
        await interaction.response.send_modal(SearchWindow(episode))


async def _find_and_keep(bot: Earmark, words: str, scope: Scope, guild_id: int) -> tuple[list[Hit], int]:
    """What was found, and the id that its buttons name it by; 0 where nothing was."""
    hits = await bot.finder.find(words, scope, limit=SHOWN)
    if not hits:
        return hits, 0
    return hits, await keep_answer(bot.db, guild_id, [hit.quote for hit in hits], datetime.now(UTC))


async def _nothing_found(bot: Earmark, podcast_ids: frozenset[int]) -> str:
    covered = (await coverages(bot.db, podcast_ids)).values()
    with_turns = sum(one.with_turns for one in covered)
    if not with_turns:
        return "No episode here has a transcript yet, so there is nothing to find quotes in."
    episodes = sum(one.episodes for one in covered)
    return (
        "Nothing that was said fits these words. "
        f"I know the transcripts of {with_turns} of {episodes} episodes here; fewer or other words may help."
    )


def _card(hit: Hit, *, shared_by: int | None = None) -> discord.Embed:
    return quote_card(hit.quote, hit.episode, hit.chapter, hit.url, shared_by=shared_by)


async def _shown(interaction: Interaction, answer_id: int, rank: int) -> tuple[list[Quote], Hit]:
    """The quotes of an answer and the one that is meant. Ids come from outside: all of it is checked."""
    bot = bot_of(interaction)
    guild_id = guild_of(interaction)
    quotes = await answer_quotes(bot.db, answer_id, guild_id)
    if rank >= len(quotes):
        raise MemberError("This answer is too old for its buttons; ask again with `/quote`.")
    episode = await get_episode(bot.db, quotes[rank].episode_id)
    if episode is None or episode.podcast_id not in await guild_podcast_ids(bot.db, guild_id):
        raise MemberError("This server does not follow that podcast any more.")
    chapters = (await chapters_of(bot.db, [episode.id]))[episode.id]
    return quotes, hit_of(quotes[rank], episode, chapters)


class ShowQuote(TellingButton, template=SHOW_QUOTE_ID):
    """Another quote of the same answer."""

    async def answer(self, interaction: Interaction) -> None:
        """Show it in place of the one that is shown."""
        answer_id, rank = self.ids
        quotes, hit = await _shown(interaction, answer_id, rank)
        await interaction.response.edit_message(
            embed=_card(hit),
            view=quote_buttons(answer_id, quotes, rank, hit.url),
            allowed_mentions=NO_MENTIONS,
        )


class ShareQuote(TellingButton, template=SHARE_QUOTE_ID):
    """Post a quote in the channel."""

    async def answer(self, interaction: Interaction) -> None:
        """Post it once, naming the member."""
        answer_id, rank = self.ids
        _, hit = await _shown(interaction, answer_id, rank)
        if not await share_quote(bot_of(interaction).db, answer_id, rank, datetime.now(UTC)):
            raise MemberError("You shared this quote already.")
        try:
            await interaction.response.send_message(
                embed=_card(hit, shared_by=interaction.user.id),
                view=shared_quote_buttons(hit.quote, hit.url),
                allowed_mentions=NO_MENTIONS,
            )
        except discord.HTTPException as error:
            if error.code == ALREADY_ANSWERED:
                # Discord's first answer was lost, and the library asked again: the quote stands.
                return
            await unshare_quote(bot_of(interaction).db, answer_id, rank)
            raise


async def setup(bot: Earmark) -> None:
    """Load the commands and buttons of this file."""
    await bot.add_cog(Quotes())
    bot.add_dynamic_items(ShowQuote, ShareQuote, SearchEpisode)
