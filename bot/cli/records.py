"""What the command line prints: stored things as JSON for scripts, or as lines for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from bot.feeds.changes.announcing import ANNOUNCED_NOW
from bot.play_links import play_link
from bot.polling.feed_outcomes import FALSE_304, Poll
from bot.quotes import Hit
from bot.shown_episodes import shown, shown_episode, shown_quote
from bot.status_messages.sentences import sentence
from bot.text.feed_keys import key_sign
from bot.text.plurals import counted
from bot.text.timecodes import clock
from bot.text.web_addresses import without_secrets
from bot.transcripts.formats.registry import label_of
from storage.models import (
    Chapter,
    ChapterSource,
    Coverage,
    Destination,
    Episode,
    FileProblems,
    Followers,
    HeldItem,
    Podcast,
    SpokenTurn,
    Status,
    TranscriptSource,
    Turn,
)
from storage.models.status import TEXT
from storage.tables.decisions import DATE_CAME

Record = dict[str, Any]

ANNOUNCED = ANNOUNCED_NOW | {DATE_CAME}
LOOKED_FOR = (
    "These, and what is new in the first week, are looked for in their channels before they are sent, as they may "
    "stand there already."
)

Source = TypeVar("Source", ChapterSource, TranscriptSource)


def podcast_record(podcast: Podcast) -> Record:
    """A podcast for scripts."""
    return {
        "id": podcast.id,
        "title": podcast.title,
        "feed": shown_feed(podcast.feed_url),
        "episodes": podcast.episode_count,
    }


def followed_record(
    podcast: Podcast, covered: Coverage, held: Sequence[HeldItem], files: FileProblems | None
) -> Record:
    """A podcast for scripts, with its last poll and what was read of it."""
    return {
        **podcast_record(podcast),
        "last_check": iso(podcast.polled_at),
        "last_outcome": sentence_or_none(podcast.outcome),
        "next_check": None if podcast.paused else iso(podcast.next_poll_at),
        "next_check_reason": sentence_or_none(podcast.next_reason),
        "paused": sentence_or_none(podcast.paused),
        "host": sentence_or_none(FALSE_304()) if podcast.false_304_at else None,
        "held": len(held),
        "left_unread": podcast.left_unread,
        "chapters": by_source(podcast.episode_count, covered.chapters, chapter_label),
        "transcripts": by_source(podcast.episode_count, covered.transcripts, label_of),
        "unreadable_files": files.count if files else 0,
        "unreadable_newest": sentence_or_none(files.newest) if files else None,
    }


def by_source(episodes: int, counts: Mapping[Source, int], label: Callable[[Source], str]) -> str:
    """`12 of 40: 9 notes, 3 VTT`: how many episodes have something, by source, the most frequent first."""
    most_first = sorted(counts.items(), key=lambda count: (-count[1], count[0]))
    parts = [f"{count} {label(source)}" for source, count in most_first]
    total = f"{sum(counts.values())} of {episodes}"
    return f"{total}: {', '.join(parts)}" if parts else total


def chapter_label(source: ChapterSource) -> str:
    """The name of a source of chapters in sentences."""
    return "audio files" if source is ChapterSource.ID3 else source


def podcast_lines(
    podcast: Podcast, covered: Coverage, held: Sequence[HeldItem], files: FileProblems | None
) -> list[str]:
    """A podcast for a person, with its last poll and what was read of it."""
    chapters = by_source(podcast.episode_count, covered.chapters, chapter_label)
    transcripts = by_source(podcast.episode_count, covered.transcripts, label_of)
    due = (
        f"next look {iso(podcast.next_poll_at)} ({sentence_or_none(podcast.next_reason)})"
        if podcast.next_poll_at
        else ""
    )
    return [
        f"{podcast.id:>4}  {podcast.title}  ({podcast.episode_count} episodes)  {shown_feed(podcast.feed_url)}",
        f"      chapters {chapters}; transcripts {transcripts}",
        f"      {sentence_or_none(podcast.outcome) or 'not looked at yet'}; {(podcast.paused and 'paused') or due}",
        *([f"      {sentence(FALSE_304())}"] if podcast.false_304_at else []),
        *_kept_lines(podcast),
        *([f"      {counted(len(held), 'item')} held: `held` lists them"] if held else []),
        *(
            [f"      {counted(files.count, 'document')} can't be used; the newest: {sentence(files.newest)}"]
            if files
            else []
        ),
    ]


def _kept_lines(podcast: Podcast) -> list[str]:
    if not podcast.left_unread:
        return []
    kept, of = podcast.episode_count, podcast.episode_count + podcast.left_unread
    return [f"      the newest {kept:,} of {of:,} episodes are kept (EARMARK_MAX_EPISODES)"]


def held_records(podcast: Podcast, items: Iterable[HeldItem]) -> list[Record]:
    """Held items for scripts."""
    return [
        {
            "podcast": podcast.title,
            "podcast_id": podcast.id,
            "title": one.title,
            "published": iso(one.published),
            "reason": sentence_or_none(one.reason),
        }
        for one in items
    ]


def added_record(podcast: Podcast, covered: Coverage, warnings: Sequence[str]) -> Record:
    """What `add` found, for scripts; of a keyed feed also by what it was taken for one."""
    sign = key_sign(podcast.feed_url)
    return {
        **podcast_record(podcast),
        "episodes": covered.episodes,
        "chapters": covered.with_chapters,
        "transcripts": covered.with_turns,
        "warnings": list(warnings),
        **({"keyed": sign} if sign else {}),
    }


def poll_record(poll: Poll) -> Record:
    """The result of a poll, for scripts."""
    return {
        "id": poll.podcast_id,
        "title": poll.title,
        "outcome": sentence_or_none(poll.outcome),
        "new": poll.new,
        "changed": poll.changed,
        "announced": poll.announced,
        "held": poll.held,
    }


def server_record(guild_id: int, destinations: Sequence[Destination]) -> Record:
    """A server for scripts."""
    return {
        "guild_id": guild_id,
        "podcasts": len({one.podcast_id for one in destinations}),
        "channels": len({one.channel_id for one in destinations}),
    }


def server_line(guild_id: int, destinations: Sequence[Destination]) -> str:
    """A server for a person."""
    found = server_record(guild_id, destinations)
    return f"{guild_id}  {counted(found['podcasts'], 'podcast')} in {counted(found['channels'], 'channel')}"


def destination_record(one: Destination, podcast: str) -> Record:
    """A destination for scripts, with the settings that `/podcast looks` has."""
    return {
        "channel_id": one.channel_id,
        "guild_id": one.guild_id,
        "podcast": podcast,
        "podcast_id": one.podcast_id,
        "kind": one.kind,
        "style": one.looks.style,
        "role_id": one.looks.role_id,
        "silent": one.looks.silent,
        "spoiler": one.looks.spoiler,
        "talk": one.open_thread,
        "publish": one.publish,
        "tag_ids": list(one.tag_ids),
        "paused": sentence_or_none(one.paused),
    }


def destination_lines(one: Destination, podcast: str) -> list[str]:
    """A destination for a person, with the settings that are not the usual ones."""
    chosen = {"silent": one.looks.silent, "spoiler": one.looks.spoiler}
    chosen |= {"talk": one.open_thread, "publish": one.publish}
    settings = [str(one.looks.style), *(name for name, on in chosen.items() if on)]
    if one.looks.role_id is not None:
        settings.append(f"role {one.looks.role_id}")
    if one.tag_ids:
        settings.append(f"tags {' '.join(map(str, one.tag_ids))}")
    where = f"{one.channel_id} ({one.kind}) of server {one.guild_id}"
    return [
        f"{where}  {podcast} ({one.podcast_id})  {', '.join(settings)}",
        *([f"      paused: {sentence(one.paused)}"] if one.paused else []),
    ]


def removed_record(podcast: Podcast, lost: Followers) -> Record:
    """What `remove` ended, for scripts."""
    return {
        **podcast_record(podcast),
        "removed": lost.any,
        "servers": lost.servers,
        "channels": lost.channels,
        "cancelled": lost.waiting,
        "by_operator": lost.by_operator,
    }


def restored_lines(restored: Record) -> list[str]:
    """What `restore` restored, for a person."""
    podcasts, episodes = counted(restored["podcasts"], "podcast"), counted(restored["episodes"], "episode")
    source = f" from {restored['file']}" if restored["file"] else ""
    found = f"{podcasts} with {episodes} and {counted(restored['destinations'], 'channel')}"
    return [
        f"Restored {found}{source}, as of {restored['made_at']}; what was changed later is lost.",
        f"{counted(restored['looked_for'], 'announcement')} waited to be sent. {LOOKED_FOR}",
    ]


def size_text(size: int) -> str:
    """A size for a person, in megabytes."""
    return f"{size / 1_000_000:,.1f} MB"


def episode_record(episode: Episode) -> Record:
    """An episode for scripts."""
    episode = shown_episode(episode)
    return {
        "id": episode.id,
        "guid": episode.guid,
        "podcast": episode.podcast_title,
        "title": episode.title,
        "published": iso(episode.published),
        "duration_s": episode.duration_s,
        "chapters": episode.chapter_count,
        "turns": episode.turn_count,
        "chapters_source": episode.chapters_source,
        "transcript": episode.transcript_source,
        "transcript_choice": sentence_or_none(episode.transcript_choice),
        "kind": episode.kind,
        "season": episode.season,
        "number": episode.number,
    }


def decided_record(episode: Episode, why: Status | None) -> Record:
    """An episode for scripts, with whether it is (or was) announced, and why."""
    return {**episode_record(episode), "decision": None if why is None else _decision_record(why)}


def _decision_record(why: Status) -> Record:
    text = sentence(why)
    # What versions without codes stored are sentences.
    announced = why.code in ANNOUNCED or (why.code == TEXT and text.startswith("announced"))
    return {"announce": announced, "code": why.code, "text": text}


def chapter_records(episode: Episode, chapters: Iterable[Chapter]) -> list[Record]:
    """Chapters for scripts, each with a link that plays there, if one may be shown."""
    chapters = shown(episode, list(chapters))
    return [
        {"start_s": seconds(one.start_ms), "title": one.title, "url": play_link(episode, one.start_ms)}
        for one in chapters
    ]


def turn_records(turns: Iterable[Turn | SpokenTurn]) -> list[Record]:
    """Turns for scripts."""
    return [
        {
            "speaker": one.speaker,
            "start_s": seconds(one.start_ms),
            "end_s": seconds(one.end_ms),
            "text": one.text,
        }
        for one in turns
    ]


def turn_lines(turns: Iterable[Turn | SpokenTurn]) -> list[str]:
    """Turns for a person."""
    return [
        f"{clock(one.start_ms) if one.start_ms is not None else '':>8}  "
        f"{one.speaker + ': ' if one.speaker else ''}{one.text}"
        for one in turns
    ]


def hit_record(hit: Hit) -> Record:
    """A quote for scripts; times are those of the matched words."""
    hit = _shown_hit(hit)
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
    hit = _shown_hit(hit)
    text = hit.quote.text
    marked = text
    for start, end in reversed(hit.quote.highlights):
        marked = marked[:start] + bold[0] + marked[start:end] + bold[1] + marked[end:]
    at = f", about {clock(hit.quote.start_ms)}" if hit.quote.start_ms is not None else ""
    chapter = f" · {hit.chapter.title}" if hit.chapter else ""
    return [
        f"“{marked}”",
        f"  — {hit.quote.speaker or 'unknown speaker'}{at} in {hit.episode.title}{chapter}",
        *([f"  {hit.url}"] if hit.url else []),
    ]


def _shown_hit(hit: Hit) -> Hit:
    quote, chapter = shown_quote(hit.quote, hit.episode), shown(hit.episode, hit.chapter)
    return Hit(quote, shown_episode(hit.episode), chapter)


def shown_feed(url: str) -> str:
    """A feed's address with its secrets masked."""
    return url if url.startswith("file:") else without_secrets(url)


def sentence_or_none(status: Status | None) -> str | None:
    """The sentence for a status, where there is one."""
    return None if status is None else sentence(status)


def seconds(milliseconds: int | None) -> float | None:
    """Milliseconds as seconds."""
    return None if milliseconds is None else milliseconds / 1000


def day(moment: datetime | None) -> str:
    """The date for a person, as wide with one as without."""
    return moment.date().isoformat() if moment else "no date   "


def iso(moment: datetime | None) -> str | None:
    """A date as ISO 8601 in UTC."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
