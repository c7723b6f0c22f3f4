"""The upkeep: what nobody follows goes in its time, its space returns, and old files are rewritten."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from bot.polling.services import Reader, open_reader
from bot.quotes import QuoteFinder
from bot.upkeep import EVERY_S, FIRST_AFTER_S, Upkeep, let_file_shrink, next_deletion, to_delete
from storage.engine import sqlite_space
from storage.engine.database import Database, open_database, sqlite_url
from storage.models import LeftPodcast, Podcast
from storage.tables.deliveries import due_deliveries
from storage.tables.destinations import (
    add_destination,
    guild_destinations,
    remove_destinations,
    remove_followers,
)
from storage.tables.episodes import list_episodes
from storage.tables.podcasts import list_podcasts
from storage.tables.removals import begin_deletion, left_podcasts
from tests.fakes.clock import FakeClock
from tests.fakes.feed_host import FeedHost
from tests.fakes.in_process_reader import InProcessReader
from tests.unit.feeds.material import feed_xml, item_xml
from tests.unit.polling.updating import LOOPBACK
from tests.unit.storage.material import item, stored


async def _file_of_older_version(path: Path) -> Database:
    await (await open_database(sqlite_url(path))).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA auto_vacuum = NONE")
        connection.execute("VACUUM")
    return await open_database(sqlite_url(path))


async def _returns(db: Database) -> bool:
    space = await db.file_space()
    assert space is not None
    return space.returns


async def test_a_small_file_of_an_older_version_is_rewritten_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    db = await _file_of_older_version(tmp_path / "old.db")
    try:
        assert not await _returns(db)
        with caplog.at_level("INFO"):
            await let_file_shrink(db)
            await let_file_shrink(db)
        assert await _returns(db)
    finally:
        await db.close()
    assert [one.message[:28] for one in caplog.records] == ["rewrote the database file, s"]


async def test_a_large_one_is_left_and_the_operator_is_told_the_command(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    db = await _file_of_older_version(tmp_path / "old.db")
    try:
        await let_file_shrink(db, small_bytes=1_000)
        assert not await _returns(db)
    finally:
        await db.close()
    assert "`python -m bot compact` does that" in caplog.text


async def test_a_start_goes_on_where_the_file_can_not_be_rewritten(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_space, "REWRITE_TIMEOUT_S", 0.05)
    db = await _file_of_older_version(tmp_path / "old.db")
    try:
        async with db.write():
            await let_file_shrink(db)
        assert not await _returns(db)
    finally:
        await db.close()
    assert "can't be rewritten now: database is locked" in caplog.text


DAY = timedelta(days=1)
BEGUN = FakeClock().now()
MB = 1_000_000


def left(id_: int, days: float, mb: float = 1.0) -> LeftPodcast:
    """A podcast that was left so many days before the clock's noon."""
    return LeftPodcast(id_, f"Show {id_}", BEGUN - days * DAY, int(mb * MB))


@pytest.mark.parametrize(
    ("stored", "gone"),
    [
        ([], []),
        ([left(1, 0), left(2, 29.9)], []),
        ([left(1, 30), left(2, 29)], [1]),
        # Too much together: those that were left first, and no more than needed.
        ([left(1, 2, 25), left(2, 5, 15), left(3, 9, 20)], [3]),
        ([left(1, 2, 41), left(2, 5, 15), left(3, 9, 20)], [3, 2, 1]),
        # What goes by its age makes room, too.
        ([left(1, 2, 25), left(2, 5, 15), left(3, 31, 20)], [3]),
        # Exactly as much as is allowed, and a byte more.
        ([left(1, 2, 20), left(2, 5, 20)], []),
        ([left(1, 2, 20), left(2, 5, 20.000001)], [2]),
        # Whoever removed one by mistake has a day, however large it is.
        ([left(1, 0.9, 500), left(2, 0.99, 500)], []),
        ([left(1, 0.9, 500), left(2, 1, 1)], [2]),
    ],
)
def test_what_goes(stored: list[LeftPodcast], gone: list[int]) -> None:
    assert [one.id for one in to_delete(stored, BEGUN, 40 * MB)] == gone


@pytest.mark.parametrize(
    ("stored", "days"),
    [
        ([], None),
        ([left(1, 10)], 20),
        ([left(1, 10), left(2, 29)], 1),
        ([left(1, 0.25, 41)], 0.75),
        ([left(1, 0.25, 41), left(2, 3)], 0.75),
        ([left(1, 0.25, 20), left(2, 0.5, 20)], 29.5),
    ],
)
def test_when_the_next_one_may_go(stored: list[LeftPodcast], days: float | None) -> None:
    due = next_deletion(stored, BEGUN, 40 * MB)
    assert due == (None if days is None else BEGUN + days * DAY)


