"""The search: a cascade that stops as soon as it is sure.

First the query's exact pairs and rare words vote for places, and the best of them are looked at closely. Only where
that leaves a doubt, spelling variants of every word vote, too. Two or three words take a path of their own.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from bot.search.calibration import calibrated
from bot.search.candidates.diagonal_voting import Voter, elected
from bot.search.candidates.fuzzy_terms import joined_voters, variant_voters, variants_of
from bot.search.candidates.query import Query
from bot.search.candidates.query_terms import Terms
from bot.search.hits import Moment, moment_at
from bot.search.index.hashing import I64
from bot.search.index.index_view import NO_FILTER, Field, Filter, Part
from bot.search.index.segment import MARKS
from bot.search.matching.keyword_match import COMPLETE, MOST_KEYWORDS, find_keywords
from bot.search.matching.phrase_match import Candidate, look
from storage.models import TurnMark

# Postings that are read, blocks that are glanced at and stretches that are aligned: at first, and where that leaves a
# doubt. The work of a search is bounded by them, whatever is asked. Found with `python -m tests.bench.search`.
_POSTINGS, _BLOCKS, _ALIGNED = 800, 24, 6
_MORE_POSTINGS, _MORE_BLOCKS, _MORE_ALIGNED = 30_000, 96, 20
# What has a smaller share of the votes than the best block is not looked at.
_SHARE, _MORE_SHARE = 0.5, 0.25
_OF_WORDS = 5e6
# Sure is who found nearly all of the query, clearly more than anywhere else; or all of it.
_GOOD, _CLEARLY, _PERFECT = 0.65, 0.10, 0.98
_CROWD = 5
# Hits nearer than this many words are one moment; the gap between episodes keeps theirs apart.
_ONE_MOMENT = 30
# What ranks lower than talk that says the same.
_MARKED: dict[TurnMark | None, float] = {
    TurnMark.SPONSOR: 0.06,
    TurnMark.BREAK: 0.06,
    TurnMark.SOUND: 0.1,
    TurnMark.GHOST: 0.15,
}


class _Place(NamedTuple):
    """A moment that begins about at a place of the field, its share of the query, and how to tell all its places."""

    about: int
    score: float
    tell: Callable[[], list[int]]


class _Hit(NamedTuple):
    """The places of the words of a part that were met, and the share of the query that they are.

    `ahead`: by how much that is more than the crowd's.
    """

    part: int
    places: list[int]
    score: float
    ahead: float


def search(
    parts: Sequence[Part], query: Query, filter_: Filter = NO_FILTER, *, limit: int = 5
) -> list[Moment]:
    """The best distinct moments, best first; of equal ones those of later parts and later episodes first.

    A moment whose score is below `SAID` is a guess: this was most likely never said. Any number of threads may
    search the same segments at once.
    """
    field = Field(parts, filter_)
    if not query.words or not field.parts or limit <= 0:
        return []
    terms = Terms(field, query)
    if len(query.words) <= MOST_KEYWORDS and (len(query.words) == 1 or not query.exact):
        found = _keywords(terms)
    else:
        found = _quote(terms)
    return [_moment(terms, hit) for hit in _hits(terms, found, limit)]


def _quote(terms: Terms) -> list[_Place]:
    pairs, singles = terms.pairs(), terms.singles()
    found = look(terms, _elected(terms, [*pairs, *singles], _POSTINGS, _BLOCKS, _SHARE), [], _ALIGNED)
    if not _is_sure(found):
        variants = variants_of(terms)
        voters = [*pairs, *singles, *variant_voters(terms, variants), *joined_voters(terms)]
        found += look(
            terms, _elected(terms, voters, _MORE_POSTINGS, _MORE_BLOCKS, _MORE_SHARE), variants, _MORE_ALIGNED
        )
    return [_Place(candidate.about, candidate.score, candidate.places) for candidate in found]


def _keywords(terms: Terms) -> list[_Place]:
    found = find_keywords(terms, [])
    if not found or max(one.score for one in found) < COMPLETE:
        found += find_keywords(terms, variants_of(terms))
    return [_Place(one.start, one.score, one.places) for one in found if one.score > 0]


def _elected(terms: Terms, voters: list[Voter], postings: int, blocks: int, share: float) -> I64:
    postings = round(postings * max(1.0, (terms.field.words / _OF_WORDS) ** 0.5))
    return elected(terms.field, terms.seen_voters(voters, postings), blocks, share)


def _is_sure(found: list[Candidate]) -> bool:
    """Whether the best is good, and clearly better than any other moment; or as good as can be."""
    if not found:
        return False
    best = max(found, key=lambda candidate: candidate.score)
    if best.score >= _PERFECT or best.score < _GOOD:
        return best.score >= _PERFECT
    return all(
        best.score - other.score >= _CLEARLY or abs(best.about - other.about) < _ONE_MOMENT for other in found
    )


def _hits(terms: Terms, found: list[_Place], limit: int) -> list[_Hit]:
    """The best distinct moments; of equal ones those of the newer episode, and there the later."""
    field = terms.field
    # Rounded: the same words are the same score, wherever they stand.
    scores = [round(one.score - _lower(field, one.about), 4) for one in found]
    counts = Counter(scores)
    # Dates are looked up where they decide.
    dates = [
        field.sorted_at(one.about) if counts[score] > 1 else 0.0
        for one, score in zip(found, scores, strict=True)
    ]
    order = sorted(range(len(found)), key=lambda at: (-scores[at], -dates[at], -found[at].about))
    crowd = _crowd((found[at].about, scores[at]) for at in order)
    kept: list[_Hit] = []
    for one in (found[at] for at in order):
        hit = _hit(field, one, crowd)
        if hit is not None and not any(_is_one_moment(hit, other) for other in kept):
            kept.append(hit)
            if len(kept) == limit:
                break
    return kept


def _lower(field: Field, place: int) -> float:
    """By how much what is said there ranks lower."""
    part = field.part_at(place)
    segment = field.segments[part]
    if not segment.has_marks:
        return 0.0
    turn = segment.turn_at(max(0, place - int(field.bases[part])))
    return _MARKED.get(MARKS[segment.turns["turn_mark"][turn]], 0.0)


def _crowd(ranked: Iterable[tuple[int, float]]) -> float:
    """What many places score: the fifth best score; 0 where there are fewer. The same words count once."""
    abouts: list[int] = []
    different: list[float] = []
    for about, score in ranked:
        if any(abs(about - other) < _ONE_MOMENT for other in abouts):
            continue
        abouts.append(about)
        if score not in different:
            different.append(score)
            if len(different) == _CROWD:
                return score
    return 0.0


def _hit(field: Field, one: _Place, crowd: float) -> _Hit | None:
    """The moment as it is told: the words of one episode, those of the longer part where it runs into another."""
    places = one.tell()
    if not places:
        return None
    part = field.part_at(places[0])
    segment, base = field.segments[part], int(field.bases[part])
    mine = [place - base for place in places]
    if segment.episode_at(mine[0]) != segment.episode_at(mine[-1]):
        episodes = [segment.episode_at(place) for place in mine]
        longer = max(set(episodes), key=episodes.count)
        mine = [place for place, episode in zip(mine, episodes, strict=True) if episode == longer]
    score = one.score * len(mine) / len(places)
    return _Hit(part, mine, score, score - crowd)


def _is_one_moment(one: _Hit, other: _Hit) -> bool:
    near = one.places[0] <= other.places[-1] + _ONE_MOMENT and other.places[0] <= one.places[-1] + _ONE_MOMENT
    return one.part == other.part and near


def _moment(terms: Terms, hit: _Hit) -> Moment:
    field = terms.field
    score = calibrated(hit.score, terms.total, len(terms.words), hit.ahead)
    return moment_at(field.parts[hit.part].podcast_id, field.segments[hit.part], hit.places, score)
