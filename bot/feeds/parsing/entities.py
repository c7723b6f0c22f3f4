"""Entities that a document's own DTD defines, such as `<!ENTITY show "Harbour Talk">`, put in where they are used.

Only short texts are: an entity that grows, or all of them together, refuse the document. Files and addresses outside
the document are never read. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.feeds.errors import FeedError
from storage.models import StatusCode

MAX_HEAD = 100_000
MAX_ENTITIES = 300
MAX_VALUE = 2_000
# By so much all of them together may make a document longer.
MAX_GROWN = 512 * 1024
DEEPEST = 4

_QUOTED = rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->"
_DOCTYPE = re.compile(rb"<!DOCTYPE\s[^<>\[\]]{0,1000}\[", re.IGNORECASE)
_ENTITY = re.compile(
    rb"""<!--.*?-->|<!ENTITY\s+([A-Za-z_:][\w:.-]{0,40})\s+(?:"([^"]*+)"|'([^']*+)')\s*>|\]\s*>""", re.DOTALL
)
_REFERENCE = re.compile(rb"&([A-Za-z_:][\w:.-]{0,40});")
_USED = re.compile(_QUOTED + rb"|&([A-Za-z_:][\w:.-]{0,40});", re.DOTALL)
# Inside a text or an attribute, these can only be characters.
_ESCAPED = {b"<": b"&lt;", b'"': b"&quot;", b"'": b"&#39;"}

ENTITIES_GROW = StatusCode("document.entities_grow", "name")


def with_entities(document: bytes | bytearray) -> bytes | bytearray:
    """The document with its own entities put in; itself where it has none. Raises FeedError where they grow."""
    values = _defined(bytes(document[:MAX_HEAD]))
    if not values:
        return document
    grown = 0

    def put_in(found: re.Match[bytes]) -> bytes:
        nonlocal grown
        value = None if found[1] is None else values.get(found[1])
        if value is None:
            return found[0]
        grown += len(value)
        if grown > MAX_GROWN:
            raise FeedError(ENTITIES_GROW(name=found[1].decode()))
        return value

    return _USED.sub(put_in, document)


def _defined(head: bytes) -> Mapping[bytes, bytes]:
    """The texts of the entities that the DTD in the document's head defines, each with those that it uses put in."""
    doctype = _DOCTYPE.search(head)
    if doctype is None:
        return {}
    written: dict[bytes, bytes] = {}
    for found in _ENTITY.finditer(head, doctype.end()):
        if found[0].startswith(b"]") or len(written) == MAX_ENTITIES:
            break
        if found[1] is not None:
            # The first definition holds.
            written.setdefault(found[1], found[2] if found[2] is not None else found[3])
    return {name: _whole(name, written) for name in written}


def _whole(name: bytes, written: Mapping[bytes, bytes]) -> bytes:
    value = written[name]
    for _ in range(DEEPEST):
        if len(value) > MAX_VALUE:
            break
        read = _REFERENCE.sub(lambda found: written.get(found[1], found[0]), value)
        if read == value:
            return re.sub(rb"[<\"']", lambda found: _ESCAPED[found[0]], value)
        value = read
    raise FeedError(ENTITIES_GROW(name=name.decode()))
