"""WebVTT, as strictly as browsers read it and as loosely as podcast hosts write it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from bot.transcripts.cues import Cue, TranscriptError

# Hours are optional, and some hosts write bare seconds.
_TIME = r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6})(?:[.,](\d{1,3})\d*)?"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
_SKIPPED = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,60})?\s+([^<>]{1,200})>", re.IGNORECASE)
# Only what WebVTT knows as a tag: a "<3" is said.
_TAG = re.compile(r"</?(?:c|i|b|u|v|ruby|rt|lang)(?:[.\s][^<>]{0,300})?>|<\d[\d:.]{0,20}>", re.IGNORECASE)


def looks_like(text: str) -> bool:
    """Whether the text says that it is WebVTT."""
    return re.match(r"\s*WEBVTT(?:\s|$)", text) is not None


def read(text: str) -> list[Cue]:
    """The cues in the order of the file."""
    cues: list[Cue] = []
    lines = iter(text.split("\n"))
    for line in lines:
        if _SKIPPED.match(line):
            for skipped in lines:
                if not skipped.strip():
                    break
            continue
        timing = _TIMING.match(line) if "-->" in line else None
        while timing is not None:
            said, following = _payload(lines)
            cues.extend(_voices(said, _ms(timing, 1), _ms(timing, 5)))
            timing = _TIMING.match(following) if following else None
    if not cues:
        raise TranscriptError("The WebVTT file has no cues.")
    return cues


def _payload(lines: Iterator[str]) -> tuple[str, str | None]:
    """The text up to the next empty line, or up to the next timing where that line was forgotten."""
    said: list[str] = []
    for line in lines:
        if not line.strip():
            break
        if "-->" in line and _TIMING.match(line):
            return " ".join(said), line
        said.append(line)
    return " ".join(said), None


def _ms(timing: re.Match[str], first: int) -> int:
    hours, minutes, seconds, fraction = timing.group(first, first + 1, first + 2, first + 3)
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))


def _voices(said: str, start_ms: int, end_ms: int) -> Iterator[Cue]:
    """One cue for each voice; of several in one cue, each gets the time that its words have of it."""
    end_ms = max(start_ms, end_ms)
    # "text", then for each voice its name and its text.
    pieces = _VOICE.split(said)
    spoken: list[tuple[str | None, str]] = [(None, _plain(pieces[0]))]
    spoken += [
        (_plain(name) or None, _plain(text)) for name, text in zip(pieces[1::2], pieces[2::2], strict=True)
    ]
    total = sum(len(text) for _, text in spoken)
    at = 0
    for speaker, text in spoken:
        if text:
            begin_ms = start_ms + (end_ms - start_ms) * at // total
            at += len(text)
            yield Cue(speaker, begin_ms, start_ms + (end_ms - start_ms) * at // total, text)


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).replace("\u200b", "").split())
