"""One podcast's turns as a stream of numbered words, and for each word the bins that have it."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from unicodedata import is_normalized, normalize

from bot.search.tally import bits_of, span_bits
from bot.search.vocabulary import NO_WORD, RawNumbers, Vocabulary
from bot.search.words import normal_words, raw_words
from storage.models import SpokenTurn

# Words in one bin. A bin never holds words of two episodes.
BIN = 16
# What the sets of bins may take that are kept between searches, in bytes, and from which size they are kept.
_KEPT_BYTES = 2_000_000
_KEPT_FROM = 64


def _composed(turn: SpokenTurn) -> SpokenTurn:
    """The turn with accents as part of their letters: loose ones would end a word."""
    return turn if is_normalized("NFC", turn.text) else replace(turn, text=normalize("NFC", turn.text))


def _place(turn: SpokenTurn) -> tuple[int, int]:
    return turn.episode_id, turn.position


class PodcastIndex:
    """The words of one podcast. It belongs to one thread at a time."""

    def __init__(self, turns: Iterable[SpokenTurn]) -> None:
        self.turns: list[SpokenTurn] = sorted(map(_composed, turns), key=_place)
        self.vocabulary = Vocabulary()
        self.stream = array("I")
        # The words [start, end) of each turn, and of each episode, in the stream.
        self.turn_starts = array("I")
        self.turn_ends = array("I")
        self._episodes: dict[int, tuple[int, int]] = {}
        self._episode_starts = array("I")
        self._episode_ends = array("I")
        self.word_count = 0
        self._fill_stream()
        self._postings = self._post()
        self.bin_count = len(self.stream) // BIN
        self._kept: dict[int, int] = {}
        self._speakers: dict[str, list[int]] = {}
        for place, turn in enumerate(self.turns):
            if turn.speaker:
                self._speakers.setdefault(turn.speaker, []).append(place)

    def _fill_stream(self) -> None:
        number = RawNumbers(self.vocabulary).__getitem__
        stream = self.stream
        episode_id: int | None = None
        for turn in self.turns:
            if turn.episode_id != episode_id:
                self._end_episode(episode_id)
                episode_id = turn.episode_id
                self._episode_starts.append(len(stream))
            self.turn_starts.append(len(stream))
            stream.extend(map(number, raw_words(turn.text)))
            self.turn_ends.append(len(stream))
            self.word_count += self.turn_ends[-1] - self.turn_starts[-1]
        self._end_episode(episode_id)

    def _end_episode(self, episode_id: int | None) -> None:
        if episode_id is None:
            return
        self._episodes[episode_id] = (self._episode_starts[-1], len(self.stream))
        self._episode_ends.append(len(self.stream))
        self.stream.extend([NO_WORD] * (-len(self.stream) % BIN))

    def _post(self) -> list["array[int]"]:
        postings = [array("I") for _ in range(len(self.vocabulary))]
        stream = self.stream
        for place in range(len(stream) // BIN):
            for number in set(stream[place * BIN : place * BIN + BIN]):
                postings[number].append(place)
        postings[NO_WORD] = array("I")
        return postings

    def bins_with(self, number: int) -> int:
        """How many bins have the word."""
        return len(self._postings[number])

    def bins(self, number: int) -> int:
        """The bins that have the word, as a set (see tally)."""
        kept = self._kept.get(number)
        if kept is None:
            kept = bits_of(self._postings[number], self.bin_count)
            if len(self._postings[number]) >= _KEPT_FROM:
                if len(self._kept) >= max(16, _KEPT_BYTES // (self.bin_count // 8 + 1)):
                    self._kept.clear()
                self._kept[number] = kept
        return kept

    def episode_bins(self, episode_id: int) -> int:
        """The bins of one episode, as a set."""
        start, end = self._episodes.get(episode_id, (0, 0))
        return span_bits(start // BIN, -(-end // BIN))

    def speaker_turns(self, name: str) -> set[int]:
        """The turns (places in `turns`) of everybody whose name has every word of `name`."""
        asked = set(normal_words(name))
        if not asked:
            return set()
        return {
            place
            for speaker, places in self._speakers.items()
            if asked <= set(normal_words(speaker))
            for place in places
        }

    def turn_bins(self, places: Iterable[int]) -> int:
        """The bins that hold words of these turns, as a set."""
        touched = array("I")
        for place in places:
            touched.extend(range(self.turn_starts[place] // BIN, -(-self.turn_ends[place] // BIN)))
        return bits_of(touched, self.bin_count)

    def turn_at(self, word: int) -> int:
        """The turn that holds the `word`th word of the stream."""
        return bisect_right(self.turn_starts, word) - 1

    def episode_span(self, word: int) -> tuple[int, int]:
        """The words [start, end) of the episode that holds the `word`th word of the stream."""
        place = bisect_right(self._episode_starts, word) - 1
        return self._episode_starts[place], self._episode_ends[place]
