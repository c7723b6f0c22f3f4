"""Transcripts of the shared faults as hosts serve them: wrong types and charsets, and what is none."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.polling.services import Reader
from storage.engine.database import Database
from storage.tables.episodes import list_episodes
from storage.tables.linked_files import pending_files
from storage.tables.transcripts import episode_turns
from tests.fakes.feed_host import FeedHost
from tests.paths import SHARED
from tests.unit.feeds.material import feed_xml, item_xml

FAULTS = SHARED / "faults" / "transcripts" / "transcripts"
FOLDERS = sorted(folder for folder in FAULTS.glob("*/") if folder.name.startswith(("11a-", "17q-", "18z-")))
VTT = (
    "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ada>The kettle is on.\n\n00:05.000 --> 00:07.000\n<v Bo>At last.\n"
)
GONE = "<!DOCTYPE html><html><head><title>Lost</title></head><body><h1>Page not found</h1></body></html>"


@pytest.mark.skipif(not FOLDERS, reason=f"the shared faults are not at {FAULTS}")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
async def test_a_feed_of_the_faults(
    folder: Path, sqlite_db: Database, reader: Reader, host: FeedHost
) -> None:
    expected = json.loads((FAULTS / f"{folder.name}.expected.json").read_text())
    for name, content_type in expected["types"].items():
        host.put(f"/{name}", (folder / name).read_bytes(), content_type=content_type)
    feed = (folder / "feed.xml").read_text().replace("{base}", host.url(""))
    podcast, _ = await reader.updater.follow(host.put("/feed.xml", feed), by_operator=True)
    warnings = await reader.files.read(podcast.id, limit=10)
    turns = {
        episode.guid: [turn.text for turn in await episode_turns(sqlite_db, episode.id)]
        for episode in await list_episodes(sqlite_db)
    }
    for guid, told in expected["episodes"].items():
        assert bool(turns[guid]) == told["turns"]
        for words in told.get("verbatim", ()):
            assert any(words in text for text in turns[guid])
    none = [guid for guid, texts in turns.items() if not texts]
    assert len(warnings) == len(none)
    # Each is asked for again.
    later = await pending_files(sqlite_db, podcast.id, due_at=datetime.now(UTC) + timedelta(hours=1), limit=9)
    assert len(later) == len(none)


async def test_what_was_stored_stays_where_a_page_stands_in_its_place(
    sqlite_db: Database, reader: Reader, host: FeedHost
) -> None:
    links = [
        f'<podcast:transcript url="{host.put("/a.vtt", VTT)}" type="text/vtt"/>',
        f'<podcast:transcript url="{host.put("/a.html", GONE, content_type="text/html")}" type="text/html"/>',
    ]
    podcast, _ = await reader.updater.follow(
        host.put("/feed.xml", feed_xml([item_xml("a", *links)])), by_operator=True
    )
    assert await reader.files.read(podcast.id, limit=10) == []
    host.put("/a.vtt", GONE, content_type="text/html")
    await reader.files.read(podcast.id, limit=10, all_missing=True)
    [episode] = await list_episodes(sqlite_db)
    assert [turn.speaker for turn in await episode_turns(sqlite_db, episode.id)] == ["Ada", "Bo"]
    [waiting] = await pending_files(sqlite_db, podcast.id, due_at=None, limit=9)
    assert waiting.link.mime_type == "text/html"


async def test_files_are_asked_for_until_enough_were_read(
    sqlite_db: Database, reader: Reader, host: FeedHost
) -> None:
    host.put("/gone.vtt", GONE, content_type="text/html")
    links = [f'<podcast:transcript url="{host.url("/gone.vtt")}?{n}" type="text/vtt"/>' for n in range(5)]
    links.append(f'<podcast:transcript url="{host.put("/a.xml", VTT)}" type="text/xml"/>')
    podcast, _ = await reader.updater.follow(
        host.put("/feed.xml", feed_xml([item_xml("a", *links)])), by_operator=True
    )
    await reader.files.read(podcast.id, limit=10)
    [episode] = await list_episodes(sqlite_db)
    assert episode.turn_count == 2
