"""What an HTML parser would make of markup, estimated from its tags before anything is parsed.

HTML opens the formatting elements that a block left open again in every block after it: 390 `<b id=1>` before
60,000 `<p>` are 23 million elements, 32,000 bytes of memory for each byte of the document.

The estimate never lies below what the parser makes, since it trusts no end tag that the parser may see as something
else: as a part of a comment, an attribute, a script. An element surely ends where nothing but well-formed tags stands
between its own, as is the case in nearly all that people publish.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

# What elements that are opened again may take in all.
MAX_REOPENED_BYTES = 36 * 1024 * 1024

# Measured with lexbor: a copied element, each of its attributes, and each byte of its tag.
_ELEMENT_BYTES = 200
_ATTRIBUTE_BYTES = 200
_BYTES_PER_BYTE = 1.2

_FORMATTING_TAGS = "a b big code em font i nobr s small strike strong tt u"
_FORMATTING = frozenset(_FORMATTING_TAGS.split())
# A second one ends the first.
_ENDED_BY_NEXT = frozenset({"a", "nobr"})
# Their start tags end nothing.
_INLINE_TAGS = (
    "abbr audio br cite data del dfn img ins kbd label mark q samp source span sub sup time var video wbr"
)
_INLINE = frozenset(_INLINE_TAGS.split())
_EMPTY_TAGS = "area base br col embed hr img input link meta param source track wbr"
_EMPTY = frozenset(_EMPTY_TAGS.split())
# What stands inside of these may be text, or follow other rules.
_OBSCURE_TAGS = """
    applet frameset iframe marquee math noembed noframes noscript object plaintext script select style svg template
    textarea title xmp
