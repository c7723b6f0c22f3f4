"""The cards that Discord shows: an announcement, an episode, its chapters, a quote."""

from __future__ import annotations

import re
from collections.abc import Sequence

import discord

from bot.play_links import clock, play_link
from bot.present.text import (
    BUTTON_LABEL,
    BUTTON_URL,
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
from storage.models import Chapter, Episode, Quote

COLOUR = discord.Colour(0x2F7D6B)
# Of the 4,096 characters of a description; the rest is for the chapters.
INTRO = 600
BRIEF_CHAPTER_TITLE = 150
MORE_CHAPTERS = "… and {} more"
MAX_URL = 2_000
_BLANKS = re.compile(r"\s+")


def announcement(episode: Episode, chapters: Sequence[Chapter]) -> discord.Embed:
    """A new episode as its channel sees it: title, date, duration, first lines, chapters that play."""
    return _episode_card(episode, chapters, "New episode")


def episode_card(episode: Episode, chapters: Sequence[Chapter]) -> discord.Embed:
    """An episode as a member asked for it."""
    return _episode_card(episode, chapters, "Episode")


def _episode_card(episode: Episode, chapters: Sequence[Chapter], kind: str) -> discord.Embed:
    card = _card(episode, f"{kind} · {episode.podcast_title}")
    parts = [facts] if (facts := _facts(episode)) else []
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


def chapters_card(episode: Episode, chapters: Sequence[Chapter]) -> discord.Embed:
    """All chapters of an episode, as many as Discord lets one message hold."""
    card = _card(episode, f"Chapters · {episode.podcast_title}")
    if chapters:
        card.description = chapter_list(episode, chapters, EMBED_DESCRIPTION)
    else:
        card.description = "This episode names no chapters."
    return card


def chapter_list(episode: Episode, chapters: Sequence[Chapter], limit: int) -> str:
    """One line a chapter, its time a link that plays there, in at most `limit` characters."""
    rich, plain = [], []
    for chapter in chapters:
        at = f"`{clock(chapter.start_ms)}`"
        title = escaped(chapter.title, BRIEF_CHAPTER_TITLE)
        url = web_address(play_link(episode, chapter.start_ms), MAX_URL)
        plain.append(f"{at} {title}")
        rich.append(f"{masked_link(at, url)} {title}" if url else plain[-1])
    return fit_lines(rich, plain, limit, MORE_CHAPTERS)


def quote_card(
    quote: Quote, episode: Episode, chapter: Chapter | None, url: str | None, *, shared_by: int | None = None
) -> discord.Embed:
    """A quote with the matched words in bold, who said it, when, and where it plays."""
    card = _card(episode, f"Quote · {episode.podcast_title}")
    who = escaped(quote.speaker, 100) if quote.speaker else "Unknown speaker"
    at = ""
    if quote.start_ms is not None:
        moment = f"`{clock(quote.start_ms)}`"
        address = web_address(url, MAX_URL)
        at = " · about " + (masked_link(moment, address) if address else moment)
    said_by = f"\n— **{who}**{at}"
    card.description = _quoted(quote, EMBED_DESCRIPTION - len(said_by)) + said_by
    # A field without a visible value makes Discord refuse the message.
    if chapter is not None and (title := escaped(chapter.title, FIELD_VALUE).strip()):
        card.add_field(name="Chapter", value=title, inline=False)
    if shared_by is not None:
        card.add_field(name="Shared by", value=f"<@{shared_by}>", inline=False)
    return card


def _quoted(quote: Quote, limit: int) -> str:
    """The words as one quoted line, the matched ones in bold while that fits."""
    start, end = quote.match
    before, said, after = (
        escape(_BLANKS.sub(" ", part))
        for part in (quote.text[:start], quote.text[start:end], quote.text[end:])
    )
    text = f"{before}**{said.strip()}**{after}" if said.strip() else before + after
    if len(text) > limit - 2:
        text = escaped(_BLANKS.sub(" ", quote.text), limit - 2)
    return f"> {text}"


def play_button(url: str | None, start_ms: int | None = None) -> discord.ui.Button[discord.ui.View] | None:
    """A button that plays from a moment, where there is an address short enough for one."""
    address = web_address(url, BUTTON_URL)
    if address is None:
        return None
    label = f"Play from {clock(start_ms)}" if start_ms is not None else "Play"
    return discord.ui.Button(style=discord.ButtonStyle.link, label=cut(label, BUTTON_LABEL), url=address)


def page_button(episode: Episode) -> discord.ui.Button[discord.ui.View] | None:
    """A button to the episode's page, where it has one."""
    address = web_address(episode.link, BUTTON_URL)
    if address is None:
        return None
    return discord.ui.Button(style=discord.ButtonStyle.link, label="Episode page", url=address)


def _card(episode: Episode, author: str) -> discord.Embed:
    card = discord.Embed(title=escaped(episode.title, EMBED_TITLE), colour=COLOUR)
    if (page := web_address(episode.link, MAX_URL)) is not None:
        card.url = page
    card.set_author(name=cut(author, EMBED_AUTHOR))
    return card


def _facts(episode: Episode) -> str:
    facts = []
    if episode.published is not None:
        facts.append(discord.utils.format_dt(episode.published, "D"))
    if episode.duration_s is not None:
        facts.append(duration(episode.duration_s))
    return " · ".join(facts)


def duration(seconds: float) -> str:
    """A length as people say it: 58 min, 1 h 6 min."""
    minutes = max(1, round(seconds / 60))
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
