"""What on a page marks speakers and times: a tag, a class or an attribute, told by what it holds.

`<cite>`, `<span class="ts-name">`, `<dt>`, `<h3>`, `data-speaker`: whatever it is called, a sign
of speakers holds names that come again and begin paragraphs, a sign of times holds times that rise. Of several signs
the one that explains the most of the page counts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from selectolax.lexbor import LexborNode

from bot.text.html_lines import walk
from bot.text.timecodes import TRANSCRIPT_TIME, begins_with_clock, markup_ms, transcript_ms
from bot.transcripts.annotations.sound_notes import sound_notes
from bot.transcripts.turns.person_names import is_capitalised, may_be_name, pseudo_mark

_SIGN_TAGS = frozenset("a b button cite dt em h1 h2 h3 h4 h5 h6 i span strong summary time u".split())  # noqa: SIM905
_BLOCK_TAGS = (
    "article blockquote body br dd div dl dt figure h1 h2 h3 h4 h5 h6 li main ol p section table td th tr ul"
)
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_TIME_ATTRIBUTES = re.compile(
    r"(?:data-)?(?:\w+-)?(?:begin|from|in|m|ms|offset|seconds|start|starttime|start-time|time|timestamp|ts|t)"
)
_NAME_ATTRIBUTES = re.compile(r"data-(?:\w+-)?(?:author|name|speaker|speaker-name|voice|who)")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MAX_SHORT = 120
# A time, a name and what parts them.
_FIRST_TEXTS = 5
_MAX_NAME_WORDS = 6
# A turn is rarely longer: one name above a whole page explains no more than this.
_MAX_TURN_WORDS = 400
_MOST = 0.8
# People need a third of a second for a word; a sample may leave out much of what was said.
_MOST_SECONDS, _SECONDS_A_WORD = 600, 100
# Between Chinese and Japanese words is no space: each character counts.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
_TIME_AROUND = re.compile(
    rf"(?P<before>[\[(（【]?\s?{TRANSCRIPT_TIME}\s?[\])）】]?\s?[-–—|·:,]?\s)?(?P<name>.*?)"
    rf"(?P<after>\s?[-–—|·,@]?\s?[\[(（【]?\s?(?P<time>{TRANSCRIPT_TIME})\s?[\])）】]?)?\s?[:：]?"
)
_CLOCK = re.compile(
    rf"[\[(（【]?\s?@?(?P<time>{TRANSCRIPT_TIME})(?:\s?(?:-{{1,2}}>|→|[-–—~])\s?{TRANSCRIPT_TIME})?\s?[\])）】]?"
)
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?")
_DATE = re.compile(r"\d{4}-\d\d")
_SAYS = re.compile(r"\s+(?:says|said|sagt|dit|dice|diz)\s*:?$", re.IGNORECASE)
_EDGES = " \t\n\r:：-–—|·>»"


@dataclass(slots=True)
class Element:
    """An element of a page: its tag, its keys, and its text where that is short.

    `opens`, `closes`: its places in the stream. `words`: how many it holds. `begins`: its first words. `leads`: its
    text begins a block, perhaps behind a time. `attributes`: those that may tell a time or a name.
    """

    node: LexborNode
    tag: str
    keys: tuple[str, ...]
    opens: int
    closes: int = -1
    text: str | None = None
    words: int = 0
    begins: str = ""
    leads: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Stream:
    """A page in its order: its texts and, as their numbers, the elements that open."""

    pieces: list[str | int] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    words: int = 0


@dataclass(frozen=True, slots=True)
class Signs:
    """The keys of what marks speakers and times, None where nothing does, and the share of the page they explain.

    `names`, `times`: how many of them there are. `unit_ms`: what a bare number in an attribute counts.
    """

    speaker: str | None
    time: str | None
    covered: float = 0.0
    names: int = 0
    times: int = 0
    unit_ms: int = 1_000


def stream_of(root: LexborNode) -> Stream:
    """The page below `root`, read once."""
    stream = Stream()
    reader = _StreamReader(stream)
    for node, opens in walk(root, ()):
        tag = node.tag or ""
        if not opens and node.mem_id == root.mem_id:
            break
        if tag == "-text":
            if opens:
                reader.text(node.text_content or "")
        elif tag.startswith("-"):
            continue
        elif opens:
            reader.open(node)
        else:
            reader.close(tag)
    return stream


class _StreamReader:
    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._open: list[tuple[int, int, int]] = []
        # Texts in a row, and how long all of them are.
        self._texts: list[str] = []
        self._length = 0
        self._at_block = True

    def text(self, text: str) -> None:
        self._stream.pieces.append(text)
        self._stream.words += len(_WORD.findall(text))
        if text.strip():
            self._texts.append(text)
            self._length += len(text)
            self._at_block = self._at_block and read_time(text) is not None

    def open(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in _BLOCKS:
            self._stream.pieces.append("\n")
            self._at_block = True
        element = Element(node, tag, self._keys(node, tag), len(self._stream.pieces), leads=self._at_block)
        element.words = -self._stream.words
        element.attributes = _told(node)
        number = len(self._stream.elements)
        self._stream.elements.append(element)
        self._stream.pieces.append(number)
        self._open.append((number, len(self._texts), self._length))

    def close(self, tag: str) -> None:
        if not self._open:
            return
        number, first, length = self._open.pop()
        element = self._stream.elements[number]
        if self._length - length <= _MAX_SHORT:
            element.text = " ".join("".join(self._texts[first:]).split())
        element.begins = "".join(self._texts[first : first + _FIRST_TEXTS])[:_MAX_SHORT].lstrip()
        element.words += self._stream.words
        element.closes = len(self._stream.pieces)
        if tag in _BLOCKS:
            self._stream.pieces.append("\n")
            self._at_block = True

    @staticmethod
    def _keys(node: LexborNode, tag: str) -> tuple[str, ...]:
        classes = (node.attributes.get("class") or "").split()[:4]
        keys = [f"{tag}.{name}" for name in classes]
        if tag in _SIGN_TAGS:
            keys.append(tag)
        return tuple(keys)


def _told(node: LexborNode) -> dict[str, str]:
    return {
        name: value[:200]
        for name, value in node.attributes.items()
        if value
        and (name == "datetime" or _TIME_ATTRIBUTES.fullmatch(name) or _NAME_ATTRIBUTES.fullmatch(name))
    }


def read_time(text: str) -> int | None:
    """The time that `text` is nothing but; None where it says more."""
    found = _CLOCK.fullmatch(" ".join(text.split()))
    return transcript_ms(found["time"]) if found else None


def element_time(element: Element, key: str, unit_ms: int) -> int | None:
    """The time that an element tells by the sign `key`."""
    if key.startswith("@"):
        value = element.attributes.get(key[1:], "")
        if _NUMBER.fullmatch(value):
            return round(float(value) * unit_ms)
        return None if _DATE.match(value) else markup_ms(value)
    told = element.attributes.get("datetime", "")
    if _DATE.match(told):
        return None
    text = element.text or ""
    if (ms := read_time(text)) is not None:
        return ms
    if element.tag != "time":
        return None
    return markup_ms(text) if begins_with_clock(text) else markup_ms(told or text)


def element_name(element: Element, key: str) -> tuple[str | None, int | None]:
    """The speaker that an element names by the sign `key`, None where it names nobody, and a time beside the name."""
    told = element.attributes.get(key[1:], "") if key.startswith("@") else element.text or ""
    found = _TIME_AROUND.fullmatch(" ".join(told.split()))
    if found is None:
        return None, None
    name = _SAYS.sub("", found["name"]).strip(_EDGES)
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1].strip(_EDGES)
    sound = pseudo_mark(name) is None and bool(sound_notes(f"[{name}]"))
    if sound or name.isdigit() or not 0 < len(name.split()) <= _MAX_NAME_WORDS:
        return None, None
    if not may_be_name(name, interview=True):
        return None, None
    return name, transcript_ms(found["time"]) if found["time"] else None


def has_sign(element: Element, key: str) -> bool:
    """Whether an element has the sign `key`."""
    return key[1:] in element.attributes if key.startswith("@") else key in element.keys


def may_lead(element: Element, key: str) -> bool:
    """Whether an element stands where a speaker is named: a book's title in the middle of a sentence names none."""
    return element.leads or key.startswith("@") or (element.text or "").endswith((":", "："))


