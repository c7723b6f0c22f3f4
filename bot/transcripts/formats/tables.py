"""Tables of cues: whisper's TSV, an editor's CSV (`Speaker Name,Start Time,End Time,Text`), Audacity's labels.

A table is one of cues where its header names a column of text and one of times; any other is no transcript.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from bot.text.timecodes import Unit
from bot.transcripts.formats.caption_speakers import read_captions
from bot.transcripts.formats.cue_blocks import Block, clock_and_frames, resolve_frames
from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.turns.cues import NO_CUES, Cue, ParsedTranscript, TranscriptError, merge
from storage.models import TranscriptSource

_COLUMNS = Path(__file__).with_name("table_columns.toml")
_DELIMITERS = "\t;,|"
_UNIT = re.compile(r"\s*[(\[]([^()\[\]]{1,20})[)\]]\s*$")
_UNITS = {"ms": Unit.MILLISECONDS, "milliseconds": Unit.MILLISECONDS, "s": Unit.SECONDS, "sec": Unit.SECONDS}
# Audacity's labels, and whisper's table without its header.
_BARE_ROW = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?\t[0-9]{1,9}(?:\.[0-9]{1,9})?\t\s*\S")
_NUMBER = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,9})?")
_CLOCK = re.compile(r"[0-9]{1,3}:[0-9]{1,3}(?::[0-9]{1,3})?(?:[.,:;][0-9]{1,9})?")
# Nobody takes so long for a word in seconds, or so little in milliseconds.
_UNITS_A_WORD = 20
# Of the first rows so many have a time, if the column is one of times.
_MIN_TIMED = 0.8
_SAMPLE = 20
_MAX_HEADER = 2_000
_MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a table is written: its delimiter, the places of its columns, and the unit where a header tells it."""

    delimiter: str
    start: int
    text: int
    end: int | None = None
    speaker: int | None = None
    unit: Unit | None = None
    has_header: bool = True


@dataclass(frozen=True, slots=True)
class _Row:
    start: str
    end: str
    speaker: str | None
    text: str


def is_table_of_cues(text: str) -> bool:
    """Whether the text is a table whose first rows have a time and a text."""
    layout = _layout(text)
    if layout is None:
        return False
    rows = list(islice(_rows(text[:50_000], layout), _SAMPLE))
    timed = sum(_is_time(row.start) for row in rows)
    return bool(rows) and timed >= _MIN_TIMED * len(rows)


def delimiter_of(text: str) -> str:
    """The delimiter of a table of cues."""
    layout = _layout(text)
    return layout.delimiter if layout else ","


def read(text: str, people: Sequence[str] = ()) -> ParsedTranscript:
    """Parse the rows and merge them into turns; those with words are counted."""
    layout = _layout(text)
    if layout is None:
        raise TranscriptError(NO_CUES(format="table"))
    try:
        rows = [row for row in _rows(text, layout) if row.text and _is_time(row.start)]
    except csv.Error:
        raise TranscriptError(NO_CUES(format="table")) from None
    if not rows:
        raise TranscriptError(NO_CUES(format="table"))
    unit = layout.unit or _unit_of(rows)
    blocks = [_block(row, unit) for row in rows]
    resolve_frames(blocks)
    if all(row.speaker is None for row in rows):
        return ParsedTranscript(len(rows), read_captions(blocks, people))
    cues = [
        Cue(row.speaker, block.start_ms, block.end_ms, row.text, row.speaker is None)
        for row, block in zip(rows, blocks, strict=True)
    ]
    return ParsedTranscript(len(rows), merge(cues))


def _layout(text: str) -> _Layout | None:
    head = text[:_MAX_HEADER].lstrip("\n ")
    first, second = [*head.split("\n", 2), "", ""][:2]
    for delimiter in _DELIMITERS:
        if delimiter in first and (found := _named_columns(first, delimiter)):
            return found
    if _BARE_ROW.match(first) and (_BARE_ROW.match(second) or not second.strip()):
        return _Layout("\t", start=0, end=1, text=2, has_header=False)
    return None


