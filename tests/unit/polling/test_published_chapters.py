"""Chapters that are published beside an episode or inside its audio, from a host that sends parts of files."""

from __future__ import annotations

import pytest

from bot.polling.services import Reader
from storage.engine.database import Database
from storage.tables.episodes import chapters_of, list_episodes
from tests.fakes.feed_host import FeedHost
from tests.unit.chapters.expectations import FAULTS, expected, problems

NAMES = sorted(path.name for path in FAULTS.glob("*") if path.is_dir() or path.suffix == ".xml")


@pytest.mark.skipif(not NAMES, reason="shared data is missing: faults in chapters")
@pytest.mark.parametrize("name", NAMES)
async def test_shared_faults(sqlite_db: Database, reader: Reader, host: FeedHost, name: str) -> None:
    wanted = expected(name.removesuffix(".xml"))
    source = FAULTS / name
    for path in source.iterdir() if source.is_dir() else ():
        kind = wanted.get("types", {}).get(path.name, "application/octet-stream")
        host.put(f"/{path.name}", path.read_bytes(), content_type=kind)
    feed = (source / "feed.xml" if source.is_dir() else source).read_text()
    url = host.put("/feed.xml", feed.replace("{base}", host.base_url))
    podcast, _ = await reader.updater.follow(url, by_operator=True)
    assert await reader.files.read(podcast.id, limit=10) == []
    episodes = {one.guid: one for one in await list_episodes(sqlite_db)}
    assert len(episodes) == wanted.get("count", len(episodes))
    for guid, said in wanted["episodes"].items():
        one = episodes[guid]
        assert one.title == said.get("title", one.title)
        assert one.podcast_title == said.get("podcast", one.podcast_title)
        assert problems(said, (await chapters_of(sqlite_db, [one.id]))[one.id]) == []
