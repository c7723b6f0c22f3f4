"""Real and invented speech for tests and benches, and the typing errors that people make when they quote it."""

import random
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.search.candidates.query import parse_query
from bot.search.highlighting import quote_of
from bot.search.hits import IndexHit
from bot.search.index.index_view import NO_FILTER, Filter, IndexView, SegmentView
from bot.search.index.indexer import build_segments
from bot.search.index.segment import Segment, open_segment
from bot.search.searcher import search
from bot.text.tokenizer import normal_words, word_spans
from storage.models import Quote, SpokenTurn
from tests.paths import SHARED_DATA

CORPUS = SHARED_DATA / "corpus" / "changelog"
_TURN = re.compile(r"\*\*([^*]{1,60}):\*\*\s*(?:\\?\[[\d:]+\\?\])?\s*(.*)", re.DOTALL)
_TURN_MS = 20_000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def speech(episodes: int, *, skip: int = 0) -> list[SpokenTurn]:
    """The turns of some episodes of the corpus, in a fixed shuffled order. 38 episodes have about 370,000 words.

    Each turn lasts 20 s, as the corpus has no times.
    """
    paths = sorted(CORPUS.glob("*.md"))
    random.Random(5).shuffle(paths)
    turns: list[SpokenTurn] = []
    for episode, path in enumerate(paths[skip : skip + episodes], start=1):
        spoken: list[tuple[str, list[str]]] = []
        for paragraph in path.read_text(encoding="utf-8").split("\n\n"):
            found = _TURN.match(paragraph)
            if found:
                spoken.append((found[1], [found[2].strip()]))
            elif spoken:
                spoken[-1][1].append(paragraph.strip())
        for place, (speaker, texts) in enumerate(spoken):
            start = place * _TURN_MS
            turns.append(SpokenTurn(episode, place, speaker, start, start + _TURN_MS, " ".join(texts)))
    return turns


_SYLLABLES = "ba ce di fo gu la me ni po ru sta tri von wex yel zam".split()  # noqa: SIM905


def invented_turns(episodes: int, words: int) -> list[SpokenTurn]:
    """Turns of invented words, half of them common ones; the same each time."""
    rng = random.Random(11)
    common = ["the", "and", "of", "to", "it", "is", "that", "you", "in", "so"]
    rare = sorted({"".join(rng.choices(_SYLLABLES, k=rng.choice((2, 3, 4)))) for _ in range(800)})
    turns = []
    for episode in range(1, episodes + 1):
        for position in range(words // 40):
            said = [rng.choice(common) if rng.random() < 0.5 else rng.choice(rare) for _ in range(40)]
            start = position * 15_000
            turns.append(
                SpokenTurn(
                    episode, position, rng.choice(("Ann", "Bob")), start, start + 15_000, " ".join(said)
                )
            )
    return turns


def segments_of(folder: Path, *groups: Sequence[SpokenTurn]) -> list[Segment]:
    """A segment of each group of turns."""
    return [open_segment(path) for turns in groups for path in build_segments(folder, turns)]


def view_of(*groups: Sequence[SpokenTurn], filter_: Filter = NO_FILTER) -> IndexView:
    """One view of a segment of each group of turns."""
    with TemporaryDirectory() as folder:
        return IndexView([SegmentView(1, segment) for segment in segments_of(Path(folder), *groups)], filter_)


def turns_of(*texts: str, episode: int = 1) -> list[SpokenTurn]:
    """Turns of one episode."""
    return [SpokenTurn(episode, position, None, None, None, text) for position, text in enumerate(texts)]


class Indexed:
    """Turns in one segment, or in several of `max_words` each, to be searched."""

    def __init__(self, turns: Sequence[SpokenTurn], *, max_words: int = 1_000_000) -> None:
        self._turns = {(turn.episode_id, turn.position): turn for turn in turns}
        with TemporaryDirectory() as folder:
            paths = build_segments(Path(folder), turns, max_words=max_words)
            self.views = [SegmentView(1, open_segment(path)) for path in paths]

    def hits(
        self,
        words: str,
        episode_ids: Collection[int] | None = None,
        speaker: str | None = None,
        limit: int = 5,
    ) -> list[IndexHit]:
        return search(self.views, parse_query(words), Filter(episode_ids, speaker), limit=limit)

    def find(
        self,
        words: str,
        episode_ids: Collection[int] | None = None,
        speaker: str | None = None,
        limit: int = 5,
    ) -> list[Quote]:
        return [self.quote(hit) for hit in self.hits(words, episode_ids, speaker, limit)]

    def quote(self, hit: IndexHit) -> Quote:
        positions = range(hit.first_position, hit.last_position + 1)
        quote = quote_of(hit, [self._turns[hit.episode_id, position] for position in positions])
        assert quote is not None
        return quote


@dataclass(frozen=True, slots=True)
class Said:
    """Words as they were said: those of `turn` from the index `word` on."""

    turn: SpokenTurn
    word: int
    words: tuple[str, ...]

    @property
    def at_ms(self) -> float:
        start = self.turn.start_ms or 0
        return start + _TURN_MS * self.word / max(1, len(word_spans(self.turn.text)))


def drawn(rng: random.Random, turns: Sequence[SpokenTurn], words: int) -> Said:
    """A quote from one turn. Turns are drawn in proportion to their lengths."""
    while True:
        turn = rng.choice(turns)
        spans = word_spans(turn.text)
        if words <= len(spans) and rng.random() < len(spans) / 300:
            first = rng.randrange(len(spans) - words + 1)
            chosen = spans[first : first + words]
            return Said(turn, first, tuple(turn.text[start:end] for start, end in chosen))


def drawn_over_two(rng: random.Random, turns: Sequence[SpokenTurn], words: int) -> Said:
    """A quote over two adjacent turns, with at least two words from each."""
    while True:
        place = rng.randrange(len(turns) - 1)
        turn, after = turns[place : place + 2]
        ahead = rng.randrange(2, words - 1)
        spans, behind = word_spans(turn.text), word_spans(after.text)
        if turn.episode_id == after.episode_id and len(spans) >= ahead and len(behind) >= words - ahead:
            said = [turn.text[start:end] for start, end in spans[-ahead:]]
            said += [after.text[start:end] for start, end in behind[: words - ahead]]
            return Said(turn, len(spans) - ahead, tuple(said))


def with_slips(rng: random.Random, words: Sequence[str], slips: int) -> list[str]:
    """`words` with a number of letters dropped, doubled, swapped or replaced."""
    slipped = list(words)
    for _ in range(slips):
        place = rng.randrange(len(slipped))
        word = slipped[place]
        at = rng.randrange(len(word))
        slip = rng.choice(("drop", "double", "swap", "replace")) if len(word) > 1 else "replace"
        if slip == "drop":
            word = word[:at] + word[at + 1 :]
        elif slip == "double":
            word = word[: at + 1] + word[at:]
        elif slip == "swap":
            at = min(at, len(word) - 2)
            word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        else:
            word = word[:at] + rng.choice(_LETTERS) + word[at + 1 :]
        slipped[place] = word
    return slipped


def is_right(quote: Quote, said: Said) -> bool:
    """Whether the quote starts within 5 s of the words, or has the same words elsewhere."""
    near = quote.start_ms is not None and abs(quote.start_ms - said.at_ms) <= 5_000
    if near and quote.episode_id == said.turn.episode_id:
        return True
    return says(quote, said)


def says(quote: Quote, said: Said) -> bool:
    """Whether the quote has exactly these words."""
    return normal_words(quote.text[slice(*quote.match)]) == normal_words(" ".join(said.words))
