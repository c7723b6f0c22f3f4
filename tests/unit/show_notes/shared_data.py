"""The real notes of the shared data, read in place; a test that needs them is skipped where they are missing."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.paths import SHARED_DATA

DATA = SHARED_DATA
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


@dataclass(frozen=True)
class Description:
    """Notes with the chapters that a person counted in them."""

    number: str
    text: str
    duration_s: float | None
    chapters: list[tuple[int, str]]


def _needed(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"shared data is missing: {path.name}")
    return path


def feed_notes(name: str) -> list[str]:
    """The longest notes of each item, in the order of the feed."""
    root = ET.parse(_needed(DATA / "feeds" / name))
    return [
        max(item.findtext(_CONTENT) or "", item.findtext("description") or "", key=len)
        for item in root.iter("item")
    ]


def description(number: str) -> Description:
    """One of the files of `descriptions`, by its number."""
    truth = json.loads(_needed(DATA / "descriptions" / f"{number}.json").read_text())
    [path] = [path for path in (DATA / "descriptions").glob(f"{number}.*") if path.suffix != ".json"]
    chapters = [(round(chapter["start_s"] * 1000), chapter["title"]) for chapter in truth["chapters"]]
    return Description(number, path.read_text(), truth.get("episode_duration_s"), chapters)
