"""Where a query's words stand together: each of them votes for the places where the quote would begin."""

from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from bot.search.index.hashing import I64, U32
from bot.search.index.index_view import Field

# A block is so many places; votes for neighbouring blocks count together: a word more or less does not matter.
BLOCK = 8
_BLOCK_BITS = 3
_WEIGHT_BITS = 17
_FINENESS = 64


class Voter(NamedTuple):
    """A word or pair of the query: its places in a segment, its place in the query, and what its vote counts.

    The places are `size` of `table` from `start` on: most voters are not heard, and then none is looked up.
    """

    size: int
    part: int
    table: U32
    start: int
    ahead: int
    weight: float

    @property
    def places(self) -> U32:
        return self.table[self.start : self.start + self.size]


_SIZE = itemgetter(0)


def chosen(voters: Iterable[Voter], budget: int) -> list[Voter]:
    """The rarest, up to so many places in all; if even the first is too long, its end."""
    taken: list[Voter] = []
    for voter in sorted(voters, key=_SIZE):
        if not voter.size:
            continue
        if voter.size > budget:
            # Of what everybody says all the time the newest is as good as any.
            if not taken:
                taken.append(voter._replace(start=voter.start + voter.size - budget, size=budget))
            break
        budget -= voter.size
        taken.append(voter)
    return taken


def elected(field: Field, voters: list[Voter], count: int, least_share: float) -> I64:
    """The places, a block's width of them each, that have most votes: at most so many, in no order.

    What begins in the block or the next one is meant. What has a smaller share of the best one's votes than
    `least_share` is left out.
    """
    if not voters:
        return np.zeros(0, np.int64)
    # The votes are sorted with their weights in the lower bits: one sort, and no table as large as the podcast.
    bases = field.bases.tolist()
    added = [
        (bases[voter.part] - voter.ahead << _WEIGHT_BITS) + round(voter.weight * _FINENESS)
        for voter in voters
    ]
    ballots = np.concatenate([voter.places for voter in voters]).astype(np.int64)
    ballots <<= _WEIGHT_BITS
    ballots += np.repeat(np.array(added, np.int64), [voter.size for voter in voters])
    ballots.sort()
    blocks = ballots >> (_WEIGHT_BITS + _BLOCK_BITS)
    changes = np.empty(len(blocks), np.bool_)
    changes[0] = True
    np.not_equal(blocks[1:], blocks[:-1], out=changes[1:])
    firsts = changes.nonzero()[0]
    ballots &= (1 << _WEIGHT_BITS) - 1
    sums = np.add.reduceat(ballots, firsts)
    # Most blocks have one vote: they are put aside first.
    many = (sums >= sums.max() * least_share).nonzero()[0]
    sums, blocks = sums[many], blocks[firsts[many]]
    if len(blocks) > 1:
        beside = blocks[1:] - blocks[:-1] == 1
        both = sums.copy()
        both[:-1] += beside * sums[1:]
        # Of two neighbours the better one stands for both.
        better = np.ones(len(both), np.bool_)
        better[1:] = ~(beside & (both[1:] <= both[:-1]))
        better[:-1] &= ~(beside & (both[:-1] < both[1:]))
        blocks, sums = blocks[better], both[better]
    if len(blocks) > count:
        # Of equal ones the later, which are the newer.
        blocks = blocks[sums.argsort(kind="stable")[-count:]]
    places: I64 = blocks << _BLOCK_BITS
    return places
