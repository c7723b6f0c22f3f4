"""What chapters must come out of a shared fault (`NAME.expected.json` beside it), and what of that did not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from storage.models import Chapter
from tests.paths import SHARED

FAULTS = SHARED / "faults" / "transcripts" / "chapters"


def expected(name: str) -> dict[str, Any]:
    """The expectation of the fault with this name."""
    found: dict[str, Any] = json.loads((FAULTS / f"{name}.expected.json").read_text())
    return found


def problems(wanted: dict[str, Any], chapters: Sequence[Chapter]) -> list[str]:
    """What is not as an expectation of one episode wants it: starts in whole seconds, titles but for apostrophes."""
    found = [[round(one.start_ms / 1000), _plain(one.title)] for one in chapters]
    listed = [[start, _plain(title)] for start, title in wanted.get("chapters", found)]
    told = [] if found == listed else [f"{found} instead of {listed}"]
    banned = wanted.get("no_title", ())
    return told + [f"a title: {title}" for _, title in found if any(words in str(title) for words in banned)]


def _plain(title: object) -> str:
    return str(title).replace("’", "'")
