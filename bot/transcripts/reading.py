"""Which format a published transcript is in, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.transcripts import podcast_json, vtt
from bot.transcripts.cues import Cue, TranscriptError, merge
from bot.transcripts.decoding import decode
from storage.models import TranscriptSource, Turn

# The longest transcripts read so far have some hundred kilobytes, word by word in JSON some megabytes.
MAX_BYTES = 30_000_000


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said, and the format that it was published in."""

    source: TranscriptSource
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class _Format:
    """A format: how it shows itself, the types that servers send it with, and its reader."""

    source: TranscriptSource
    looks_like: Callable[[str], bool]
    mime_types: frozenset[str]
    read: Callable[[str], list[Cue]]


_FORMATS = (
    _Format(TranscriptSource.VTT, vtt.looks_like, frozenset({"text/vtt"}), vtt.read),
    _Format(
        TranscriptSource.JSON,
        podcast_json.looks_like,
        frozenset({"application/json", "text/json"}),
        podcast_json.read,
    ),
)


def reads_type(mime_type: str) -> bool:
    """Whether a transcript that is announced with this type can be read, as far as the type tells."""
    essence = mime_type.partition(";")[0].strip().lower()
    return essence in ("", "application/octet-stream") or any(essence in one.mime_types for one in _FORMATS)


def read_transcript(body: bytes, mime_type: str | None) -> Transcript:
    """Read a published transcript, told by its content first, as servers often send a wrong type.

    Raises TranscriptError where it is none that can be read.
    """
    if len(body) > MAX_BYTES:
        raise TranscriptError(f"The transcript has {len(body)} bytes; more than {MAX_BYTES} are not read.")
    text = decode(body)
    if not text.strip():
        raise TranscriptError("The transcript is empty.")
    essence = (mime_type or "").partition(";")[0].strip().lower()
    known = next((one for one in _FORMATS if one.looks_like(text)), None)
    if known is None:
        known = next((one for one in _FORMATS if essence in one.mime_types), None)
    if known is None:
        raise TranscriptError(f"A transcript of the type {essence[:80] or 'unknown'} cannot be read.")
    turns = merge(known.read(text))
    if not turns:
        raise TranscriptError("The transcript has no words.")
    return Transcript(known.source, turns)
