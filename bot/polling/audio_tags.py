"""Looks for chapters inside the audio files of a podcast's newest episodes, by requests for small parts of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TypeVar

from bot.chapters.file_parts import (
    LOOK_BYTES,
    Container,
    FilePart,
    container_of,
    find_flac_comments,
    find_moov,
)
from bot.chapters.id3 import HEAD_BYTES, tag_size
from bot.chapters.json_file import ChaptersError
from bot.chapters.mp4 import ChapterTrack, better_of
from bot.chapters.vorbis_comments import ends_in
from bot.feeds.errors import FeedError
from bot.feeds.http.fetcher import Fetcher
from bot.reading.audio_jobs import CommentsJob, MoovJob, TagJob, TrackJob
from bot.reading.child_process import DocumentTooHeavyError, JobBrokenError
from bot.reading.document_reader import DocumentReader
from bot.reading.jobs import Body, Job
from storage.engine.database import Database
from storage.models import Chapter, ChapterSource, UntaggedEpisode
from storage.models.chapter_lists import within_episode
from storage.tables.episodes import record_tag, save_chapters, untagged_episodes

# Requests for audio files are counted as downloads: only the newest episodes are asked, in few small parts.
TAGGED_NEWEST = 3
MAX_TAG_TRIES = 3
MAX_TAG_BYTES = 4 * 1024 * 1024
MAX_COMMENT_BYTES = 1024 * 1024
# The tables of a file may stand behind its sound, and something else before them.
MAX_LOOKS = 4

T = TypeVar("T")
Find = Callable[[bytes | bytearray, int], FilePart | None]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Found:
    """A place of a file, and a part of the file, read at `offset`, that holds its beginning."""

    place: FilePart
    part: bytearray
    offset: int = 0


class AudioTags:
    """Reads the chapters that audio files hold, and stores them."""

    def __init__(self, db: Database, fetcher: Fetcher, documents: DocumentReader) -> None:
        self._db = db
        self._fetcher = fetcher
        self._documents = documents

    async def read(self, podcast_id: int) -> None:
        """Look into the audio of those of the newest episodes that have no chapters."""
        untagged = await untagged_episodes(
            self._db, podcast_id, newest=TAGGED_NEWEST, max_tries=MAX_TAG_TRIES
        )
        await asyncio.gather(*(self._read(episode) for episode in untagged))

    async def _read(self, episode: UntaggedEpisode) -> None:
        """Look into one file. The feed promises no chapters there, so failures are only logged."""
        try:
            chapters = within_episode(await self._chapters(episode), episode.duration_s)
            if chapters:
                await save_chapters(self._db, episode.id, ChapterSource.ID3, chapters)
        except FeedError as error:
            if error.not_tried_until is not None:
                return
            log.debug("episode %d: its audio can't be asked for chapters: %s", episode.id, error)
            await record_tag(self._db, episode.id, tries=1)
        except (ChaptersError, DocumentTooHeavyError) as error:
            log.debug("episode %d: the chapters in its audio can't be used: %s", episode.id, error)
            await record_tag(self._db, episode.id, tries=MAX_TAG_TRIES)
        except JobBrokenError:
            log.exception("episode %d: the chapters in its audio can't be read", episode.id)
            await record_tag(self._db, episode.id, tries=MAX_TAG_TRIES)
        else:
            await record_tag(self._db, episode.id, tries=MAX_TAG_TRIES)

    async def _chapters(self, episode: UntaggedEpisode) -> tuple[Chapter, ...]:
        head = await self._fetcher.part(episode.enclosure_url, 0, LOOK_BYTES - 1)
        match container_of(head):
            case Container.ID3:
                size = min(tag_size(bytes(head[:HEAD_BYTES])) or 0, MAX_TAG_BYTES)
                return await self._from(episode, _Found(FilePart(0, size), head), TagJob())
            case Container.MP4:
                return await self._of_mp4(episode, head)
            case Container.OGG:
                size = len(head) if ends_in(head) else MAX_COMMENT_BYTES
                return await self._from(episode, _Found(FilePart(0, size), head), CommentsJob(ogg=True))
            case Container.FLAC:
                found = await self._look(episode, head, find_flac_comments, MAX_COMMENT_BYTES)
                if found is not None:
                    return await self._from(episode, found, CommentsJob(ogg=False))
        return ()

    async def _of_mp4(self, episode: UntaggedEpisode, head: bytearray) -> tuple[Chapter, ...]:
        tables = await self._look(episode, head, find_moov, MAX_TAG_BYTES)
        if tables is None:
            return ()
        listed = await self._from(episode, tables, MoovJob())
        if listed.track is None:
            return listed.nero
        try:
            titles = await self._track(episode, listed.track)
        except FeedError:
            if not listed.nero:
                raise
            return listed.nero
        return better_of(listed.nero, titles, episode.duration_s)

    async def _track(self, episode: UntaggedEpisode, track: ChapterTrack) -> tuple[Chapter, ...]:
        body = bytearray()
        for first, last in track.ranges:
            part = await self._fetcher.part(episode.enclosure_url, first, last)
            body += part.ljust(last - first + 1, b"\0")
        return await self._job(episode, TrackJob(track), body)

    async def _look(self, episode: UntaggedEpisode, head: bytearray, find: Find, most: int) -> _Found | None:
        """Follow a file's parts by their heads to what is looked for; None where it isn't, or has more bytes."""
        part, offset = head, 0
        for _ in range(MAX_LOOKS):
            place = find(part, offset)
            if place is None:
                return None
            if place.size is not None:
                return _Found(place, part, offset) if place.size <= most else None
            offset = place.offset
            part = await self._fetcher.part(episode.enclosure_url, offset, offset + LOOK_BYTES - 1)
        return None

    async def _from(self, episode: UntaggedEpisode, found: _Found, job: Job[T]) -> T:
        """What a job reads at a place of the file, which is fetched where it reaches behind the part at hand."""
        first = found.place.offset
        after = first + (found.place.size or 0)
        async with AsyncExitStack() as held:
            body = found.part[first - found.offset : after - found.offset]
            if after > found.offset + len(found.part) and len(found.part) >= LOOK_BYTES:
                body = await self._fetcher.part(episode.enclosure_url, first, after - 1, held)
            return await self._job(episode, job, body)

    async def _job(self, episode: UntaggedEpisode, job: Job[T], body: Body) -> T:
        return await self._documents.read(job, body, f"the audio of episode {episode.id}")
