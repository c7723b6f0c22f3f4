"""Diagonal voting: where many of a query's words stand in about the same order and distances as in the query.

The seed-and-vote method of sequence aligners (BLAST's seeds on one diagonal; Subread, Liao et al. 2013). A seed, one
word or pair of the query, votes for each diagonal on which it occurs: the place where the query would begin if all of
it stood there without a gap.
"""

from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from bot.search.index.dtypes import I64, U32
from bot.search.index.index_view import IndexView

# Diagonals are counted in blocks of this width, together with the next block's, so that a few words more or less in
# between don't split the vote.
BLOCK = 8
_BLOCK_BITS = 3
_WEIGHT_BITS = 17
_WEIGHT_SCALE = 64


class Seed(NamedTuple):
    """A word or pair of the query in one segment: its postings, its offset in the query and the weight of its vote.

    The postings are `size` values of `table` from `start` on. They are sliced late, as most seeds never vote.
    """

    size: int
    ordinal: int
    table: U32
    start: int
    offset: int
    weight: float

    @property
    def postings(self) -> U32:
        return self.table[self.start : self.start + self.size]


_SIZE = itemgetter(0)


def rarest(seeds: Iterable[Seed], budget: int) -> list[Seed]:
    """The seeds with the fewest postings, up to `budget` postings in all.

    If even the rarest has more than that, its last ones: of what is said all the time the newest is as good as any.
    """
    taken: list[Seed] = []
    for seed in sorted(seeds, key=_SIZE):
        if not seed.size:
            continue
        if seed.size > budget:
            if not taken:
                taken.append(seed._replace(start=seed.start + seed.size - budget, size=budget))
            break
        budget -= seed.size
        taken.append(seed)
    return taken


def vote(view: IndexView, seeds: list[Seed], count: int, min_share: float) -> I64:
    """The first places of the blocks with the most votes: at most `count`, in no order.

    A quote begins in the block or in the next one. Blocks with less than `min_share` of the best block's votes are
    left out.
    """
    if not seeds:
        return np.zeros(0, np.int64)
    blocks, sums = _count_votes(_votes(view, seeds))
    # Most blocks have one vote and are put aside before neighbours are added up.
    many = (sums >= sums.max() * min_share).nonzero()[0]
    blocks, sums = _with_neighbours(blocks[many], sums[many])
    if len(blocks) > count:
        # Of equal blocks the later ones, which are newer.
        blocks = blocks[sums.argsort(kind="stable")[-count:]]
    starts: I64 = blocks << _BLOCK_BITS
    return starts


def _votes(view: IndexView, seeds: list[Seed]) -> I64:
    """All votes, sorted: the diagonal in the upper bits, the weight in the lower ones.

    So one sort is enough, without a table as large as the podcast.
    """
    bases = view.bases.tolist()
    added = [
        (bases[seed.ordinal] - seed.offset << _WEIGHT_BITS) + round(seed.weight * _WEIGHT_SCALE)
        for seed in seeds
    ]
    votes = np.concatenate([seed.postings for seed in seeds]).astype(np.int64)
    votes <<= _WEIGHT_BITS
    votes += np.repeat(np.array(added, np.int64), [seed.size for seed in seeds])
    votes.sort()
    return votes


def _count_votes(votes: I64) -> tuple[I64, I64]:
    """The blocks that have votes, in order, and the sum of each one's weights."""
    blocks = votes >> (_WEIGHT_BITS + _BLOCK_BITS)
    changes = np.empty(len(blocks), np.bool_)
    changes[0] = True
    np.not_equal(blocks[1:], blocks[:-1], out=changes[1:])
    firsts = changes.nonzero()[0]
    votes &= (1 << _WEIGHT_BITS) - 1
    return blocks[firsts], np.add.reduceat(votes, firsts)


def _with_neighbours(blocks: I64, sums: I64) -> tuple[I64, I64]:
    """The blocks with the next block's votes added; of two neighbours only the better one is kept."""
    if len(blocks) < 2:
        return blocks, sums
    adjacent = blocks[1:] - blocks[:-1] == 1
    both = sums.copy()
    both[:-1] += adjacent * sums[1:]
    kept = np.ones(len(both), np.bool_)
    kept[1:] = ~(adjacent & (both[1:] <= both[:-1]))
    kept[:-1] &= ~(adjacent & (both[:-1] < both[1:]))
    return blocks[kept], both[kept]
