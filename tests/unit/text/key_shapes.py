"""The forms that keys of feeds have, each as a function that draws one."""

from __future__ import annotations

import string
import uuid
from collections.abc import Callable, Mapping
from random import Random

SMALL, CAPITALS = string.ascii_lowercase, string.ascii_uppercase
LETTERS_AND_DIGITS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def _drawn(alphabet: str, size: int) -> Callable[[Random], str]:
    return lambda rng: "".join(rng.choices(alphabet, k=size))


KEY_SHAPES: Mapping[str, Callable[[Random], str]] = {
    "8 hex": _drawn(HEX, 8),
    "10 of 62": _drawn(LETTERS_AND_DIGITS, 10),
    "16 small": _drawn(SMALL, 16),
    "24 small": _drawn(SMALL, 24),
    "16 capitals": _drawn(CAPITALS, 16),
    "base32": _drawn(CAPITALS + "234567", 16),
    "uuid": lambda rng: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
    "22 of 62": _drawn(LETTERS_AND_DIGITS, 22),
    "12 hex": _drawn(HEX, 12),
}
