"""The jobs of the reading process: what goes in, what comes out, and that both can be sent."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from bot.chapters.json_file import ChaptersError
from bot.feeds.changes.announcing import BASELINE, NEW
from bot.feeds.changes.episode_matching import EDITED
from bot.feeds.discovery.found_instead import NoFeedError
from bot.feeds.errors import FeedError
from bot.reading.audio_jobs import TagJob
from bot.reading.jobs import NOTES_TOO_HEAVY, ChaptersJob, FeedJob, FeedReading, TranscriptJob
from bot.transcripts.turns.cues import TranscriptError
from storage.models import HeldState, KnownEpisode, Rhythm
from tests.unit.feeds.material import feed_xml, item_xml

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
NOTES = "<p>Hello {}.</p><p>00:00 Intro<br>01:30 Kettles<br>02:00 Tea</p>"


def _item(name: str, days: int = 1, notes: str = NOTES) -> str:
    return item_xml(name, notes=notes.format(name), published=NOW - timedelta(days=days))


def _read(
    body: bytes,
    *known: KnownEpisode,
    baseline: bool = False,
    held: Mapping[str, HeldState] | None = None,
) -> tuple[FeedReading, list[str]]:
    """What the job makes of a feed, and the items whose notes it read; all of it went through a pickle."""
    about: list[str] = []
    job = pickle.loads(pickle.dumps(FeedJob("text/xml", known, held or {}, baseline, NOW)))
    return pickle.loads(pickle.dumps(job.read(body, about.append))), about


def _known(reading: FeedReading) -> list[KnownEpisode]:
    return [
        KnownEpisode(
            number, one.item.identity, one.item.content_hash, one.item.raw_hash, published=one.item.published
        )
        for number, one in enumerate(reading.decision.changes, 1)
    ]


def test_a_first_reading_takes_all_and_announces_none() -> None:
    reading, about = _read(feed_xml([_item("b"), _item("a", 2)]), baseline=True)
    assert (reading.info.title, reading.listed, reading.unread, reading.warnings) == ("Small Show", 2, 0, ())
    assert [one.reason for one in reading.decision.changes] == [BASELINE()] * 2
    assert [one.item.intro for one in reading.decision.changes] == ["Hello b.", "Hello a."]
    assert [len(one.item.chapters) for one in reading.decision.changes] == [3, 3]
    assert about == [*(one.item.content_hash for one in reading.decision.changes), ""]
    assert reading.rhythm.newest_at == NOW - timedelta(days=1)


def test_only_the_notes_of_what_is_new_or_changed_are_read() -> None:
    known = _known(_read(feed_xml([_item("b"), _item("a", 2)]), baseline=True)[0])
    body = feed_xml([_item("c", 0), _item("b", notes="<p>Rewritten {}</p>"), _item("a", 2)])
    reading, about = _read(body, *known)
    assert [(one.item.guid, one.reason) for one in reading.decision.changes] == [
        ("c", NEW()),
        ("b", EDITED()),
    ]
    assert about == [*(one.item.content_hash for one in reading.decision.changes), ""]
    assert reading.listed == 3
    assert reading.rhythm == Rhythm(NOW)


def test_nothing_of_a_feed_that_is_known_is_read() -> None:
    body = feed_xml([_item("b"), _item("a", 2)])
    reading, about = _read(body, *_known(_read(body, baseline=True)[0]))
    assert (reading.decision.changes, about, reading.listed) == ((), [""], 2)


def test_notes_that_were_too_heavy_are_left_out_with_the_reason() -> None:
    body = feed_xml([_item("b"), _item("a", 2)])
    whole, _ = _read(body, baseline=True)
    heavy, light = (one.item for one in whole.decision.changes)
    why = NEW()
    job = FeedJob("text/xml", (), {}, True, NOW, {heavy.content_hash: why})
    about: list[str] = []
    read = [one.item for one in job.read(body, about.append).decision.changes]
    assert about == [light.content_hash, ""]
    assert read[1] == light
    assert (read[0].notes, read[0].chapters, read[0].intro) == ("", (), "")
    assert read[0].notes_error == NOTES_TOO_HEAVY(title="About b", failure=why)
    assert (read[0].raw_hash, read[0].content_hash) == (heavy.raw_hash, heavy.content_hash)


def test_what_was_held_and_discarded_is_no_change() -> None:
    known = _known(_read(feed_xml([_item("a", 2)]), baseline=True)[0])
    body = feed_xml([_item("b"), _item("a", 2)])
    found = _read(body, *known)[0].decision.changes
    assert [one.item.guid for one in found] == ["b"]
    assert _read(body, *known, held={found[0].item.identity: HeldState.DISCARDED})[0].decision.changes == ()


VTT = b"WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Ada>The kettle was on.\n"


def test_files_beside_episodes_are_read() -> None:
    job = pickle.loads(pickle.dumps(TranscriptJob("text/vtt", None, ("Ada",))))
    found = pickle.loads(pickle.dumps(job.read(bytearray(VTT), print)))
    assert [(one.speaker, one.text) for one in found.turns] == [("Ada", "The kettle was on.")]
    chapters = ChaptersJob("application/json").read(
        bytearray(b'{"chapters": [{"startTime": 5, "title": "Tea"}]}'), print
    )
    assert [(one.start_ms, one.title) for one in pickle.loads(pickle.dumps(chapters))] == [(5000, "Tea")]


@pytest.mark.parametrize(
    ("job", "error"),
    [
        (FeedJob(None, (), {}, True, NOW), NoFeedError),
        (TranscriptJob("text/vtt", None, ()), TranscriptError),
        (ChaptersJob(None), ChaptersError),
        (TagJob(), ChaptersError),
    ],
)
def test_what_is_raised_can_be_sent(job: FeedJob | TranscriptJob, error: type[FeedError]) -> None:
    with pytest.raises(error) as raised:
        job.read(b"\0nonsense", print)
    sent = pickle.loads(pickle.dumps(raised.value))
    assert (type(sent), sent.status, str(sent)) == (error, raised.value.status, str(raised.value))


def test_what_a_host_asked_for_travels_with_its_error() -> None:
    error = FeedError(NEW(), retry_after_s=12.5, gone=True)
    sent = pickle.loads(pickle.dumps(error))
    assert (sent.status, sent.retry_after_s, sent.gone) == (NEW(), 12.5, True)
