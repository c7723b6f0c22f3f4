"""Reads a published transcript of any format: bytes in, turns out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.text.encoding import to_text
from bot.text.html_bounds import MarkupError
from bot.transcripts.annotations.annotate import annotate
from bot.transcripts.foreign_documents import foreign_bytes, foreign_text
from bot.transcripts.formats.captions_in_page import captions_in
from bot.transcripts.formats.registry import TranscriptFormat, format_of, media_type_of, recognise
from bot.transcripts.turns.cues import ParsedTranscript, TranscriptError
from storage.models import StatusCode, TranscriptSource, Turn

# Transcripts seen so far have a few hundred kilobytes; twelve hours, word by word, have 25 megabytes where they are
# indented or hold much beside the words.
MAX_BYTES = 32_000_000
# Formats that nearly any file might be in, and the two that pages and errors come in.
_DOUBTFUL = frozenset({"text", "html", "json"})

TOO_LARGE = StatusCode("transcript.too_large", "size", "most")
EMPTY = StatusCode("transcript.empty")
FOUND_INSTEAD = StatusCode("transcript.found_instead", "found")
NO_TEXT = StatusCode("transcript.no_text", "media_type")
NOT_PUBLISHED_SO = StatusCode("transcript.not_published_so", "format")
TOO_MANY_PIECES = StatusCode("transcript.too_many_pieces")
TOO_MUCH_MARKUP = StatusCode("transcript.too_much_markup")
NO_WORDS = StatusCode("transcript.no_words")


@dataclass(frozen=True, slots=True)
class PublishedTranscript:
    """What was said, the format it was published in, and how many cues, segments or lines the file has."""

    source: TranscriptSource
    cues: int
    turns: tuple[Turn, ...]


def read_transcript(
    body: bytes,
    mime_type: str | None,
    *,
    content_type: str | None = None,
    people: Sequence[str] = (),
    forced: TranscriptSource | None = None,
) -> PublishedTranscript:
    """Read a published transcript in the format that its content shows, in doubt in that of its type.

    `mime_type` is announced by the feed. `content_type` is the header of the file's host: it tells the charset, and
    the type where the feed announces none. `people` may speak in it; their names are recognised more easily.
    `forced` overrides the format. Raises TranscriptError where the file is no transcript, or none that can be read.
    """
    if len(body) > MAX_BYTES:
        raise TranscriptError(TOO_LARGE(size=len(body), most=MAX_BYTES))
    if found := foreign_bytes(body):
        raise TranscriptError(FOUND_INSTEAD(found=found))
    text = to_text(body, content_type)
    mime_type = mime_type or content_type
    if not text.strip("\ufeff\ufffd \t\n"):
        raise TranscriptError(EMPTY())
    if _is_binary(text):
        media_type = media_type_of(mime_type)[:80] or "unknown"
        raise TranscriptError(NO_TEXT(media_type=media_type))
    try:
        text = (None if forced else captions_in(text)) or text
        format_ = format_of(forced) if forced else recognise(text, mime_type)
        parsed = _parsed(text, format_, people, forced=forced is not None)
    except MarkupError:
        raise TranscriptError(TOO_MUCH_MARKUP()) from None
    turns = annotate(_by_start(parsed.turns), people)
    if not turns:
        raise TranscriptError(NO_WORDS())
    return PublishedTranscript(forced or parsed.source or format_.source, parsed.cues, turns)


def _parsed(text: str, format_: TranscriptFormat, people: Sequence[str], *, forced: bool) -> ParsedTranscript:
    """What the format's reader finds, unless the text is no transcript. Raises MarkupError too."""
    if format_.read is None:
        raise TranscriptError(NOT_PUBLISHED_SO(format=format_.label))
    if format_.has_too_many_pieces(text):
        raise TranscriptError(TOO_MANY_PIECES())
    if not forced and format_.source in _DOUBTFUL and (found := foreign_text(text)):
        raise TranscriptError(FOUND_INSTEAD(found=found))
    return format_.read(text, people)


def _is_binary(text: str) -> bool:
    """Whether the beginning looks like a picture or a recording."""
    head = text[:4_000]
    odd = sum(sign < " " and sign not in "\n\t\f\v" for sign in head) + head.count("\ufffd")
    return 20 * odd > len(head)


def _by_start(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns in the order of their starts; a turn without one stays behind the turn it follows."""
    starts: list[int] = []
    for turn in turns:
        before = starts[-1] if starts else 0
        starts.append(before if turn.start_ms is None else turn.start_ms)
    if all(left <= right for left, right in pairwise(starts)):
        return tuple(turns)
    order = sorted(range(len(turns)), key=starts.__getitem__)
    return tuple(turns[number] for number in order)