def _named_columns(header: str, delimiter: str) -> _Layout | None:
    cells = next(csv.reader([header], delimiter=delimiter), [])
    names: list[str] = []
    units: list[Unit] = []
    for cell in cells:
        name = " ".join(cell.lower().replace("_", " ").split())
        if (unit := _UNIT.search(name)) is not None:
            name = name[: unit.start()]
            units += [_UNITS[unit[1]]] if unit[1] in _UNITS else []
        names.append(name)
    places = {
        column: next((place for place, name in enumerate(names) if name in known), None)
        for column, known in _known_columns().items()
    }
    start, text = places["start"], places["text"]
    if start is None or text is None:
        return None
    return _Layout(delimiter, start, text, places["end"], places["speaker"], units[0] if units else None)


@cache
def _known_columns() -> dict[str, frozenset[str]]:
    told = tomllib.loads(_COLUMNS.read_text(encoding="utf-8"))
    return {column: frozenset(name.replace("_", " ") for name in names) for column, names in told.items()}


def _rows(text: str, layout: _Layout) -> Iterator[_Row]:
    lines = (f"{line}\n" for line in text.lstrip("\n ").split("\n"))
    if layout.delimiter == "\t":
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    else:
        rows = csv.reader(lines, delimiter=layout.delimiter)
    for cells in islice((cells for cells in rows if any(cells)), int(layout.has_header), None):
        # Of an unquoted text the delimiters are a part, where it is the last column.
        if layout.text == max(layout.start, layout.text, layout.end or 0, layout.speaker or 0):
            cells[layout.text :] = [layout.delimiter.join(cells[layout.text :])]
        speaker = " ".join(_cell(cells, layout.speaker).split())[:_MAX_NAME]
        said = " ".join(_cell(cells, layout.text).split())
        yield _Row(
            _cell(cells, layout.start).strip(), _cell(cells, layout.end).strip(), speaker or None, said
        )


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def _is_time(written: str) -> bool:
    return bool(_NUMBER.fullmatch(written) or _CLOCK.fullmatch(written))


def _unit_of(rows: Sequence[_Row]) -> Unit:
    """What bare numbers count; whisper writes whole milliseconds, others seconds with a fraction."""
    numbers = [row.start for row in rows if _NUMBER.fullmatch(row.start)]
    if not numbers or any(not one.isdecimal() for one in numbers):
        return Unit.SECONDS
    ends = [float(row.end) for row in rows if row.end.isdecimal()]
    span = max([*map(float, numbers), *ends]) - float(numbers[0])
    words = sum(len(row.text.split()) for row in rows)
    return Unit.MILLISECONDS if span > _UNITS_A_WORD * words else Unit.SECONDS


def _block(row: _Row, unit: Unit) -> Block:
    start_ms, start_frames = _moment(row.start, unit)
    end_ms, end_frames = _moment(row.end, unit) if _is_time(row.end) else (start_ms, start_frames)
    return Block(start_ms, end_ms, proper=True, lines=[row.text], frames=(start_frames, end_frames))


def _moment(written: str, unit: Unit) -> tuple[int, int]:
    """Milliseconds and frames."""
    if _NUMBER.fullmatch(written):
        return round(float(written.replace(",", ".")) * unit.value), 0
    return clock_and_frames(written)


def _recognise_tsv(text: str) -> Recognition:
    return Recognition.CERTAIN if is_table_of_cues(text) and delimiter_of(text) == "\t" else Recognition.NO


def _recognise_csv(text: str) -> Recognition:
    return Recognition.CERTAIN if is_table_of_cues(text) and delimiter_of(text) != "\t" else Recognition.NO


FORMATS = (
    TranscriptFormat(
        source=TranscriptSource("tsv"),
        label="TSV",
        trust=28,
        media_types=("text/tab-separated-values", "text/tsv"),
        recognise=_recognise_tsv,
        read=read,
        max_pieces=(("\n", 300_000), ("\t", 2_000_000)),
    ),
    TranscriptFormat(
        source=TranscriptSource("csv"),
        label="CSV",
        trust=22,
        media_types=("text/csv", "application/csv"),
        recognise=_recognise_csv,
        read=read,
        max_pieces=(("\n", 300_000), (",", 3_000_000)),
    ),
)
