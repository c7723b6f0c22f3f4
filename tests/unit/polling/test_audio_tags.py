"""Chapters inside audio files are read by requests for small parts of the newest ones."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from mutagen.id3 import CHAP, CTOC, ID3, TIT2, CTOCFlags

from bot.polling.audio_tags import TAGGED_NEWEST
from bot.polling.services import Reader
from storage.engine.database import Database
from storage.models import ChapterSource
from storage.tables.episodes import chapters_of, list_episodes
from tests.fakes.feed_host import FeedHost
from tests.unit.chapters.audio_material import REEF, comments, flac, m4a, ogg
from tests.unit.feeds.material import feed_xml, item_xml

FEED = "/feed.xml"
PICTURE = b"METADATA_BLOCK_PICTURE=" + b"A" * 90_000
MANY = tuple((at * 60_000, f"On {name}") for at, name in enumerate("abcdefghijklmnopqrstuvwxyz"))


def _recent(name: str, *inside: str, days: int = 1, **said: str) -> str:
    published = datetime.now(UTC) - timedelta(days=days)
    return item_xml(name, *inside, published=published, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("file", "kind", "parts"),
    [
        (m4a(moov_first=True), "audio/mp4", 2),
        (m4a(), "audio/x-m4a", 3),
        (m4a(apart=70_000, sound=900_000), "audio/aac", 5),
        (m4a(listed=REEF), "audio/m4a", 2),
        # The type lies.
        (m4a(listed=REEF, moov_first=True), "audio/mpeg", 1),
        (ogg(b"OpusTags" + comments(REEF)), "audio/ogg", 1),
        (ogg(b"\x03vorbis" + comments(REEF, before=[PICTURE])), "audio/ogg; codecs=vorbis", 2),
        (flac(comments(REEF)), "audio/flac", 1),
        (flac(comments(REEF), picture=100_000), "audio/x-flac", 2),
    ],
)
async def test_a_few_parts_are_enough(
    sqlite_db: Database, reader: Reader, host: FeedHost, file: bytes, kind: str, parts: int
) -> None:
    url = host.put("/a.audio", file, content_type=kind)
    feed = feed_xml([_recent("a", enclosure=url, enclosure_type=kind)])
    podcast, _ = await reader.updater.follow(host.put(FEED, feed), by_operator=True)
    for _ in range(2):
        assert await reader.files.read(podcast.id, limit=10) == []
    [episode] = await list_episodes(sqlite_db)
    found = (await chapters_of(sqlite_db, [episode.id]))[episode.id]
    assert tuple((one.start_ms, one.title) for one in found) == REEF
    assert [seen.status for seen in host.asked("/a.audio")] == [206] * parts


@pytest.mark.parametrize(("file", "asked"), [(m4a(), 4), (m4a(MANY, apart=20_000), 2), (b"RIFF" * 30_000, 1)])
async def test_a_file_is_never_read_whole(
    sqlite_db: Database, reader: Reader, host: FeedHost, file: bytes, asked: int
) -> None:
    """Without parts, the host is asked for them a few times; where titles are everywhere, not for each."""
    url = host.put("/a.m4a", file, content_type="audio/mp4", ranges=asked != 4)
    feed = feed_xml([_recent("a", enclosure=url, enclosure_type="audio/mp4")])
    podcast, _ = await reader.updater.follow(host.put(FEED, feed), by_operator=True)
    for _ in range(3):
        assert await reader.files.read(podcast.id, limit=10) == []
    assert (await list_episodes(sqlite_db))[0].chapter_count == 0
    assert host.count("/a.m4a") == (6 if asked == 4 else asked)


def _tagged_mp3(*chapters: tuple[int, str]) -> bytes:
    tag = ID3()
    names = [f"c{number}" for number in range(len(chapters))]
    flags = CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
    tag.add(CTOC(element_id="toc", flags=flags, child_element_ids=names, sub_frames=[]))
    for name, (start_ms, title) in zip(names, chapters, strict=True):
        frames = [TIT2(encoding=3, text=[title])]
        tag.add(CHAP(element_id=name, start_time=start_ms, end_time=start_ms + 1000, sub_frames=frames))
    file = io.BytesIO()
    tag.save(file)
    return file.getvalue() + b"\xff\xfb" * 50_000


async def test_the_newest_episodes_without_chapters_are_asked_for_those_in_their_audio(
    sqlite_db: Database, reader: Reader, host: FeedHost
) -> None:
    audio = _tagged_mp3((0, "Opening"), (90_000, "Kettles"))
    urls = [host.put(f"/{n}.mp3", audio, content_type="audio/mpeg", ranges=True) for n in range(5)]
    items = [
        _recent(f"{n}", days=n + 1, enclosure=url, enclosure_type="audio/mpeg") for n, url in enumerate(urls)
    ]
    noted = _recent("noted", days=0, notes="<p>00:00 Intro</p><p>01:00 Tea</p><p>02:00 End</p>")
    podcast, _ = await reader.updater.follow(host.put(FEED, feed_xml([noted, *items])), by_operator=True)
    for _ in range(2):
        assert await reader.files.read(podcast.id, limit=10) == []
    # One of the newest has chapters in its notes.
    assert [host.count(f"/{n}.mp3") for n in range(5)] == [1] * (TAGGED_NEWEST - 1) + [0] * 3
    episode = next(one for one in await list_episodes(sqlite_db) if one.guid == "0")
    assert episode.chapters_source is ChapterSource.ID3
    found = (await chapters_of(sqlite_db, [episode.id]))[episode.id]
    assert [(one.start_ms, one.title) for one in found] == [(0, "Opening"), (90_000, "Kettles")]
    for seen in host.asked("/0.mp3"):
        assert seen.headers["Range"].startswith("bytes=0-")


async def test_audio_that_cannot_be_asked_is_asked_again_a_few_times(
    sqlite_db: Database, reader: Reader, host: FeedHost
) -> None:
    feed = feed_xml([_recent("a", enclosure=host.url("/gone.mp3"), enclosure_type="audio/mpeg")])
    podcast, _ = await reader.updater.follow(host.put(FEED, feed), by_operator=True)
    for expected in (1, 2, 3, 3):
        # The feed promised no chapters in the audio, so this is no warning.
        assert await reader.files.read(podcast.id, limit=10) == []
        assert host.count("/gone.mp3") == expected
    plain = host.put("/plain.mp3", b"\xff\xfb" * 50_000, content_type="audio/mpeg", ranges=True)
    host.put(FEED, feed_xml([_recent("b", days=0, enclosure=plain, enclosure_type="audio/mpeg")]))
    await reader.updater.follow(host.url(FEED), by_operator=True)
    for _ in range(2):
        assert await reader.files.read(podcast.id, limit=10) == []
    assert host.count("/plain.mp3") == 1
    assert len(await list_episodes(sqlite_db)) == 2
