"""How a sentence reads by itself: what no reader wants to see of it, and what makes it lean on another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.summaries.lexicon import (
    ADDRESS,
    ADVERBS,
    BARE,
    BARE_START,
    CEREMONY,
    COMMA_FILLER,
    CUT_THROUGH,
    EMPTY,
    ENGLISH,
    FILLER,
    FINITE,
    HANGING,
    HELPING,
    INTERJECTIONS,
    INTRODUCED,
    IS,
    LAST_WORDS,
    LEANING,
    LIKE,
    MARKERS,
    MAY_BE_LAST,
    NAME,
    NO_START,
    NOMINAL,
    NOTE,
    NOUN_TOO,
    OPENERS,
    OPENS_HALF,
    OPENS_PHRASE,
    PAUSE,
    PAUSED,
    PROMPT,
    RESTART,
    STARTS,
    STUTTER,
    SUBJECTS,
    SUPPOSING,
    TOLD_TO,
    TRAILING,
    VAGUE,
    VAGUE_PAIR,
    WANTS_SUBJECT,
)
from bot.summaries.phrase_matcher import spoken_words
from bot.text.advertisements import opens_or_offers

NEVER = 10.0
_MOST_BROKEN = 0.45
_EARLY = 8


def is_english(words: Sequence[str]) -> bool:
    """Whether what is known of English fits a text, by its words in small letters."""
    return sum(word in ENGLISH for word in words) * 10 > len(words)


@dataclass(frozen=True, slots=True)
class Faults:
    """What speaks against a sentence where it stands alone, and where the one before it is shown: NEVER or less."""

    alone: float
    following: float


_HOPELESS = Faults(NEVER, NEVER)
# What follows "if ..., " without saying what then.
_NO_ANSWER = ("cause ", "because ", "which ", "and ", "or ", "but ")
_WANTS_MORE = frozenset({"for", "to", "of", "with", "from", "at", "into"})
# "A language which ..." names something and says nothing of it.
_ARTICLES, _RELATIVE = frozenset({"a", "an", "the"}), frozenset({"which", "that", "who", "where"})


def faults(text: str, *, cased: bool, english: bool) -> Faults:
    """What speaks against showing a sentence, 0 for nothing.

    `cased`: the transcript begins its sentences with capitals. `english`: half a sentence can be told from a whole.
    """
    if cased and (text[:1].islower() or CUT_THROUGH.search(text)):
        return _HOPELESS
    if NO_START.match(text) or NOTE.search(text) or HANGING.search(text):
        return _HOPELESS
    words = spoken_words(text)
    if not words or (words[-1] in LAST_WORDS and words[-1] not in MAY_BE_LAST) or INTRODUCED.match(text):
        return _HOPELESS
    if PROMPT.stands(words) or CEREMONY.stands(words) or EMPTY.stands(words) or opens_or_offers(text):
        return _HOPELESS
    broken = 0.5 * len(STUTTER.findall(text)) + 0.25 * len(PAUSE.findall(text))
    broken += 0.2 * len(PAUSED.findall(text))
    if english:
        broken += _unfinished(text, words)
    if broken > _MOST_BROKEN:
        return _HOPELESS
    vague = sum(word in VAGUE for word in words) + VAGUE_PAIR.count(words)
    fault = broken + 0.12 * max(0, vague - 1)
    fault += 0.2 * (words[-1] in VAGUE or words[-1] == "that")
    fault += 0.13 * (FILLER.count(words) + len(COMMA_FILLER.findall(text)))
    fault += 0.1 * (TRAILING.search(text) is not None)
    fault += 0.3 * ADDRESS.stands(words)
    fault += next(
        (
            0.6 if at < _EARLY else 0.3
            for at, (word, after) in enumerate(pairwise(words))
            if word == "you" and (after in TOLD_TO or after.endswith("ed"))
        ),
        0.0,
    )
    fault += 0.2 * any(" ".join(part.split()[:2]) in before for before, part in pairwise(text.split(", ")))
    leaning = next((weight for weight, form in LEANING if form.begins(words)), 0.0)
    return Faults(fault + leaning, fault + 0.5 * (words[0] in INTERJECTIONS))


def _unfinished(text: str, words: Sequence[str]) -> float:
    """What speaks for half an English sentence: no verb of its own, or a condition without what follows from it."""
    words = _without_opening(words)
    if len(words) < 3:
        return NEVER
    verbs = _verbs(words)
    markers = sum(
        word in MARKERS and (word != "that" or before not in OPENS_PHRASE) for before, word in pairwise(words)
    )
    fault = 0.0
    if verbs == 0:
        # Verbs are without number, so a word that has the form of one is half an excuse.
        if not any(word.endswith("s") and before not in NOMINAL for before, word in pairwise(words[:-1][:6])):
            return NEVER
        fault = 0.2
    elif verbs <= markers:
        fault = 0.5
    if words[0] in OPENS_HALF and ("," not in text or verbs - markers < 2):
        return NEVER
    if words[0] in OPENS_PHRASE and "," not in text:
        return NEVER
    if words[0] in OPENS_HALF and all(part.startswith(_NO_ANSWER) for part in text.split(", ")[1:]):
        return NEVER
    if words[-1] in _WANTS_MORE and text[-1:].isalnum():
        return NEVER
    if words[0] in _ARTICLES and words[2] in _RELATIVE and verbs <= markers:
        return NEVER
    if words[0] == "get" and len(words) < 9:
        fault += 0.5
    if words[0] in OPENS_PHRASE or (words[0].endswith("ing") and words[1] not in FINITE):
        fault += 0.2 + 0.3 * (verbs < 2)
    if words[0] in TOLD_TO or words[0] in WANTS_SUBJECT or words[0].endswith("ed"):
        fault += 0.5
    adverb = words[0].endswith("ly") or words[0] in ADVERBS or words[0] in OPENS_HALF
    if words[0] == "one" and not IS.intersection(words):
        fault += 0.5
    if (BARE.match(text) and not adverb) or LIKE.match(text):
        fault += 0.5
    fault += _headless(text, words)
    if not adverb and words[0] not in OPENS_PHRASE:
        fault += 0.2 * len(RESTART.findall(text))
        fault += 0.3 * (BARE_START.match(text) is not None and words[0] not in STARTS)
    return fault


def _headless(text: str, words: Sequence[str]) -> float:
    """What speaks for words without a verb before the first comma that are no adverb: "A good model, and ..."."""
    head, comma, rest = text.partition(", ")
    before = _without_opening(spoken_words(head))
    if not comma or not before or before[0] in OPENS_HALF or before[0] in OPENS_PHRASE or _verbs(before):
        return 0.0
    if len(before) == 1 and (before[0] in ADVERBS or before[0].endswith("ly")):
        return 0.0
    if rest.startswith(("and ", "but ", "which ")):
        return 0.5
    return 0.2 if any(word.endswith("s") for word in words[1:4]) else 0.35


def _verbs(words: Sequence[str]) -> int:
    """How many verbs with a subject there may be; one with its auxiliary is one."""
    count = 0
    helped = -9
    for at, word in enumerate(words):
        if at and words[at - 1] in NOMINAL:
            continue
        helper = word in HELPING or "'" in word
        if word in NOUN_TOO and not (at and (words[at - 1] in SUBJECTS or words[at - 1].endswith("s"))):
            continue
        if not helper and word not in FINITE and not (word.endswith("ed") and word[:2] != "un"):
            continue
        if at - helped > 2:
            count += 1
        helped = at if helper else -9
    return count


def _without_opening(words: Sequence[str]) -> Sequence[str]:
    """Without "I think" and what else has a verb and says nothing."""
    at = 0
    while at < len(words) and words[at] in OPENERS:
        at += 1
    if list(words[at : at + 1]) == ["i"] and words[at + 1 : at + 2] and words[at + 1] in SUPPOSING:
        at += 2
    return words[at:]


def names(text: str) -> int:
    """How many names and numbers it tells."""
    return len(NAME.findall(text))
