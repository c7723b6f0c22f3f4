"""The registry: what each type and each content names, and a format that is added in one file."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.cli.records import episode_record, followed_record, podcast_lines
from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.services import Reader, open_reader
from bot.status_messages.sentences import sentence
from bot.transcripts import formats
from bot.transcripts.formats.registry import (
    Recognition,
    TranscriptFormat,
    all_formats,
    announced_format,
    format_of,
    label_of,
    may_be_readable,
    published_formats,
    recognise,
)
from bot.transcripts.reader import read_transcript
from bot.transcripts.selection import TranscriptCandidate, best, fetch_order
from bot.transcripts.turns.cues import TranscriptError
from storage.engine.database import Database
from storage.models import NOTES_TRANSCRIPT, TranscriptSource
from storage.tables.episodes import list_episodes
from storage.tables.podcasts import coverage
from storage.tables.transcripts import episode_turns
from tests.fakes.feed_host import FeedHost
from tests.fakes.in_process_reader import InProcessReader
from tests.unit.feeds.material import feed_xml, item_xml

INVENTED = Path(__file__).parent / "invented"
LOOPBACK = AllowedAddresses(networks=(ip_network("127.0.0.0/8"),))

PLAY = TranscriptSource("play")
SCRIPT = "SCENE 1\n0' ADA. The kettle is on.\n1' BO. At last.\n"
VTT = (
    "WEBVTT\n\n00:00.000 --> 01:00.000\n<v Ada>The kettle is on.\n\n01:00.000 --> 01:02.000\n<v Bo>At last.\n"
)


@pytest.mark.parametrize(
    ("content_type", "source"),
    [
        ("text/vtt", "vtt"),
        ("Text/VTT ; charset=utf-8", "vtt"),
        ("application/json", "json"),
        ("text/json", "json"),
        ("application/x-subrip", "srt"),
        ("application/srt", "srt"),
        ("application/x-srt", "srt"),
        ("text/srt", "srt"),
        ("text/plain", "text"),
        ("text/markdown", "text"),
        ("text/html", "html"),
        ("application/xhtml+xml", "html"),
        ("srt", "srt"),
        (".srt", "srt"),
        ("text/x-srt", "srt"),
        ("subrip", "srt"),
        ("vtt", "vtt"),
        ("application/vtt", "vtt"),
        ("text/x-vtt", "vtt"),
        ("json", "json"),
        ("application/ttml+xml", "ttml"),
        ("application/x-ttml+xml", "ttml"),
        ("ttml", "ttml"),
        ("text/x-ass", "ass"),
        ("sbv", "sbv"),
        ("lrc", "lrc"),
        ("text/csv", "csv"),
        ("text/tab-separated-values", "tsv"),
    ],
)
def test_types_that_name_a_format(content_type: str, source: str) -> None:
    found = announced_format(content_type)
    assert found is not None
    assert found.source == source
    assert may_be_readable(content_type)


@pytest.mark.parametrize(
    ("content_type", "may_be"),
    [
        ("", True),
        ("application/octet-stream", True),
        ("text/xml", True),
        ("application/xml; charset=utf-8", True),
        ("text/javascript", True),
        ("transcript", True),
        ("application/pdf", False),
        ("application/zip", False),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", False),
        ("audio/mpeg", False),
        ("image/png", False),
    ],
)
def test_types_that_name_none(content_type: str, may_be: bool) -> None:
    assert announced_format(content_type) is None
    assert may_be_readable(content_type) is may_be


def test_stored_sources_keep_their_rows_and_order() -> None:
    rows = [(one.source, one.label, one.read is not None) for one in all_formats().values()]
    stored = [
        ("vtt", "VTT", True),
        ("json", "JSON", True),
        ("podlove", "Podlove", True),
        ("srt", "SRT", True),
        ("html", "HTML", True),
        ("text", "text", True),
        (NOTES_TRANSCRIPT, "notes", False),
    ]
    assert [row for row in rows if row in stored] == stored


def test_every_row_has_its_own_trust_and_bounds() -> None:
    assert len({one.trust for one in all_formats().values()}) == len(all_formats())
    assert all(one.max_pieces for one in published_formats())


def test_a_source_that_this_version_does_not_know() -> None:
    stored = TranscriptSource("telepathy")
    assert label_of(stored) == "telepathy"
    known = read_transcript(VTT.encode(), None)
    candidates = [TranscriptCandidate(one, known.turns) for one in (stored, NOTES_TRANSCRIPT)]
    assert best(candidates)[0] == 1


@pytest.fixture
def stage_play() -> Iterator[TranscriptFormat]:
    """A format added as it would be for good: by a file in the package."""
    formats.__path__.append(str(INVENTED))
    all_formats.cache_clear()
    yield format_of(PLAY)
    formats.__path__.remove(str(INVENTED))
    sys.modules.pop("bot.transcripts.formats.stage_play", None)
    all_formats.cache_clear()


def test_two_files_may_not_claim_one_type(stage_play: TranscriptFormat, tmp_path: Path) -> None:
    copy = (INVENTED / "stage_play.py").read_text().replace('"play"', '"drama"')
    (tmp_path / "stage_drama.py").write_text(copy)
    formats.__path__.append(str(tmp_path))
    all_formats.cache_clear()
    try:
        with pytest.raises(ValueError, match="text/x-stage-play"):
            all_formats()
    finally:
        formats.__path__.remove(str(tmp_path))
        sys.modules.pop("bot.transcripts.formats.stage_drama", None)


def test_a_new_format_is_recognised_by_content_and_by_type(stage_play: TranscriptFormat) -> None:
    assert recognise(SCRIPT, None) is stage_play
    assert recognise(SCRIPT, "text/vtt") is stage_play
    assert announced_format("Text/X-Stage-Play; charset=utf-8") is stage_play
    assert may_be_readable("text/x-stage-play")
    assert stage_play.recognise(VTT) is Recognition.NO


def test_a_new_format_is_read_within_its_bounds(stage_play: TranscriptFormat) -> None:
    transcript = read_transcript(SCRIPT.encode(), None)
    assert (transcript.source, transcript.cues) == (PLAY, 2)
    assert [(turn.speaker, turn.start_ms) for turn in transcript.turns] == [("Ada", 0), ("Bo", 60_000)]
    with pytest.raises(TranscriptError, match="more pieces"):
        read_transcript(SCRIPT.encode() + b"\n" * 1_000, None)


def test_a_new_format_is_chosen_and_fetched_by_its_trust(stage_play: TranscriptFormat) -> None:
    candidates = [
        TranscriptCandidate(one.source, one.turns)
        for one in (read_transcript(VTT.encode(), None), read_transcript(SCRIPT.encode(), None))
    ]
    place, reason = best(candidates)
    assert place == 1
    assert sentence(reason).startswith("stage play: 2 speakers")
    assert fetch_order(["text/vtt", "text/x-stage-play", "application/pdf"]) == (1, 0)


def test_a_new_format_is_told_and_taken_by_the_command_line(
    stage_play: TranscriptFormat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["transcript", "read", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "{play,vtt," in told
    assert "FILE stage play, VTT, " in told

    file = tmp_path / "play.txt"
    file.write_text(SCRIPT.removeprefix("SCENE 1\n"))
    assert main(["transcript", "read", str(file), "--type", "play", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["format"], printed["cues"]) == ("play", 2)


@pytest.fixture
async def host() -> AsyncIterator[FeedHost]:
    async with FeedHost() as running:
        yield running


@pytest.fixture
async def reader(sqlite_db: Database) -> AsyncIterator[Reader]:
    async with open_reader(sqlite_db, LOOPBACK, poll_interval_s=600, documents=InProcessReader()) as made:
        yield made


async def test_a_new_format_is_fetched_stored_and_listed(
    stage_play: TranscriptFormat, sqlite_db: Database, reader: Reader, host: FeedHost
) -> None:
    links = [
        f'<podcast:transcript url="{host.put("/a.vtt", VTT)}" type="text/vtt"/>',
        f'<podcast:transcript url="{host.put("/a.play", SCRIPT)}" type="text/x-stage-play"/>',
    ]
    podcast, _ = await reader.updater.follow(
        host.put("/feed.xml", feed_xml([item_xml("a", *links)])), by_operator=True
    )
    assert await reader.files.transcripts_to_come(podcast.id) == 1
    assert await reader.files.read(podcast.id, limit=10) == []
    assert host.count("/a.play") == 1

    [episode] = await list_episodes(sqlite_db)
    assert [turn.speaker for turn in await episode_turns(sqlite_db, episode.id)] == ["Ada", "Bo"]
    record = episode_record(episode)
    assert record["transcript"] == "play"
    assert "rather than VTT" in record["transcript_choice"]
    covered = await coverage(sqlite_db, podcast.id)
    assert followed_record(podcast, covered, [], None)["transcripts"] == "1 of 1: 1 stage play"
    assert any(
        "transcripts 1 of 1: 1 stage play" in line for line in podcast_lines(podcast, covered, [], None)
    )
