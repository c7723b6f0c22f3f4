"""The keys of the feeds that this process reads: replaced wherever they occur, also apart from their address.

A host may repeat a key in a title, a library may log a part of an address. What has the form of an address is masked
by `bot.text.web_addresses` already; this is the net below it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import unquote

from bot.text.feed_keys import key_sign
from bot.text.random_words import looks_random
from bot.text.web_addresses import MASK, key_parts, without_keys

# Shorter parts of an address are words and numbers too often to be replaced in every text.
SHORTEST = 6
MOST = 20_000
_ENCODED = re.compile(r"[^\s\"'<>]*%[0-9A-Fa-f]{2}[^\s\"'<>]*")
# How often a text may be percent-encoded over and over.
_ENCODED_TIMES = 3
_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")
_MIXED = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9])")


class KnownKeys:
    """At most MOST keys; the oldest are forgotten first. They are compared without regard to case."""

    def __init__(self) -> None:
        # Whether each looks random.
        self._keys: dict[str, bool] = {}
        # By how they begin, the longest first.
        self._by_start: dict[str, list[str]] = {}

    def add(self, *addresses: str) -> None:
        """Take the keys of feeds' addresses; those of public feeds are none."""
        for address in addresses:
            if key_sign(address) is not None:
                for key in _keys_of(address):
                    self._add(key)

    def _add(self, key: str) -> None:
        if key in self._keys:
            self._keys[key] = self._keys.pop(key)
            return
        if len(self._keys) >= MOST:
            oldest = next(iter(self._keys))
            del self._keys[oldest]
            self._by_start[oldest[:SHORTEST]].remove(oldest)
        self._keys[key] = looks_random(key, announced=True)
        starting_so = self._by_start.setdefault(key[:SHORTEST], [])
        starting_so.append(key)
        starting_so.sort(key=len, reverse=True)

    def masked(self, text: str, *, random_only: bool = False) -> str:
        """The text with "…" in place of every key in it, percent-encoded ones too.

        `random_only`: of those that look random. Others are words, which a hostile address could take out of every
        text that is shown.
        """
        if not self._keys:
            return text
        if "%" in text:
            text = _ENCODED.sub(lambda word: self._masked_if_encoded(word[0], random_only), text)
        return self._masked_as_written(text, random_only)

    def _masked_if_encoded(self, word: str, random_only: bool) -> str:  # noqa: FBT001
        plain = word
        for _ in range(_ENCODED_TIMES):
            plain = unquote(plain)
            if (masked := self._masked_as_written(plain, random_only)) != plain:
                return masked
        return word

    def _masked_as_written(self, text: str, random_only: bool) -> str:  # noqa: FBT001
        small = text.lower()
        if len(small) != len(text):
            # A letter that has two in lower case, such as "İ": places would no longer be the same.
            small = "".join(one if len(one.lower()) != 1 else one.lower() for one in text)
        parts, done, place = [], 0, 0
        while place <= len(text) - SHORTEST:
            keys = self._by_start.get(small[place : place + SHORTEST], ())
            found = next(
                (
                    key
                    for key in keys
                    if small.startswith(key, place) and (self._keys[key] or not random_only)
                ),
                None,
            )
            if found is None:
                place += 1
                continue
            parts += [text[done:place], MASK]
            done = place = place + len(found)
        return "".join([*parts, text[done:]])


def _keys_of(address: str) -> Iterable[str]:
    parts = key_parts(address)
    for part in parts:
        if len(part) >= SHORTEST and (_MIXED.match(part) or looks_random(part, announced=True)):
            yield part.lower()
        # Of "show-aB3xK9qLmZ" a title repeats the key alone.
        yield from (
            piece.lower() for piece in _SEPARATORS.split(part) if piece != part and looks_random(piece)
        )
    if "@" in address and len(parts) > 1:
        # The header that the first two, user and password, make.
        yield b64encode(f"{parts[0]}:{parts[1]}".encode()).decode().lower()


# Of this process: its log, its command line's output and its answers are masked with them.
KNOWN_KEYS = KnownKeys()


def masked(text: str) -> str:
    """A text of any origin as it may be logged or told: without known keys and the keys in addresses."""
    return KNOWN_KEYS.masked(without_keys(text))
