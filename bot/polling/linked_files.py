"""Fetches the files that episodes link to: transcripts and chapters."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bot.bounds import DEFAULT_BOUNDS, MB, Bounds
from bot.chapters.json_file import ChaptersError
from bot.feeds.errors import FeedError
from bot.feeds.http.fetcher import Fetcher
from bot.polling.audio_tags import AudioTags
from bot.polling.put_off_files import PutOffFiles
from bot.reading.child_process import DocumentTooHeavyError, JobBrokenError, ReaderUnavailableError
from bot.reading.document_reader import DocumentReader
from bot.reading.jobs import Body, ChaptersJob, Job, TranscriptJob
from bot.status_messages.sentences import StatusError, sentence
from bot.transcripts.formats.registry import may_be_readable
from bot.transcripts.reader import PublishedTranscript
from bot.transcripts.selection import TranscriptCandidate, best, fetch_order
from bot.transcripts.turns.cues import TranscriptError
from storage.engine.database import Database
from storage.models import (
    ChapterSource,
    FileKind,
    PendingFile,
    StatusCode,
)
from storage.tables.awaited_files import awaited_episodes, end_wait_for_files
from storage.tables.episodes import save_chapters
from storage.tables.linked_files import pending_files, put_off_files, record_file_failure, record_read
from storage.tables.space import text_beside
from storage.tables.transcripts import (
    episode_turns,
    people_of,
    record_choice,
    save_transcript,
    transcript_source,
)

# A file that fails is tried again after ten minutes, then with four times the delay each time, for about a week.
MAX_ATTEMPTS = 7
RETRY_AFTER = timedelta(minutes=10)
EPISODES_AT_ONCE = 4
FILES_OF_ONE_EPISODE = 4
MAX_COUNTED = 10_000

# A podcast whose text has reached its bound is looked at again after a day: the operator may have raised it.
FULL_FOR = timedelta(days=1)

TEXT_BOUND = StatusCode("file.text_bound", "mb")
FILE_BROKEN = StatusCode("file.broken")
CHAPTERS_UNUSABLE = StatusCode("file.chapters_unusable", "title", "failure")
TRANSCRIPT_UNUSABLE = StatusCode("file.transcript_unusable", "title", "failure")
FILES_WAIT = StatusCode("file.host_put_off", "count", "failure")
NO_READABLE_FORMAT = StatusCode("file.no_readable_format", "title")

T = TypeVar("T")

log = logging.getLogger(__name__)


class LinkedFiles:
    """Reads the files that a podcast's episodes link to, and stores what they hold."""

    def __init__(
        self, db: Database, fetcher: Fetcher, documents: DocumentReader, bounds: Bounds = DEFAULT_BOUNDS
    ) -> None:
        self._db = db
        self._bounds = bounds
        self._fetcher = fetcher
        self._documents = documents
        self._tags = AudioTags(db, fetcher, documents)
        # Episodes whose files are being read.
        self._in_hand: set[int] = set()

    async def transcripts_to_come(self, podcast_id: int) -> int:
        """How many episodes have transcript files that are still to be read, in a format that can be read."""
        pending = await pending_files(self._db, podcast_id, due_at=None, limit=MAX_COUNTED)
        return len(
            {
                one.episode_id
                for one in pending
                if one.kind is FileKind.TRANSCRIPT and may_be_readable(one.link.mime_type)
            }
        )

    async def read(
        self,
        podcast_id: int,
        *,
        limit: int,
        all_missing: bool = False,
        awaited_only: bool = False,
        progress: Callable[[int, int], None] | None = None,
        on_awaited: Callable[[], None] = lambda: None,
    ) -> list[str]:
        """Read the files that are due, or all that aren't read yet; return a sentence for each failure.

        Episodes whose announcement waits for their files come first, then the newest, up to `limit` files. What
        another call is reading is left to it. `progress` is called with the number of episodes done and their total,
        `on_awaited` when an announcement need not wait any more. Raises ReaderUnavailableError.
        """
        due_at = None if all_missing else _now()
        pending = await pending_files(self._db, podcast_id, due_at=due_at, limit=limit)
        awaited = await awaited_episodes(self._db, podcast_id, _now())
        by_episode: dict[int, list[PendingFile]] = {}
        waiting = PutOffFiles()
        for one in sorted(pending, key=lambda one: one.episode_id not in awaited):
            if one.episode_id in self._in_hand or (awaited_only and one.episode_id not in awaited):
                continue
            files = by_episode.setdefault(one.episode_id, [])
            if not waiting.add(one, self._fetcher.put_off(one.link.url)):
                files.append(one)
        free = asyncio.Semaphore(EPISODES_AT_ONCE)
        done = 0

        async def read(episode_id: int, files: list[PendingFile]) -> list[str]:
            nonlocal done
            async with free:
                warnings = await self._read_files_of_episode(files, waiting)
            # Of the last one, more files may be beyond the limit.
            whole = len(pending) < limit or episode_id != pending[-1].episode_id
            if episode_id in awaited and whole and await end_wait_for_files(self._db, episode_id):
                on_awaited()
            done += 1
            if progress is not None:
                progress(done, len(by_episode))
            return warnings

        self._in_hand |= by_episode.keys()
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(read(*one)) for one in by_episode.items()]
        except ExceptionGroup as failed:
            unavailable, others = failed.split(ReaderUnavailableError)
            if unavailable is None or others is not None:
                raise
            # It is one reason for all of them.
            raise unavailable.exceptions[0] from None
        finally:
            self._in_hand -= by_episode.keys()
        if not awaited_only:
            await self._tags.read(podcast_id)
        return [*(warning for task in tasks for warning in task.result()), *await self._put_off(waiting)]

    async def _read_files_of_episode(self, files: Sequence[PendingFile], waiting: PutOffFiles) -> list[str]:
        """The chapters beside the transcripts: neither is late because the other's host is slow."""
        transcripts = [one for one in files if one.kind is FileKind.TRANSCRIPT]
        if transcripts and (full := await self._text_bound(transcripts[0].episode_id)) is not None:
            transcripts = [one for one in transcripts if not waiting.add(one, full)]
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._read_chapters(one, waiting))
                    for one in files
                    if one.kind is FileKind.CHAPTERS
                ]
                tasks.append(group.create_task(self._read_transcripts(transcripts, waiting)))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        return [warning for task in tasks for warning in task.result()]

    async def _text_bound(self, episode_id: int) -> FeedError | None:
        """Why no more transcripts of this podcast are read for now, if so much text of it is stored already."""
        stored, came_later = await text_beside(self._db, episode_id)
        most = self._bounds.text_bytes(came_later=came_later)
        if stored < most:
            return None
        return FeedError(TEXT_BOUND(mb=most // MB), not_tried_until=_now() + FULL_FOR)

    async def _read_chapters(self, file: PendingFile, waiting: PutOffFiles) -> list[str]:
        try:
            async with AsyncExitStack() as held:
                fetched = await self._fetcher.file(file.link.url, held=held)
                job = ChaptersJob(fetched.content_type, file.duration_s)
                chapters = await self._read(job, fetched.body or b"", _name(file))
        except (FeedError, ChaptersError, DocumentTooHeavyError) as error:
            return [] if waiting.add(file, error) else [await self._record_failure(file, error)]
        if chapters:
            await save_chapters(self._db, file.episode_id, ChapterSource.PODCAST, chapters)
        await record_read(self._db, [file])
        return []

    async def _read_transcripts(self, files: Sequence[PendingFile], waiting: PutOffFiles) -> list[str]:
        """Read an episode's transcripts and keep the best of them and the one that is stored already."""
        if not files:
            return []
        warnings: list[str] = []
        found: list[tuple[PendingFile, PublishedTranscript]] = []
        people = await people_of(self._db, files[0].episode_id)
        order = fetch_order([one.link.mime_type for one in files])
        tried: set[int] = set()
        for place in order:
            if len(found) == FILES_OF_ONE_EPISODE:
                break
            one = files[place]
            tried.add(place)
            try:
                found.append((one, await self._read_transcript(one, people)))
            except (FeedError, TranscriptError, DocumentTooHeavyError) as error:
                if not waiting.add(one, error):
                    warnings.append(await self._record_failure(one, error))
        # Files that are no text, and those that enough others were read before, count as read.
        left = [one for place, one in enumerate(files) if place not in tried]
        await record_read(self._db, [*(one for one, _ in found), *left])
        if found:
            await self._keep_best(files[0].episode_id, [transcript for _, transcript in found])
            return []
        if not order:
            warnings.append(sentence(NO_READABLE_FORMAT(title=files[0].episode_title)))
        return warnings

    async def _read_transcript(self, file: PendingFile, people: Sequence[str]) -> PublishedTranscript:
        async with AsyncExitStack() as held:
            fetched = await self._fetcher.file(file.link.url, held=held)
            job = TranscriptJob(file.link.mime_type, fetched.content_type, tuple(people))
            return await self._read(job, fetched.body or b"", _name(file))

    async def _put_off(self, waiting: PutOffFiles) -> list[str]:
        """Store until when the files wait that were not asked for; a sentence for each reason."""
        for wait in waiting.waits:
            await put_off_files(self._db, wait.files, wait.why, wait.until)
        return [sentence(FILES_WAIT(count=len(wait.files), failure=wait.why)) for wait in waiting.waits]

    async def _keep_best(self, episode_id: int, transcripts: Sequence[PublishedTranscript]) -> None:
        """Store the best of these unless the stored one is better, and the reason if there was a choice."""
        stored_source = await transcript_source(self._db, episode_id)
        candidates = [TranscriptCandidate(one.source, one.turns) for one in transcripts]
        if stored_source is not None:
            stored = await episode_turns(self._db, episode_id)
            turns = tuple(one.as_turn() for one in stored)
            candidates.append(TranscriptCandidate(stored_source, turns))
        chosen, reason = best(candidates)
        if chosen == len(transcripts):
            await record_choice(self._db, episode_id, reason)
            return
        transcript = transcripts[chosen]
        await save_transcript(
            self._db,
            episode_id,
            transcript.source,
            transcript.turns,
            instead_of=stored_source,
            choice=reason if len(candidates) > 1 else None,
        )

    async def _record_failure(self, file: PendingFile, error: StatusError) -> str:
        """Store why a file can't be used and when to try again; return a sentence about it."""
        retry = None
        # A file that was too much for the reading process is so each time.
        if file.attempts + 1 < MAX_ATTEMPTS and not isinstance(error, DocumentTooHeavyError):
            retry = _now() + RETRY_AFTER * 4**file.attempts
        await record_file_failure(self._db, file, error.status, retry)
        code = CHAPTERS_UNUSABLE if file.kind is FileKind.CHAPTERS else TRANSCRIPT_UNUSABLE
        return sentence(code(title=file.episode_title, failure=error.status))

    async def _read(self, job: Job[T], body: Body, name: str) -> T:
        """Have a file read. Raises FeedError for an unexpected error."""
        try:
            return await self._documents.read(job, body, name)
        except JobBrokenError as error:
            # One file that breaks its parser must not stop the others.
            log.exception("%s can't be read", name)
            raise FeedError(FILE_BROKEN()) from error


def _name(file: PendingFile) -> str:
    """The file's name in the log."""
    return f"the {file.kind.value} file of episode {file.episode_id}"


def _now() -> datetime:
    return datetime.now(UTC)
