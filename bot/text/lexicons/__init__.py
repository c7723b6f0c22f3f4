"""What the program knows of each language: one file a language beside this module, and English behind each.

Prose is judged with the lexicon of the feed's own language (`lexicon_for`), so that "war" or "die" count as common
words in a German show alone. Labels and notes in brackets ("[Musik]", "Werbung") can't be mistaken for anything else,
and a transcript's language is often told wrongly or not at all: those are matched against all languages at once
(`every_language`).

To add a language, copy a file to `<ISO 639-1 code>.toml` and fill in every key. Words are written as one string,
separated by spaces, in small letters; patterns are regular expressions without capturing groups, matched in any case
at the borders of words, whose apostrophe also matches ’. The keys, in the order of the files:

- `function_words`: words that say nothing of what a text is about.
- `roles`, `unnamed_voices`: what stands for a speaker's name and is somebody ("Host"; "Speaker 2", "Female voice").
  `interview_labels`: before questions and answers ("Q"). `titles`: before a name ("Dr"). `particles`: small words
  inside one ("van"). `joining_words`: between two people. `episode_words`: before an episode's number.
  `not_names`: words that stand before a colon again and again and begin no name ("Note: ...").
- `break_labels`, `advertisement_labels`: what stands for a speaker's name and is nobody ("Intro", "Sponsor").
  `beside_labels`: words that may stand beside those. `also_names`: those of them that are somebody's name too.
- `sounds`: a note in brackets with one of these is about a sound. `beside_sounds`: what may stand beside them.
  `sound_phrases`: whole notes whose words tell nothing alone.
- `time_lead_ins`: before the time of a chapter ("at 12:30").
- `chapter_headings`, `transcript_headings`, `list_headings`: above chapters, a transcript, links and names.
  `header_labels`: before what a file says of itself above its first speaker or below its last ("Duration: ...").
- `abbreviations`: their full stop ends no sentence. `months`: how those begin that follow "10." in a date.
- `transcriber_credits`, `farewells`: what speech recognisers write over silence; they match a whole line.
- `ad_openings`, `ad_offers`, `ad_pitches`, `ad_thanks`, `ad_returns`: how an advertisement that is read out begins,
  what it offers and says besides, and how the show goes on. `ad_lead_ins`: what may stand in the sentence before an
  opening. `ad_hints`: each opening and offer has one of these in it.
- `telling`, `leaning`, `about_us`, `unfinished`: what a sentence of the notes has that tells of an episode, begins
  with that needs the one before it, says of the show or the listener, and ends with in the middle of a sentence.
- `promotion`: what promotions in notes say, and how much each speaks for one; see `bot.text.advertisements`.
- `plain_claims` may be missing: how a sentence says what it is about and states it (`PlainClaims`), in a language
  whose subject stands before its verb.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from bot.text.scripts import spaceless_at

_FOLDER = Path(__file__).parent
_BEHIND = "en"
# Norwegian's two written forms, Malay, and codes that ISO 639 has withdrawn.
_SAME_AS = {"nb": "no", "nn": "no", "ms": "id", "in": "id"}
# Those in a class of characters stay as they are.
_APOSTROPHE = re.compile(r"\[[^\]]*\]|'")
_FIRST_LETTER = re.compile(r"^(?:\(\?:|[(\[])*(?P<letter>\w|\\[dw])")

Words = frozenset[str]
Patterns = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """What is known of one language, or of several together."""

    function_words: Words
    roles: Words
    unnamed_voices: Words
    interview_labels: Words
    titles: Words
    particles: Words
    joining_words: Words
    episode_words: Words
    not_names: Words
    break_labels: Words
    advertisement_labels: Words
    beside_labels: Words
    also_names: Words
    sounds: Words
    beside_sounds: Words
    sound_phrases: Patterns
    time_lead_ins: Words
    chapter_headings: Patterns
    transcript_headings: Patterns
    header_labels: Patterns
    list_headings: Patterns
    abbreviations: Words
    months: Words
    transcriber_credits: Patterns
    farewells: Patterns
    ad_hints: Patterns
    ad_lead_ins: Patterns
    ad_openings: Patterns
    ad_offers: Patterns
    ad_pitches: Patterns
    ad_thanks: Patterns
    ad_returns: Patterns
    telling: Patterns
    leaning: Patterns
    about_us: Patterns
    unfinished: Words
    promotion: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class PlainClaims:
    """What tells a sentence that can stand alone; the file of the language explains it."""

    openings: Patterns
    hollow: Patterns
    filling: Patterns
    claiming: Patterns
    conditions: Patterns
    conditional: Words
    pointing: Words
    ordering: Words
    first_person: Words
    second_person: Words
    demonstrative: Words
    before_pronouns: Words
    subjects: Words
    definite: Words
    specifying: Words
    stating: Words
    verbs: Words
    clause_words: Words


_Read = TypeVar("_Read", Lexicon, PlainClaims)


@cache
def languages() -> tuple[str, ...]:
    """The codes of the languages that there is a file for."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@lru_cache(maxsize=64)
