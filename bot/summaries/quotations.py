"""Sentences of an episode that can stand alone: claims that need neither what was said before nor who listens.

Few sentences of talk can (about one in forty), and fewer are worth it, so nearly all rules here refuse. They know
English alone: in other languages there are no quotations rather than weak ones.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.summaries.talk import Said
from bot.summaries.words import common_words, word_set
from bot.text.tokenizer import normal
from storage.models import SaidLine

MOST_QUOTED = 2
_LEAST_WORTH = 1.78
_SHORTEST, _LONGEST = 60, 220
_FEWEST_WORDS, _MOST_WORDS = 9, 36
_FEWEST_TELLING = 4
# Words of a sentence that are said less often than this in 100,000 words of the show's other episodes tell something.
_RARE = 8.0
# Where fewer words are English function words the talk isn't English, whatever the feed says.
_ENGLISH_SHARE = 0.3
# A name that is said less often, and in no other episode, may be misheard.
_LEAST_OFTEN = 3
# Two quotations from closer together are about one thing.
_APART = 40

_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_OPENING = re.compile(
    r"(?:I think|I believe|I would say|In fact,|Fundamentally,|Ultimately,|Today,|Nowadays,|Historically,) "
)
# What was asked, broken off, read out, cut together or transcribed with marks is no plain sentence.
_NO_PLAIN = re.compile(r"[?()\[\]\"“”*:;—–…<>@#/]|\.\.|--| - | ,|https?|\bwww\b")
# Words that point at what was said before, at somebody or at a moment.
_POINTING = word_set(
    "this these those it they them he she him her his hers their theirs its it's they're that's that'll here here's"
    " there there's he's she's again also too else such same latter former above below yesterday tomorrow earlier"
    " later ago both neither either"
)
_RESOLVED_FROM = 7
_ORDER = word_set(
    "first second third fourth fifth next last final previous other others whole rest two three"
)
_FIRST_PERSON = word_set(
    "i me my we us our ours mine i'm i've i'd i'll we're we've we'll we'd let's myself ourselves"
)
_SECOND_PERSON = word_set("you your yours you're you've you'll you'd yourself")
# Before "that" as a pronoun.
_PREPOSITIONS = word_set(
    "of in on at for with by from to like do does did doing and or but about than all into after before around"
    " over since through because except"
)
_HOPELESS = re.compile(
    r"\b(?:you know|i mean|kind of|sort of|kinda|sorta|or something|or whatever|whatever|stuff|um|uh|yeah|okay|gonna"
    r"|wanna|(?<!look )(?<!looks )(?<!feels )(?<!would )like|podcast|episode|listeners?|guests?"
    r"|welcome|thanks?|sorry|mentioned|talk(?:ed|ing)? about|talk(?:ed)? was|question|et cetera|tell us|just now"
    r"|interview|sponsors?|as well)\b|\b(?:which|who|that),",
    re.IGNORECASE,
)
_FILLING = re.compile(
    r"\b(?:really|pretty|super|probably|maybe|perhaps|guess|actually|basically|literally|honestly|obviously|just|very"
    r"|a lot(?: of)?|lots of|things?|something|somebody|someone|happy|excited|definitely)\b",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"\b(?:most|biggest|best|worst|hardest|easiest|largest|never|always|only|nobody|no one|everybody|every"
    r"|instead of|rather than|more (?:than|important)|less than|better than|worse than|much (?:more|better|worse)"
    r"|not because|the (?:problem|reason|key|trick|secret|future|goal|point|value|difference|challenge|hard part)"
    r"|matters?|should|must|needs? to|have to|impossible|the more|the less|doesn't|don't|isn't|aren't|can't|won't"
    r"|is not|are not|without|fundamentally|will be|means|because"
    r"|\d[\d.,]* ?(?:%|percent|million|billion|times|x))\b",
    re.IGNORECASE,
)
_FINITE = word_set(
    "is are was were will would can can't could should must has have had does doesn't do don't isn't aren't wasn't"
    " won't needs need means makes make gets get becomes become requires require works work matters matter costs cost"
    " takes take lets gives give wants want spends spend runs run breaks break fails fail beats beat"
)
_BEFORE_ANOTHER_VERB = word_set("that which who where when if to we i they you it what how why and")
_DETERMINERS = word_set("the a an every most all no")
_ANYBODY = word_set("people nobody everybody companies developers engineers researchers models users")
# "The size of …", "The most useful …", "The problem is if …": a subject that needs nothing before it.
_SPECIFYING = word_set(
    "of with in on for between behind about most biggest best worst hardest easiest largest only"
)
_STATING = word_set("that if to when")
_CONDITION = re.compile(
    r"(?:If|When) (?:you|your|people|a|an|the|companies|users|developers|[a-z]+s)\b[^,]{15,110},"
    r" (?!and\b|but\b|or\b|which\b|because\b|cause\b|that\b)\w",
)


@dataclass(frozen=True, slots=True)
class _Quotable:
    worth: float
    place: int
    said: Said


def quotations(
    talk: Sequence[Said], show_words: Mapping[str, int], language: str | None = None
) -> list[SaidLine]:
    """At most MOST_QUOTED sentences of the whole episode, in their order; [] where none is worth it.

    `show_words`: how often each word is said in the show's other episodes. `language`: the feed's.
    """
    common = common_words("en")
    said = Counter(word for one in talk for word in _WORD.findall(one.text.replace("’", "'")))
    if not (language or "en").lower().startswith("en") or not _is_english(talk, common):
        return []
    rarity = 100_000 / max(100_000, sum(show_words.values()))
    found = sorted(
        (
            _Quotable(worth, place, one)
            for place, one in enumerate(talk)
            if (worth := _worth(one, common, show_words, rarity)) >= _LEAST_WORTH
            and not _may_be_misheard(one.text, said, show_words)
        ),
        key=lambda quotable: (-quotable.worth, quotable.place),
    )
    chosen: list[_Quotable] = []
    for quotable in found:
        if len(chosen) < MOST_QUOTED and all(abs(quotable.place - one.place) >= _APART for one in chosen):
            chosen.append(quotable)
    return [
        SaidLine(one.said.text, one.said.sentence.passage.speaker, one.said.sentence.start_ms)
        for one in sorted(chosen, key=lambda one: one.place)
    ]


def _may_be_misheard(text: str, said: Mapping[str, int], show: Mapping[str, int]) -> bool:
    """Whether it has a name that hardly anybody else says: recognisers mishear those."""
    words = _WORD.findall(text.replace("’", "'"))
    first = words[0] if words[0][1:].islower() else ""
    return any(
        said[word] < _LEAST_OFTEN and not any(show.get(part, 0) for part in normal(word))
        for word in words
        if word != first and any(sign.isupper() or sign.isdigit() for sign in word)
    )


def _is_english(talk: Sequence[Said], common: frozenset[str]) -> bool:
    words = [word for one in talk[:200] for word in spoken(one.text)]
    return bool(words) and sum(word in common for word in words) >= _ENGLISH_SHARE * len(words)


def _worth(one: Said, common: frozenset[str], show: Mapping[str, int], rarity: float) -> float:
    """How good a quotation a sentence is; below 0 where it is none."""
    if not one.sentence.whole or not _SHORTEST <= len(one.text) <= _LONGEST:
        return -1.0
    text = one.text.replace("’", "'")
    if text[-1] not in ".!" or _NO_PLAIN.search(text) or _HOPELESS.search(text):
        return -1.0
    claim = _OPENING.sub("", text, count=1)
    words = spoken(claim)
    telling = {word for word in words if word not in common and len(word) > 3}
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS or len(telling) < _FEWEST_TELLING:
        return -1.0
    if not stands_alone(claim, words):
        return -1.0
    rare = sum(show.get(word, 0) * rarity < _RARE for word in telling)
    worth = min(1.2, 0.6 * len(_CLAIM.findall(text))) + min(1.2, 0.3 * rare)
    worth += min(0.5, len(telling) / len(words)) + 0.3 * (100 <= len(text) <= 180)
    worth -= 0.7 * sum(word in _FIRST_PERSON for word in words) + 0.15 * sum(
        word in _SECOND_PERSON for word in words
    )
    return worth - 0.3 * len(_FILLING.findall(text)) - 0.25 * max(0, text.count(",") - 1)


def spoken(text: str) -> list[str]:
    """The words of a sentence in small letters."""
    return _WORD.findall(text.lower().replace("’", "'"))


def stands_alone(text: str, words: Sequence[str]) -> bool:
    """Whether an English sentence is a whole one that names what it is about: a subject of its own, then its verb."""
    pairs = list(pairwise(words))
    if not text[:1].isupper() or any(one == other for one, other in pairs) or len(set(pairs)) < len(pairs):
        return False
    pointing = [place for place, word in enumerate(words) if word in _POINTING]
    if len(pointing) > 1 or any(place < _RESOLVED_FROM for place in pointing):
        return False
    if words[-1] == "that" or any(word == "that" and before in _PREPOSITIONS for before, word in pairs):
        return False
    if words[0] in ("if", "when"):
        return _CONDITION.match(text) is not None
    return not set(words[:3]) & _ORDER and _has_subject_and_verb(text, words)


def _has_subject_and_verb(text: str, words: Sequence[str]) -> bool:
    written = [word for word in text.replace("’", "'").split(" ") if word]
    inside = written[0][1:] != written[0][1:].lower()
    named = inside or (len(written) > 1 and written[1][:1].isupper() and words[0] not in common_words("en"))
    plural = words[0].endswith("s") and len(words[0]) > 3 and words[0] not in _POINTING
    if words[0] in _DETERMINERS:
        head = words[1:9]
    elif named or plural or words[0] in _ANYBODY:
        head = words[1:7]
    else:
        return False
    place = next((place for place, word in enumerate(head) if word in _FINITE), None)
    if place is None or _BEFORE_ANOTHER_VERB.intersection(head[:place]):
        return False
    # Otherwise it was said before which one is meant.
    said_which = _SPECIFYING.intersection(head[:place]) or _STATING.intersection(head[place + 1 : place + 2])
    return words[0] != "the" or bool(said_which)
