"""Repairs the faults of XML whose meaning is not in doubt."""

from __future__ import annotations

import re
from html.entities import html5

_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))
_NEVER_CHARACTERS = re.compile(rb"\xef\xbf[\xbe\xbf]")
_QUOTED = rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->"
_FAULT = re.compile(
    rb"(?P<quoted>" + _QUOTED + rb")"
    rb"|&#(?P<high>(?:5[56]\d{3}|x[dD][89abAB][0-9A-Fa-f]{2}));&#(?P<low>(?:5[67]\d{3}|x[dD][c-fC-F][0-9A-Fa-f]{2}));"
    rb"|<(?![A-Za-z_/!?])"
    rb"|&(?:(?P<code>#(?:[0-9]{1,7}|x[0-9A-Fa-f]{1,6}))|(?P<name>[A-Za-z][A-Za-z0-9]{0,31}))?+(?P<end>;)?+"
    rb"|\]\]>",
    re.DOTALL,
)
_PREFIX = re.compile(
    _QUOTED + rb"|</?([A-Za-z_][\w.-]{0,40}):|\s([A-Za-z_][\w.-]{0,40}):[\w.-]{1,80}\s{0,9}=", re.DOTALL
)
_ROOT = re.compile(rb"<[A-Za-z_][^\s<>/]*+")
_DECLARED = re.compile(rb"\sxmlns:([\w.-]{1,40})\s{0,9}=")
MAX_PREFIXES = 100
_OF_XML = (b"lt", b"gt", b"amp", b"quot", b"apos")
# Prefixes that feeds use without declaring them.
_SPACES = {
    b"atom": b"http://www.w3.org/2005/Atom",
    b"content": b"http://purl.org/rss/1.0/modules/content/",
    b"dc": b"http://purl.org/dc/elements/1.1/",
    b"itunes": b"http://www.itunes.com/dtds/podcast-1.0.dtd",
    b"media": b"http://search.yahoo.com/mrss/",
    b"podcast": b"https://podcastindex.org/namespace/1.0",
    b"psc": b"http://podlove.org/simple-chapters",
    b"rdf": b"http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}


def repair(document: bytes) -> bytes:
    """`document` without control characters, HTML's entities, bare `&` and `<`, and undeclared prefixes."""
    document = _NEVER_CHARACTERS.sub(b"\xef\xbf\xbd", document.translate(None, _CONTROLS))
    return _with_prefixes(_FAULT.sub(_repaired, document))


def _repaired(found: re.Match[bytes]) -> bytes:
    whole = found[0]
    if found["quoted"] is not None:
        return whole
    if not whole.startswith(b"&"):
        return whole.replace(b"<", b"&lt;").replace(b">", b"&gt;")
    if found["high"] is not None:
        return _joined(_code(found["high"].decode()), _code(found["low"].decode()))
    return _reference(found) if found["end"] else b"&amp;" + whole[1:]


def _reference(found: re.Match[bytes]) -> bytes:
    """A reference with its semicolon, as one that XML knows."""
    if found["code"] is not None:
        return found[0] if _is_character(_code(found["code"].decode()[1:])) else b""
    if found["name"] in _OF_XML:
        return found[0]
    if found["name"] and (text := html5.get(found["name"].decode() + ";")) is not None:
        return b"".join(b"&#%d;" % ord(character) for character in text)
    return b"&amp;" + found[0][1:]


def _joined(high: int, low: int) -> bytes:
    """Some hosts write a character beyond the first 65,536 as its two halves in UTF-16."""
    if not 0xD800 <= high < 0xDC00 <= low < 0xE000:
        return b""
    return b"&#%d;" % (0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)


def _code(digits: str) -> int:
    """The number of a reference: "8217", or "x2019" in hexadecimal digits."""
    return int(digits[1:], 16) if digits.startswith("x") else int(digits)


def _is_character(number: int) -> bool:
    """Whether XML allows this character, even as a numeric reference."""
    return (
        number in (9, 10, 13)
        or 0x20 <= number < 0xD800
        or 0xE000 <= number < 0xFFFE
        or 0xFFFF < number < 0x110000
    )


def _with_prefixes(document: bytes) -> bytes:
    root = _ROOT.search(document)
    if root is None:
        return document
    end = document.find(b">", root.end())
    declared = set(_DECLARED.findall(document, root.end(), end if end >= 0 else root.end()))
    used = {prefix for groups in _PREFIX.findall(document) for prefix in groups}
    missing = sorted(used - declared - {b"", b"xml", b"xmlns"})[:MAX_PREFIXES]
    declarations = (
        b' xmlns:%s="%s"' % (name, _SPACES.get(name, b"urn:undeclared:" + name)) for name in missing
    )
    return b"".join([document[: root.end()], *declarations, document[root.end() :]])
