"""A segment: one batch of episodes of a podcast as the tables of the search. It never changes once written.

Words are numbered by falling frequency from 1; number 0 stands between episodes. The stream is all words in order,
`GAP` zeros behind each episode. A place is a place in the stream.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from bot.search.index.hashing import I64, U32, U64, buckets
from bot.search.index.segment_file import MappedFile, Table, open_file
from bot.text.tokenizer import normal_words
from storage.models import TurnMark

# It moves with everything that changes what a file of the same turns would hold: tables, hashes, normalising.
VERSION: Final = 1
GAP: Final = 32
_COMMON_WORDS: Final = 4_096
_RELEASED_AFTER: Final = 10
MARKS: Final = (None, *TurnMark)
NO_TIME: Final = -1
# By turn: its place; its episode (the place among `episodes`) and position in it; times; speaker (0: unknown); mark.
TURN_TABLES: Final = (
    *(
        "turn_word",
        "turn_episode",
        "turn_position",
        "turn_start_ms",
        "turn_end_ms",
        "turn_speaker",
        "turn_mark",
    ),
)


class Segment:
    """An open segment: any number of threads may read it."""

    def __init__(self, file: MappedFile) -> None:
        tables = file.tables
        self._file = file
        # Segments are let go in turn.
        self._searches = crc32(file.path.name.encode()) % _RELEASED_AFTER
        self.path = file.path
        self.size = file.size
        self.speakers: Sequence[str] = file.texts
        self.stream: U32 = tables["stream"]
        self.counts: U32 = tables["counts"]
        self._letters_end = tables["letters_end"]
        self._hashes: U64 = tables["hashes"]
        self._hash_words: U32 = tables["hash_words"]
        self.word_from: U32 = tables["word_from"]
        self.word_places: U32 = tables["word_places"]
        self.pair_from: U32 = tables["pair_from"]
        self.pair_places: U32 = tables["pair_places"]
        self._spellings = tables["spelling_from"], tables["spelling_words"]
        self.sounds: U32 = tables["sounds"]
        self._sounds = tables["sound_from"], tables["sound_words"]
        self.turns = {name: tables[name] for name in TURN_TABLES}
        self.turn_word: U32 = tables["turn_word"]
        self.episodes: I64 = tables["episodes"]
        self.episode_word: U32 = tables["episode_word"]
        self.episode_end: U32 = tables["episode_end"]
        # Looked into one by one, which memory views do several times as fast as arrays.
        self._turn_words, self._episode_words = self.turn_word.data, self.episode_word.data
        self._letters, self._letter_ends = tables["letters"].data, self._letters_end.data
        self.pair_bits = _bits_of(self.pair_from)

    def searched(self) -> None:
        """Note a search of a large archive: now and then what was touched is let go, or it comes to be everything."""
        self._searches += 1
        if self._searches % _RELEASED_AFTER == 0:
            self._file.release()

    @cached_property
    def speaker_names(self) -> list[frozenset[str]]:
        """The words of each speaker's name."""
        return [frozenset(normal_words(name)) for name in self.speakers]

    @cached_property
    def has_marks(self) -> bool:
        """Whether any of it is more than talk."""
        return bool(self.turns["turn_mark"].any())

    @property
    def name(self) -> str:
        """What the database remembers of it: the file's name."""
        return self.path.name

    @cached_property
    def word_count(self) -> int:
        return len(self.stream) - GAP * len(self.episodes)

    def numbers(self, hashes: U64) -> I64:
        """The words' numbers; 0 for what was never said."""
        if not len(self._hashes):
            return np.zeros(len(hashes), np.int64)
        at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        return np.where(self._hashes[at] == hashes, self._hash_words[at], 0).astype(np.int64)

    def word(self, number: int) -> str:
        [text] = self.texts((number,))
        return text

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """Several words at once."""
        common, letters, ends = self._common, self._letters, self._letter_ends
        return [
            common[number]
            if number < _COMMON_WORDS
            else str(letters[ends[number - 1] : ends[number]], "utf-8", "surrogatepass")
            for number in numbers
        ]

    @cached_property
    def _common(self) -> list[str]:
        """Most words of any text are some few: they are decoded once."""
        ends = self._letters_end[:_COMMON_WORDS].tolist()
        return _decoded(bytes(self._letters[: ends[-1]]), ends)

    def lengths(self, numbers: U32) -> I64:
        """Of words, in bytes."""
        ends = self._letters_end[numbers].astype(np.int64)
        return ends - np.where(numbers > 0, self._letters_end[np.maximum(numbers, 1) - 1], 0)

    def words(self) -> list[str]:
        """The whole vocabulary by number; the first is no word."""
        return _decoded(bytes(self._letters), self._letters_end.tolist())

    def spelt_like(self, hashes: U64) -> U32:
        """Words that may be spelt like this, by `spelling_hashes`; others among them, each once."""
        return _found(*self._spellings, hashes)

    def sounding_like(self, hashes: U64) -> U32:
        """Words that may sound like this, by `sound_hashes`; others among them, each once."""
        return _found(*self._sounds, hashes)

    def turn_end(self, turn: int) -> int:
        """The place behind the turn's last word."""
        episode_end = int(self.episode_end[self.turns["turn_episode"][turn]])
        return (
            episode_end
            if turn + 1 == len(self.turn_word)
            else min(episode_end, int(self.turn_word[turn + 1]))
        )

    def episode_at(self, place: int) -> int:
        """Which of `episodes` holds a place."""
        return bisect_right(self._episode_words, place) - 1

    def turn_at(self, place: int) -> int:
        return bisect_right(self._turn_words, place) - 1


def open_segment(path: Path) -> Segment:
    """FileNotFoundError where it is missing, SegmentDamagedError where it cannot be used."""
    return Segment(open_file(path, VERSION))


def _decoded(letters: bytes, ends: Sequence[int]) -> list[str]:
    return [
        letters[start:end].decode("utf-8", "surrogatepass")
        for start, end in zip((0, *ends), ends, strict=False)
    ]


def _bits_of(starts: Table) -> int:
    return max(0, (len(starts) - 1).bit_length() - 1)


def _found(starts: U32, words: U32, hashes: U64) -> U32:
    if not len(words):
        return words
    at = buckets(hashes, _bits_of(starts))
    ranges = zip(starts[at].tolist(), starts[at + 1].tolist(), strict=True)
    found: npt.NDArray[np.uint32] = np.unique(np.concatenate([words[start:end] for start, end in ranges]))
    return found
