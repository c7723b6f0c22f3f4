"""What the command line prints: stored things as JSON for scripts, or as lines for a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.pipeline import Poll
from bot.play_links import clock, play_link
from bot.quotes import Hit
from storage.models import Chapter, Coverage, Episode, Podcast, SpokenTurn

Record = dict[str, Any]


def podcast_record(podcast: Podcast) -> Record:
    """A podcast for scripts."""
    return {
        "id": podcast.id,
        "title": podcast.title,
        "feed": shown_feed(podcast.feed_url),
        "episodes": podcast.episode_count,
    }


def added_record(podcast: Podcast, covered: Coverage, warnings: Sequence[str]) -> Record:
    """What adding a podcast found."""
    return {
        **podcast_record(podcast),
        "episodes": covered.episodes,
        "chapters": covered.with_chapters,
        "transcripts": covered.with_turns,
        "warnings": list(warnings),
    }


def poll_record(poll: Poll) -> Record:
    """How a look at a feed ended."""
    return {
        "id": poll.podcast_id,
        "title": poll.title,
        "outcome": poll.outcome,
        "new": poll.new,
        "changed": poll.changed,
    }


def episode_record(episode: Episode) -> Record:
    """An episode for scripts."""
    return {
        "id": episode.id,
        "guid": episode.guid,
        "podcast": episode.podcast_title,
        "title": episode.title,
        "published": iso(episode.published),
        "duration_s": episode.duration_s,
        "chapters": episode.chapter_count,
        "turns": episode.turn_count,
        "transcript": episode.transcript_source,
    }


def chapter_records(episode: Episode, chapters: Iterable[Chapter]) -> list[Record]:
    """Chapters with links that play there."""
    return [
        {"start_s": seconds(one.start_ms), "title": one.title, "url": play_link(episode, one.start_ms)}
        for one in chapters
    ]


def turn_records(turns: Iterable[SpokenTurn]) -> list[Record]:
    """The turns of a transcript."""
    return [
        {
            "speaker": one.speaker,
            "start_s": seconds(one.start_ms),
            "end_s": seconds(one.end_ms),
            "text": one.text,
        }
        for one in turns
    ]


def hit_record(hit: Hit) -> Record:
    """A quote for scripts; times are those of the matched words."""
    return {
        "guid": hit.episode.guid,
        "episode": hit.episode.title,
        "podcast": hit.episode.podcast_title,
        "speaker": hit.quote.speaker,
        "start_s": seconds(hit.quote.start_ms),
        "end_s": seconds(hit.quote.end_ms),
        "text": hit.quote.text,
        "match": list(hit.quote.match),
        "score": round(hit.quote.score, 4),
        "chapter": hit.chapter.title if hit.chapter else None,
        "url": hit.url,
    }


def hit_lines(hit: Hit, *, bold: tuple[str, str] = ("[", "]")) -> list[str]:
    """A quote for a person, with the matched words between the marks."""
    start, end = hit.quote.match
    text = hit.quote.text
    marked = text[:start] + bold[0] + text[start:end] + bold[1] + text[end:]
    at = f", about {clock(hit.quote.start_ms)}" if hit.quote.start_ms is not None else ""
    chapter = f" · {hit.chapter.title}" if hit.chapter else ""
    return [
        f"“{marked}”",
        f"  — {hit.quote.speaker or 'unknown speaker'}{at} in {hit.episode.title}{chapter}",
        *([f"  {hit.url}"] if hit.url else []),
    ]


def shown_feed(url: str) -> str:
    """A feed's address without its user and password."""
    parts = urlsplit(url)
    if parts.username is None and parts.password is None:
        return url
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def seconds(milliseconds: int | None) -> float | None:
    """Milliseconds as the seconds that scripts read."""
    return None if milliseconds is None else milliseconds / 1000


def iso(moment: datetime | None) -> str | None:
    """A date as ISO 8601 in UTC."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
