"""Keeps the segments of podcasts open and up to date, in the background of the searches."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from bot.search import podcast_index
from bot.search.folder_lock import FolderLock
from bot.search.index.segment import Segment
from bot.search.index.segment_file import SegmentDamagedError
from bot.search.index_writer import IndexWriter
from bot.search.indexing_pace import BuildPace, PodcastWork
from bot.search.podcast_index import PodcastIndex, TurnSource
from bot.workers.outage import OUTAGE
from bot.workers.retry_loop import pause, wait_or_cancel

# The indexes of so many podcasts stay open, those that were searched last.
_MAX_OPEN = 256
# Segments are merged although a podcast is not quiet when this many should become one.
_MANY_SEGMENTS = 16
# How often the list of a podcast's episodes is read again while it is worked on.
_LISTED_EVERY_S = 1.0
# Another process that works in the same folder is waited for, but not for ever: it may be stopped.
_OTHERS_S = 30.0
_LOOKED_AFTER_S = 0.3
_FIRST_RETRY_S, _LONGEST_RETRY_S = 2.0, 60.0
_STOPPED_WITHIN_S = 1.0
# While so many episodes are missing there is enough to build, whatever else arrives.
_MANY_EPISODES = 20
# The same trouble is told once in this time.
_TOLD_AGAIN_S = 3_600.0
_TOLD_KEPT = 20
_WORTH_TELLING_S = 0.5

log = logging.getLogger(__name__)


class IndexKeeper:
    """Opens what is listed at once, and builds, merges and rebuilds segments in the background.

    One task takes the podcasts in turns, piece by piece, so that none waits for the whole of another.
    """

    def __init__(self, source: TurnSource, folder: Path) -> None:
        self._source = source
        self._folder = folder
        self._lock = FolderLock(folder)
        self._writer = IndexWriter(source, folder)
        self._indexes: OrderedDict[int, PodcastIndex] = OrderedDict()
        self._opening: dict[int, asyncio.Task[PodcastIndex]] = {}
        # The revision at which a podcast was last complete, and since when those that aren't are behind.
        self._complete_at: dict[int, int] = {}
        self._behind_since: dict[int, float] = {}
        self._paces: dict[int, BuildPace] = {}
        self._doubted: dict[int, set[str]] = {}
        self._work: OrderedDict[int, PodcastWork] = OrderedDict()
        self._woken = asyncio.Event()
        self._progress = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._settling = 0
        self._told: dict[str, float] = {}
        self._closing = False

    def at_hand(self, podcast_ids: Collection[int] | None) -> dict[int, PodcastIndex]:
        """The open indexes of these podcasts, or of all, however old."""
        wanted = (
            list(self._indexes)
            if podcast_ids is None
            else [one for one in podcast_ids if one in self._indexes]
        )
        for podcast_id in wanted:
            self._indexes.move_to_end(podcast_id)
        return {podcast_id: self._indexes[podcast_id] for podcast_id in wanted}

    async def up_to_date(self, revisions: Mapping[int, int], within_s: float) -> dict[int, PodcastIndex]:
        """The indexes at these revisions or later; after `within_s` seconds as far as they have come.

        What has been behind for longer than that is not waited for again.
        """
        until = time.monotonic() + within_s
        found: dict[int, PodcastIndex] = {}
        opening = {one: self._open(one) for one, revision in revisions.items() if self._is_old(one, revision)}
        if opening:
            await asyncio.wait(opening.values(), timeout=within_s)
            found = {one: task.result() for one, task in opening.items() if _succeeded(task)}
        complete = {one for one, index in found.items() if index.complete}
        while behind := [
            one
            for one, revision in revisions.items()
            if one not in complete and not self._is_complete(one, revision)
        ]:
            self.wake(behind)
            waited_until = min(until, max(self._behind_since[one] for one in behind) + within_s)
            if self._closing or not await self._progress_before(waited_until):
                break
        return found | self.at_hand(revisions)

    def wake(self, podcast_ids: Collection[int]) -> None:
        """Look at these podcasts soon, in the background."""
        now = time.monotonic()
        for podcast_id in podcast_ids:
            self._behind_since.setdefault(podcast_id, now)
            work = self._work.setdefault(podcast_id, PodcastWork(now))
            work.again = True
            if not work.failures:
                work.due = min(work.due, max(now, self._pace(podcast_id).next_at))
        self._woken.set()
        if self._work and not self._closing and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._run(), name="indexing")

    async def wake_changed(self) -> None:
        """Look at the podcasts that have changed since they were last complete."""
        revisions = await self._source.revisions(None)
        for podcast_id, index in list(self._indexes.items()):
            # A lower revision is that of another podcast, which was given the id of one that was deleted.
            if revisions.get(podcast_id, -1) < index.revision:
                del self._indexes[podcast_id]
        self._complete_at = {one: at for one, at in self._complete_at.items() if at <= revisions.get(one, -1)}
        for kept in (self._behind_since, self._paces):
            for gone in kept.keys() - revisions.keys():
                del kept[gone]
        changed = [one for one, revision in revisions.items() if self._complete_at.get(one, -1) < revision]
        if changed:
            self.wake(changed)

    def doubt(self, segments: Mapping[int, Collection[str]]) -> None:
        """Check these segments, by podcast, whose files are no longer what was opened; rebuild what is damaged."""
        for podcast_id, names in segments.items():
            self._doubted.setdefault(podcast_id, set()).update(names)
            if (work := self._work.get(podcast_id)) is not None:
                work.left.clear()
        if segments:
            self.wake(segments.keys())

    async def settle(self) -> None:
        """Index all podcasts, merge what should be merged, and wait for that, except for what fails."""
        self._settling += 1
        try:
            wanted = list(await self._source.revisions(None))
            self.wake(wanted)
            for one in wanted:
                self._work[one].due = time.monotonic()
            while not self._closing and any(
                one in self._work and not self._work[one].failures for one in wanted
            ):
                await self._progress_before(time.monotonic() + _LISTED_EVERY_S)
        finally:
            self._settling -= 1

    async def check(self) -> None:
        """Read every byte of the open segments; what is damaged is told and rebuilt."""
        for podcast_id, index in list(self._indexes.items()):
            if damaged := await self._damage([view.segment for view in index.views]):
                await self._forget(podcast_id, damaged)
        if self._work:
            await self.settle()

    async def close(self) -> None:
        """End the background work: at the next piece, or in the middle of one that takes long."""
        self._closing = True
        self._writer.stop()
        self._woken.set()
        self._progress.set()
        try:
            if self._task is not None:
                await wait_or_cancel([self._task], _STOPPED_WITHIN_S)
            if self._opening:
                await asyncio.wait(self._opening.values(), timeout=_STOPPED_WITHIN_S)
        finally:
            self._writer.close()
            self._lock.release()
            self._indexes.clear()

    def _is_old(self, podcast_id: int, revision: int) -> bool:
        """Whether it is to be opened again. What is being indexed is opened in the course of that."""
        index = self._indexes.get(podcast_id)
        return index is None or (index.revision < revision and podcast_id not in self._behind_since)

    def _is_complete(self, podcast_id: int, revision: int) -> bool:
        index = self._indexes.get(podcast_id)
        return (
            index is not None
            and index.revision >= revision
            and index.complete
            and podcast_id not in self._doubted
        )

    async def _progress_before(self, moment: float) -> bool:
        """Wait until something was opened or done; False at this moment."""
        if moment <= time.monotonic():
            return False
        self._progress.clear()
        try:
            async with asyncio.timeout_at(asyncio.get_running_loop().time() + moment - time.monotonic()):
                await self._progress.wait()
        except TimeoutError:
            return False
        return True

    def _open(self, podcast_id: int) -> asyncio.Task[PodcastIndex]:
        """Open what is listed now, once for all who ask at a time."""
        if podcast_id not in self._opening:
            task = asyncio.create_task(self._load(podcast_id), name=f"opening {podcast_id}")
            self._opening[podcast_id] = task
            task.add_done_callback(lambda _: self._opening.pop(podcast_id, None))
        return self._opening[podcast_id]

    async def _load(self, podcast_id: int) -> PodcastIndex:
        state = await self._source.state(podcast_id)
        loaded = self._indexes.get(podcast_id)
        index = await asyncio.to_thread(podcast_index.open_index, self._folder, podcast_id, state, loaded)
        if self._closing or (loaded is not None and index.revision < loaded.revision):
            return index
        self._indexes[podcast_id] = index
        self._indexes.move_to_end(podcast_id)
        while len(self._indexes) > _MAX_OPEN:
            self._indexes.popitem(last=False)
        if index.complete:
            self._behind_since.pop(podcast_id, None)
            self._complete_at[podcast_id] = index.revision
        else:
            self._behind_since.setdefault(podcast_id, time.monotonic())
        self._progress.set()
        return index

    async def _run(self) -> None:
        """Take the podcasts in turns until nothing is left to do."""
        cpu_s = self._writer.cpu_s
        try:
            while self._work and not self._closing:
                podcast_id, work = min(self._work.items(), key=lambda one: one[1].due)
                wait_s = work.due - time.monotonic()
                if wait_s > 0:
                    self._lock.release()
                    self._woken.clear()
                    await pause(wait_s, self._woken)
                    continue
                work.again = False
                due = await self._step_or_later(podcast_id, work)
                if due is None and not work.again:
                    del self._work[podcast_id]
                else:
                    work.due = time.monotonic() if due is None else due
                self._progress.set()
        finally:
            self._lock.release()
            if (took_s := self._writer.cpu_s - cpu_s) > _WORTH_TELLING_S:
                log.info("the search's index is up to date, after %.2f s of computing", took_s)

    async def _step_or_later(self, podcast_id: int, work: PodcastWork) -> float | None:
        """Take a step, and say when the next one is due; None if nothing is left to do."""
        try:
            return await self._step(podcast_id, work)
        except Exception as error:  # noqa: BLE001 - a full disk, the database: it is told, and searches go on
            wait_s = min(_LONGEST_RETRY_S, _FIRST_RETRY_S * 2.0 ** min(work.failures, 10))
            work.failures += 1
            work.left.clear()
            if not OUTAGE.note("indexing", error):
                self._tell_once(podcast_id, error)
            return time.monotonic() + wait_s

    def _tell_once(self, podcast_id: int, error: Exception) -> None:
        told = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
        if time.monotonic() - self._told.get(told, float("-inf")) > _TOLD_AGAIN_S:
            log.error(
                "podcast %d can't be indexed now (%s); searches go on with what there is, and it is tried again",
                podcast_id,
                told,
                exc_info=None if isinstance(error, OSError) else error,
            )
            self._told = {**dict(list(self._told.items())[-_TOLD_KEPT:]), told: time.monotonic()}

    async def _step(self, podcast_id: int, work: PodcastWork) -> float | None:
        if podcast_id in self._doubted:
            await self._check_doubted(podcast_id, work)
        now = time.monotonic()
        if not work.left or now - work.listed_at > _LISTED_EVERY_S:
            await self._list(podcast_id, work)
        if work.index.complete and not podcast_index.to_merge(work.index):
            return None
        if not self._lock.held:
            if (later := await self._wait_for_others(work)) is not None:
                return later
            # What the others did is to be seen first.
            await self._list(podcast_id, work)
        return await self._write(podcast_id, work, now)

    async def _write(self, podcast_id: int, work: PodcastWork, now: float) -> float:
        """Build, merge or forget something, unless that is to wait; when the next step is due."""
        merging = podcast_index.to_merge(work.index)
        if work.index.broken:
            await self._forget(podcast_id, work.index.broken)
        elif work.left and len(merging) <= _MANY_SEGMENTS:
            gathered_at = self._pace(podcast_id).next_at
            if now < gathered_at and len(work.left) < _MANY_EPISODES and not self._settling:
                work.left.clear()
                return gathered_at
            await self._writer.build(podcast_id, work.left)
            self._paces[podcast_id] = self._pace(podcast_id).after_build(time.monotonic())
        elif merging:
            quiet_at = self._pace(podcast_id).quiet_at
            if now < quiet_at and len(merging) <= _MANY_SEGMENTS and not self._settling:
                return quiet_at
            changed = {view.segment.name for view in merging if not view.segment.readable}
            if changed:
                self.doubt({podcast_id: changed})
            else:
                await self._writer.merge(podcast_id, work.index, merging)
            work.left.clear()
        work.failures = 0
        return time.monotonic()

    async def _list(self, podcast_id: int, work: PodcastWork) -> None:
        """See which episodes are missing now, after whatever was begun before."""
        if podcast_id in self._opening:
            await asyncio.wait({self._opening[podcast_id]})
        work.listed_at = time.monotonic()
        work.index = await self._open(podcast_id)
        work.left = dict(work.index.missing)

    async def _wait_for_others(self, work: PodcastWork) -> float | None:
        """None if it is this process's turn to write; otherwise when to look again."""
        now = time.monotonic()
        if await asyncio.to_thread(self._lock.take):
            work.others_since = None
            return None
        work.left.clear()
        work.others_since = work.others_since or now
        return now + _LOOKED_AFTER_S if now - work.others_since < _OTHERS_S else None

    async def _check_doubted(self, podcast_id: int, work: PodcastWork) -> None:
        names = frozenset(self._doubted[podcast_id])
        # Those that were merged into others meanwhile are no longer listed.
        await self._list(podcast_id, work)
        listed = [view.segment for view in work.index.views if view.segment.name in names]
        damaged = {**work.index.broken, **await self._damage(listed)}
        # What is sound is opened again, as the file that it is now.
        self._indexes.pop(podcast_id, None)
        if damaged:
            await self._forget(podcast_id, damaged)
        work.left.clear()
        self._doubted[podcast_id] -= names
        if not self._doubted[podcast_id]:
            del self._doubted[podcast_id]

    def _pace(self, podcast_id: int) -> BuildPace:
        return self._paces.get(podcast_id, BuildPace())

    async def _damage(self, segments: Iterable[Segment]) -> dict[str, str]:
        """What is wrong with those of these segments whose files are not what was written."""
        damaged = {}
        for segment in segments:
            try:
                await self._writer.verify(segment)
            except FileNotFoundError:
                damaged[segment.name] = f"{segment.name}: it is missing"
            except (SegmentDamagedError, OSError) as error:
                damaged[segment.name] = str(error)
        return damaged

    async def _forget(self, podcast_id: int, damaged: Mapping[str, str]) -> None:
        """Let what is missing or damaged be built anew."""
        if await self._writer.forget(podcast_id, damaged.keys()):
            # Those that another process merged with others were listed no more.
            log.warning(
                "rebuilding search segments of podcast %d: %s", podcast_id, "; ".join(damaged.values())
            )
        self._indexes.pop(podcast_id, None)
        if (work := self._work.get(podcast_id)) is not None:
            work.left.clear()
        self.wake([podcast_id])


def _succeeded(task: asyncio.Task[PodcastIndex]) -> bool:
    if not task.done() or task.cancelled():
        return False
    if (error := task.exception()) is not None:
        log.warning("a podcast's search segments can't be opened now: %s", error)
    return error is None
