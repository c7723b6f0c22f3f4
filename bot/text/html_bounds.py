"""What an HTML parser would make of markup, estimated from its tags before anything is parsed.

HTML opens the formatting elements that a block left open again in every block after it: 390 `<b id=1>` before
60,000 `<p>` are 23 million elements, 32,000 bytes of memory for each byte of the document. The estimate errs to the
high side: it closes an element only where the parser surely does.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

# What elements that are opened again may take in all.
MAX_REOPENED_BYTES = 36 * 1024 * 1024

# Measured with lexbor: a copied element, each of its attributes, and each byte of its tag.
_ELEMENT_BYTES = 250
_ATTRIBUTE_BYTES = 160
_BYTES_PER_SIGN = 1.3

_FORMATTING_TAGS = "a b big code em font i nobr s small strike strong tt u"
_FORMATTING = frozenset(_FORMATTING_TAGS.split())
_BLOCK_TAGS = """
    address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hgroup li listing main menu nav ol p pre search section summary tbody tfoot thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
# End tags inside of these don't close what was opened outside.
_BARRIER_TAGS = "applet caption marquee math object select svg table td template th"
_BARRIERS = frozenset(_BARRIER_TAGS.split())
# What stands inside of these is text, or may be.
_COMMENT = "<!--"
_OPAQUE_TAGS = f"{_COMMENT} iframe noembed noframes noscript plaintext script style textarea title xmp"
_OPAQUE = frozenset(_OPAQUE_TAGS.split())
_UNNESTED_TAGS = "p li br hr img input source wbr link meta td tr th dd dt option embed area col"
_UNNESTED = frozenset(_UNNESTED_TAGS.split())
# Honest pages are nested far less deep.
_MAX_DEPTH = 400
# Of equal elements that are open at once, three are opened again (the standard's "Noah's Ark clause").
_EQUAL_REOPENED = 3
# One that ends around open blocks is copied into each of them, with three more, eight times at most (the standard's
# "adoption agency algorithm"); after that it is still open.
_COPIED_INTO = 8
_COPIES_EACH = 4

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,20})[^>]*>?|(<!--|-->)")
# With attributes that hold ">" between quotes.
_FORMATTING_TAG = re.compile(
    rf"""<(?:{_FORMATTING_TAGS.replace(" ", "|")})(?=[\s/>])(?:[^>"']|"[^"]*"|'[^']*')*""", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"""[\s/"']+[^\s/>=]""")


class MarkupError(Exception):
    """Parsing this markup would take far more memory than its length says."""


@dataclass(slots=True)
class _Formatting:
    """A formatting element that is open, with what was open around it, and the bytes that a copy takes."""

    name: str
    source: str
    copy_bytes: float
    regions: int
    blocks: int


