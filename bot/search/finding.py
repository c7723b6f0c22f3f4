"""The search: a cascade that stops as soon as it is sure.

First the query's exact pairs and rare words vote for places, and the best of them are looked at closely. Only where
that leaves a doubt, spelling variants of every word vote, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.search.alignment import Alignments, Floats
from bot.search.coverage import coverage
from bot.search.field import Field, Filter, Part
from bot.search.hashing import I64, U32
from bot.search.keywords import MOST_KEYWORDS, find_keywords
from bot.search.likeness import compare
from bot.search.moments import Moment, moment_at
from bot.search.query import Query
from bot.search.terms import Terms
from bot.search.variants import Variant, joined_voters, variant_voters, variants_of
from bot.search.votes import BLOCK, chosen, elected

_GLANCED = 24
_ALIGNED = 6
_BUDGET = 2_000
# Words around the place where a quote should begin and end that are looked at.
_BEFORE, _BEHIND = 4, 4
_MARGIN = 4
_GAP = 2.5
_BEHIND_BEST = 0.35
_ANY_ORDER = 0.15
_WIDE_GLANCED = 96
_WIDE_ALIGNED = 20
_WIDE_BUDGET = 30_000
_GOOD, _CLEARLY, _PERFECT = 0.65, 0.10, 0.98
_COMPLETE = 0.8
_ONE_MOMENT = 30


@dataclass(frozen=True, slots=True)
class Candidate:
    """A moment that begins about at a place of the field, with a score from 0 to 1."""

    about: int
    score: float
    span: tuple[int, int] | None = None
    of: tuple[Alignments, int, int] | None = None

    def places(self) -> tuple[int, int]:
        """[start, end)"""
        if self.span is not None:
            return self.span
        assert self.of is not None
        alignments, window, start = self.of
        path = alignments.path(window)
        return start + path.start, start + path.end


def search(
    parts: Sequence[Part], query: Query, filter_: Filter = Filter(), *, limit: int = 5
) -> list[Moment]:
    """The best distinct moments, best first."""
    field = Field(parts, filter_)
    if not query.words or not field.parts or limit <= 0:
        return []
    terms = Terms(field, query)
    if len(query.words) <= MOST_KEYWORDS:
        found = _keywords(terms)
    else:
        found = _first_stage(terms)
        if not _sure(found):
            found += _second_stage(terms)
    found.sort(key=lambda candidate: -candidate.score)
    return [_moment(field, candidate) for candidate in _distinct(found, limit)]


def _first_stage(terms: Terms) -> list[Candidate]:
    voters = chosen([*terms.pairs(), *terms.singles()], _BUDGET)
    blocks = elected(terms.field, voters, _GLANCED)
    if not len(blocks):
        return []
    starts = blocks - _BEFORE
    width = _BEFORE + 2 * BLOCK + len(terms.words) + _BEHIND
    of_part, windows = terms.field.windows(starts, width)
    same = windows[:, :, None] == terms.sought[of_part][:, None, :]
    covered, diagonal = coverage(same, terms.weights, _BEFORE + 2 * BLOCK + _BEHIND)
    return _aligned(terms, starts + diagonal, covered, _ALIGNED)


def _keywords(terms: Terms) -> list[Candidate]:
    found = find_keywords(terms, [])
    if not found or max(one.score for one in found) < _COMPLETE:
        found += find_keywords(terms, variants_of(terms))
    return [Candidate(one.start, one.score, (one.start, one.end)) for one in found]


def _sure(found: list[Candidate]) -> bool:
    """Whether the best is good, and clearly better than any other moment; or as good as can be."""
    best = _distinct(sorted(found, key=lambda candidate: -candidate.score), 2)
    if not best or best[0].score < _GOOD:
        return False
    return best[0].score >= _PERFECT or len(best) < 2 or best[0].score - best[1].score >= _CLEARLY


def _second_stage(terms: Terms) -> list[Candidate]:
    variants = variants_of(terms)
    voters = [*terms.pairs(), *terms.singles(), *variant_voters(terms, variants), *joined_voters(terms)]
    budget = max(_BUDGET, round(_WIDE_BUDGET * (terms.field.words / 5e6) ** 0.5))
    blocks = elected(terms.field, chosen(voters, budget), _WIDE_GLANCED)
    if not len(blocks):
        return []
    starts = blocks - _BEFORE
    width = _BEFORE + 2 * BLOCK + len(terms.words) + _BEHIND
    of_part, windows = terms.field.windows(starts, width)
    met = _met(terms, variants, of_part, windows)
    covered, diagonal = coverage(met, terms.weights, _BEFORE + 2 * BLOCK + _BEHIND)
    return _aligned(terms, starts + diagonal, covered, _WIDE_ALIGNED)


def _met(terms: Terms, variants: list[Variant], of_part: I64, windows: U32) -> Floats:
    """How well each word of the query is met at each place, as far as variants tell."""
    met = np.zeros((*windows.shape, len(terms.words)), np.float32)
    for part in np.unique(of_part).tolist():
        forms = [(word, number, 1.0) for word, number in enumerate(terms.numbers[part].tolist()) if number]
        forms += [
            (variant.word, variant.number, variant.credit) for variant in variants if variant.part == part
        ]
        mine = of_part == part
        seen = windows[mine]
        of_mine = np.zeros((*seen.shape, len(terms.words)), np.float32)
        for word, number, credit in reversed(forms):
            of_mine[:, :, word][seen == number] = credit
        met[mine] = of_mine
    return met


def _aligned(terms: Terms, begins: I64, covered: Floats, most: int) -> list[Candidate]:
    """The words of the query aligned with the stretches that begin about at these places, the most promising ones."""
    best = np.argsort(-covered, kind="stable")[:most]
    best = best[covered[best] >= covered[best[0]] - _BEHIND_BEST]
    starts = begins[best] - _MARGIN
    width = len(terms.words) + 2 * _MARGIN
    of_part, windows = terms.field.windows(starts, width)
    same = windows[:, :, None] == terms.sought[of_part][:, None, :]
    likeness = compare(terms.field, terms.words, of_part, windows, same)
    alignments = Alignments(likeness, terms.weights, _GAP)
    anywhere = likeness.alike.max(1) @ terms.weights
    scores = (alignments.worths + _ANY_ORDER * np.maximum(0, anywhere - alignments.worths)) / terms.total
    return [
        Candidate(start + _MARGIN, score, of=(alignments, window, start))
        for window, (start, score) in enumerate(zip(starts.tolist(), scores.tolist(), strict=True))
        if score > 0
    ]


def _distinct(found: Sequence[Candidate], limit: int) -> list[Candidate]:
    kept: list[Candidate] = []
    for one in found:
        if all(abs(one.about - other.about) >= _ONE_MOMENT for other in kept):
            kept.append(one)
            if len(kept) == limit:
                break
    return kept


def _moment(field: Field, candidate: Candidate) -> Moment:
    start, end = candidate.places()
    part = int(field.part_of(np.array([start]))[0])
    base = int(field.bases[part])
    return moment_at(
        field.parts[part].podcast_id, field.segments[part], start - base, end - base, candidate.score
    )
