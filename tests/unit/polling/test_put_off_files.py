"""Files that were not asked for are gathered by their host."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.feeds.errors import FeedError
from bot.feeds.http.failures import HOST_BUSY, HOST_PUT_OFF
from bot.polling.put_off_files import PutOffFiles
from storage.models import FileKind, FileLink, PendingFile, as_text

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _file(number: int) -> PendingFile:
    link = FileLink(f"https://a.example/{number}.vtt", "text/vtt")
    return PendingFile(number, f"Episode {number}", FileKind.TRANSCRIPT, 0, link, 0)


def _put_off(host: str, minutes: int) -> FeedError:
    until = NOW + timedelta(minutes=minutes)
    return FeedError(HOST_PUT_OFF(host=host, until=until.isoformat()), not_tried_until=until)


def test_files_of_one_host_wait_until_the_latest_time_that_was_named() -> None:
    waiting = PutOffFiles()
    for number, (host, minutes) in enumerate([("a.example", 1), ("b.example", 2), ("a.example", 4)]):
        assert waiting.add(_file(number), _put_off(host, minutes))
    found = [(one.until, [file.episode_id for file in one.files]) for one in waiting.waits]
    assert found == [(NOW + timedelta(minutes=4), [0, 2]), (NOW + timedelta(minutes=2), [1])]
    assert waiting.waits[0].why.args["until"] == (NOW + timedelta(minutes=4)).isoformat()


def test_a_busy_host_is_a_reason_of_its_own() -> None:
    waiting = PutOffFiles()
    busy = FeedError(HOST_BUSY(address="https://a.example/1.vtt"), not_tried_until=NOW)
    assert waiting.add(_file(1), busy)
    assert waiting.add(_file(2), _put_off("a.example", 1))
    assert [len(one.files) for one in waiting.waits] == [1, 1]


def test_files_that_were_tried_are_not_among_them() -> None:
    waiting = PutOffFiles()
    assert not waiting.add(_file(1), None)
    assert not waiting.add(_file(1), FeedError(as_text("It is broken.")))
    assert waiting.waits == []
