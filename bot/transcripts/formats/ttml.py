"""TTML: captions of broadcasters, and Apple's transcripts with a span for each word and an agent for each voice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.transcripts.formats.caption_speakers import read_captions, without_label_of
from bot.transcripts.formats.cue_blocks import Block
from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.formats.ttml_times import MediaClock, clock_of
from bot.transcripts.formats.xml_events import read_xml, root_name
from bot.transcripts.turns.cues import NO_CUES, Cue, ParsedTranscript, TranscriptError, ends_sentence, merge
from storage.models import TranscriptSource

# What tells of the document or stands above its words, and is no speech.
_SILENT_TAGS = "head metadata title desc copyright agent name actor image audio chunk data"
_SILENT = frozenset(_SILENT_TAGS.split())
# Roles of an annotation above a word: furigana.
_ANNOTATIONS = frozenset({"text", "textcontainer", "delimiter"})
# Timed words are gathered up to the end of a sentence, or so many.
_MAX_WORDS = 30
# In fewer spans a missing space is no sign.
_MIN_SPANS = 3
_MAX_NAME = 200
# From Thai to Khmer, and Chinese and Japanese: no spaces stand between their words.
_SPACELESS = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60]"
)


@dataclass(frozen=True, slots=True)
class _Element:
    """An open element: what holds for the text in it, and whether it has times of its own."""

    name: str
    begin_ms: int | None = None
    end_ms: int | None = None
    agent: str | None = None
    silent: bool = False
    timed: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text of a paragraph. `timed`: it stands in a span with times, which are these."""

    text: str
    begin_ms: int | None
    end_ms: int | None
    agent: str | None
    timed: bool


