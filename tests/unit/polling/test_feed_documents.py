"""A feed's document on its way from the host through the reading process."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.feeds.errors import FeedError
from bot.polling.feed_outcomes import FAULT
from bot.polling.feed_updater import FeedUpdater
from bot.show_notes.reader import Notes, read_notes
from storage.engine.database import Database
from storage.tables.episodes import list_episodes
from tests.fakes.feed_host import FeedHost
from tests.unit.feeds.material import feed_xml, item_xml
from tests.unit.polling.updating import FEED, followed, poll_again, recent


async def test_a_feed_that_breaks_its_parser_is_told_and_read_again(
    sqlite_db: Database,
    updater: FeedUpdater,
    host: FeedHost,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    podcast = await followed(sqlite_db, updater, host.put(FEED, feed_xml([recent("a")])))
    body = feed_xml([recent("b"), recent("a")])
    host.put(FEED, body)
    other = host.put("/other.xml", body)
    with monkeypatch.context() as patch:
        patch.setattr("bot.reading.jobs.read_item_notes", lambda _item: 1 / 0)
        poll = await poll_again(sqlite_db, updater, podcast)
        assert (poll.outcome, poll.failed) == (FAULT(), True)
        with pytest.raises(FeedError, match="failed inside Earmark"):
            await updater.follow(other, by_operator=True)
    assert f"the feed of podcast {podcast.id} can't be read" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert (await poll_again(sqlite_db, updater, podcast)).new == 1


async def test_notes_that_break_their_reader_stop_no_other_item(
    sqlite_db: Database,
    updater: FeedUpdater,
    host: FeedHost,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def breaks(html: str, duration_s: float | None, people: Sequence[str]) -> Notes:
        if "of b" in html:
            raise RecursionError("too deep")
        return read_notes(html, duration_s, people)

    monkeypatch.setattr("bot.feeds.parsing.feed_parser.read_notes", breaks)
    feed = feed_xml([item_xml(name, notes=f"<p>Notes of {name}</p>") for name in "abc"])
    await updater.follow(host.put(FEED, feed), by_operator=True)
    intros = {one.guid: one.intro for one in await list_episodes(sqlite_db)}
    assert intros == {"a": "Notes of a", "b": "", "c": "Notes of c"}
    assert "the notes of “About b” can't be read" in caplog.text
