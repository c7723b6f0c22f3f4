"""Answers that are kept: what the buttons below them may show, and to whom."""

from __future__ import annotations

import discord

from bot.discord_client.client import bot_of
from bot.discord_client.error_handler import MemberError
from bot.present.cards import quote_card
from bot.quotes import Hit, hit_of
from cogs.access import Interaction, guild_of, require_followed_episode
from storage.models import Quote
from storage.tables.answers import answer_quotes
from storage.tables.episodes import chapters_of


async def kept_quote(interaction: Interaction, answer_id: int, rank: int) -> tuple[list[Quote], Hit]:
    """The quotes of an answer and the one of this rank. Raises MemberError: anybody can forge these ids.

    An answer belongs to the one who asked.
    """
    bot = bot_of(interaction)
    quotes = await answer_quotes(bot.db, answer_id, guild_of(interaction), interaction.user.id)
    if rank >= len(quotes):
        raise MemberError("This answer is too old for its buttons; ask again with `/quote`.")
    episode = await require_followed_episode(interaction, quotes[rank].episode_id)
    chapters = (await chapters_of(bot.db, [episode.id]))[episode.id]
    return quotes, hit_of(quotes[rank], episode, chapters)


def hit_card(hit: Hit, *, shared_by: int | None = None) -> discord.Embed:
    """A quote as it is shown to the one who asked, or to the channel."""
    return quote_card(hit.quote, hit.episode, hit.chapter, hit.url, shared_by=shared_by)
