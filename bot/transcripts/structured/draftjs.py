"""DraftJS: a block has its text, and ranges of it point to entities with the times of words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def ranges_of(block: Mapping[str, Any], entities: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The stretches of a block's text that an entity says something of, with what it says."""
    text, ranges = block.get("text"), block.get("entityRanges")
    if not isinstance(text, str) or not isinstance(ranges, list):
        return []
    # JavaScript counts units of 16 bits.
    units = text.encode("utf-16-le", "surrogatepass")
    found = []
    for one in ranges:
        entity = entities.get(str(one.get("key"))) if isinstance(one, dict) else None
        data = entity.get("data") if isinstance(entity, dict) else None
        if not isinstance(data, dict):
            continue
        offset, length = one.get("offset"), one.get("length")
        if isinstance(offset, int) and isinstance(length, int) and offset >= 0 and length > 0:
            said = units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")
            found.append({key: value for key, value in data.items() if key != "text"} | {"text": said})
    return found