def lexicon_for(language: str | None) -> Lexicon:
    """The lexicon of a feed's `<language>` ("de-AT") with English behind it, or English where there is none.

    None, where nothing is told, gives all languages together.
    """
    if language is None:
        return every_language()
    code = _code(language)
    return _merged((code, _BEHIND) if code in languages() and code != _BEHIND else (_BEHIND,))


@lru_cache(maxsize=64)
def plain_claims(language: str) -> PlainClaims | None:
    """How claims are worded in the language itself; None where its file does not tell."""
    code = _code(language)
    known = _load(code).get("plain_claims") if code in languages() else None
    return None if known is None else _read(PlainClaims, [known])


def _code(language: str) -> str:
    code = re.split(r"[-_]", language.strip().lower(), maxsplit=1)[0]
    return _SAME_AS.get(code, code)


@cache
def every_language() -> Lexicon:
    """All of them as one, English first: for labels and notes in brackets."""
    return _merged((_BEHIND, *(code for code in languages() if code != _BEHIND)))


def pattern_text(patterns: Iterable[str]) -> str:
    """One pattern, without a group around it, that matches where any of these does."""
    # Neighbours share their borders: checked once for all of them, they cost a third of the time.
    shared = groupby(map(_with_apostrophes, patterns), key=_has_borders)
    texts = (
        "|".join(group) if not bounded else rf"\b(?:{'|'.join(group)})(?!\w)" for bounded, group in shared
    )
    return "|".join(texts) or r"(?!)"


def compiled(patterns: Iterable[str]) -> re.Pattern[str]:
    """The same, ready to be searched for in what `small_letters` gives.

    Python compares three times as fast where it need not look at the case.
    """
    return re.compile(pattern_text(patterns))


def small_letters(text: str) -> str:
    """The text in small letters, with each character in its place."""
    # The only letter that becomes two.
    return text.replace("İ", "i").lower()


def any_word(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) or r"(?!)"


def _with_apostrophes(pattern: str) -> str:
    """The pattern whose apostrophe matches ’ too."""
    return _APOSTROPHE.sub(lambda found: "['’]" if found[0] == "'" else found[0], pattern)


def _has_borders(pattern: str) -> bool:
    """Whether the pattern stands between the borders of words, which its script may not have."""
    first = _FIRST_LETTER.match(pattern)
    return first is not None and not spaceless_at(first["letter"])


@cache
def _merged(codes: tuple[str, ...]) -> Lexicon:
    return _read(Lexicon, [_load(code) for code in codes])


def _read(kind: type[_Read], loaded: Sequence[Mapping[str, Any]]) -> _Read:
    read: Mapping[str, Callable[[list[Any]], Any]] = {
        "Words": _words,
        "Patterns": _patterns,
        "Mapping[str, float]": _weights,
    }
    return kind(**{key.name: read[str(key.type)]([one[key.name] for one in loaded]) for key in fields(kind)})


@cache
def _load(code: str) -> Mapping[str, Any]:
    return tomllib.loads((_FOLDER / f"{code}.toml").read_text(encoding="utf-8"))


def _words(values: Sequence[str]) -> Words:
    return frozenset(word.casefold() for value in values for word in value.split())


def _patterns(values: Sequence[Sequence[str]]) -> Patterns:
    return tuple(dict.fromkeys(pattern for value in values for pattern in value))


def _weights(values: Sequence[Mapping[str, float]]) -> Mapping[str, float]:
    """Where two languages weigh the same pattern, the first one's weight holds."""
    return {pattern: weight for value in reversed(values) for pattern, weight in value.items()}
