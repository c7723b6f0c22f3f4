"""The embeds that answer a member: an episode, its chapters, a quote."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import discord

from bot.play_links import play_link
from bot.present.text import (
    BLANKS,
    EMBED_AUTHOR,
    EMBED_DESCRIPTION,
    EMBED_TITLE,
    FIELD_VALUE,
    cut,
    escape,
    escaped,
    fit_lines,
    masked_link,
    web_address,
)
from bot.shown_episodes import shown, shown_episode, shown_quote
from bot.text.timecodes import clock
from storage.models import Chapter, Episode, Quote

COLOUR = discord.Colour(0x2F7D6B)
# Of the 4,096 characters of a description; the rest is for the chapters.
INTRO = 600
BRIEF_CHAPTER_TITLE = 150
MORE_CHAPTERS = "… and {} more"
MAX_PAGES = 5
# A list of chapters has links if at least one chapter in this many fits with its link.
LEAST_LINKED = 4
MAX_URL = 2_000


def episode_card(episode: Episode, chapters: Sequence[Chapter]) -> discord.Embed:
    """An episode as a member asked for it."""
    episode, chapters = shown_episode(episode), shown(episode, tuple(chapters))
    card = _card(episode, f"Episode · {episode.podcast_title}")
    parts = [" · ".join(facts)] if (facts := date_and_duration(episode)) else []
    if episode.intro:
        parts.append(escaped(episode.intro, INTRO))
    if chapters:
        head = "**Chapters**\n"
        used = sum(len(part) + 2 for part in parts) + len(head)
        parts.append(head + chapter_list(episode, chapters, EMBED_DESCRIPTION - used))
    card.description = "\n\n".join(parts)
    if (image := web_address(episode.image_url, MAX_URL)) is not None:
        card.set_thumbnail(url=image)
    return card


def chapters_cards(episode: Episode, chapters: Sequence[Chapter]) -> list[discord.Embed]:
    """All chapters of an episode with their links, on as many pages as they need, up to MAX_PAGES."""
    episode, chapters = shown_episode(episode), shown(episode, tuple(chapters))
    linked, plain = _chapter_lines(episode, chapters)
    pages: list[str] = []
    while linked and len(pages) < MAX_PAGES - 1:
        fitting, room = 0, EMBED_DESCRIPTION
        while fitting < len(linked) and len(linked[fitting]) + 1 <= room:
            room -= len(linked[fitting]) + 1
            fitting += 1
        pages.append("\n".join(linked[:fitting]))
        linked, plain = linked[fitting:], plain[fitting:]
    if linked:
        pages.append(fit_lines(linked, plain, EMBED_DESCRIPTION, MORE_CHAPTERS))
    cards = []
    for page in pages or ["This episode names no chapters."]:
        card = _card(episode, f"Chapters · {episode.podcast_title}")
        card.description = page
        cards.append(card)
    return cards


def chapter_list(episode: Episode, chapters: Sequence[Chapter], limit: int) -> str:
    """One line a chapter, its time a link that plays from there, in at most `limit` characters.

    If not all chapters fit, the first are shown with their links, and `/chapters` shows the others. If hardly any fit
    with their links, the links are left out instead.
    """
    linked, plain = _chapter_lines(episode, chapters)
    room = limit - len(MORE_CHAPTERS)
    fitting = bisect_right(list(accumulate(len(line) + 1 for line in linked)), room)
    if fitting * LEAST_LINKED < len(linked):
        return fit_lines(linked, plain, limit, MORE_CHAPTERS)
    return fit_lines(linked, linked, limit, MORE_CHAPTERS)


def _chapter_lines(episode: Episode, chapters: Sequence[Chapter]) -> tuple[list[str], list[str]]:
    """The chapters' lines, with links and without."""
    rich, plain = [], []
    for chapter in chapters:
        at = f"`{clock(chapter.start_ms)}`"
        title = escaped(chapter.title, BRIEF_CHAPTER_TITLE)
        url = web_address(play_link(episode, chapter.start_ms), MAX_URL)
        plain.append(f"{at} {title}")
        linked = f"{masked_link(at, url)} {title}" if url else plain[-1]
        # Encoded, an address can be three times as long; a page should have room for more than one chapter.
        rich.append(linked if len(linked) <= EMBED_DESCRIPTION // 2 else plain[-1])
    return rich, plain


def quote_card(
    quote: Quote, episode: Episode, chapter: Chapter | None, url: str | None, *, shared_by: int | None = None
) -> discord.Embed:
    """A quote with the matched words in bold, who said it and when, and a link that plays from there."""
    quote, chapter = shown_quote(quote, episode), shown(episode, chapter)
    episode = shown_episode(episode)
    card = _card(episode, f"Quote · {episode.podcast_title}")
    who = escaped(quote.speaker, 100) if quote.speaker else "Unknown speaker"
    at = ""
    if quote.start_ms is not None:
        moment = f"`{clock(quote.start_ms)}`"
        address = web_address(url, MAX_URL)
        at = " · about " + (masked_link(moment, address) if address else moment)
    said_by = f"\n— **{who}**{at}"
    card.description = _quoted(quote, EMBED_DESCRIPTION - len(said_by)) + said_by
    # A field without a visible value makes Discord reject the message.
    if chapter is not None and (title := escaped(chapter.title, FIELD_VALUE).strip()):
        card.add_field(name="Chapter", value=title, inline=False)
    if shared_by is not None:
        card.add_field(name="Shared by", value=f"<@{shared_by}>", inline=False)
    return card


def _quoted(quote: Quote, limit: int) -> str:
    """The words as one quoted line, the matched ones in bold if that fits."""
    parts = []
    shown = 0
    for start, end in quote.highlights:
        words = escape(BLANKS.sub(" ", quote.text[start:end])).strip()
        parts += [escape(BLANKS.sub(" ", quote.text[shown:start])), f"**{words}**" if words else ""]
        shown = end
    text = "".join([*parts, escape(BLANKS.sub(" ", quote.text[shown:]))])
    if len(text) > limit - 2:
        text = escaped(BLANKS.sub(" ", quote.text), limit - 2)
    return f"> {text}"


def _card(episode: Episode, author: str) -> discord.Embed:
    card = discord.Embed(title=escaped(episode.title, EMBED_TITLE), colour=COLOUR)
    if (page := web_address(episode.link, MAX_URL)) is not None:
        card.url = page
    card.set_author(name=cut(author, EMBED_AUTHOR))
    return card


def date_and_duration(episode: Episode) -> list[str]:
    """When the episode was published and how long it is, as far as that is known."""
    facts = []
    if episode.published is not None:
        facts.append(discord.utils.format_dt(episode.published, "D"))
    if episode.duration_s is not None:
        facts.append(duration(episode.duration_s))
    return facts


def duration(seconds: float) -> str:
    """A length as people write it: 58 min, 1 h 6 min."""
    minutes = max(1, round(seconds / 60))
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
