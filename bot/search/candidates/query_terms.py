"""A query's words in the index: their ids, weights and postings."""

from math import log2

import numpy as np

from bot.search.candidates.diagonal_voting import Seed, rarest
from bot.search.candidates.query import Query
from bot.search.index.dtypes import F32, I64, U32
from bot.search.index.hashing import buckets, pair_hashes, word_hashes
from bot.search.index.index_view import IndexView

_MANY_WORDS = 20_000
_MAX_BITS = 14.0
_BITS, _BITS_PER_LETTER = 2.0, 2.5
# At most so many postings are checked against a filter with many ranges.
_MAX_FILTERED = 60_000


class QueryTerms:
    """The words of a query, looked up in each segment.

    `word_ids` are segments × words, 0 for a word that was never said there; `counts` say how often each was said.
    `weights` are in bits: the logarithm of a word's inverse collection frequency, with limits.
    """

    def __init__(self, view: IndexView, query: Query) -> None:
        self.view = view
        self.words = query.words
        self.exact = query.exact
        self.hashes = word_hashes(query.words)
        word_ids: I64 = np.array([segment.word_ids(self.hashes) for segment in view.segments], np.int64)
        self.word_ids = word_ids.reshape(len(view.segments), len(query.words))
        # For comparing with windows of the stream, whose zeros are no words.
        self.window_ids = np.where(self.word_ids == 0, -1, self.word_ids)
        counts = np.zeros(len(query.words), np.int64)
        for segment, ids in zip(view.segments, self.word_ids, strict=True):
            counts += segment.counts[ids]
        self.counts: list[int] = counts.tolist()
        self.weights: F32 = np.array(
            [self._weight(word, count) for word, count in zip(query.words, self.counts, strict=True)],
            np.float32,
        )
        self.total_weight = float(self.weights.sum())

    def _weight(self, word: str, count: int) -> float:
        # Nothing is known to be rare in a small podcast, and a word that was never said may be a typing error.
        known_as_rare = count and self.view.word_count > _MANY_WORDS
        limit = _MAX_BITS if known_as_rare else _BITS + _BITS_PER_LETTER * len(word)
        return min(_MAX_BITS, log2(max(_MANY_WORDS, self.view.word_count) / (count + 1)), limit)

    def is_exact(self, word: int) -> bool:
        """Whether this word stood in quotation marks."""
        return any(start <= word < end for start, end in self.exact)

    def pair_seeds(self) -> list[Seed]:
        """Seeds for each word with the next one, and with the one after that."""
        pairs = [(one, one + apart) for apart in (1, 2) for one in range(len(self.words) - apart)]
        if not pairs:
            return []
        firsts, seconds = np.array(pairs).T
        hashes = pair_hashes(self.hashes[firsts], self.hashes[seconds], (seconds - firsts).astype(np.uint64))
        weights: list[float] = self.weights.tolist()
        seeds = []
        for ordinal, segment in enumerate(self.view.segments):
            if not len(segment.pair_places):
                continue
            at = buckets(hashes, segment.pair_bits)
            starts, ends = segment.pair_from[at].tolist(), segment.pair_from[at + 1].tolist()
            ids = self.word_ids[ordinal].tolist()
            seeds += [
                Seed(
                    end - start, ordinal, segment.pair_places, start, first, weights[first] + weights[second]
                )
                for (first, second), start, end in zip(pairs, starts, ends, strict=True)
                if start < end and ids[first] and ids[second]
            ]
        return seeds

    def word_seeds(self) -> list[Seed]:
        """Seeds for each word that is no stop word."""
        weights: list[float] = self.weights.tolist()
        seeds = []
        for ordinal, segment in enumerate(self.view.segments):
            starts = segment.word_from[self.word_ids[ordinal]].tolist()
            ends = segment.word_from[self.word_ids[ordinal] + 1].tolist()
            seeds += [
                Seed(end - start, ordinal, segment.word_places, start, word, weights[word])
                for word, (start, end) in enumerate(zip(starts, ends, strict=True))
                if start < end
            ]
        return seeds

    def postings(self, ordinal: int, word_id: int) -> U32:
        """A word's places in a segment, visible or not; none for a stop word."""
        segment = self.view.segments[ordinal]
        return segment.word_places[segment.word_from[word_id] : segment.word_from[word_id + 1]]

    def has_postings(self, ordinal: int, word_id: int) -> bool:
        segment = self.view.segments[ordinal]
        return bool(segment.word_from[word_id] < segment.word_from[word_id + 1])

    def visible(self, ordinal: int, places: U32) -> U32:
        """Those of the sorted places in a segment that are visible."""
        ranges = self.view.visible[ordinal]
        return places if ranges is None else ranges.select(places)

    def rarest_visible(self, seeds: list[Seed], budget: int) -> list[Seed]:
        """The seeds with the fewest visible postings, up to `budget` in all.

        Where a segment has many visible ranges, the seeds are chosen before they are filtered, by a larger budget.
        """
        if not self.view.is_filtered:
            return rarest(seeds, budget)
        if any((ranges := self.view.visible[seed.ordinal]) is not None and not ranges.few for seed in seeds):
            seeds = rarest(seeds, min(_MAX_FILTERED, round(budget / max(self.view.visible_share, 1e-6))))
        return rarest([self._visible_seed(seed) for seed in seeds], budget)

    def _visible_seed(self, seed: Seed) -> Seed:
        places = self.visible(seed.ordinal, seed.postings)
        return seed._replace(table=places, start=0, size=len(places))
