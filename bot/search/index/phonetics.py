"""Phonetic keys: words that a listener or a speech recogniser may confuse share a key.

A simplified Metaphone (L. Philips, 1990) that treats voiced and unvoiced consonants alike and ignores vowels except
at the start. A whole vocabulary is processed as one text, because one `str.replace` over all words is much faster
than one for each word.
"""

import re
from collections.abc import Sequence

# Applied in this order to one word a line: silent letters at the start of a word, groups with one sound, letters
# whose sound depends on the next one, single letters.
_STEPS = (
    *(("\nkn", "\nn"), ("\ngn", "\nn"), ("\npn", "\nn"), ("\nps", "\ns"), ("\nwr", "\nr"), ("\nwh", "\nw")),
    *(
        ("\nx", "\ns"),
        ("mb\n", "m\n"),
        ("tch", "j"),
        ("sch", "sk"),
        ("tio", "jo"),
        ("sio", "jo"),
        ("cio", "jo"),
    ),
    *(
        ("cia", "ja"),
        ("ph", "f"),
        ("gh", ""),
        ("ck", "k"),
        ("sh", "j"),
        ("ch", "j"),
        ("dge", "j"),
        ("ge", "je"),
    ),
    *(
        ("gi", "ji"),
        ("gy", "ji"),
        ("ce", "se"),
        ("ci", "si"),
        ("cy", "si"),
        ("th", "0"),
        ("qu", "kw"),
        ("q", "k"),
    ),
    *(("x", "ks"), ("c", "k"), ("z", "s"), ("v", "f"), ("b", "p"), ("d", "t"), ("g", "k")),
)
_TWICE = re.compile(r"([^\n])\1+")
_FIRST_VOWEL = re.compile(r"\n[aeiouy]")
_VOWELS = re.compile(r"(?<=[^\n])[aeiouyhw]+")


def phonetic_keys(words: Sequence[str]) -> list[str]:
    """The phonetic key of each word; empty if none of its letters has a sound."""
    text = "\n" + "\n".join(words) + "\n"
    for old, new in _STEPS:
        text = text.replace(old, new)
    text = _VOWELS.sub("", _FIRST_VOWEL.sub("\na", _TWICE.sub(r"\1", text)))
    return text[1:-1].split("\n")
