"""The real transcripts of the shared data, compared with the counts in its catalogue."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.transcripts.reader import read_transcript
from tests.unit.transcripts.material import DATA

_ENTRY = re.compile(r"- `((?:vtt|srt|json|html|txt)/[^`]+)`(?:: [^|]*\|(.*))?")
_CUES = re.compile(r"(\d+) (?:cues|one/two-word segments|hh:mm:ss line stamps)")
_SPEAKERS = re.compile(r"(\d+) voice-tag speakers|\"Name:\" prefixes: (\d+)|(no speakers)")
_FORMATS = {"txt": "text"}


@dataclass(frozen=True)
class Entry:
    """What the catalogue says of one file; None where it doesn't."""

    path: Path
    cues: int | None
    speakers: int | None


def _catalogue() -> list[Entry]:
    listed = DATA.parent / "README.md"
    if not listed.exists():
        return []
    entries = []
    for name, says in _ENTRY.findall(listed.read_text()):
        path = DATA / name
        if not path.exists():
            continue
        cues, speakers = _CUES.search(says), _SPEAKERS.search(says)
        told = None
        if speakers:
            told = 0 if speakers[3] else int(speakers[1] or speakers[2])
        entries.append(Entry(path, int(cues[1]) if cues else None, told))
    return entries


CATALOGUE = _catalogue()


@pytest.mark.skipif(not CATALOGUE, reason="shared data is missing: transcripts")
@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.path.name[:40])
def test_what_the_catalogue_counts(entry: Entry) -> None:
    transcript = read_transcript(entry.path.read_bytes(), None)
    kind = entry.path.parent.name
    assert transcript.source == _FORMATS.get(kind, kind)
    if entry.cues is not None:
        assert transcript.cues == entry.cues
    if entry.speakers is not None:
        assert len({turn.speaker for turn in transcript.turns} - {None}) == entry.speakers
    starts = [turn.start_ms or 0 for turn in transcript.turns]
    assert starts == sorted(starts)
    assert all(turn.end_ms is None or turn.end_ms >= (turn.start_ms or 0) for turn in transcript.turns)


CAPTIONS = [entry for entry in CATALOGUE if entry.path.parent.name in {"vtt", "srt"}]


@pytest.mark.skipif(not CAPTIONS, reason="shared data is missing: transcripts")
@pytest.mark.parametrize("entry", CAPTIONS, ids=lambda entry: entry.path.name[:40])
def test_no_word_of_the_captions_is_lost(entry: Entry) -> None:
    raw = entry.path.read_bytes()
    text = raw.decode("utf-8", errors="replace").replace("\r\n", "\n")
    # All lines but headers, numbers, times and empty ones, without their tags.
    lines = [
        line
        for line in text.split("\n")
        if "-->" not in line and not re.fullmatch(r"\s*(?:WEBVTT.*|\d+)?\s*", line)
    ]
    spoken = [html.unescape(re.sub(r"<[^<>]*>|\{[^{}]*\}|^\s*(?:-|>>)\s*", "", line)) for line in lines]
    turns = read_transcript(raw, None).turns
    names = {turn.speaker for turn in turns if turn.speaker}
    # Names before a colon became speakers.
    prefixes = [name for line in spoken for name in names if line.startswith(f"{name}:")]
    said = [turn.text for turn in turns]
    assert sorted(_words([*said, *prefixes])) == sorted(_words(spoken))


def _words(texts: list[str]) -> list[str]:
    # What is written without spaces is joined without them, sign by sign.
    return re.findall(r"[\u3040-\u9fff]|[^\W\u3040-\u9fff]+", " ".join(texts))
