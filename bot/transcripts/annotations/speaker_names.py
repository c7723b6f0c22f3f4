"""One name for each speaker of an episode: "ADA" and "Ada (host)" are Ada Moore where she alone can be meant."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.transcripts.annotations.turn_marks import pseudo_mark
from storage.models import Turn

_ROLE = (
    r"(?:the )?(?:co-?host|hosts?|guests?(?: host)?|interviewer|interviewee|presenter|moderator|producer|speaker"
    r"|panelist|panellist|editor|caller|reporter|gast|gastgeber(?:in)?|moderator(?:in)?|invité|invitada?|ospite)"
    r"(?: ?#?\d{1,2})?"
)
_PRONOUNS = r"(?:he|she|they|ze)(?:\s?/\s?\w{2,6}){1,2}"
_BRACKETED_ROLE = re.compile(rf"\s*[(\[](?:{_ROLE}|{_PRONOUNS})[)\]]$", re.IGNORECASE)
_TRAILING_ROLE = re.compile(rf"\s*[,–—-]\s*{_ROLE}$", re.IGNORECASE)
_LEADING_ROLE = re.compile(rf"{_ROLE}\s*[:–—-]\s+(?=\w)", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]{1,60}[)\]]$")
_AROUND = ' \t\n\r:*_"“”»«<>|'
_GENERIC = re.compile(
    rf"(?:{_ROLE}|(?:unknown|unidentified|male|female|man|woman|voice|audience|person)\b.*)", re.IGNORECASE
)
_TITLES = frozenset({"dr", "mr", "mrs", "ms", "miss", "prof", "professor", "sir", "herr", "frau"})
# Behind a name: "Ada Moore, PhD".
_DEGREE = re.compile(r",\s.*$")

# Two who speak at once are neither of them.
_JOINED = frozenset({"&", "and", "und", "et", "y", "+", "/"})

_MAX_NAME = 200


def unify(turns: Sequence[Turn], people: Sequence[str] = ()) -> tuple[Turn, ...]:
    """The turns with each speaker under the fullest name that is surely meant; ambiguous ones stay."""
    counts = Counter(turn.speaker for turn in turns if turn.speaker)
    if not counts:
        return tuple(turns)
    names = _names(counts, people)
    return tuple(
        turn
        if not turn.speaker or names[turn.speaker] == turn.speaker
        else replace(turn, speaker=names[turn.speaker])
        for turn in turns
    )


def _names(counts: Mapping[str, int], people: Iterable[str]) -> dict[str, str | None]:
    """For each label the name that it stands for; None where nothing of a name is left."""
    cleaned = {label: _clean(label) for label in counts}
    known = [name for name in (_clean(person) for person in people) if name]
    spelt = _best_spellings(counts, cleaned, known)
    plain = {label: spelt.get(name.casefold(), name) for label, name in cleaned.items()}
    all_names = set(plain.values())
    plain = {label: _without_brackets(name, all_names) for label, name in plain.items()}
    bearers = _bearers([*plain.values(), *known])
    return {label: _complete(name, bearers) or None for label, name in plain.items()}


def _clean(label: str) -> str:
    """`label` without what is no part of a name: spaces, colons, a role beside it."""
    name = " ".join(label[: 2 * _MAX_NAME].split()).strip(_AROUND)
    for form in (_BRACKETED_ROLE, _TRAILING_ROLE, _LEADING_ROLE):
        # What is nothing but a role stays: it is the only name there is.
        shorter = form.sub("", name, count=1).strip(_AROUND)
        if shorter and (form is not _LEADING_ROLE or form.match(name)):
            name = shorter
    return name[:_MAX_NAME].rstrip()


def _best_spellings(
    counts: Mapping[str, int], cleaned: Mapping[str, str], known: Sequence[str]
) -> dict[str, str]:
    """For each name in small letters how it is written best."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for label, name in cleaned.items():
        spellings[name.casefold()][name] += counts[label]
    best = {
        key: max(seen, key=lambda name: (_quality(name), seen[name], name)) for key, seen in spellings.items()
    }
    best.update({name.casefold(): name for name in known if name.casefold() in best})
    return best


def _quality(name: str) -> int:
    """A handle may be small ("swyx"), a full name is not; capitals throughout are a shout."""
    if name.isupper() and len(name) > 1:
        return 0
    if name.islower():
        return 1 if " " in name else 2
    return 2


def _without_brackets(name: str, names: set[str]) -> str:
    """`name` without what stands in brackets behind it, where the rest is a speaker too."""
    shorter = _BRACKETS.sub("", name)
    return shorter if shorter in names else name


def _is_person(name: str) -> bool:
    return bool(name) and _GENERIC.fullmatch(name) is None and pseudo_mark(name) is None


def _parts(name: str) -> list[str]:
    """The words of a name in small letters, without titles, degrees and full stops."""
    words = [word.strip(".").casefold() for word in _DEGREE.sub("", name).split()]
    return [word for word in words if word and word not in _TITLES]


@dataclass(frozen=True, slots=True)
class _Bearers:
    """Who bears a name: all full names by their first or last word, and the longest by first and last."""

    by_word: dict[str, set[str]]
    by_initial: dict[tuple[str, str], set[str]]
    by_ends: dict[tuple[str, str], str]


def _bearers(names: Iterable[str]) -> _Bearers:
    bearers = _Bearers(defaultdict(set), defaultdict(set), {})
    longest: dict[tuple[str, str], str] = bearers.by_ends
    for name in names:
        parts = _parts(name)
        if len(parts) < 2 or len(parts[-1]) == 1 or not _is_person(name) or not _JOINED.isdisjoint(parts):
            continue
        ends = parts[0], parts[-1]
        # "Ada B. Moore, PhD" and "Ada Moore".
        longest[ends] = max(longest.get(ends, ""), name, key=lambda full: (len(full), full))
    for ends, name in longest.items():
        for word in ends:
            bearers.by_word[word].add(name)
        bearers.by_initial[ends[0], ends[1][0]].add(name)
    return bearers


def _complete(name: str, bearers: _Bearers) -> str:
    """The full name of the only one who is meant by a first name, a last name, or a name with an initial."""
    parts = _parts(name)
    if not parts or not _is_person(name) or not _JOINED.isdisjoint(parts):
        return name
    if len(parts) == 1:
        meant = bearers.by_word.get(parts[0], set())
    elif len(parts) == 2 and len(parts[1]) == 1:
        meant = bearers.by_initial.get((parts[0], parts[1]), set())
    else:
        return bearers.by_ends.get((parts[0], parts[-1]), name)
    return next(iter(meant)) if len(meant) == 1 else name
