"""One search in one podcast: votes for places, the best places aligned, the good ones answered."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2
from unicodedata import normalize

from bot.search.excerpt import excerpt
from bot.search.index import BIN, PodcastIndex
from bot.search.matching import Alignment, Matcher
from bot.search.tally import Tally, highest, span_bits
from bot.search.vocabulary import NO_WORD
from bot.search.words import joined, normal_words, word_spans
from storage.models import Quote, SpokenTurn

# Of a query this much is used: people quote a sentence or two.
MOST_WORDS = 40
MOST_CHARACTERS = 400
# Places that are looked at closely, and places that are looked at shortly to choose those.
_ALIGNED = 32
_GLANCED = 1_500
# The weight of the most common word against that of the rarest.
_LEAST_WEIGHT = 0.3
_VOTES = 12
# From so many bins on (an hour and a half of speech), rare words tell themselves from common ones.
_MANY_BINS = 1_000
# A word in at most this many bins may be a slip of somebody's pen; what it may stand for has a weaker vote.
_RARE = 2
_SECOND_CHOICE = 0.67
# Hits nearer than this many words are one moment.
_ONE_MOMENT = 30
_WORDS_PER_SECOND = 2.6
# By the number of words; the last is for all longer queries.
_LEAST_SCORES = (1.0, 0.8, 0.75, 0.7, 0.7, 0.7, 0.69, 0.67, 0.65, 0.63, 0.6, 0.58, 0.55)


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: normalised words, and where they may have been said."""

    words: tuple[str, ...]
    episode_id: int | None = None
    speaker: str | None = None


def read_query(text: str, episode_id: int | None = None, speaker: str | None = None) -> Query:
    used = normalize("NFC", text.strip()[:MOST_CHARACTERS])
    return Query(tuple(normal_words(used)[:MOST_WORDS]), episode_id, speaker)


def least_score(count: int) -> float:
    """The score from which a query of `count` words counts as said.

    Measured with `python -m tests.bench.search`: of a few words somebody always said most, of many only who
    said them. Two slips in six words must stay above it, quotes of other podcasts below.
    """
    return _LEAST_SCORES[min(count, len(_LEAST_SCORES) - 1)]


