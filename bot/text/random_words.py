"""Whether a word was drawn at random, as keys are, or written by somebody, as slugs and names are.

Two costs are compared, in nats: of the word as random characters of its own alphabet, and as words and numbers that
people write, by how often letters follow each other. Neither decides where the word is too short for that.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from pathlib import Path

# Shorter ones are not judged: too many of them are abbreviations, and they could be guessed as keys.
SHORTEST = 8
# How much dearer than random characters a word may be as a written one, to be taken for written.
# At this margin 1 in 1,000 random words of 16 small letters passes for a written one.
MARGIN = -2.0
# The same for a word of small letters or capitals alone that is shorter than 12: many names of shows are such words.
SHORT_WORD, SHORT_WORD_MARGIN = 12, 0.0
# The same after a part of a path that announces a key ("private", "token").
ANNOUNCED_MARGIN = -6.0

_COSTS = Path(__file__).with_name("letter_costs.txt")
_PER_NAT = 4
# Between two runs of small letters, capitals or digits without a separator ("dailyShow", "99percent"): it is dear
# where neither of the two reads as a word.
_JOINT, _WORDLESS_JOINT = 2.0, 6.0
_SEPARATOR = 1.2
# A run of letters reads as a word if it is this long, and costs no more than this a letter.
_WORD_LENGTH, _WORD_COST = 4, 2.75
# Base64 has a separator among 32 characters; words have one among 5.
_CHARS_A_SEPARATOR = 7
_DIGIT = math.log(10)
_RUNS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9]+")
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")
# Longer ones are no names any more, whatever they look like; judging them would only take time.
_LONGEST = 200


def looks_random(word: str, *, announced: bool = False) -> bool:
    """Whether this looks drawn at random, or a piece of it between separators does.

    `announced`: it stands where keys stand, so less is needed.
    """
    pieces = _SEPARATORS.split(word)
    margin = ANNOUNCED_MARGIN if announced else MARGIN
    whole = [word[:_LONGEST]] if (len(pieces) - 1) * _CHARS_A_SEPARATOR <= len(word) else []
    return any(_is_random(one, margin) for one in (*whole, *pieces))


@lru_cache(maxsize=4096)
def _is_random(word: str, margin: float) -> bool:
    letters = sum(char.isalnum() for char in word)
    if letters < SHORTEST or not word.isascii():
        return False
    if word.isdigit():
        # Of numbers only dates are readable at this length.
        return not _DATE.fullmatch(word)
    if _HEX.fullmatch(word):
        return True
    if margin == MARGIN and len(word) < SHORT_WORD and word.isalpha() and (word.islower() or word.isupper()):
        margin = SHORT_WORD_MARGIN
    return _written_cost(word) - _random_cost(word) >= margin


def _random_cost(word: str) -> float:
    """What the word costs as random characters of the smallest alphabet that has them all."""
    alphabet = sum(
        size
        for size, pattern in ((26, r"[a-z]"), (26, r"[A-Z]"), (10, r"[0-9]"), (2, r"[^A-Za-z0-9]"))
        if re.search(pattern, word)
    )
    if re.fullmatch(r"[A-Z2-7]+|[a-z2-7]+", word) and re.search(r"[2-7]", word):
        alphabet = 32
    return len(word) * math.log(alphabet)


def _written_cost(word: str) -> float:
    """What the word costs as words and numbers in a row."""
    cost, before, word_before = 0.0, "", False
    for run in _RUNS.findall(word):
        joined, is_word = before.isalnum() and run.isalnum(), False
        if run.isdigit():
            cost += len(run) * _DIGIT
        elif run.isalpha():
            letters = _letters_cost(run.lower())
            is_word = len(run) >= _WORD_LENGTH and letters <= len(run) * _WORD_COST
            cost += letters
        else:
            cost += _SEPARATOR * len(run)
        if joined:
            cost += _JOINT if is_word or word_before else _WORDLESS_JOINT
        before, word_before = run, is_word
    return cost


def _letters_cost(letters: str) -> float:
    costs = _letter_costs()
    context, cost = "  ", 0
    for letter in letters:
        cost += costs[context][ord(letter) - ord("a")]
        context = context[1] + letter
    return cost / _PER_NAT


@lru_cache(maxsize=1)
def _letter_costs() -> dict[str, tuple[int, ...]]:
    """By the two letters before it, spaces where there are none, the cost of each letter from a to z, in quarters.

    Counted in the words of transcripts in English, German, French and Turkish, and in those words joined.
    """
    lines = _COSTS.read_text("ascii").splitlines()
    return {line[:2]: tuple(int(cost, 36) for cost in line[3:]) for line in lines}
