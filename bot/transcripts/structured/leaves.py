"""The pieces of speech in a document, before their times and speakers are worked out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

# What may be the speaker's name, by the keys' order; empty where the document says that nobody knows.
Names = tuple[str, ...]
NOBODY: Names = ()


@dataclass(slots=True)
class Leaf:
    """A text that is not taken apart any further: a word, a phrase or a paragraph, with the spaces around it.

    speaker: None where the entry says nothing of a speaker.
    start, end: milliseconds; where `clock` names the key of the start, numbers whose unit is not known yet.
    glued: it goes on with what stands before it, without a space.
    """

    text: str
    speaker: Names | None = None
    start: float | None = None
    end: float | None = None
    clock: str | None = None
    glued: bool = False


@dataclass(slots=True)
class Leaves:
    """Leaves in their order, with what they are judged by. `entries`: those of the document that they stand for."""

    leaves: list[Leaf] = field(default_factory=list)
    entries: int = 0
    letters: int = 0
    timed: int = 0
    spoken: int = 0

    @classmethod
    def of(cls, leaves: Iterable[Leaf], entries: int | None = None) -> Leaves:
        """The speech of these leaves."""
        made = cls(list(leaves))
        made.entries = len(made.leaves) if entries is None else entries
        made.measure()
        return made

    @classmethod
    def one(cls, leaf: Leaf) -> Leaves:
        """The speech of one leaf."""
        size = len(leaf.text) - leaf.text.count(" ")
        return cls([leaf], 1, size, size if leaf.start is not None else 0, size if leaf.speaker else 0)

    def measure(self) -> None:
        """Count anew how much is said, and how much of that has a time and a speaker."""
        self.letters = self.timed = self.spoken = 0
        for leaf in self.leaves:
            # Words have lost the spaces that phrases have.
            size = len(leaf.text) - leaf.text.count(" ")
            self.letters += size
            self.timed += size if leaf.start is not None else 0
            self.spoken += size if leaf.speaker else 0

    def add(self, other: Leaves) -> None:
        """What is said next."""
        self.leaves += other.leaves
        self.entries += other.entries
        self.letters += other.letters
        self.timed += other.timed
        self.spoken += other.spoken

    @property
    def worth(self) -> float:
        """How much is said, where what has times counts double, and half as much again with speakers."""
        return self.letters + self.timed + self.spoken / 2

    @property
    def range(self) -> tuple[float, float] | None:
        """The first start and the last end; None where not all is timed, or by several clocks."""
        if not self.letters or self.timed < self.letters or len({leaf.clock for leaf in self.leaves}) > 1:
            return None
        starts = [leaf.start for leaf in self.leaves if leaf.start is not None]
        ends = [leaf.end for leaf in self.leaves if leaf.end is not None]
        return min(starts), max([*starts, *ends])
