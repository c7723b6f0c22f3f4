"""Counting votes for many places at once.

A set of places is a whole number whose bit `n` stands for place `n`. Python adds and compares such numbers at
the speed of memory, so counting in columns (one number for each binary digit of the counts) takes the place
of a loop over hundreds of thousands of postings.
"""

from array import array


def bits_of(places: "array[int]", size: int) -> int:
    """`places`, each under `size`, as a set."""
    buffer = bytearray(size // 8 + 1)
    for place in places:
        buffer[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(buffer, "little")


def span_bits(first: int, end: int) -> int:
    """The places [first, end) as a set."""
    return (1 << end) - (1 << first) if end > first else 0


def highest(places: int, limit: int) -> list[int]:
    """At most `limit` members, the highest first."""
    digits = f"{places:b}"
    found: list[int] = []
    at = digits.find("1")
    while at >= 0 and len(found) < limit:
        found.append(len(digits) - 1 - at)
        at = digits.find("1", at + 1)
    return found


class Tally:
    """The sum of the weights that each place was given."""

    def __init__(self) -> None:
        self._columns: list[int] = []
        self._total = 0

    @property
    def total(self) -> int:
        """What a place has that was given every weight."""
        return self._total

    def add(self, places: int, weight: int) -> None:
        self._total += weight
        for digit in range(weight.bit_length()):
            if weight >> digit & 1:
                self._add_column(places, digit)

    def _add_column(self, carry: int, digit: int) -> None:
        while carry:
            while digit >= len(self._columns):
                self._columns.append(0)
            column = self._columns[digit]
            self._columns[digit] = column ^ carry
            carry &= column
            digit += 1

    def at_least(self, sum_: int) -> int:
        """The places whose sum is `sum_` (1 or more) or greater."""
        if sum_ >> len(self._columns):
            return 0
        greater = 0
        equal: int | None = None  # None: every place, so far
        for digit in reversed(range(len(self._columns))):
            column = self._columns[digit]
            if sum_ >> digit & 1:
                equal = column if equal is None else equal & column
            elif equal is None:
                greater |= column
            else:
                both = equal & column
                greater |= both
                equal ^= both
        return greater | (equal or 0)

    def best(self, wanted: int) -> tuple[int, int]:
        """The greatest sum that `wanted` places or more reach (1 where fewer have any), and those places."""
        low, high = 1, self._total
        found = self.at_least(1)
        while low < high:
            middle = (low + high + 1) // 2
            places = self.at_least(middle)
            if places.bit_count() >= wanted:
                low, found = middle, places
            else:
                high = middle - 1
        return low, found
