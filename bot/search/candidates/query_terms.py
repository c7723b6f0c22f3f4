"""The words of a query as the parts of a field know them: numbers, weights, and where they stand."""

from math import log2

import numpy as np

from bot.search.candidates.diagonal_voting import Voter, chosen
from bot.search.candidates.query import Query
from bot.search.index.hashing import I64, U32, buckets, pair_hashes, word_hashes
from bot.search.index.index_view import Field
from bot.search.matching.alignment import Floats

_MANY_WORDS = 20_000
_MOST_BITS = 14.0
_BITS, _BITS_A_LETTER = 2.0, 2.5
# As many places are asked whether they are seen.
_MOST_UNSEEN = 60_000


class Terms:
    """`numbers` by part and word of the query, 0 where it was never said; `weights` in bits, by how rare it is."""

    def __init__(self, field: Field, query: Query) -> None:
        self.field = field
        self.words = query.words
        self.exact = query.exact
        self.hashes = word_hashes(query.words)
        self.numbers: I64 = np.array([segment.numbers(self.hashes) for segment in field.segments], np.int64)
        self.numbers = self.numbers.reshape(len(field.segments), len(query.words))
        # As they are looked for in the stream: what was never said is no 0 there.
        self.sought = np.where(self.numbers == 0, -1, self.numbers)
        counts = np.zeros(len(query.words), np.int64)
        for segment, numbers in zip(field.segments, self.numbers, strict=True):
            counts += segment.counts[numbers]
        self.counts = counts.tolist()
        all_words = max(_MANY_WORDS, field.words)
        self.weights: Floats = np.array(
            [
                min(
                    _MOST_BITS,
                    log2(all_words / (count + 1)),
                    # In a small podcast no word is known to be rare; one that was never said may be a slip.
                    _MOST_BITS if count and field.words > _MANY_WORDS else _BITS + _BITS_A_LETTER * len(word),
                )
                for word, count in zip(query.words, self.counts, strict=True)
            ],
            np.float32,
        )
        self.total = float(self.weights.sum())

    def is_exact(self, word: int) -> bool:
        """Whether the word stood in quotes."""
        return any(start <= word < end for start, end in self.exact)

    def pairs(self) -> list[Voter]:
        """Where neighbours of the query stand as neighbours, and those with one word between them."""
        pairs = [(one, one + apart) for apart in (1, 2) for one in range(len(self.words) - apart)]
        if not pairs:
            return []
        firsts, seconds = np.array(pairs).T
        hashes = pair_hashes(self.hashes[firsts], self.hashes[seconds], (seconds - firsts).astype(np.uint64))
        weights: list[float] = self.weights.tolist()
        voters = []
        for part, segment in enumerate(self.field.segments):
            if not len(segment.pair_places):
                continue
            at = buckets(hashes, segment.pair_bits)
            starts, ends = segment.pair_from[at].tolist(), segment.pair_from[at + 1].tolist()
            known = self.numbers[part].tolist()
            voters += [
                Voter(end - start, part, segment.pair_places, start, first, weights[first] + weights[second])
                for (first, second), start, end in zip(pairs, starts, ends, strict=True)
                if start < end and known[first] and known[second]
            ]
        return voters

    def singles(self) -> list[Voter]:
        """Where each word stands, but for the most common ones."""
        weights: list[float] = self.weights.tolist()
        voters = []
        for part, segment in enumerate(self.field.segments):
            starts = segment.word_from[self.numbers[part]].tolist()
            ends = segment.word_from[self.numbers[part] + 1].tolist()
            voters += [
                Voter(end - start, part, segment.word_places, start, ahead, weights[ahead])
                for ahead, (start, end) in enumerate(zip(starts, ends, strict=True))
                if start < end
            ]
        return voters

    def places_of(self, part: int, number: int) -> U32:
        """Where a word stands in a part, seen or not; nothing where it is so common that it has no list."""
        segment = self.field.segments[part]
        return segment.word_places[segment.word_from[number] : segment.word_from[number + 1]]

    def is_listed(self, part: int, number: int) -> bool:
        segment = self.field.segments[part]
        return bool(segment.word_from[number] < segment.word_from[number + 1])

    def seen_places(self, part: int, number: int) -> U32:
        return self.seen(part, self.places_of(part, number))

    def seen(self, part: int, places: U32) -> U32:
        """Of places in a part those that are seen."""
        spans = self.field.spans[part]
        return places if spans is None else spans.among(places)

    def seen_voters(self, voters: list[Voter], postings: int) -> list[Voter]:
        """Those with the fewest places, up to so many seen ones in all (about, where it costs to tell)."""
        if not self.field.masked:
            return chosen(voters, postings)
        told = [
            voter.part for voter in voters if (spans := self.field.spans[voter.part]) is None or spans.few
        ]
        if len(told) == len(voters):
            return chosen([self._seen(voter) for voter in voters], postings)
        wide = min(_MOST_UNSEEN, round(postings / max(self.field.share, 1e-6)))
        return chosen([self._seen(voter) for voter in chosen(voters, wide)], postings)

    def _seen(self, voter: Voter) -> Voter:
        places = self.seen(voter.part, voter.places)
        return voter._replace(table=places, start=0, size=len(places))
