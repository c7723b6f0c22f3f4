"""Ranges of a block's text, and what their entities say."""

from __future__ import annotations

from typing import Any

from bot.transcripts.structured.draftjs import ranges_of

ENTITIES = {
    "0": {"type": "WORD", "data": {"start": 0.5, "text": "X"}},
    "7": {"data": {"start": 0.9}},
    "8": {},
}


def block(text: str, *ranges: tuple[object, object, object]) -> dict[str, Any]:
    keys = ("key", "offset", "length")
    return {"text": text, "entityRanges": [dict(zip(keys, one, strict=True)) for one in ranges]}


def test_ranges_of_a_text() -> None:
    assert ranges_of(block("Hello you", (0, 0, 5), (7, 6, 3)), ENTITIES) == [
        {"start": 0.5, "text": "Hello"},
        {"start": 0.9, "text": "you"},
    ]


def test_a_sign_beyond_the_first_plane_counts_twice() -> None:
    assert ranges_of(block("🎧 you", (7, 3, 3)), ENTITIES) == [{"start": 0.9, "text": "you"}]


def test_what_is_no_range() -> None:
    odd = block("Hello", (1, 0, 5), (8, 0, 5), (0, -1, 5), (0, 0, "5"), (None, None, None))
    assert ranges_of(odd, ENTITIES) == []
    assert ranges_of({"text": 1, "entityRanges": []}, ENTITIES) == []
    assert ranges_of({"text": "x", "entityRanges": {}}, ENTITIES) == []
