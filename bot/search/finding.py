"""The search: a cascade that stops as soon as it is sure.

First the query's exact pairs and rare words vote for places, and the best of them are looked at closely. Only where
that leaves a doubt, spelling variants of every word vote, too. Two or three words take a path of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.search.closely import Candidate, look
from bot.search.field import NO_FILTER, Field, Filter, Part
from bot.search.hashing import I64
from bot.search.keywords import MOST_KEYWORDS, find_keywords
from bot.search.moments import Moment, moment_at
from bot.search.query import Query
from bot.search.segment import MARKS
from bot.search.terms import Terms
from bot.search.variants import joined_voters, variant_voters, variants_of
from bot.search.verdict import calibrated
from bot.search.votes import Voter, elected
from storage.models import TurnMark

# Postings that are read, blocks that are glanced at and stretches that are aligned: at first, and where that leaves a
# doubt. The work of a search is bounded by them, whatever is asked. Found with `python -m tests.bench.search`.
_POSTINGS, _BLOCKS, _ALIGNED = 2_000, 24, 6
_MORE_POSTINGS, _MORE_BLOCKS, _MORE_ALIGNED = 30_000, 96, 20
_OF_WORDS = 5e6
# Sure is who found nearly all of the query, clearly more than anywhere else; or all of it.
_GOOD, _CLEARLY, _PERFECT = 0.65, 0.10, 0.98
_COMPLETE = 0.8
# Hits nearer than this many words are one moment; the gap between episodes keeps theirs apart.
_ONE_MOMENT = 30
# What ranks lower than talk that says the same.
_MARKED: dict[TurnMark | None, float] = {
    TurnMark.SPONSOR: 0.06,
    TurnMark.BREAK: 0.06,
    TurnMark.SOUND: 0.1,
    TurnMark.GHOST: 0.15,
}
# Moments that are ranked again beside those that are asked for: for their marks, and for what is one moment.
_SPARE = 8


@dataclass(frozen=True, slots=True)
class _Hit:
    """The places [start, end) of a part, and the share of the query that is met there."""

    part: int
    start: int
    end: int
    score: float
    rank: float


def search(
    parts: Sequence[Part], query: Query, filter_: Filter = NO_FILTER, *, limit: int = 5
) -> list[Moment]:
    """The best distinct moments, best first; of equal ones the newer episode first.

    A moment whose score is below `SAID` is a guess: this was most likely never said. Any number of threads may
    search the same segments at once.
    """
    field = Field(parts, filter_)
    if not query.words or not field.parts or limit <= 0:
        return []
    terms = Terms(field, query)
    if len(query.words) <= MOST_KEYWORDS and (len(query.words) == 1 or not query.exact):
        hits = _keywords(terms, limit)
    else:
        hits = _quote(terms, limit)
    hits.sort(key=lambda hit: (-hit.rank, -_episode_id(field, hit), hit.start))
    return [_moment(terms, hit) for hit in _distinct(hits, limit)]


def _quote(terms: Terms, limit: int) -> list[_Hit]:
    found = look(terms, _elected(terms, [*terms.pairs(), *terms.singles()], _POSTINGS, _BLOCKS), [], _ALIGNED)
    if not _is_sure(found):
        variants = variants_of(terms)
        voters = [*terms.pairs(), *terms.singles(), *variant_voters(terms, variants), *joined_voters(terms)]
        found += look(terms, _elected(terms, voters, _MORE_POSTINGS, _MORE_BLOCKS), variants, _MORE_ALIGNED)
    found.sort(key=lambda candidate: (-candidate.score, -candidate.about))
    return [hit for candidate in _apart(found, limit + _SPARE) for hit in _hits(terms, candidate)]


def _elected(terms: Terms, voters: list[Voter], postings: int, blocks: int) -> I64:
    postings = round(postings * max(1.0, (terms.field.words / _OF_WORDS) ** 0.5))
    return elected(terms.field, terms.seen_voters(voters, postings), blocks)


def _is_sure(found: list[Candidate]) -> bool:
    best = _apart(sorted(found, key=lambda candidate: -candidate.score), 2)
    if not best or best[0].score < _GOOD:
        return False
    return best[0].score >= _PERFECT or len(best) < 2 or best[0].score - best[1].score >= _CLEARLY


def _apart(found: Sequence[Candidate], limit: int) -> list[Candidate]:
    """The first of the candidates that are no neighbours: what stands between two moments is told later."""
    kept: list[Candidate] = []
    for one in found:
        if all(abs(one.about - other.about) >= _ONE_MOMENT for other in kept):
            kept.append(one)
            if len(kept) == limit:
                break
    return kept


def _hits(terms: Terms, candidate: Candidate) -> list[_Hit]:
    """The candidate as it is told: its words of one episode, those of the longer part where it runs into another."""
    field = terms.field
    places = candidate.places()
    if not places:
        return []
    part = int(field.part_at(places[0]))
    segment, base = field.segments[part], int(field.bases[part])
    by_episode: dict[int, list[int]] = {}
    for place in places:
        by_episode.setdefault(segment.episode_at(place - base), []).append(place - base)
    mine = max(by_episode.values(), key=len)
    return [_hit(field, part, mine[0], mine[-1] + 1, candidate.score * len(mine) / len(places))]


def _keywords(terms: Terms, limit: int) -> list[_Hit]:
    found = find_keywords(terms, [])
    if not found or max(one.score for one in found) < _COMPLETE:
        found += find_keywords(terms, variants_of(terms))
    hits = []
    for one in sorted(found, key=lambda one: (-one.score, -one.start))[: limit + _SPARE]:
        part = int(terms.field.part_at(one.start))
        base = int(terms.field.bases[part])
        hits.append(_hit(terms.field, part, one.start - base, one.end - base, max(0.0, one.score)))
    return hits


def _hit(field: Field, part: int, start: int, end: int, score: float) -> _Hit:
    segment = field.segments[part]
    mark = MARKS[segment.turns["turn_mark"][segment.turn_at(start)]]
    # Rounded: the same words are the same score, wherever they stand.
    return _Hit(part, start, end, score, round(score - _MARKED.get(mark, 0.0), 4))


def _episode_id(field: Field, hit: _Hit) -> int:
    segment = field.segments[hit.part]
    return int(segment.episodes[segment.episode_at(hit.start)])


def _distinct(hits: Sequence[_Hit], limit: int) -> list[_Hit]:
    """The first hits of which no two are one moment."""
    kept: list[_Hit] = []
    for one in hits:
        if not any(
            one.part == other.part
            and one.start < other.end + _ONE_MOMENT
            and other.start < one.end + _ONE_MOMENT
            for other in kept
        ):
            kept.append(one)
            if len(kept) == limit:
                break
    return kept


def _moment(terms: Terms, hit: _Hit) -> Moment:
    field = terms.field
    score = calibrated(hit.score, terms.total, len(terms.words), field.words)
    return moment_at(field.parts[hit.part].podcast_id, field.segments[hit.part], hit.start, hit.end, score)
