"""A segment: an immutable inverted index of some of a podcast's episodes, as in Lucene.

Word ids run from 1 by falling frequency; 0 is no word. The stream holds the ids of all words in the order in which
they were said, with `GAP` zeros after each episode. A place is an index into the stream; a position is that of a turn
in its episode.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np

from bot.search.index.dtypes import I64, U32, U64
from bot.search.index.hashing import buckets
from bot.search.index.segment_file import FileCondition, MappedFile, Table, open_file
from bot.text.tokenizer import normal_words
from storage.models import TurnMark

# To be raised with every change to what the same turns are stored as: tables, hashes, normalisation.
VERSION: Final = 1
GAP: Final = 32
_COMMON_WORDS: Final = 4_096
_RELEASED_AFTER: Final = 10
MARKS: Final = (None, *TurnMark)
NO_TIME: Final = -1
# For each turn: its first place, its episode (an index into `episodes`), its position in that episode, its start and
# end in ms, its speaker (an index into `speakers`; 0 is unknown) and its mark (an index into `MARKS`).
TURN_TABLES: Final = (
    "turn_word",
    "turn_episode",
    "turn_position",
    "turn_start_ms",
    "turn_end_ms",
    "turn_speaker",
    "turn_mark",
)


class Segment:
    """An open segment. Any number of threads may read it."""

    def __init__(self, file: MappedFile) -> None:
        tables = file.tables
        self._file = file
        # Segments start from different counts, so that they are not all released by the same search.
        self._searches = crc32(file.path.name.encode()) % _RELEASED_AFTER
        self.path = file.path
        self.size = file.size
        self.speakers: Sequence[str] = file.texts
        # Of episodes and turns the first place (`_word`) and the place after the last one (`_end`).
        self.stream: U32 = tables["stream"]
        self.counts: U32 = tables["counts"]
        self._letters_end = tables["letters_end"]
        self._hashes: U64 = tables["hashes"]
        self._hash_words: U32 = tables["hash_words"]
        self.word_from: U32 = tables["word_from"]
        self.word_places: U32 = tables["word_places"]
        self.pair_from: U32 = tables["pair_from"]
        self.pair_places: U32 = tables["pair_places"]
        self._deletions = tables["spelling_from"], tables["spelling_words"]
        self.phonetic_codes: U32 = tables["sounds"]
        self._phonetic = tables["sound_from"], tables["sound_words"]
        self.turns = {name: tables[name] for name in TURN_TABLES}
        self.turn_word: U32 = tables["turn_word"]
        self.episodes: I64 = tables["episodes"]
        self.episode_word: U32 = tables["episode_word"]
        self.episode_end: U32 = tables["episode_end"]
        # For single values memory views are several times as fast as arrays.
        self._turn_words, self._episode_words = self.turn_word.data, self.episode_word.data
        self._letters, self._letter_ends = tables["letters"].data, self._letters_end.data
        self.pair_bits = _bits_of(self.pair_from)

    def condition(self) -> FileCondition:
        """Whether its file is as it was when it was opened."""
        return self._file.condition()

    @property
    def readable(self) -> bool:
        """Whether it can be read: to read a file that was cut ends the process."""
        return self.condition() is not FileCondition.CHANGED

    def note_search(self) -> None:
        """Count a search; every tenth releases the pages read so far, which would else grow to the whole file."""
        self._searches += 1
        if self._searches % _RELEASED_AFTER == 0:
            self._file.release()

    @cached_property
    def speaker_names(self) -> list[frozenset[str]]:
        """The normalised words of each speaker's name."""
        return [frozenset(normal_words(name)) for name in self.speakers]

    @cached_property
    def has_marks(self) -> bool:
        """Whether any turn is marked as something else than talk, such as an advertisement."""
        return bool(self.turns["turn_mark"].any())

    @property
    def name(self) -> str:
        """The file's name, by which the database lists the segment."""
        return self.path.name

    @cached_property
    def word_count(self) -> int:
        return len(self.stream) - GAP * len(self.episodes)

    def word_ids(self, hashes: U64) -> I64:
        """The ids of words, by their hashes; 0 for a word that was never said."""
        if not len(self._hashes):
            return np.zeros(len(hashes), np.int64)
        at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        return np.where(self._hashes[at] == hashes, self._hash_words[at], 0).astype(np.int64)

    def word(self, word_id: int) -> str:
        [text] = self.words((word_id,))
        return text

    def words(self, word_ids: Sequence[int]) -> list[str]:
        common, letters, ends = self._common, self._letters, self._letter_ends
        return [
            common[word_id]
            if word_id < _COMMON_WORDS
            else str(letters[ends[word_id - 1] : ends[word_id]], "utf-8", "surrogatepass")
            for word_id in word_ids
        ]

    @cached_property
    def _common(self) -> list[str]:
        """The most common words, which make up most of any text, decoded once."""
        ends = self._letters_end[:_COMMON_WORDS].tolist()
        return _decoded(bytes(self._letters[: ends[-1]]), ends)

    def byte_lengths(self, word_ids: U32) -> I64:
        """The words' lengths in bytes of UTF-8."""
        ends = self._letters_end[word_ids].astype(np.int64)
        return ends - np.where(word_ids > 0, self._letters_end[np.maximum(word_ids, 1) - 1], 0)

    def vocabulary(self) -> list[str]:
        """All words by id; the first is no word."""
        return _decoded(bytes(self._letters), self._letters_end.tolist())

    def words_with_deletions(self, hashes: U64) -> U32:
        """Ids of the words that share one of these `deletion_hashes`, and of some that share only its bucket."""
        return _in_buckets(*self._deletions, hashes)

    def words_with_sounds(self, hashes: U64) -> U32:
        """Ids of the words that share one of these `phonetic_hashes`, and of some that share only its bucket."""
        return _in_buckets(*self._phonetic, hashes)

    def turn_end(self, turn: int) -> int:
        """The place after the turn's last word."""
        episode_end = int(self.episode_end[self.turns["turn_episode"][turn]])
        return (
            episode_end
            if turn + 1 == len(self.turn_word)
            else min(episode_end, int(self.turn_word[turn + 1]))
        )

    def episode_at(self, place: int) -> int:
        """The index in `episodes` of the one that holds this place."""
        return bisect_right(self._episode_words, place) - 1

    def turn_at(self, place: int) -> int:
        """The index of the turn that holds this place."""
        return bisect_right(self._turn_words, place) - 1


def open_segment(path: Path) -> Segment:
    """Raises FileNotFoundError, or SegmentDamagedError if the file can't be used."""
    return Segment(open_file(path, VERSION))


def _decoded(letters: bytes, ends: Sequence[int]) -> list[str]:
    return [
        letters[start:end].decode("utf-8", "surrogatepass")
        for start, end in zip((0, *ends), ends, strict=False)
    ]


def _bits_of(starts: Table) -> int:
    return max(0, (len(starts) - 1).bit_length() - 1)


def _in_buckets(starts: U32, word_ids: U32, hashes: U64) -> U32:
    if not len(word_ids):
        return word_ids
    at = buckets(hashes, _bits_of(starts))
    ranges = zip(starts[at].tolist(), starts[at + 1].tolist(), strict=True)
    found: U32 = np.unique(np.concatenate([word_ids[start:end] for start, end in ranges]))
    return found