class _Estimate:
    """Follows the tags of a document as a parser would, and adds up the bytes of what it opens again."""

    def __init__(self) -> None:
        self.total: float = 0
        self._open: list[_Formatting] = []
        self._open_bytes: float = 0
        self._equal: Counter[str] = Counter()
        # Barriers, and elements whose content may be text, that are open.
        self._regions: list[str] = []
        self._blocks: Counter[str] = Counter()
        self._depth = 0
        # Whether a tag may have closed formatting elements that what follows opens again.
        self._closed = False

    def content(self) -> None:
        """Text, or an element inside a line: the parser opens again what a block closed."""
        if self._closed:
            self.total += self._open_bytes
            self._closed = False

    def comment(self, sign: str) -> None:
        """`<!--` or `-->`."""
        if sign == _COMMENT:
            if not self._in_text():
                self._regions.append(_COMMENT)
        elif self._regions and self._regions[-1] == _COMMENT:
            self._regions.pop()

    def begin(self, name: str) -> None:
        """The start tag of an element that is no formatting."""
        if name in _BLOCKS or name in _BARRIERS:
            self._closed = True
        else:
            self.content()
        if self._in_text():
            return
        if name in _BARRIERS or name in _OPAQUE:
            self._regions.append(name)
        elif name in _BLOCKS:
            self._blocks[name] += 1
            self._depth += 1

    def end(self, name: str) -> None:
        """The end tag of an element that is no formatting."""
        self._closed = True
        if self._in_text() and name != self._regions[-1]:
            return
        if name in self._regions:
            del self._regions[len(self._regions) - 1 - self._regions[::-1].index(name) :]
        elif self._blocks[name]:
            self._blocks[name] -= 1
            self._depth -= 1

    def begin_formatting(self, name: str, source: str) -> None:
        """The start tag of a formatting element, with its attributes."""
        self.content()
        if name in {"a", "nobr"}:
            # A second one ends the first.
            self.end_formatting(name)
        if self._equal[source] == _EQUAL_REOPENED:
            return
        self._equal[source] += 1
        copy_bytes = _copy_bytes(source, 1)
        self._open.append(_Formatting(name, source, copy_bytes, len(self._regions), self._depth))
        self._open_bytes += copy_bytes

    def end_formatting(self, name: str) -> None:
        """The end tag of a formatting element."""
        if self._in_text():
            return
        for place in range(len(self._open) - 1, -1, -1):
            one = self._open[place]
            if one.regions < len(self._regions):
                return
            if one.name == name:
                around = min(max(0, self._depth - one.blocks), _COPIED_INTO)
                self.total += around * _COPIES_EACH * one.copy_bytes
                if around == _COPIED_INTO:
                    one.name = ""
                else:
                    del self._open[place]
                    self._open_bytes -= one.copy_bytes
                    self._equal[one.source] -= 1
                return

    def _in_text(self) -> bool:
        return bool(self._regions) and self._regions[-1] in _OPAQUE


def is_nested_too_deep(html: str) -> bool:
    """Whether parsing `html` would take too long: that grows with the square of the depth."""
    depth = 0
    if html.count("<") <= _MAX_DEPTH:
        return False
    for found in _TAG.finditer(html):
        if found[2] and found[2].lower() not in _UNNESTED:
            depth = max(0, depth - 1) if found[1] else depth + 1
            if depth > _MAX_DEPTH:
                return True
    return False


def check_memory(html: str) -> None:
    """Raises MarkupError where a parser would make far more elements of `html` than it has tags."""
    formatting = "".join(_FORMATTING_TAG.findall(html))
    most = _copy_bytes(formatting, formatting.count("<")) * (html.count("<") + _COPIED_INTO * _COPIES_EACH)
    # Nearly all documents have so little formatting that it can't be opened too often, whatever their structure.
    if most > MAX_REOPENED_BYTES:
        _follow_tags(html)


def _copy_bytes(source: str, elements: int) -> float:
    """What copies of the elements take that these tags begin."""
    return (
        _ELEMENT_BYTES * elements
        + _ATTRIBUTE_BYTES * len(_ATTRIBUTE.findall(source))
        + _BYTES_PER_SIGN * len(source)
    )


def _follow_tags(html: str) -> float:
    """The bytes of what a parser would open again. Raises MarkupError where they are too many."""
    estimate = _Estimate()
    after = 0
    for found in _TAG.finditer(html):
        if found.start() > after:
            estimate.content()
        after = found.end()
        ends, name, comment = found.groups()
        if comment:
            estimate.comment(comment)
            continue
        name = name.lower()
        if name not in _FORMATTING:
            estimate.end(name) if ends else estimate.begin(name)
        elif ends:
            estimate.end_formatting(name)
        else:
            whole = _FORMATTING_TAG.match(html, found.start())
            # Quotes may hide a ">", or be no quotes.
            estimate.begin_formatting(name, max(found.group(), whole.group() if whole else "", key=len))
        if estimate.total > MAX_REOPENED_BYTES:
            raise MarkupError
    return estimate.total