"""
_OBSCURE = frozenset(_OBSCURE_TAGS.split())
# An end tag in one of these ends nothing outside of it.
_SEPARATE = frozenset({"caption", "table", "td", "th"})
_UNNESTED_TAGS = "p li br hr img input source wbr link meta td tr th dd dt option embed area col"
_UNNESTED = frozenset(_UNNESTED_TAGS.split())
# Honest pages are nested far less deep.
_MAX_DEPTH = 400
# lexbor looks through all of a list at each; 16,000 take 1.7 s.
_MAX_OPTIONS = 4_000
# Of equal elements that are open at once, three are opened again (the standard's "Noah's Ark clause").
_EQUAL_REOPENED = 3
# One that ends around blocks is copied into each of them, with three more, eight times at most (the standard's
# "adoption agency algorithm").
_COPIED_WITH = 3
_COPIED_INTO = 8

_NAME = r"[a-zA-Z][!-.0-;=?-~]*+"
_SPACE = r"[\t\n\f\r ]"
# A well-formed tag holds no "<", so that each of a document is looked at whatever stands before it.
_TOKEN = re.compile(
    rf"""
    <(?: !--[^<>]*-->
      | (/?)({_NAME})
        (?: (?=[\t\n\f\r />])
            (?: [\t\n\f\r /]++
              | [^\t\n\f\r /<>=][^\t\n\f\r /<>=]*+
                (?: {_SPACE}*+ = {_SPACE}*+ (?: "[^"<]*+" | '[^'<]*+' | [^\t\n\f\r <>"'][^\t\n\f\r <>]*+ ) )?+
            )*+ (>)
        )?+
      | ([/!?])
    )
    """,
    re.VERBOSE,
)
_FORMATTING_START = re.compile(rf"<(?:{'|'.join(_FORMATTING)})(?![!-.0-;=?-~])", re.IGNORECASE)
# A start tag to its end, whatever its attributes hold, as the standard reads it.
_START_TAG = re.compile(
    rf"""
    <{_NAME}
    (?: [\t\n\f\r /]++
      | [^\t\n\f\r />][^\t\n\f\r />=]*+
        (?: {_SPACE}*+ = {_SPACE}*+
            (?: "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) | [^\t\n\f\r >"'][^\t\n\f\r >]*+ | (?=>) | \Z )
        )?+
    )*+
    """,
    re.VERBOSE,
)
# An element with nothing but text in it, which ends surely whatever stands around it.
_ENDED = re.compile(
    rf"""
    <({"|".join(_FORMATTING | _OBSCURE)})(?=[\t\n\f\r />])
    (?: [\t\n\f\r /]++ | [^\t\n\f\r /<>="']++ (?: = (?: "[^"<]*+" | '[^'<]*+' ) )?+ )*+
    >[^<]*+</\1>
    """,
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""[\s/"']+[^\s/>]""")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,20})[^>]*>?")


class MarkupError(Exception):
    """Parsing this markup would take far more memory than its length says."""


@dataclass(frozen=True, slots=True)
class _Element:
    """An element that a well-formed tag began; `copy_bytes` is what a copy takes, 0 where none is ever made."""

    name: str
    source: str = ""
    copy_bytes: int = 0


class _OpenElements:
    """The formatting elements that may be open, and the bytes of what a parser would make of them.

    Those that began in a well-formed tag are nested, with the elements between them, until another tag leaves it
    unsure where they end: then they count as open to the end of the document.
    """

    def __init__(self) -> None:
        self._nested: list[_Element] = []
        self._unended: Counter[str] = Counter()
        self._unended_link: _Element | None = None
        self._names: Counter[str] = Counter()
        self._equal: Counter[str] = Counter()
        # Of all that are open and would be opened again.
        self._count = 0
        self._bytes: int = 0
        self._largest: int = 0
        self._reopened: int = 0
        # Two bounds on what elements that end around blocks are copied to: by the blocks, and by such ends.
        self._copied_into_blocks: int = 0
        self._copied_at_ends: int = 0

    def __bool__(self) -> bool:
        return self._bytes > 0

    def has_former(self, name: str) -> bool:
        """Whether an element is open that the next one of this name ends."""
        return name in _ENDED_BY_NEXT and self._names[name] > 0

    def begin(self, name: str, source: str) -> None:
        """A well-formed start tag."""
        if name in _FORMATTING:
            self._end_former(name)
            self._open(_Element(name, source, _copy_bytes(source)))
            return
        if name in _OBSCURE or len(self._nested) > _MAX_DEPTH:
            self.lose_track()
        elif self._nested and name not in _EMPTY:
            self._nested.append(_Element(name))
        if name not in _INLINE:
            self.block()

    def begin_malformed(self, name: str, source: str) -> None:
        """A start tag of which the parser may see more or less than the name."""
        self.lose_track()
        if name in _FORMATTING:
            self._end_former(name)
            element = _Element(name, source, _copy_bytes(source))
            self._open(element)
            self.lose_track()
            # Looking for its end took as long.
            self._add(element.copy_bytes)
        else:
            self.block()

    def end(self, name: str) -> None:
        """A well-formed end tag."""
        if self._nested and self._nested[-1].name == name:
            ended = self._nested.pop()
            if name in _FORMATTING:
                self._forget(ended)
                return
        elif name in _FORMATTING:
            self._copy_at_end()
            self._end_around(name)
        else:
            self.lose_track()
        self._reopen()

    def _end_around(self, name: str) -> None:
        """End a formatting element that other elements stand in; they stay open."""
        for inside, element in enumerate(reversed(self._nested[-_COPIED_INTO:])):
            if element.name == name:
                place = len(self._nested) - 1 - inside
                # What is nested begins with a formatting element.
                del self._nested[place : place + 1 if place else None]
                self._forget(element)
                return
            if element.copy_bytes or element.name in _SEPARATE:
                break
        self.lose_track()

    def block(self) -> None:
        """A tag that may end what stands around it, and begin a block."""
        others = min(_COPIED_WITH * self._largest * self._count, self._bytes * (self._count - 1))
        self._copied_into_blocks += self._bytes + others
        self._reopen()

    def lose_track(self) -> None:
        """From here on it is not sure which of the open elements ends where."""
        for element in self._nested:
            if element.copy_bytes:
                self._leave_unended(element)
        self._nested.clear()

    def _open(self, element: _Element) -> None:
        self._nested.append(element)
        self._names[element.name] += 1
        self._equal[element.source] += 1
        if self._equal[element.source] <= _EQUAL_REOPENED:
            self._count += 1
            self._bytes += element.copy_bytes
            self._largest = max(self._largest, element.copy_bytes)
            self._add(0)

    def _forget(self, element: _Element) -> None:
        self._names[element.name] -= 1
        self._equal[element.source] -= 1
        if self._equal[element.source] < _EQUAL_REOPENED:
            self._count -= 1
            self._bytes -= element.copy_bytes

    def _leave_unended(self, element: _Element) -> None:
        if element.name == "a":
            # Only the last one is opened again, whichever that is.
            former, self._unended_link = self._unended_link, element
            if former is not None:
                if former.copy_bytes > element.copy_bytes:
                    former, self._unended_link = element, former
                self._forget(former)
        elif self._unended[element.source] == _EQUAL_REOPENED:
            self._forget(element)
        else:
            self._unended[element.source] += 1

    def _end_former(self, name: str) -> None:
        if self.has_former(name):
            self.lose_track()
            self._copy_at_end()
            self._reopen()

    def _copy_at_end(self) -> None:
        self._copied_at_ends += _COPIED_INTO * min(self._bytes, (1 + _COPIED_WITH) * self._largest)

    def _reopen(self) -> None:
        self._add(self._bytes)

    def _add(self, reopened: int) -> None:
        self._reopened += reopened
        # What is open now may be opened once more.
        if self.reopened_bytes() + self._bytes > MAX_REOPENED_BYTES:
            raise MarkupError

    def reopened_bytes(self) -> int:
        """At least what all elements take that were opened again."""
        return self._reopened + min(self._copied_into_blocks, self._copied_at_ends)


def check_memory(html: str) -> None:
    """Raises MarkupError where a parser would make far more elements of `html` than it has tags."""
    reopened_bytes(html)


def reopened_bytes(html: str) -> int:
    """At least what the elements take that a parser opens again. Raises MarkupError where that is too much."""
    elements = _OpenElements()
    at = 0
    # While nothing is open that could be opened again, all other tags make no difference.
    while found := (_TOKEN if elements else _FORMATTING_START).search(html, at):
        if (ended := _ENDED.match(html, found.start())) and not elements.has_former(ended[1]):
            if ended[1] in _OBSCURE:
                elements.block()
            at = ended.end()
            continue
        found = _TOKEN.match(html, found.start()) or found
        at = found.end()
        ends, name, complete, obscure = found.groups()
        if name is None:
            if obscure:
                elements.lose_track()
            continue
        name = name.lower()
        if ends:
            if not complete:
                elements.lose_track()
            elements.end(name)
        elif complete:
            elements.begin(name, found.group())
        else:
            whole = _START_TAG.match(html, found.start()) if name in _FORMATTING else None
            elements.begin_malformed(name, whole.group() if whole else "")
    return elements.reopened_bytes()


def takes_too_long(html: str) -> bool:
    """Whether parsing `html` would: that grows with the square of the depth, and of the options in a list."""
    if html.count("<") <= _MAX_DEPTH:
        return False
    depth = options = 0
    # An end tag ends nothing where nothing of its name is open.
    names: Counter[str] = Counter()
    for found in _TAG.finditer(html):
        name = found[2].lower()
        if name in _UNNESTED:
            options += name == "option" and not found[1]
            if options > _MAX_OPTIONS:
                return True
            continue
        if not found[1]:
            names[name] += 1
            depth += 1
            if depth > _MAX_DEPTH:
                return True
        elif names[name]:
            names[name] -= 1
            depth -= 1
    return False


def _copy_bytes(source: str) -> int:
    """What a copy takes of the element that this tag begins."""
    values = int(_BYTES_PER_BYTE * len(source.encode("utf-8", "replace")))
    return _ELEMENT_BYTES + _ATTRIBUTE_BYTES * len(_ATTRIBUTE.findall(source)) + values
