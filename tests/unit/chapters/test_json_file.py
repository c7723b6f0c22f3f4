from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chapters.json_file import ChaptersError, may_be_chapters, read_chapters_file
from tests.paths import SHARED_DATA

DATA = SHARED_DATA


def listed(*chapters: object) -> list[tuple[int, str]]:
    body = json.dumps({"version": "1.2.0", "chapters": chapters}).encode()
    return [(one.start_ms, one.title) for one in read_chapters_file(body)]


@pytest.mark.parametrize(
    ("mime_type", "may_be"),
    [
        ("application/json+chapters", True),
        ("Application/JSON; charset=utf-8", True),
        ("", True),
        ("application/octet-stream", True),
        ("text/html", False),
        ("application/xml", False),
    ],
)
def test_a_type_tells_whether_a_file_may_have_chapters(mime_type: str, may_be: bool) -> None:
    assert may_be_chapters(mime_type) == may_be


def test_chapters_that_a_listener_is_shown() -> None:
    assert listed(
        {"startTime": 90.25, "title": "Oil", "img": "https://x/y.png", "url": "https://x"},
        {"startTime": 0, "title": " The\n lamp "},
        {"startTime": 95, "title": "A picture", "toc": False},
        {"startTime": 96, "img": "https://x/z.png"},
        {"startTime": 97, "title": "  "},
        {"startTime": 98, "title": 7},
        {"startTime": 100, "title": "Wicks", "toc": True},
    ) == [(0, "The lamp"), (90_250, "Oil"), (100_000, "Wicks")]


@pytest.mark.parametrize(
    ("time", "ms"),
    [
        ("12.5", 12_500),
        (" 90 ", 90_000),
        ("1:02", 62_000),
        ("01:02:03.5", 3_723_500),
        (0.0004, 0),
        (1e400, None),
        (-1, None),
        (10**400, None),
        (float("nan"), None),
        (True, None),
        (None, None),
        ([], None),
        ("soon", None),
        ("9" * 5_000, None),
    ],
)
def test_times(time: object, ms: int | None) -> None:
    assert listed({"startTime": time, "title": "Oil"}) == ([] if ms is None else [(ms, "Oil")])


def test_chapters_as_ffprobe_and_youtube_write_them() -> None:
    probed = [
        {"time_base": "1/44100", "start": at * 44_100, "end": 0, "tags": {"TITLE": title}}
        for at, title in ((0, "The reef"), (245, "The bell"))
    ]
    shown = [
        {"chapterRenderer": {"title": {"simpleText": title}, "timeRangeStartMillis": at}}
        for at, title in ((0, "The reef"), (245_000, "The bell"))
    ]
    for entries in (probed, shown):
        assert listed(*entries) == [(0, "The reef"), (245_000, "The bell")]


@pytest.mark.parametrize(
    "shape",
    [
        {"chapters": {"00:00": "The reef", "4:05": "The bell"}},
        {"chapters": {"1": {"time": 0, "titles": ["The reef"]}, "2": {"time": 245, "titles": ["The bell"]}}},
        {"chapters": [["0:00:00", "The reef"], [245, "The bell"]]},
        [{"startsAt": 0, "title": "The reef", "chapters": [{"startsAt": 245, "title": "The bell"}]}],
        {"Bookmarks": [{"position": 0, "gist": "The reef"}, {"position": 245_000, "gist": "The bell"}]},
        [
            {"start": {"minutes": 0, "seconds": 0}, "headline": "The reef"},
            {"start": {"hours": 0, "minutes": 4, "seconds": 5}, "headline": "The bell"},
        ],
        [
            {"time_base": "1/1000000000", "start": 0, "tags": {"title": "The reef"}},
            {"time_base": "1/1000000000", "start": 245 * 10**9, "tags": {"title": "The bell"}},
        ],
    ],
)
def test_other_shapes_of_a_list(shape: object) -> None:
    chapters = read_chapters_file(json.dumps(shape).encode(), None, 3000.0)
    assert [(one.start_ms, one.title) for one in chapters] == [(0, "The reef"), (245_000, "The bell")]


@pytest.mark.parametrize(
    ("codec", "content_type"),
    [
        ("koi8-r", "application/json; charset=KOI8-R"),
        ("utf-16", None),
        ("utf-8-sig", "application/json; charset=iso-8859-1"),
        ("cp1251", 'text/plain; charset="cp1251"'),
    ],
)
def test_the_encoding_is_the_one_of_the_mark_or_of_the_header(codec: str, content_type: str | None) -> None:
    body = json.dumps([{"startTime": 0, "title": "Риф"}], ensure_ascii=False).encode(codec)
    assert [one.title for one in read_chapters_file(body, content_type)] == ["Риф"]


def test_equal_starts_keep_their_order() -> None:
    assert [title for _, title in listed(*({"startTime": 1, "title": name} for name in "cab"))] == [
        "c",
        "a",
        "b",
    ]


def test_a_bare_list_after_a_byte_order_mark() -> None:
    body = b'\xef\xbb\xbf[{"startTime": 1, "title": "Oil"}]'
    assert [one.title for one in read_chapters_file(body)] == ["Oil"]


def test_an_empty_list_has_no_chapters() -> None:
    assert listed() == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not valid JSON"),
        (b"<html>", "not valid JSON"),
        (b"[" * 200_000, "not valid JSON"),
        (b"7", "no list"),
        (b"{}", "no list"),
        (b'{"chapters": {}}', "no list"),
        (b'{"chapters": [1, "x"]}', "lists no chapters"),
        (b" " * 4_000_001, "4000001 bytes"),
    ],
)
def test_files_that_are_no_chapters_are_refused(body: bytes, words: str) -> None:
    with pytest.raises(ChaptersError, match=words) as caught:
        read_chapters_file(body)
    assert str(caught.value).endswith(".")


NAMES = ["startTime", "start", "time_base", "minutes", "title", "tags", "toc", "chapters"]
values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["startTime", "start", "time_base", "minutes", "title", "tags", "toc", "chapters"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(
    st.binary(max_size=100)
    | st.lists(values, max_size=6).map(lambda one: json.dumps({"chapters": one}).encode())
)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        chapters = read_chapters_file(body)
    except ChaptersError:
        return
    starts = [one.start_ms for one in chapters]
    assert starts == sorted(starts)
    assert all(one.title.strip() and one.start_ms >= 0 for one in chapters)


REAL = sorted((DATA / "chapters").glob("*.json"))


@pytest.mark.skipif(not REAL, reason="shared data is missing: chapters")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_files(path: Path) -> None:
    says = re.search(
        rf"`{re.escape(path.name)}`: (\d+) chapters(?:.*?(\d+) with toc:false)?",
        (DATA / "README.md").read_text(),
    )
    assert says is not None
    assert len(read_chapters_file(path.read_bytes())) == int(says[1]) - int(says[2] or 0)