@dataclass(slots=True)
class _Reader:
    """Collects the texts of each paragraph, and the names of the agents.

    `relative`: times count from the begin of the element around, as the standard has it. Most write all of them from
    the beginning of the media, Apple among them; `nested` and `earlier` count elements inside of a later one, and
    those that would begin before it.
    """

    relative: bool
    paragraphs: list[list[_Piece]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    words_are_spans: bool = False
    nested: int = 0
    earlier: int = 0
    _clock: MediaClock = field(default_factory=MediaClock)
    _open: list[_Element] = field(default_factory=list)
    _in_paragraph: bool = False
    _agent: str | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self._open:
            self._clock = clock_of(attributes)
        around = self._open[-1] if self._open else _Element("")
        begin_ms, end_ms, timed = self._times(attributes, around)
        hidden = name in _SILENT or attributes.get("ruby", "").lower() in _ANNOTATIONS
        agent = attributes.get("agent") or around.agent
        self._open.append(_Element(name, begin_ms, end_ms, agent, hidden or around.silent, timed))
        self.words_are_spans |= attributes.get("unit", "").lower() == "word"
        if name == "agent":
            self._agent = attributes.get("id")
        elif name == "p":
            self._in_paragraph = True
            self.paragraphs.append([])
        elif name == "br":
            self.text("\n")

    def _times(self, attributes: Mapping[str, str], around: _Element) -> tuple[int | None, int | None, bool]:
        begin_ms = self._clock.ms(attributes.get("begin"))
        end_ms = self._clock.ms(attributes.get("end"))
        if begin_ms is None:
            return around.begin_ms, around.end_ms, False
        if around.begin_ms:
            self.nested += 1
            self.earlier += begin_ms < around.begin_ms
            if self.relative:
                begin_ms += around.begin_ms
                end_ms = None if end_ms is None else end_ms + around.begin_ms
        if end_ms is None and (lasts_ms := self._clock.ms(attributes.get("dur"))) is not None:
            end_ms = begin_ms + lasts_ms
        if end_ms is None and self._in_paragraph:
            end_ms = around.end_ms
        return begin_ms, end_ms, True

    def end(self, name: str) -> None:
        self._open.pop()
        if name == "p":
            self._in_paragraph = False
        elif name == "agent":
            self._agent = None

    def text(self, said: str) -> None:
        inside = self._open[-1]
        if self._agent is not None and inside.name == "name":
            told = " ".join(f"{self.names.get(self._agent, '')} {said}".split())
            self.names[self._agent] = told[:_MAX_NAME]
        if self._in_paragraph and not inside.silent:
            timed = inside.timed and inside.name != "p"
            piece = _Piece(said, inside.begin_ms, inside.end_ms, inside.agent, timed)
            self.paragraphs[-1].append(piece)


def read(text: str, people: Sequence[str] = ()) -> ParsedTranscript:
    """Parse the paragraphs and merge them into turns; those with words are counted."""
    reader = _Reader(relative=False)
    read_xml(text, reader)
    if 2 * reader.earlier > reader.nested:
        reader = _Reader(relative=True)
        read_xml(text, reader)
    spoken = [pieces for pieces in reader.paragraphs if any(piece.text.strip() for piece in pieces)]
    if not spoken:
        raise TranscriptError(NO_CUES(format="TTML"))
    found = [cue for pieces in spoken for cue in _cues(_spaced(pieces, glued=reader.words_are_spans))]
    if any(agent for _, agent in found):
        return ParsedTranscript(len(spoken), merge(_named(found, reader.names)))
    return ParsedTranscript(len(spoken), read_captions([block for block, _ in found], people))


def _spaced(pieces: Sequence[_Piece], *, glued: bool) -> list[_Piece]:
    """The pieces with a space between words where spans hold words and nothing stands between them.

    `glued`: the file says that they do.
    """
    timed = [piece.text for piece in pieces if piece.timed]
    bare = len(timed) >= _MIN_SPANS and not any(part.isspace() or " " in part for part in timed)
    if not glued and (not bare or any(piece.text.isspace() for piece in pieces)):
        return list(pieces)
    spaced: list[_Piece] = []
    for piece in pieces:
        if (
            spaced
            and piece.timed
            and not (_SPACELESS.match(piece.text) or _SPACELESS.match(spaced[-1].text[-1:]))
        ):
            spaced.append(_Piece(" ", None, None, spaced[-1].agent, timed=False))
        spaced.append(piece)
    return spaced


def _cues(pieces: Sequence[_Piece]) -> Iterator[tuple[Block, str | None]]:
    """The cues of a paragraph, each with its agent: one for each sentence where its words are timed, else one."""
    gathered: list[_Piece] = []
    timed = 0
    for piece in pieces:
        last = gathered[-1] if gathered else piece
        full = timed and piece.timed and (timed >= _MAX_WORDS or _ends_sentence(gathered))
        if full or (piece.agent != last.agent and not piece.text.isspace()):
            yield _cue(gathered)
            gathered, timed = [], 0
        gathered.append(piece)
        timed += piece.timed
    yield _cue(gathered)


def _ends_sentence(pieces: Sequence[_Piece]) -> bool:
    said = next((piece.text for piece in reversed(pieces) if piece.text.strip()), "")
    return ends_sentence(said)


def _cue(pieces: Sequence[_Piece]) -> tuple[Block, str | None]:
    said = [piece for piece in pieces if piece.text.strip()]
    begins = [piece.begin_ms for piece in said if piece.begin_ms is not None]
    ends = [piece.end_ms for piece in said if piece.end_ms is not None]
    start_ms = min(begins, default=0)
    lines = "".join(piece.text if piece.text == "\n" else piece.text.replace("\n", " ") for piece in pieces)
    block = Block(start_ms, max(ends, default=start_ms), proper=True, lines=lines.split("\n"))
    return block, said[0].agent if said else None


def _named(found: Sequence[tuple[Block, str | None]], names: Mapping[str, str]) -> Iterator[Cue]:
    for block, agent in found:
        said = " ".join(" ".join(block.lines).split())
        # An agent may be several people, of whom nobody knows which one speaks.
        one = agent if agent and len(agent.split()) == 1 else None
        speaker = names.get(one, one)[:_MAX_NAME] if one else None
        yield Cue(speaker, block.start_ms, block.end_ms, without_label_of(speaker, said), speaker is None)


def _recognise(text: str) -> Recognition:
    return Recognition.CERTAIN if root_name(text) == "tt" else Recognition.NO


FORMATS = (
    TranscriptFormat(
        source=TranscriptSource("ttml"),
        label="TTML",
        trust=65,
        media_types=("application/ttml+xml", "text/ttml", "application/dfxp+xml", "text/dfxp"),
        recognise=_recognise,
        read=read,
        max_pieces=(("<", 1_200_000),),
    ),
)
