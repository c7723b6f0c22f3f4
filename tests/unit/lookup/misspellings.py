"""Names as members type them: with wrong letters, without words or accents, in another order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from random import Random

Way = Callable[[str, Random], str]
# A word of fewer letters is not recognised with one of them wrong, by people neither.
SHORTEST = 4


def _letters(text: str) -> list[int]:
    """The places of letters inside words that are long enough to be misspelt; not a word's first."""
    return [
        place
        for found in re.finditer(r"[^\W\d_]+", text)
        if len(found[0]) >= SHORTEST
        for place in range(found.start() + 1, found.end())
    ]


def _at_a_letter(change: Callable[[str, int, Random], str]) -> Way:
    def misspelt(name: str, random: Random) -> str:
        places = _letters(name)
        return change(name, random.choice(places), random) if places else name

    return misspelt


def _wrong(name: str, place: int, random: Random) -> str:
    """Another letter of the same script."""
    others = sorted({letter for letter in name.lower() if letter.isalpha()} - {name[place].lower()}) or ["e"]
    return name[:place] + random.choice(others) + name[place + 1 :]


def _without_accents(name: str, _: Random) -> str:
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain if not 0x300 <= ord(letter) < 0x370)


def _without_punctuation(name: str, _: Random) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", name).split())


def _without_a_word(name: str, random: Random) -> str:
    words = name.split()
    if len(words) < 3:
        return name
    words.pop(random.randrange(len(words)))
    return " ".join(words)


def _first_words(name: str, random: Random) -> str:
    words = name.split()
    return " ".join(words[: random.randint(min(3, len(words)), max(3, len(words) // 2 + 1))])


def _reordered(name: str, random: Random) -> str:
    words = name.split()
    at = random.randrange(1, len(words)) if len(words) > 1 else 0
    return " ".join(words[at:] + words[:at])


def _shuffled(name: str, random: Random) -> str:
    words = name.split()
    random.shuffle(words)
    return " ".join(words)


def _with_initials(name: str, random: Random) -> str:
    """A middle word as its first letter: "Ada B. Moore"."""
    words = name.split()
    if len(words) < 3:
        return name
    at = random.randrange(1, len(words) - 1)
    words[at] = f"{words[at][0]}."
    return " ".join(words)


def _as_one_word(name: str, random: Random) -> str:
    words = name.split()
    if len(words) < 2:
        return name
    at = random.randrange(1, len(words))
    return " ".join(words[:at]) + " ".join(words[at:])


WAYS: dict[str, Way] = {
    "swapped": _at_a_letter(lambda name, at, _: name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]),
    "dropped": _at_a_letter(lambda name, at, _: name[:at] + name[at + 1 :]),
    "doubled": _at_a_letter(lambda name, at, _: name[:at] + name[at] + name[at:]),
    "wrong": _at_a_letter(_wrong),
    "without accents": _without_accents,
    "without punctuation": _without_punctuation,
    "without a word": _without_a_word,
    "first words": _first_words,
    "reordered": _reordered,
    "shuffled": _shuffled,
    "initials": _with_initials,
    "as one word": _as_one_word,
    "small letters": lambda name, _: name.lower(),
}


def misspelt(name: str, random: Random, most: int = 2) -> tuple[str, tuple[str, ...]]:
    """The name as somebody may type it who knows it roughly, and in which ways it differs."""
    chosen = tuple(random.sample(sorted(WAYS), random.randint(1, most)))
    # A typed option has at most 100 characters.
    typed = name[:100].rsplit(" ", 1)[0] if len(name) > 100 else name
    for way in chosen:
        typed = WAYS[way](typed, random)
    return typed, chosen