@dataclass(frozen=True, slots=True)
class _Term:
    """One word of the query: its number, those of what else it may stand for, and its weight from 0 to 1.

    `halves` are two words that it may be when they are written together.
    """

    word: str
    number: int
    others: tuple[int, ...]
    halves: tuple[tuple[int, int], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    score: float
    turn: int


def search(index: PodcastIndex, query: Query, limit: int) -> list[Quote]:
    """The best distinct moments, best first; of equal ones the newer episode first."""
    if not query.words or not index.bin_count or limit <= 0:
        return []
    seen = index.speaker_turns(query.speaker) if query.speaker is not None else None
    allowed = span_bits(0, index.bin_count)
    if seen is not None:
        allowed &= index.turn_bins(seen)
    if query.episode_id is not None:
        allowed &= index.episode_bins(query.episode_id)
    if not allowed:
        return []
    terms = _terms(index, query.words)
    matcher = Matcher(query.words, [term.weight for term in terms])
    least = least_score(len(terms))
    hits: list[_Hit] = []
    for low, high in _windows(index, terms, allowed):
        window = _visible(index, low, high, seen)
        for found in _alignments(index, matcher, window, low, keywords=len(terms) <= 3):
            if found.score >= least:
                start = low + found.start
                hits.append(_Hit(start, low + found.end, found.score, index.turn_at(start)))
    hits.sort(key=lambda hit: (-hit.score, -index.turns[hit.turn].episode_id, hit.start))
    return [_quote(index, hit) for hit in _distinct(index, hits, limit)]


def _terms(index: PodcastIndex, words: Sequence[str]) -> list[_Term]:
    """A term for each word; what two neighbours are when written as one stands in for both."""
    vocabulary = index.vocabulary
    whole = [vocabulary.find(joined(first, second)) for first, second in pairwise(words)]
    beside = [
        tuple(number for number in (before, behind) if number)
        for before, behind in zip([NO_WORD, *whole], [*whole, NO_WORD], strict=True)
    ]
    return [_term(index, word, others) for word, others in zip(words, beside, strict=True)]


def _term(index: PodcastIndex, word: str, others: tuple[int, ...]) -> _Term:
    vocabulary = index.vocabulary
    number = vocabulary.find(word)
    bins = index.bins_with(number) if number else 0
    halves: tuple[tuple[int, int], ...] = ()
    if bins <= _RARE:
        variants = vocabulary.variants(word)
        if variants:
            # A misspelt "the" is no rare word: it weighs what it most likely stands for.
            nearest = min(edits for _, edits in variants)
            bins = max(bins, *(index.bins_with(other) for other, edits in variants if edits == nearest))
        others += tuple(other for other, _ in variants)
        splits = ((vocabulary.find(word[:at]), vocabulary.find(word[at:])) for at in range(1, len(word)))
        halves = tuple((left, right) for left, right in splits if left and right)
    return _Term(word, number, others, halves, _weight(index.bin_count, bins))


def _weight(all_bins: int, bins: int) -> float:
    """What a word in so many bins weighs, from `_LEAST_WEIGHT` to 1.

    In a small podcast every word is in few bins, and only those that it has not at all are known to be rare.
    """
    if not bins:
        return 1.0
    rarity = log2((all_bins + 1) / bins) / log2(max(all_bins, _MANY_BINS) + 1)
    return _LEAST_WEIGHT + (1 - _LEAST_WEIGHT) * max(0.0, rarity)


def _windows(index: PodcastIndex, terms: Sequence[_Term], allowed: int) -> list[tuple[int, int]]:
    """The stretches [from, to) of the stream that have most of the query's words."""
    width = 2 + (len(terms) - 1) // BIN
    tally = Tally()
    for term in {term.word: term for term in terms}.values():
        exact = _smeared(index.bins(term.number), width) if term.number else 0
        votes = max(1, round(term.weight * _VOTES))
        if exact:
            tally.add(exact & allowed, votes)
        near = 0
        for other in term.others:
            near |= index.bins(other)
        for left, right in term.halves:
            near |= index.bins(left) & index.bins(right)
        near = _smeared(near, width) & ~exact & allowed
        if near:
            tally.add(near, max(1, round(votes * _SECOND_CHOICE)))
    if not tally.total:
        return []
    windows = []
    for place in _best_places(index, terms, tally, width):
        start = place * BIN
        first, last = index.episode_span(min(start + BIN, len(index.stream)) - 1)
        windows.append((max(first, start - BIN), min(last, start + (width + 1) * BIN)))
    return windows


def _smeared(places: int, width: int) -> int:
    """Places from which `width` bins on one of `places` is met."""
    met = places
    for step in range(1, width):
        met |= places >> step
    return met


def _best_places(index: PodcastIndex, terms: Sequence[_Term], tally: Tally, width: int) -> Iterator[int]:
    """At most `_ALIGNED` places, none beside another: a window reaches a bin further on both sides."""
    least, places = tally.best(_ALIGNED)
    better = tally.at_least(least + 1)
    glanced = highest(better, _ALIGNED) + highest(places & ~better, _GLANCED)
    ordered = _glance(index, terms, glanced, width)
    chosen: set[int] = set()
    for place in ordered:
        if len(chosen) == _ALIGNED:
            return
        if place - 1 not in chosen and place + 1 not in chosen:
            chosen.add(place)
            yield place


def _glance(index: PodcastIndex, terms: Sequence[_Term], places: list[int], width: int) -> list[int]:
    """`places` ordered by the weight of the query's words there, and by how many stand in its order."""
    weights = {other: term.weight * _SECOND_CHOICE for term in terms for other in term.others}
    weights.update((term.number, term.weight) for term in terms if term.number)
    numbers = [term.number for term in terms]
    pairs = {*pairwise(numbers), *zip(numbers, numbers[2:], strict=False)}
    pairs.update(half for term in terms for half in term.halves)

    def promise(place: int) -> float:
        words = index.stream[place * BIN : (place + width) * BIN]
        held = sum(map(weights.__getitem__, weights.keys() & set(words)))
        return held + len(pairs.intersection(pairwise(words))) / 2

    return sorted(places, key=promise, reverse=True)


def _visible(index: PodcastIndex, low: int, high: int, seen: Collection[int] | None) -> list[str]:
    """The words [low, high) of the stream, those of turns that are not `seen` left empty."""
    words = index.vocabulary.words
    window = [words[number] for number in index.stream[low:high]]
    if seen is not None:
        for turn, start, end in _turns_in(index, low, high):
            if turn not in seen:
                window[start - low : end - low] = [""] * (end - start)
    return window


def _turns_in(index: PodcastIndex, low: int, high: int) -> Iterator[tuple[int, int, int]]:
    """Each turn with words in [low, high), and which words of it [from, to) those are."""
    turn = index.turn_at(low)
    while turn < len(index.turns) and index.turn_starts[turn] < high:
        start, end = max(low, index.turn_starts[turn]), min(high, index.turn_ends[turn])
        if start < end:
            yield turn, start, end
        turn += 1


def _alignments(
    index: PodcastIndex, matcher: Matcher, window: Sequence[str], low: int, *, keywords: bool
) -> Iterator[Alignment]:
    found = matcher.align(window)
    if found:
        yield found
    if keywords:
        for _, start, end in _turns_in(index, low, low + len(window)):
            gathered = matcher.gather(window[start - low : end - low])
            if gathered:
                yield Alignment(gathered.start + start - low, gathered.end + start - low, gathered.score)


def _distinct(index: PodcastIndex, hits: Sequence[_Hit], limit: int) -> list[_Hit]:
    """The first `limit` hits of which no two are one moment."""
    kept: list[_Hit] = []
    for hit in hits:
        if not any(_is_one_moment(index, hit, other) for other in kept):
            kept.append(hit)
            if len(kept) == limit:
                break
    return kept


def _is_one_moment(index: PodcastIndex, one: _Hit, other: _Hit) -> bool:
    near = one.start < other.end + _ONE_MOMENT and other.start < one.end + _ONE_MOMENT
    return near and index.turns[one.turn].episode_id == index.turns[other.turn].episode_id


def _quote(index: PodcastIndex, hit: _Hit) -> Quote:
    last_turn = index.turn_at(hit.end - 1)
    turns = index.turns[hit.turn : last_turn + 1]
    first_word = hit.start - index.turn_starts[hit.turn]
    last_word = hit.end - 1 - index.turn_starts[last_turn]
    spans = word_spans(turns[0].text)
    last_spans = spans if len(turns) == 1 else word_spans(turns[-1].text)
    shown = excerpt(
        [(turn.speaker, turn.text) for turn in turns], spans[first_word][0], last_spans[last_word][1]
    )
    start_ms = _time_of(turns[0], first_word, len(spans))
    end_ms = _time_of(turns[-1], last_word + 1, len(last_spans))
    if start_ms is not None and end_ms is not None:
        end_ms = max(start_ms, end_ms)  # times of a later turn may go back
    return Quote(
        episode_id=turns[0].episode_id,
        position=turns[0].position,
        speaker=turns[0].speaker,
        start_ms=start_ms,
        end_ms=end_ms,
        text=shown.text,
        match=shown.match,
        score=hit.score,
    )


def _time_of(turn: SpokenTurn, word: int, words: int) -> int | None:
    """When the `word`th of the turn's `words` begins, in ms: its share of the turn.

    Where only the start or only the end of the turn is known, people are taken to say 2.6 words a second.
    """
    if turn.start_ms is not None and turn.end_ms is not None and turn.end_ms > turn.start_ms:
        return round(turn.start_ms + (turn.end_ms - turn.start_ms) * word / words)
    if turn.start_ms is not None:
        return round(turn.start_ms + word / _WORDS_PER_SECOND * 1000)
    if turn.end_ms is not None:
        return max(0, round(turn.end_ms - (words - word) / _WORDS_PER_SECOND * 1000))
    return None
