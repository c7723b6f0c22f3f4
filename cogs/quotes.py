"""`/quote`, and the buttons and the modal that search transcripts."""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_client.client import Earmark, bot_of
from bot.discord_client.error_handler import MemberError, answer_failure
from bot.present.buttons import (
    SEARCH_ID,
    SEARCH_MODAL_ID,
    SHOW_QUOTE_ID,
    quote_buttons,
    row_id,
    search_modal_id,
)
from bot.present.text import NO_MENTIONS
from bot.quotes import Found, still_being_read
from bot.search.quote_search import Scope
from cogs.access import (
    Interaction,
    defer,
    guild_of,
    require_visible_episode,
    require_visible_ids,
)
from cogs.audio_links import hit_as_linked_here
from cogs.buttons import StatelessButton
from cogs.command_options import ChosenEpisode, ChosenPodcast, ChosenSpeaker, Since, Until
from cogs.kept_answers import hit_card, kept_quote
from cogs.shared_messages import TakeBackButton
from cogs.sharing import ShareQuoteButton
from storage.models import DatabaseUnavailableError, Episode
from storage.tables.answers import keep_answer
from storage.tables.podcasts import coverages

log = logging.getLogger(__name__)

SHOWN = 5
MAX_QUERY_LENGTH = 300
# Discord wants a first answer within 3 s. A search that has to read transcripts first is answered later.
ANSWER_WITHIN_S = 2.0


class Quotes(commands.Cog):
    """The command that finds quotes, and the answer to the search modal."""

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
        words: app_commands.Range[str, 1, MAX_QUERY_LENGTH],
        podcast: ChosenPodcast | None = None,
        episode: ChosenEpisode | None = None,
        speaker: ChosenSpeaker | None = None,
        since: Since | None = None,
        until: Until | None = None,
    ) -> None:
        """Answer privately with the best moment."""
        ids = frozenset([podcast.id]) if podcast else await require_visible_ids(interaction)
        scope = Scope(
            podcast_ids=ids,
            episode_id=episode.id if episode else None,
            speaker=speaker or None,
            since=since,
            until=until,
        )
        await _answer(interaction, words, scope, ids)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer the search modal, recognised by its custom_id, so that it takes no memory and outlives a restart."""
        data: Any = interaction.data or {}
        modal = re.fullmatch(SEARCH_MODAL_ID, str(data.get("custom_id", "")))
        if interaction.type is not discord.InteractionType.modal_submit or modal is None:
            return
        try:
            episode = await require_visible_episode(interaction, row_id(modal["episode"]))
            ids = frozenset([episode.podcast_id])
            await _answer(interaction, _typed(data), Scope(podcast_ids=ids, episode_id=episode.id), ids)
        except Exception as error:  # noqa: BLE001 - explanation to the member and the log, in one place
            await answer_failure(interaction, error)


async def _answer(interaction: Interaction, words: str, scope: Scope, ids: frozenset[int]) -> None:
    """Answer privately with the best moment in this scope, which is within the podcasts `ids`."""
    composing = asyncio.ensure_future(_composed(interaction, words, scope, ids))
    await asyncio.wait({composing}, timeout=ANSWER_WITHIN_S)
    promised = not composing.done()
    if promised:
        await defer(interaction)
    shown = await composing
    # Where the confirmation of the promise was lost, discord.py does not know of it.
    send = interaction.followup.send if promised else interaction.response.send_message
    await send(**shown, ephemeral=True, allowed_mentions=NO_MENTIONS)


async def _composed(
    interaction: Interaction, words: str, scope: Scope, ids: frozenset[int]
) -> dict[str, Any]:
    """The answer: the best moment, or the closest one. Raises MemberError where nothing comes close."""
    bot = bot_of(interaction)
    found, answer_id = await _find_and_keep(interaction, words, scope)
    hits, being_read = found.hits, still_being_read(found.being_read)
    if hits:
        best = await hit_as_linked_here(interaction, hits[0])
        buttons = quote_buttons(answer_id, [hit.quote for hit in hits], 0, best.url)
        told = {"content": being_read} if being_read else {}
        return {"embed": hit_card(best), "view": buttons, **told}
    explanation = f"{await _nothing_found(bot, ids)} {being_read}".rstrip()
    guess = await bot.finder.guess(words, scope)
    if guess is None:
        raise MemberError(explanation)
    card = hit_card(await hit_as_linked_here(interaction, guess))
    return {"content": f"{explanation} The closest that was said is this:", "embed": card}


def _typed(data: Any) -> str:
    """What was typed into the modal's only input, which stands in a label or an action row. Raises MemberError."""
    part: Any = next(iter(data.get("components") or ()), {})
    text_input: Any = part.get("component") or next(iter(part.get("components") or ()), {})
    words = str(text_input.get("value") or "").strip()
    if not words:
        raise MemberError("Type a few words of what was said.")
    return words[:MAX_QUERY_LENGTH]


class SearchModal(discord.ui.Modal):
    """Asks for the words to look for in an episode."""

    def __init__(self, episode: Episode) -> None:
        super().__init__(title="Search this episode", custom_id=search_modal_id(episode.id))
        # discord.py keeps a modal that listens in memory until it is submitted, which may be never.
        self.stop()
        words = discord.ui.TextInput[Any](custom_id="words", max_length=MAX_QUERY_LENGTH)
        self.add_item(
            discord.ui.Label(
                text="What you remember of it",
                description="Spelling and missing words do not matter.",
                component=words,
            )
        )


class SearchEpisodeButton(StatelessButton, template=SEARCH_ID):
    """`Search this episode`, below an announcement."""

    async def answer(self, interaction: Interaction) -> None:
        """Ask for the words."""
        episode = await require_visible_episode(interaction, self.ids[0])
        await interaction.response.send_modal(SearchModal(episode))


async def _find_and_keep(interaction: Interaction, words: str, scope: Scope) -> tuple[Found, int | None]:
    """What was found, and the id under which it is kept for its buttons; None where it is not."""
    bot, guild_id = bot_of(interaction), guild_of(interaction)
    found = await bot.finder.answer(words, scope, limit=SHOWN)
    if not found.hits:
        return found, None
    quotes = [hit.quote for hit in found.hits]
    try:
        return found, await keep_answer(
            bot.db.hurried, guild_id, interaction.user.id, quotes, datetime.now(UTC)
        )
    except DatabaseUnavailableError as error:
        # The answer is worth more than its buttons.
        log.warning("an answer in server %d is not kept: %s", guild_id, error)
        return found, None


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


class ShowQuoteButton(StatelessButton, template=SHOW_QUOTE_ID):
    """Below an answer: another of its quotes."""

    async def answer(self, interaction: Interaction) -> None:
        """Show it instead of the current one."""
        answer_id, rank = self.ids
        quotes, hit = await kept_quote(interaction, answer_id, rank)
        await interaction.response.edit_message(
            embed=hit_card(hit),
            view=quote_buttons(answer_id, quotes, rank, hit.url),
            allowed_mentions=NO_MENTIONS,
        )


async def setup(bot: Earmark) -> None:
    """Load the commands and buttons of this file."""
    await bot.add_cog(Quotes())
    bot.add_dynamic_items(ShowQuoteButton, ShareQuoteButton, TakeBackButton, SearchEpisodeButton)
