"""Answers that are kept: what the buttons below them may show, and to whom."""

from __future__ import annotations

import discord

from bot.discord_client.client import bot_of
from bot.discord_client.error_handler import MemberError
from bot.present.cards import quote_card
from bot.quotes import Hit, hit_of
from cogs.access import NOT_FOLLOWED, Interaction, guild_of, visible_ids
from cogs.audio_links import as_linked_here
from storage.models import Quote
from storage.tables.answers import answer_quotes
from storage.tables.episodes import chapters_of, get_episodes


async def kept_quote(interaction: Interaction, answer_id: int, rank: int) -> tuple[list[Quote | None], Hit]:
    """The quotes of an answer and the one of this rank. Raises MemberError: anybody can forge these ids.

    An answer belongs to the one who asked. None stands for a quote that they would not be shown any more.
    """
    bot = bot_of(interaction)
    quotes = await answer_quotes(bot.db, answer_id, guild_of(interaction), interaction.user.id)
    if rank >= len(quotes):
        raise MemberError("This answer is too old for its buttons; ask again with `/quote`.")
    visible = await visible_ids(interaction)
    episodes = {
        one.id: one
        for one in (await get_episodes(bot.db, {quote.episode_id for quote in quotes})).values()
        if one.podcast_id in visible
    }
    quote = quotes[rank]
    if quote.episode_id not in episodes:
        raise MemberError(NOT_FOLLOWED)
    chapters = (await chapters_of(bot.db, [quote.episode_id]))[quote.episode_id]
    shown = [one if one.episode_id in episodes else None for one in quotes]
    episode = await as_linked_here(interaction, episodes[quote.episode_id])
    return shown, hit_of(quote, episode, chapters)


def hit_card(hit: Hit, *, shared_by: int | None = None) -> discord.Embed:
    """A quote as it is shown to the one who asked, or to the channel."""
    return quote_card(hit.quote, hit.episode, hit.chapter, hit.url, shared_by=shared_by)
