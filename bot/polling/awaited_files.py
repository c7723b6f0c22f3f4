"""Which new episodes are announced a little later, as files that their feed names are still to be read. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.chapters.json_file import may_be_chapters
from bot.transcripts.formats.registry import may_be_readable
from storage.models import EpisodeChange, FeedItem


def with_waits(changes: Iterable[EpisodeChange], until: datetime) -> tuple[EpisodeChange, ...]:
    """The changes; those that are announced and have files wait for these until then."""
    return tuple(
        replace(change, files_until=until) if change.announce and awaits_files(change.item) else change
        for change in changes
    )


def awaits_files(item: FeedItem) -> bool:
    """Whether the feed names a transcript or chapters of a kind that can be read."""
    chapters = item.chapters_link
    return (chapters is not None and may_be_chapters(chapters.mime_type)) or any(
        may_be_readable(link.mime_type) for link in item.transcript_links
    )
