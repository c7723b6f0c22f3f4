"""Which addresses lead to one file."""

from __future__ import annotations

import pytest

from bot.feeds.changes.audio_files import AudioFiles, audio_path
from tests.unit.storage.material import item

FILE = "https://cdn.example/show/one.mp3"


def _one(url: str | None) -> str | None:
    return AudioFiles([], []).key(item("a", enclosure_url=url))


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example/show/one.mp3",
        "//cdn.example/show/one.mp3",
        f"{FILE}#t=60",
        f"{FILE}?sig=0f3a&exp=1795982919",
        f"{FILE}?X-Amz-Signature=ab&utm_source=feed",
        f"{FILE}?v=3",
        "https://dts.tracker.example/redirect.mp3/cdn.example/show/one.mp3",
        "https://a.example/track/77A/b.example/e/https://cdn.example/show/one.mp3?updated=1",
        "https://a.example/p/https%3A%2F%2Fcdn.example%2Fshow%2Fone.mp3",
        "https://a.example/r?url=https%3A%2F%2Fcdn.example%2Fshow%2Fone.mp3&listener=4",
    ],
)
def test_what_counts_or_signs_downloads_makes_no_other_file(url: str) -> None:
    assert _one(url) == _one(FILE) == "cdn.example/show/one.mp3"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/download.php?id=9", "https://a.example/download.php?id=10"),
        ("https://a.example/play?lang=de", "https://a.example/play?lang=en"),
        ("https://a.example/audio.mp3?episode=9", "https://a.example/audio.mp3?episode=10"),
        ("https://a.example/9.mp3", "https://a.example/10.mp3"),
        ("http://127.0.0.1:80/9.mp3", "http://127.0.0.1:81/9.mp3"),
    ],
)
def test_what_names_a_file_makes_another_one(one: str, other: str) -> None:
    assert _one(one) != _one(other)


def test_a_query_counts_where_it_is_what_differs_between_items() -> None:
    items = [item(str(n), enclosure_url=f"https://a.example/audio.mp3?take={n}") for n in range(3)]
    files = AudioFiles(items, [])
    assert len({files.key(one) for one in items}) == 3
    assert AudioFiles(items[:1], []).key(items[0]) == AudioFiles(items[1:2], []).key(items[1])


def test_no_address_is_no_file() -> None:
    assert _one(None) is None
    assert audio_path(item("a", enclosure_url=None)) is None
    assert audio_path(item("a", enclosure_url=f"{FILE}?id=9")) == "cdn.example/show/one.mp3"