def find_signs(stream: Stream) -> Signs:
    """What marks the speakers and the times of a page."""
    holders: defaultdict[str, list[Element]] = defaultdict(list)
    for element in stream.elements:
        for key in element.keys:
            if element.text:
                holders[key].append(element)
        for name in element.attributes:
            holders[f"@{name}"].append(element)
    counts = _running_words(stream)
    rated = [(_covered(key, found, counts), -len(found), key) for key, found in holders.items()]
    covered, _, speaker = max(((share, few, key) for share, few, key in rated if share), default=(0.0, 0, ""))
    speakers = holders[speaker] if speaker else []
    names = {element_name(element, speaker)[0] for element in speakers if may_lead(element, speaker)} - {None}
    # Times that begin below the half of a page are those of comments.
    early = {key: found for key, found in holders.items() if counts[found[0].opens] * 2 <= counts[-1]}
    times = list(_time_signs(early, stream, len(speakers)))
    count, time, unit_ms = max(times, key=lambda one: one[0], default=(0, None, 1_000))
    return Signs(speaker or None, time, covered, len(names), count, unit_ms)


def _running_words(stream: Stream) -> list[int]:
    """How many words stand before each place of the stream, and in all of it."""
    counts = [0]
    for piece in stream.pieces:
        counts.append(counts[-1] + (len(_WORD.findall(piece)) if isinstance(piece, str) else 0))
    return counts