def _path(host: FeedHost, path: str, body: bytes) -> str:
    """The path, with this served under it."""
    host.put(path, body)
    return path


class Place:
    """A server that follows podcasts at a feed host, with the upkeep and a clock of the test's."""

    def __init__(self, db: Database, reader: Reader, host: FeedHost, folder: Path, clock: FakeClock) -> None:
        self.db = db
        self.reader = reader
        self.host = host
        self.folder = folder
        self.clock = clock
        self.finder = QuoteFinder(db, folder / "search")
        self.upkeep = Upkeep(db, most_left_bytes=MOST_LEFT, tidy=self.finder.tidy, clock=clock)

    async def add(self, path: str) -> Podcast:
        """Follow the feed in a channel."""
        podcast, _ = await self.reader.updater.follow(self.host.url(path), by_operator=False)
        await add_destination(
            self.db, podcast.id, guild_id=1, channel_id=10, added_by=5, now=self.clock.now()
        )
        return podcast

    async def remove(self, podcast: Podcast) -> None:
        """Follow it no more."""
        await remove_destinations(self.db, guild_id=1, podcast_id=podcast.id, now=self.clock.now())

    async def later(self, span: timedelta) -> None:
        """So much later, with all files of the search as old, and after the sweep that is due by then."""
        self.clock.passed += span.total_seconds()
        for path in (self.folder / "search").glob("*"):
            os.utime(path, (0, 0))
        await self.upkeep.sweep()

    @property
    def size(self) -> int:
        """The bytes of all files in the folder."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


MOST_LEFT = MB


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    folder = tmp_path / "data"
    folder.mkdir()
    db = await open_database(sqlite_url(folder / "earmark.db"))
    async with (
        FeedHost() as host,
        open_reader(db, LOOPBACK, poll_interval_s=600, documents=InProcessReader()) as reader,
    ):
        made = Place(db, reader, host, folder, FakeClock())
        yield made
        await made.finder.close()
    await db.close()


def _feed(name: str, episodes: int = 4) -> bytes:
    """Some megabytes of spoken words."""
    random = Random(name)
    words = ["".join(random.choices("aeioubdfgklmnprst", k=6)) for _ in range(4_000)]
    said = [
        "".join(
            f"<p>Ada [00:{minute:02}:00]: {' '.join(random.choices(words, k=150))}.</p>"
            for minute in range(60)
        )
        for _ in range(episodes)
    ]
    items = [
        item_xml(f"{name}-{number}", published=BEGUN - number * DAY, notes=f"<h2>Transcript</h2>{one}")
        for number, one in enumerate(said)
    ]
    return feed_xml(items, title=f"The {name} Show")


@pytest.mark.parametrize("different", [False, True])
async def test_a_feed_that_is_added_and_removed_ten_times_leaves_no_space_behind(
    place: Place, different: bool
) -> None:
    kept = await place.add(_path(place.host, "/kept", _feed("kept", 1)))
    await place.finder.warm()
    await place.later(timedelta())
    alone = place.size
    for number in range(10):
        name = f"show-{number if different else 0}"
        await place.remove(await place.add(_path(place.host, f"/{name}", _feed(name))))
        await place.finder.warm()
        await place.later(timedelta(minutes=5))
    assert place.size > alone + MOST_LEFT
    await place.later(DAY - timedelta(minutes=51))
    assert len(await list_podcasts(place.db)) == (11 if different else 2)
    await place.later(timedelta(minutes=51))
    assert place.size <= alone + MOST_LEFT
    assert [one.id for one in await list_podcasts(place.db)] == [kept.id]
    assert [one.podcast_title for one in await list_episodes(place.db)] == ["The kept Show"]


async def test_what_is_followed_again_in_time_has_lost_nothing_and_announces_nothing_old(
    place: Place,
) -> None:
    place.upkeep = Upkeep(place.db, most_left_bytes=100 * MB, clock=place.clock)
    path = _path(place.host, "/feed", _feed("show", 2))
    podcast = await place.add(path)
    [first] = await guild_destinations(place.db, 1)
    await place.remove(podcast)
    await place.later(29 * DAY)
    # It has published since then.
    place.host.put(path, feed_xml([item_xml("new", published=datetime.now(UTC))]))
    again = await place.add(path)
    assert (again.id, again.episode_count) == (podcast.id, 3)
    assert [one.id for one in await guild_destinations(place.db, 1)] == [first.id]
    assert await due_deliveries(place.db, datetime.now(UTC) + DAY, 9) == []
    await place.later(99 * DAY)
    assert [one.episode_count for one in await list_podcasts(place.db)] == [3]


async def test_what_is_followed_after_its_time_begins_anew(place: Place) -> None:
    path = _path(place.host, "/feed", _feed("show", 2))
    podcast = await place.add(path)
    await place.remove(podcast)
    await place.later(29 * DAY)
    await place.later(DAY)
    assert await list_podcasts(place.db) == []
    again = await place.add(path)
    assert again.episode_count == 2
    assert await due_deliveries(place.db, datetime.now(UTC) + DAY, 9) == []


async def test_one_whose_deletion_has_begun_is_taken_up_anew_and_the_rest_of_it_goes(place: Place) -> None:
    path = _path(place.host, "/feed", _feed("show", 2))
    podcast = await place.add(path)
    await place.remove(podcast)
    [one] = await left_podcasts(place.db)
    assert await begin_deletion(place.db, podcast.id, one.left_at, place.clock.now())
    again = await place.add(path)
    assert (again.id != podcast.id, again.episode_count) == (True, 2)
    await place.later(timedelta())
    assert len(await list_episodes(place.db)) == 2
    assert [one.id for one in await list_podcasts(place.db)] == [again.id]


async def test_a_server_that_removed_the_bot_has_30_days_then_its_podcasts_have_30(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    present: list[int] | None = None
    place.upkeep = Upkeep(place.db, most_left_bytes=100 * MB, clock=place.clock, guilds=lambda: present)
    podcast = await place.add(_path(place.host, "/feed", _feed("show", 1)))
    # Not connected: nothing is known.
    await place.later(40 * DAY)
    assert len(await guild_destinations(place.db, 1)) == 1
    present = []
    await place.later(DAY)
    assert "server 1 follows podcasts, and the bot is not in it any more" in caplog.text
    await place.upkeep.guild_joined(1)
    present = [1]
    await place.later(40 * DAY)
    assert len(await guild_destinations(place.db, 1)) == 1
    await place.upkeep.guild_removed(1)
    # The bot did not run for long, and may be in it again: Discord has not said so yet.
    present = None
    await place.later(31 * DAY)
    assert len(await guild_destinations(place.db, 1)) == 1
    present = [1]
    await place.later(DAY)
    assert len(await guild_destinations(place.db, 1)) == 1
    await place.upkeep.guild_removed(1)
    present = []
    await place.later(29 * DAY)
    assert len(await guild_destinations(place.db, 1)) == 1
    await place.later(DAY)
    assert await guild_destinations(place.db, 1) == []
    await place.later(29 * DAY)
    assert [one.id for one in await list_podcasts(place.db)] == [podcast.id]
    await place.later(DAY)
    assert await list_podcasts(place.db) == []


async def test_two_processes_that_sweep_at_once_get_along(place: Place) -> None:
    for name in ("one", "two"):
        await place.remove(await place.add(_path(place.host, f"/{name}", _feed(name, 3))))
    place.clock.passed += 30 * 86_400
    other = await open_database(sqlite_url(place.folder / "earmark.db"))
    try:
        elsewhere = Upkeep(other, most_left_bytes=MOST_LEFT, clock=place.clock)
        await asyncio.gather(place.upkeep.sweep(), elsewhere.sweep())
        assert await list_podcasts(other) == []
        assert await list_episodes(other) == []
    finally:
        await other.close()


async def test_the_sweep_comes_back_each_hour_and_when_a_day_is_over(
    sqlite_db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    clock, swept = FakeClock(), []
    waits = [EVERY_S, 90.0]

    class Sweeping(Upkeep):
        """It does nothing but to count, and fails once."""

        async def sweep(self) -> float:
            swept.append(clock.passed)
            if not waits:
                raise OSError("the disk is full")
            return waits.pop(0)

    task = asyncio.create_task(Sweeping(sqlite_db, most_left_bytes=0, clock=clock).run())
    try:
        await clock.move(FIRST_AFTER_S + 2 * EVERY_S + 90)
        assert swept == [60, 3_660, 3_750, 7_350]
        assert "what nobody follows can't be deleted now" in caplog.text
    finally:
        task.cancel()
        await asyncio.wait({task})
    podcast_id = await stored(sqlite_db, item("a"))
    await remove_followers(sqlite_db, podcast_id, clock.now() - DAY + timedelta(minutes=10))
    assert await Upkeep(sqlite_db, most_left_bytes=0, clock=clock).sweep() == pytest.approx(600)
    assert await Upkeep(sqlite_db, most_left_bytes=MB, clock=clock).sweep() == EVERY_S
