"""How much of a line comes from one place: what one spoken sentence dictates is no summary of a chapter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

STRETCH_WORDS = 45


def largest_share(supported: Collection[str], speech: Sequence[tuple[str, float]]) -> float:
    """The largest share of a line's words that a stretch of STRETCH_WORDS spoken words has.

    `speech`: what was said as it is compared, each with how many words were said before it.
    """
    wanted = set(supported)
    if not wanted:
        return 1.0
    places = [(word, place) for word, place in speech if word in wanted]
    inside: Counter[str] = Counter()
    first = best = 0
    for word, place in places:
        inside[word] += 1
        while place - places[first][1] >= STRETCH_WORDS:
            gone = places[first][0]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            first += 1
        best = max(best, len(inside))
    return best / len(wanted)
