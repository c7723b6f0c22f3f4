"""How words sound, roughly: words that a listener or a machine takes for each other share a key.

In the manner of Metaphone, with voiced and unvoiced consonants as one and vowels counted at the start alone. It works
on all words of a vocabulary in one go: one replacement in a long text costs what it does in a word.
"""

import re
from collections.abc import Sequence

# In order: what is silent at the start of a word (a line is a word), groups that sound as one, letters by the next.
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


def sounds_of(words: Sequence[str]) -> list[str]:
    """A key for each word; empty where there is nothing to go by."""
    text = "\n" + "\n".join(words) + "\n"
    for old, new in _STEPS:
        text = text.replace(old, new)
    text = _VOWELS.sub("", _FIRST_VOWEL.sub("\na", _TWICE.sub(r"\1", text)))
    return text[1:-1].split("\n")
