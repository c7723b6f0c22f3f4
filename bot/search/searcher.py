"""Searching the index, in a cascade that stops as soon as the result is clear.

The seeds of a query, its word pairs and rarer words, vote for diagonals, and the best places are aligned with it.
Only if that leaves a doubt, fuzzy terms vote as well and more places are aligned. Up to three keywords are matched in
another way.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.search.calibration import calibrate
from bot.search.candidates.diagonal_voting import Seed, vote
from bot.search.candidates.fuzzy_terms import compound_seeds, find_fuzzy_terms, fuzzy_seeds
from bot.search.candidates.query import Query
from bot.search.candidates.query_terms import QueryTerms
from bot.search.hits import IndexHit, hit_at
from bot.search.index.dtypes import I64
from bot.search.index.index_view import NO_FILTER, Filter, IndexView, SegmentView
from bot.search.index.segment import MARKS
from bot.search.matching.keyword_match import COMPLETE, MAX_KEYWORDS, KeywordMatch, match_keywords
from bot.search.matching.phrase_match import PhraseMatch, match_phrase
from storage.models import TurnMark


class _Effort(NamedTuple):
    """Limits to the work of a search, whatever the query: postings read, blocks scored and windows aligned.

    Blocks with less than `min_share` of the best one's votes are left out.
    """

    postings: int
    blocks: int
    aligned: int
    min_share: float


# Chosen with `python -m tests.bench.search`: at first, and if that leaves a doubt.
_QUICK = _Effort(800, 24, 6, 0.5)
_THOROUGH = _Effort(30_000, 96, 20, 0.25)
# In a larger index more postings are read.
_WORDS_FOR_EFFORT = 5e6
# A result is clear if the best match is good and this far ahead of all others, or if it is perfect.
_GOOD, _CLEARLY, _PERFECT = 0.65, 0.10, 0.98
# The background is the score of this many different places.
_BACKGROUND_RANK = 5
# Matches nearer to each other than this many words are one moment; the gap between episodes is wider.
_SAME_MOMENT = 30
# By how much matches in marked turns are ranked lower.
_MARK_COST: dict[TurnMark | None, float] = {
    TurnMark.SPONSOR: 0.06,
    TurnMark.BREAK: 0.06,
    TurnMark.SOUND: 0.1,
    TurnMark.GHOST: 0.15,
}

_Match = PhraseMatch | KeywordMatch


class _EpisodeMatch(NamedTuple):
    """A match cut to one episode: a segment's ordinal, the matched words' places in it, and its score.

    `lead` is by how much the score exceeds the background.
    """

    ordinal: int
    places: list[int]
    score: float
    lead: float


def search(
    views: Sequence[SegmentView], query: Query, filter_: Filter = NO_FILTER, *, limit: int = 5
) -> list[IndexHit]:
    """The best distinct hits, best first; of equal ones those of newer episodes.

    A hit whose score is below `SAID` is a guess: this was most likely never said. Any number of threads may search
    the same segments at once.
    """
    view = IndexView(views, filter_)
    if not query.words or not view.segments or limit <= 0:
        return []
    terms = QueryTerms(view, query)
    matches: Sequence[_Match]
    if len(query.words) <= MAX_KEYWORDS and (len(query.words) == 1 or not query.exact):
        matches = _keyword_matches(terms)
    else:
        matches = _phrase_matches(terms)
    return [_index_hit(terms, match) for match in _distinct(view, matches, limit)]


def _phrase_matches(terms: QueryTerms) -> list[PhraseMatch]:
    seeds = [*terms.pair_seeds(), *terms.word_seeds()]
    found = match_phrase(terms, _vote(terms, seeds, _QUICK), [], _QUICK.aligned)
    if not _is_clear(found):
        fuzzy_terms = find_fuzzy_terms(terms)
        seeds += [*fuzzy_seeds(terms, fuzzy_terms), *compound_seeds(terms)]
        found += match_phrase(terms, _vote(terms, seeds, _THOROUGH), fuzzy_terms, _THOROUGH.aligned)
    return found


def _vote(terms: QueryTerms, seeds: list[Seed], effort: _Effort) -> I64:
    budget = round(effort.postings * max(1.0, (terms.view.word_count / _WORDS_FOR_EFFORT) ** 0.5))
    return vote(terms.view, terms.rarest_visible(seeds, budget), effort.blocks, effort.min_share)


def _is_clear(found: list[PhraseMatch]) -> bool:
    """Whether the best match is good and clearly better than at any other moment, or perfect."""
    if not found:
        return False
    best = max(found, key=lambda match: match.score)
    if best.score >= _PERFECT or best.score < _GOOD:
        return best.score >= _PERFECT
    return all(
        best.score - other.score >= _CLEARLY or abs(best.start - other.start) < _SAME_MOMENT
        for other in found
    )


def _keyword_matches(terms: QueryTerms) -> list[KeywordMatch]:
    found = match_keywords(terms, [])
    if not found or max(match.score for match in found) < COMPLETE:
        found += match_keywords(terms, find_fuzzy_terms(terms))
    return [match for match in found if match.score > 0]


def _distinct(view: IndexView, matches: Sequence[_Match], limit: int) -> list[_EpisodeMatch]:
    """The best distinct matches; of equal ones those of the newer episode, and there the later one."""
    # Rounded, so that the same words have the same score wherever they were said.
    scores = [round(match.score - _mark_cost(view, match.start), 4) for match in matches]
    counts = Counter(scores)
    # Dates are looked up only where they decide.
    dates = [
        view.date_at(match.start) if counts[score] > 1 else 0.0
        for match, score in zip(matches, scores, strict=True)
    ]
    order = sorted(range(len(matches)), key=lambda at: (-scores[at], -dates[at], -matches[at].start))
    background = _background((matches[at].start, scores[at]) for at in order)
    kept: list[_EpisodeMatch] = []
    for match in (matches[at] for at in order):
        cut = _in_one_episode(view, match, background)
        if cut is not None and not any(_is_same_moment(cut, other) for other in kept):
            kept.append(cut)
            if len(kept) == limit:
                break
    return kept


def _mark_cost(view: IndexView, place: int) -> float:
    ordinal = view.ordinal_at(place)
    segment = view.segments[ordinal]
    if not segment.has_marks:
        return 0.0
    turn = segment.turn_at(max(0, place - int(view.bases[ordinal])))
    return _MARK_COST.get(MARKS[segment.turns["turn_mark"][turn]], 0.0)


def _background(ranked: Iterable[tuple[int, float]]) -> float:
    """What many places score: the fifth best score; 0 if there are fewer. The same words count once."""
    starts: list[int] = []
    different: list[float] = []
    for start, score in ranked:
        if any(abs(start - other) < _SAME_MOMENT for other in starts):
            continue
        starts.append(start)
        if score not in different:
            different.append(score)
            if len(different) == _BACKGROUND_RANK:
                return score
    return 0.0


def _in_one_episode(view: IndexView, match: _Match, background: float) -> _EpisodeMatch | None:
    """The match with the words of one episode, the one that has more of them."""
    places = match.places()
    if not places:
        return None
    ordinal = view.ordinal_at(places[0])
    segment, base = view.segments[ordinal], int(view.bases[ordinal])
    kept = [place - base for place in places]
    if segment.episode_at(kept[0]) != segment.episode_at(kept[-1]):
        episodes = [segment.episode_at(place) for place in kept]
        longest = max(set(episodes), key=episodes.count)
        kept = [place for place, episode in zip(kept, episodes, strict=True) if episode == longest]
    score = match.score * len(kept) / len(places)
    return _EpisodeMatch(ordinal, kept, score, score - background)


def _is_same_moment(one: _EpisodeMatch, other: _EpisodeMatch) -> bool:
    near = (
        one.places[0] <= other.places[-1] + _SAME_MOMENT and other.places[0] <= one.places[-1] + _SAME_MOMENT
    )
    return one.ordinal == other.ordinal and near


def _index_hit(terms: QueryTerms, match: _EpisodeMatch) -> IndexHit:
    view = terms.view
    score = calibrate(match.score, terms.total_weight, len(terms.words), match.lead)
    return hit_at(view.views[match.ordinal].podcast_id, view.segments[match.ordinal], match.places, score)
