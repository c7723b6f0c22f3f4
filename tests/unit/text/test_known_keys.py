"""Known keys are replaced wherever they stand, in any case and encoding."""

from __future__ import annotations

import random
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import known_keys
from bot.text.known_keys import KnownKeys, masked
from tests.unit.text.key_shapes import KEY_SHAPES

KEY = "aB3xK9qLmZ"


def _knows(*addresses: str) -> KnownKeys:
    known = KnownKeys()
    known.add(*addresses)
    return known


@pytest.mark.parametrize(
    ("address", "text", "expected"),
    [
        (f"https://a.example/feed/{KEY}.xml", f"feed {KEY} failed", "feed … failed"),
        (f"https://a.example/feed/{KEY}.xml", f"as {KEY.lower()}, {KEY.upper()}", "as …, …"),
        (f"https://a.example/feed?key={KEY}", f"x{KEY}x{KEY}", "x…x…"),
        (f"https://a.example/feed?{KEY}", f"({KEY})", "(…)"),
        (f"https://ada:{KEY}@a.example/feed", f"password {KEY}", "password …"),
        (f"https://ada:{KEY}@a.example/feed", "Basic YWRhOmFCM3hLOXFMbVo=", "Basic …"),
        (f"https://a.example/feed;key={KEY}", KEY, "…"),
        ("https://a.example/f?k=a+b/3xK9qLmZ=", "x a%2Bb%2F3xK9qLmZ%3D", "x …"),
        (f"https://a.example/feed/{KEY}", f"{quote('%61B3xK9qLmZ')} and", "… and"),
        (f"https://a.example/feed/{KEY}", f"İ{KEY}İ", "İ…İ"),
        (f"https://a.example/feed/show-{KEY}.xml", f"{KEY} show", "… show"),
        (f"https://a.example/~{KEY}/feed", f"of {KEY}", "of …"),
        (f"https://a.example/feed?k=show.{KEY}", f"{KEY} show", "… show"),
        # Words and numbers of public addresses are no keys.
        ("https://a.example/podcast/episodes?format=mp3&page=12", "podcast episodes mp3 12", None),
        ("https://ada:sesame@a.example/feed", "ada says sesame", None),
        ("https://a.example/feed", f"{KEY} 100%", None),
    ],
)
def test_masked(address: str, text: str, expected: str | None) -> None:
    assert _knows(address).masked(text) == (expected or text)


def test_the_longer_of_two_keys_is_replaced_whole() -> None:
    known = _knows("https://a.example/?k=aB3xK9qLmZ", "https://a.example/?k=aB3xK9qLmZ77")
    assert known.masked("aB3xK9qLmZ77 aB3xK9qLmZ7") == "… …7"


def test_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_keys, "MOST", 2)
    known = _knows("https://a.example/?k=first1x", "https://a.example/?k=second2")
    # What is read again and again is not the oldest.
    known.add("https://a.example/?k=first1x", "https://a.example/?k=third3x")
    assert known.masked("first1x second2 third3x") == "… second2 …"


@given(st.sampled_from(sorted(KEY_SHAPES)), st.integers(0, 2**32), st.text(max_size=40), st.text(max_size=40))
def test_no_key_is_left(shape: str, seed: int, before: str, after: str) -> None:
    key = KEY_SHAPES[shape](random.Random(seed))
    known = _knows(f"https://a.example/?token={key}")
    if any(char.isdigit() for char in key):
        assert key not in known.masked(f"{before}{key}{after}")


def test_masked_masks_addresses_too() -> None:
    assert masked(f"GET https://a.example/{KEY}/x?y") == "GET https://a.example/…/x?…"
