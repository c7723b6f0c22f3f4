"""Which of an item's files is the episode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.parsing.enclosures import (
    MAX_ADDRESS,
    LinkedFile,
    Sound,
    episode_file,
    page_address,
    sound_of,
    web_address,
)

HOST = "https://cdn.example"


@pytest.mark.parametrize(
    ("path", "mime_type", "sound"),
    [
        ("/a.mp3", "", Sound.CERTAIN),
        ("/a.M4B", "", Sound.CERTAIN),
        ("/a.oga", "application/ogg", Sound.CERTAIN),
        ("/a.mp3", "image/jpeg", Sound.CERTAIN),
        ("/a.mp3#t=0", "", Sound.CERTAIN),
        ("/play/7", "audio", Sound.CERTAIN),
        ("/play/7", "Audio/MPEG; codecs=x".lower(), Sound.CERTAIN),
        ("/play/7", "mp3", Sound.CERTAIN),
        ("/get?f=7.mp3", "application/octet-stream", Sound.CERTAIN),
        ("/get?u=https%3A%2F%2Fx.example%2F7.opus%3Fk%3D1", "", Sound.CERTAIN),
        ("/get?f=7.mp3", "text/plain", Sound.CERTAIN),
        ("/get?f=7.mp3", "text/html", Sound.SILENT),
        ("/7.mp3/download", "text/plain", Sound.SILENT),
        ("/7.mp3/download", "binary/octet-stream", Sound.CERTAIN),
        ("/play/7", "", Sound.UNKNOWN),
        ("/play/7", "file", Sound.UNKNOWN),
        ("/play.php?id=7", "application/force-download", Sound.UNKNOWN),
        ("/a.jpg", "", Sound.SILENT),
        ("/a", "image/png", Sound.SILENT),
        ("/cover?for=7.mp3", "image/png", Sound.SILENT),
        ("/a.pdf", "application/octet-stream", Sound.SILENT),
        ("/a", "application/pdf", Sound.SILENT),
        ("/get?f=paper.epub", "", Sound.SILENT),
        ("/episode/7", "text/html", Sound.SILENT),
        ("/a.torrent", "application/x-bittorrent", Sound.SILENT),
        ("/a", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Sound.SILENT),
    ],
)
def test_type_and_name_are_weighed(path: str, mime_type: str, sound: Sound) -> None:
    assert sound_of(HOST + path, mime_type) is sound


def test_the_first_that_surely_sounds_is_taken_before_one_that_may() -> None:
    cover, unsure = LinkedFile(f"{HOST}/a.png", "image/png"), LinkedFile(f"{HOST}/play/7", "file")
    sure, video = LinkedFile(f"{HOST}/a.mp3", media=True), LinkedFile(f"{HOST}/a.mp4", "video/mp4")
    assert episode_file([cover, unsure, sure, video], ()) == (f"{HOST}/a.mp3", None)
    assert episode_file([cover, unsure], ()) == (f"{HOST}/play/7", "file")
    assert episode_file([cover], ()) is None


def test_media_that_nothing_calls_sound_is_a_picture() -> None:
    assert episode_file([LinkedFile(f"{HOST}/picture/7", media=True)], ()) is None
    assert episode_file([LinkedFile(f"{HOST}/7", "audio", media=True)], ()) == (f"{HOST}/7", "audio")


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("/media/a.mp3", "https://feeds.example/media/a.mp3"),
        ("a.mp3", "https://feeds.example/show/a.mp3"),
        ("//cdn.example/a.mp3", "https://cdn.example/a.mp3"),
        (" https://cdn.example/a.mp3 ", "https://cdn.example/a.mp3"),
        ("file:///a.mp3", None),
        ("javascript:alert(1)//a.mp3", None),
        ("", None),
        ("a" * MAX_ADDRESS, None),
    ],
)
def test_relative_addresses_are_resolved(written: str, address: str | None) -> None:
    assert web_address(written, ("https://feeds.example/show/feed.xml",)) == address


def test_the_first_base_on_the_web_counts() -> None:
    assert (
        web_address("/a.mp3", ("file:///tmp/feed.xml", "https://show.example/"))
        == "https://show.example/a.mp3"
    )
    assert web_address("/a.mp3") is None


def test_a_word_is_neither_a_page_nor_an_episode() -> None:
    bases = ("https://show.example/",)
    assert page_address("episode-7", bases) is None
    assert page_address("/episode-7", bases) == "https://show.example/episode-7"
    assert episode_file([LinkedFile("none")], bases) is None
    assert episode_file([LinkedFile("7.mp3")], bases) == ("https://show.example/7.mp3", None)


@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=30))
def test_anything_may_be_linked(url: str, mime_type: str, base: str) -> None:
    found = episode_file([LinkedFile(url, mime_type), LinkedFile(HOST + url, mime_type)], (base,))
    assert found is None or found[0].startswith("http")
