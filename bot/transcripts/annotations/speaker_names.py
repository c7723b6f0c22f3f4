"""One name for each speaker of an episode: "ADA" and "Ada (host)" are Ada Moore where she alone can be meant."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.transcripts.turns.person_names import (
    is_person,
    name_parts,
    names_several,
    without_role,
)
from storage.models import Turn

_CAPITALS = re.compile(r"[^\W\d_]{2,}")
_VOWEL = re.compile(r"[AEIOUYÀ-ÖØ-ÝАЕЁИОУЫЭЮЯІЇЄΑΕΗΙΟΥΩ]")
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]{1,60}[)\]]$")


def unify_names(turns: Sequence[Turn], people: Sequence[str] = ()) -> tuple[Turn, ...]:
    """The turns with each speaker under the fullest name that is surely meant; an ambiguous name stays."""
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
    """The name that each label stands for; None where nothing of a name is left."""
    cleaned = {label: without_role(label) for label in counts}
    known = [name for name in (without_role(person) for person in people) if name]
    spelt = _best_spellings(counts, cleaned, known)
    plain = {label: spelt.get(name.casefold(), name) for label, name in cleaned.items()}
    all_names = set(plain.values())
    plain = {label: _without_brackets(name, all_names) for label, name in plain.items()}
    full = _full_names([*plain.values(), *known])
    return {label: _completed(name, full) or None for label, name in plain.items()}


def _best_spellings(
    counts: Mapping[str, int], cleaned: Mapping[str, str], known: Sequence[str]
) -> dict[str, str]:
    """The best spelling of each name, by the name in small letters."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for label, name in cleaned.items():
        spellings[name.casefold()][name] += counts[label]
    best = {
        key: max(seen, key=lambda name: (_quality(name), seen[name], name)) for key, seen in spellings.items()
    }
    best = {
        key: _spelt_small(name) if " " in name and is_person(name) else name for key, name in best.items()
    }
    best.update({name.casefold(): name for name in known if name.casefold() in best})
    return best


def _spelt_small(name: str) -> str:
    """A full name that is written in capitals throughout, as people write it: "ADA O'HARA" is Ada O'Hara."""
    return _CAPITALS.sub(_small, name) if name.isupper() else name


def _small(found: re.Match[str]) -> str:
    word = found.group()
    # "DJ", "VM": letters that nobody can pronounce are initials.
    initials = len(word) < 4 and not _VOWEL.search(word) and not found.string.startswith(".", found.end())
    if initials:
        return word
    small = word[0] + word[1:].lower()
    # "MCDONALD" is nobody's "Mcdonald".
    return f"Mc{small[2].upper()}{small[3:]}" if len(word) > 4 and word.startswith("MC") else small


def _quality(name: str) -> int:
    """A handle may be small ("swyx"), a full name is not; capitals throughout are a captioner's habit."""
    if name.isupper() and len(name) > 1:
        return 0
    if name.islower():
        return 1 if " " in name else 2
    return 2


def _without_brackets(name: str, names: set[str]) -> str:
    """`name` without what stands in brackets behind it, where the rest is a speaker too."""
    shorter = _BRACKETS.sub("", name)
    return shorter if shorter in names else name


@dataclass(frozen=True, slots=True)
class _FullNames:
    """The full names of an episode, by what of them may stand alone.

    `by_word`: by first or last name. `by_initial`: by first name and the last name's first letter. `by_ends`: the
    longest by first and last name.
    """

    by_word: dict[str, set[str]]
    by_initial: dict[tuple[str, str], set[str]]
    by_ends: dict[tuple[str, str], str]


def _full_names(names: Iterable[str]) -> _FullNames:
    full = _FullNames(defaultdict(set), defaultdict(set), {})
    for name in names:
        parts = name_parts(name)
        if len(parts) < 2 or len(parts[-1]) == 1 or not is_person(name) or names_several(parts):
            continue
        ends = parts[0], parts[-1]
        # "Ada B. Moore, PhD" and "Ada Moore".
        full.by_ends[ends] = max(full.by_ends.get(ends, ""), name, key=lambda one: (len(one), one))
    for ends, name in full.by_ends.items():
        for word in ends:
            full.by_word[word].add(name)
        full.by_initial[ends[0], ends[1][0]].add(name)
    return full


def _completed(name: str, full: _FullNames) -> str:
    """The full name of the only one who is meant by a first name, a last name, or a name with an initial."""
    parts = name_parts(name)
    if not parts or not is_person(name) or names_several(parts):
        return name
    if len(parts) == 1:
        meant = full.by_word.get(parts[0], set())
    elif len(parts) == 2 and len(parts[1]) == 1:
        meant = full.by_initial.get((parts[0], parts[1]), set())
    else:
        return full.by_ends.get((parts[0], parts[-1]), name)
    return next(iter(meant)) if len(meant) == 1 else name
