"""Files in the encodings of the world, told by their hosts or by themselves, over every reader."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.chapters.json_file import read_chapters_file
from bot.feeds.parsing.feed_parser import parse_feed
from bot.polling.services import Reader
from bot.transcripts.reader import read_transcript
from storage.engine.database import Database
from storage.models import FeedItem
from storage.tables.episodes import chapters_of, list_episodes
from storage.tables.transcripts import episode_turns
from tests.fakes.feed_host import FeedHost
from tests.paths import SHARED
from tests.unit.feeds.material import feed_xml, item_xml

FAULTS = SHARED / "faults"

# The label that a host or a document tells, Python's codec that the bytes are written with, and what they say.
ENCODINGS = [
    pytest.param("windows-1251", "cp1251", "Ещё тридцать лет он хранил маяк", id="windows-1251"),
    pytest.param("Shift_JIS", "cp932", "髙橋さんは①番の灯台を守ります", id="shift_jis"),
    pytest.param("GB2312", "gb18030", "朱镕基谈灯塔和守塔人", id="gb2312"),
    pytest.param("gb18030", "gb18030", "𠮷野先生守着一座灯塔", id="gb18030"),
    pytest.param("ISO-8859-15", "iso8859-15", "Un cœur de phare à Šibenik pour 10 €", id="iso-8859-15"),
]


def _feed(said: str, declaration: str = '<?xml version="1.0"?>') -> str:
    _, _, rest = feed_xml([item_xml("a", title=said)]).decode().partition("?>")
    return declaration + rest


def _vtt(said: str) -> str:
    return f"WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ada>{said}\n"


def _srt(said: str) -> str:
    return f"1\n00:00:01,000 --> 00:00:04,000\nAda: {said}\n\n2\n00:00:05,000 --> 00:00:06,000\nAda: {said}\n"


def _json(said: str) -> str:
    segment = {"speaker": "Ada", "startTime": 1, "endTime": 4, "body": said}
    return json.dumps({"version": "1.0.0", "segments": [segment]}, ensure_ascii=False)


def _page(said: str, head: str = "") -> str:
    body = f"<p><cite>Ada:</cite> <time>0:01</time></p><p>{html.escape(said)}</p>"
    return f"<html><head>{head}<title>x</title></head><body>{body}</body></html>"


def _text(said: str) -> str:
    return f"Ada: {said}\n\nBo: {said}\n\nAda: {said}\n\nBo: {said}\n"


def _chapters(said: str) -> str:
    listed = [{"startTime": 0, "title": said}, {"startTime": 60, "title": "Tea"}]
    return json.dumps({"version": "1.2.0", "chapters": listed}, ensure_ascii=False)


TRANSCRIPTS = {
    "text/vtt": _vtt,
    "application/x-subrip": _srt,
    "application/json": _json,
    "text/html": _page,
    "text/plain": _text,
}


def _title(body: bytes, content_type: str) -> str:
    [item] = parse_feed(body, content_type).entries
    assert isinstance(item, FeedItem)
    return item.title


def _spoken(body: bytes, content_type: str) -> str:
    turns = read_transcript(body, content_type.partition(";")[0], content_type=content_type).turns
    assert turns[0].speaker == "Ada"
    return turns[0].text


def _chapter(body: bytes, content_type: str) -> str:
    return read_chapters_file(body, content_type)[0].title


@pytest.mark.parametrize(("label", "codec", "said"), ENCODINGS)
@pytest.mark.parametrize(
    ("media_type", "write", "read"),
    [
        pytest.param("application/rss+xml", _feed, _title, id="feed"),
        *(pytest.param(kind, write, _spoken, id=kind) for kind, write in TRANSCRIPTS.items()),
        pytest.param("application/json+chapters", _chapters, _chapter, id="chapters"),
    ],
)
def test_the_charset_that_a_host_tells(
    label: str,
    codec: str,
    said: str,
    media_type: str,
    write: Callable[[str], str],
    read: Callable[[bytes, str], str],
) -> None:
    body = write(said).encode(codec)
    assert said in read(body, f"{media_type}; charset={label}")
    assert said in read(body, f'{media_type};Charset="{label.lower()}"')
    # Whatever is told, valid UTF-8 is UTF-8.
    assert said in read(write(said).encode(), f"{media_type}; charset={label}")


@pytest.mark.parametrize(("label", "codec", "said"), ENCODINGS)
@pytest.mark.parametrize("content_type", ["{}", "{}; charset=utf-8", "{}; charset=ISO-8859-1"])
@pytest.mark.parametrize(
    ("declaration", "media_type", "write", "read"),
    [
        pytest.param('<?xml version="1.0" encoding="{}"?>', "text/xml", _feed, _title, id="feed, XML"),
        pytest.param('<meta charset="{}">', "text/html", _page, _spoken, id="page, meta"),
        pytest.param(
            '<meta http-equiv="Content-Type" content="text/html; charset={}">',
            "text/html",
            _page,
            _spoken,
            id="page, http-equiv",
        ),
    ],
)
def test_the_encoding_that_a_document_declares(
    label: str,
    codec: str,
    said: str,
    content_type: str,
    declaration: str,
    media_type: str,
    write: Callable[[str, str], str],
    read: Callable[[bytes, str], str],
) -> None:
    body = write(said, declaration.format(label)).encode(codec)
    assert said in read(body, content_type.format(media_type))


@pytest.mark.parametrize(("label", "codec", "said"), ENCODINGS)
def test_an_xhtml_page_declares_its_encoding_as_xml_does(label: str, codec: str, said: str) -> None:
    page = f'<?xml version="1.0" encoding="{label}"?>\n{_page(said)}'
    assert said in _spoken(page.encode(codec), "application/xhtml+xml")


@pytest.mark.parametrize(("label", "codec", "said"), ENCODINGS)
async def test_files_are_fetched_with_the_charset_that_their_host_tells(
    sqlite_db: Database, reader: Reader, host: FeedHost, label: str, codec: str, said: str
) -> None:
    chapters = host.put(
        "/chapters", _chapters(said).encode(codec), content_type=f"application/json; charset={label}"
    )
    items = []
    for number, (media_type, write) in enumerate(TRANSCRIPTS.items()):
        url = host.put(f"/{number}", write(said).encode(codec), content_type=f"{media_type}; charset={label}")
        # The feed tells the type without a charset.
        links = f'<podcast:transcript url="{url}" type="{media_type}"/><podcast:chapters url="{chapters}"/>'
        items.append(item_xml(f"{number}", links, title=said))
    feed = host.put(
        "/feed.xml",
        feed_xml(items).decode().encode(codec),
        content_type=f"application/rss+xml; charset={label}",
    )
    podcast, _ = await reader.updater.follow(feed, by_operator=True)
    assert await reader.files.read(podcast.id, limit=20) == []
    episodes = await list_episodes(sqlite_db)
    assert len(episodes) == len(TRANSCRIPTS)
    for episode in episodes:
        turns = await episode_turns(sqlite_db, episode.id)
        assert said in turns[0].text
        [first, *_] = (await chapters_of(sqlite_db, [episode.id]))[episode.id]
        assert (episode.title, first.title) == (said, said)


def _expected(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_name(f"{path.stem}.expected.json").read_text("utf-8"))
    return found


@pytest.mark.skipif(not FAULTS.is_dir(), reason="the shared faults are not here")
@pytest.mark.parametrize("name", ["11b-html-meta-charset-1251", "11c-html-meta-charset-sjis"])
def test_pages_that_declare_their_encoding_in_the_field(name: str) -> None:
    path = FAULTS / "transcripts" / "transcripts" / f"{name}.html"
    turns = read_transcript(path.read_bytes(), None).turns
    expected = [(speaker, text) for speaker, _, text in _expected(path)["said"]]
    assert [(turn.speaker, turn.text) for turn in turns] == expected


@pytest.mark.skipif(not FAULTS.is_dir(), reason="the shared faults are not here")
@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("15-iso-8859-15", "10 € - cœur Šibenik"),
        ("15-gb2312", "朱镕基"),
        ("15-shift_jis", "髙橋①ラジオ"),
        ("15-windows-874", "พอดแคสต์"),
    ],
)
def test_feeds_that_declare_their_encoding_in_the_field(name: str, title: str) -> None:
    parsed = parse_feed((FAULTS / "feeds" / f"{name}.xml").read_bytes(), "text/xml")
    assert title in [item.title for item in parsed.entries if isinstance(item, FeedItem)]


@pytest.mark.skipif(not FAULTS.is_dir(), reason="the shared faults are not here")
@pytest.mark.parametrize(
    "path",
    [
        "transcripts/transcripts/11a-charset-in-the-header",
        "transcripts/chapters/20-chapters-file-charset",
    ],
)
async def test_files_whose_hosts_tell_their_charset_in_the_field(
    sqlite_db: Database, reader: Reader, host: FeedHost, path: str
) -> None:
    folder = FAULTS / path
    expected = _expected(folder)
    for name, content_type in expected["types"].items():
        host.put(f"/{name}", (folder / name).read_bytes(), content_type=content_type)
    feed = (folder / "feed.xml").read_text("utf-8").replace("{base}", host.base_url)
    podcast, _ = await reader.updater.follow(host.put("/feed.xml", feed), by_operator=True)
    assert await reader.files.read(podcast.id, limit=20) == []
    episodes = {episode.guid: episode for episode in await list_episodes(sqlite_db)}
    for guid, wanted in expected["episodes"].items():
        episode = episodes[guid]
        spoken = "\n".join(turn.text for turn in await episode_turns(sqlite_db, episode.id))
        assert all(words in spoken for words in wanted.get("verbatim", ()))
        chapters = (await chapters_of(sqlite_db, [episode.id])).get(episode.id, ())
        if "chapters" in wanted:
            assert [[one.start_ms // 1_000, one.title] for one in chapters] == wanted["chapters"]
