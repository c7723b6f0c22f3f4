"""Times as people write them in show notes: `00:03:52`, `3:52`, `[1:02:03]`, `(78:56)`."""

from __future__ import annotations

import re

# Hours may be missing; minutes may run past 59 where they are. No look-behind for digits: pages that lost their
# line breaks glue "Llama 2" to "00:05:12".
TIME = r"(?:\d{1,2}:[0-5]\d|\d{1,3}):[0-5]\d(?:\.\d{1,3})?(?!\d|:\d)"
# A time between brackets, perhaps with a second one for the end: [00:01 - 00:05].
STAMP = rf"[\[(]\s?@?(?:{TIME})(?:\s?[-–—]\s?(?:{TIME}))?\s?[\])]"

_TIME = re.compile(TIME)


def to_ms(text: str) -> int:
    """Milliseconds of the first time in `text`; ValueError where there is none."""
    found = _TIME.search(text)
    if found is None:
        raise ValueError(f"no time in {text[:40]!r}")
    whole, _, fraction = found.group().partition(".")
    seconds = 0
    for part in whole.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds * 1000 + int(fraction.ljust(3, "0") or 0)
