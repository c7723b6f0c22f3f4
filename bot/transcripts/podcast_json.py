"""The JSON of Podcasting 2.0: `{"version", "segments": [{"speaker", "startTime", "endTime", "body"}]}`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from bot.transcripts.cues import Cue, TranscriptError

# A year: what is longer is no time inside an episode.
_MAX_SECONDS = 365 * 24 * 3600.0
_PUNCTUATION = re.compile(r"[^\w\s]{1,3}")


def looks_like(text: str) -> bool:
    """Whether the text can only be JSON."""
    return text.lstrip()[:1] in {"{", "["}


def read(text: str) -> list[Cue]:
    """The segments in the order of the file, single words and signs as they stand."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise TranscriptError("The file begins like JSON, but is not valid JSON.") from None
    segments = data.get("segments") if isinstance(data, dict) else None
    if not isinstance(segments, list):
        raise TranscriptError('The JSON has no list of "segments", as transcripts of Podcasting 2.0 have.')
    cues = _cues([segment for segment in segments if isinstance(segment, dict)])
    if not cues:
        raise TranscriptError("The JSON transcript has no segments with a text and a time.")
    return cues


def _cues(segments: Sequence[dict[str, Any]]) -> list[Cue]:
    # Where spaces are segments of their own, what has none between belongs together.
    spaced = any(isinstance(segment.get("body"), str) and segment["body"].isspace() for segment in segments)
    cues: list[Cue] = []
    apart = True
    for segment in segments:
        body, start_ms = segment.get("body"), _ms(segment.get("startTime"))
        if not isinstance(body, str) or start_ms is None:
            continue
        text = " ".join(body.split())
        if not text:
            apart = True
            continue
        end_ms = _ms(segment.get("endTime"))
        speaker = _speaker(segment.get("speaker"))
        cue = Cue(speaker, start_ms, max(start_ms, start_ms if end_ms is None else end_ms), text)
        glued = (not apart and not body[0].isspace()) if spaced else bool(_PUNCTUATION.fullmatch(text))
        if glued and cues and cues[-1].speaker == speaker:
            last = cues.pop()
            cue = Cue(speaker, last.start_ms, max(last.end_ms, cue.end_ms), last.text + text)
        cues.append(cue)
        apart = body[-1].isspace()
    return cues


def _ms(seconds: object) -> int | None:
    if isinstance(seconds, str):
        try:
            seconds = float(seconds)
        except ValueError:
            return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    # Compared before anything else: JSON's whole numbers know no bound, and NaN compares as false.
    if not 0 <= seconds <= _MAX_SECONDS:
        return None
    return round(seconds * 1000)


def _speaker(name: object) -> str | None:
    return " ".join(name.split())[:200] or None if isinstance(name, str) else None