def _covered(key: str, found: Sequence[Element], counts: Sequence[int]) -> float:
    """The share of a page's words that a sign gives to speakers; 0 where it is no sign of speakers."""
    found = [element for element in found if may_lead(element, key)]
    named = [(element, name) for element in found for name in [element_name(element, key)[0]] if name]
    if not named or len(named) < _MOST * len(found) or not _are_names(key, named):
        return 0.0
    places = [(element.opens if key.startswith("@") else element.closes) for element, _ in named]
    places.append(len(counts) - 1)
    said = sum(min(_MAX_TURN_WORDS, counts[after] - counts[place]) for place, after in pairwise(places))
    own = 0 if key.startswith("@") else sum(len(_WORD.findall(element.text or "")) for element, _ in named)
    return max(0.0, said - own) / max(1, counts[-1] - own)


def _are_names(key: str, named: Sequence[tuple[Element, str]]) -> bool:
    """Whether these are the names of speakers: they are written as names, and come again."""
    names = Counter(name for _, name in named)
    capitalised = sum(count for name, count in names.items() if is_capitalised(name) or count > 2)
    if capitalised < _MOST * len(named):
        return False
    if key == "cite":
        return True
    # Headings and words in bold print come once each.
    return len(named) > 1 and len(names) < len(named) and max(names.values()) < len(named)


def _time_signs(
    holders: Mapping[str, Sequence[Element]], stream: Stream, speakers: int
) -> Iterator[tuple[int, str, int]]:
    """Each sign of times, with how many it tells and what a bare number counts."""
    for key, found in holders.items():
        unit_ms = _unit_ms(key, found, stream.words)
        times = [ms for element in found if (ms := element_time(element, key, unit_ms)) is not None]
        # HTML has a tag for times, in which a word may stand now and then.
        own = key == "time"
        if not times or len(times) < (0.5 if own else _MOST) * len(found) or 2 * len(times) < speakers:
            continue
        if len(times) == 1:
            # The date of a post stands alone as well.
            if own and speakers:
                yield 1, key, unit_ms
        elif own or _rise(times):
            yield len(times), key, unit_ms


def _rise(times: Sequence[int]) -> bool:
    rising = sum(before <= after for before, after in pairwise(times))
    return rising >= _MOST * (len(times) - 1) and 2 * len(set(times)) > len(times)


def _unit_ms(key: str, found: Sequence[Element], words: int) -> int:
    """What a bare number in an attribute counts: milliseconds, where seconds were far too many for the words."""
    if not key.startswith("@"):
        return 1_000
    values = [element.attributes.get(key[1:], "") for element in found]
    numbers = [float(value) for value in values if _NUMBER.fullmatch(value)]
    return 1 if numbers and max(numbers) > _MOST_SECONDS + _SECONDS_A_WORD * words else 1_000
