"""Which sentences carry a chapter, and which three an episode."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.summaries.candidates import MOST_CHARACTERS, Script, read_script, spans
from bot.summaries.sentence_quality import NEVER, Faults, faults, names
from bot.summaries.term_weights import Floats, Numbers, Vocabulary, common_words, numbers, spread, sums
from storage.models import Chapter, SaidLine, Turn

OVERALL = 3
# An episode's words are compared between so many pieces where it has fewer chapters.
_PIECES = 12
# How many of a chapter's sentences are read after their words are weighed.
_READ_CLOSELY = 30
# What reads worse is not shown, whatever it carries.
_WORST = -0.55
# Where people greet each other or take leave, what does not read well is rather that.
_WORST_AT_AN_END = -0.25
_ENDS = re.compile(
    r"\W*(?:intros?|introductions?|welcome|outro|closing(?: (?:thoughts|remarks))?|wrap(?:ping)?[- ]?up|goodbyes?"
    r"|farewell|credits|begrüßung|verabschiedung|vorstellung|einleitung|bienvenue|bienvenida|despedida)"
    r"(?:\W*$|\W+(?:and|&|und|et|y)\b)|.{0,60}\bintros?\W*$",
    re.IGNORECASE,
)
_CARRYING = 1.5
_ASKING = 1.0
_ASKING_MOST = 0.4
_HOST = 0.15
_YOU = re.compile(r"\byou(?:r|['’]\w+)?\b", re.IGNORECASE)
_TO_A_GUEST = 0.25
_CUT = 0.3
# How much better two sentences must be than one.
_SECOND = 0.1
_LEAST_TERMS_OF_TWO = 2


@dataclass(frozen=True, slots=True)
class Summary:
    """What carries an episode, word for word: `lines` has one place for each chapter."""

    lines: tuple[SaidLine | None, ...]
    overall: tuple[SaidLine, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    """A line that could be shown, how good it is, and of which candidates it is made."""

    score: float
    line: SaidLine
    terms: Numbers
    places: tuple[int, ...]

    @property
    def key(self) -> str:
        """Equal for lines that say the same."""
        return "".join(sign for sign in self.line.text.casefold() if sign.isalnum())


def summarise(
    episode_title: str,
    chapters: Sequence[Chapter],
    turns: Sequence[Turn],
    background: Mapping[str, int] | None = None,
    *,
    language: str | None = None,
) -> Summary:
    """What carries each chapter and the whole episode, word for word from `turns`.

    `background`: how often each word, as the search compares words, is said in the rest of the show.
    `language`: the feed's; English where it tells none.
    """
    script = read_script(turns, Vocabulary(background or {}, common_words(language)))
    placed = spans(script.candidates, chapters)
    chooser = _Chooser(script, placed)
    taken: set[str] = set()
    lines: list[SaidLine | None] = []
    for chapter, span in zip(chapters, placed, strict=True):
        ranked = chooser.of_chapter(span, chapter.title)
        best = next((choice for choice in ranked if choice.key not in taken), None)
        if best is not None:
            taken.add(best.key)
        lines.append(best.line if best else None)
    return Summary(tuple(lines), tuple(choice.line for choice in chooser.of_episode(episode_title)))


@dataclass(frozen=True, slots=True)
class _Draft:
    """One or two candidates, the words that they say together and the terms."""

    places: tuple[int, ...]
    text: str
    terms: Numbers


class _Chooser:
    def __init__(self, script: Script, placed: Sequence[Sequence[int]]) -> None:
        candidates, vocabulary = script.candidates, script.vocabulary
        self._candidates = candidates
        self._vocabulary = vocabulary
        self._cased = script.cased
        self._english = script.english
        self._asking = script.asking
        self._known: dict[int, Faults] = {}
        size = len(vocabulary)
        self._everywhere = _inverse(spread([one.terms for one in candidates], size), len(candidates))
        self._everywhere *= vocabulary.rarity()
        self._here = self._everywhere * (0.3 + self._told_apart([span for span in placed if span]))

    def _told_apart(self, parts: list[Sequence[int]]) -> Floats:
        """How well each term tells one part of the episode from the others, from 0 to about 1."""
        count = len(self._candidates)
        if len(parts) < _PIECES // 2:
            step = max(1, -(-count // _PIECES))
            parts = [range(at, min(count, at + step)) for at in range(0, count, step)]
        terms = [numbers(t for n in part for t in self._candidates[n].terms.tolist()) for part in parts]
        apart: Floats = _inverse(spread(terms, len(self._vocabulary)), len(parts)) / np.log(
            2 + 2 * len(parts)
        )
        return apart

    def of_chapter(self, span: Sequence[int], title: str) -> list[_Choice]:
        """What could be shown of a chapter, the best first."""
        worst = _WORST_AT_AN_END if _ENDS.match(title[:200]) else _WORST
        return self._ranked(span, title, self._here, worst, _READ_CLOSELY)

    def of_episode(self, title: str) -> list[_Choice]:
        """Three lines about different things, in their order."""
        every = range(len(self._candidates))
        # Of a whole episode more than three sentences read well.
        for worst in (_WORST_AT_AN_END, _WORST):
            ranked = self._ranked(every, title, self._everywhere, worst, 2 * _READ_CLOSELY)
            if len(ranked) > 2 * OVERALL:
                break
        chosen: list[_Choice] = []
        while ranked and len(chosen) < OVERALL:
            best = max(ranked, key=lambda one: one.score - self._repeated(one, chosen))
            ranked = [one for one in ranked if one.key != best.key and not set(one.places) & set(best.places)]
            chosen.append(best)
        return sorted(chosen, key=lambda one: one.places)

    def _repeated(self, one: _Choice, chosen: Sequence[_Choice]) -> float:
        """How much of it the chosen ones say already, from 0 to 1."""
        said = (
            np.isin(one.terms, np.concatenate([other.terms for other in chosen]))
            if chosen
            else np.zeros(0, bool)
        )
        weights = self._everywhere[one.terms]
        return float(weights[said].sum() / (weights.sum() or 1.0)) if chosen else 0.0

    def _ranked(
        self, span: Sequence[int], title: str, weights: Floats, worst: float, closely: int
    ) -> list[_Choice]:
        shown = [number for number in span if self._candidates[number].shown]
        if not shown:
            return []
        inside = frozenset(span)
        worth = self._worth(span, title, weights)
        norms = sums([self._candidates[n].terms for n in shown], weights * weights) ** 0.5
        usual = float(norms.mean())
        carried = sums([self._candidates[n].terms for n in shown], worth) / (norms + usual + 1e-9)
        top = float(carried.max()) or 1.0
        choices: list[_Choice] = []
        for place in np.argsort(-carried, kind="stable")[:closely].tolist():
            number = shown[place]
            choices += self._choices(number, float(carried[place]) / top, worst)
            for pair in self._pairs(number, inside):
                terms = numbers(t for n in pair for t in self._candidates[n].terms.tolist())
                norm = float((weights[terms] @ weights[terms]) ** 0.5)
                both = float(worth[terms].sum()) / (norm + usual + 1e-9) / top
                choices += self._pair_choices(pair, terms, both, worst)
        return sorted(choices, key=lambda one: (-one.score, one.places))

    def _worth(self, span: Sequence[int], title: str, weights: Floats) -> Floats:
        """What each term is worth: how much of the span says it, and whether the title does."""
        said = spread([self._candidates[n].terms for n in span], len(weights))
        # What one sentence alone says is what the others are not about.
        central = np.log1p(np.maximum(0.0, said - 1)) * weights
        titled = [t for t in self._vocabulary.terms(title[:400]) if t < len(weights)]
        of_title = np.zeros(len(weights))
        of_title[titled] = weights[titled]
        length = float((central @ central) ** 0.5) or 1.0
        named = float((of_title @ of_title) ** 0.5) or 1.0
        worth: Floats = (central / length + 0.7 * of_title / named) * weights
        return worth

    def _faults(self, number: int) -> Faults:
        found = self._known.get(number)
        if found is None:
            text = self._candidates[number].text
            found = self._known[number] = faults(text, cased=self._cased, english=self._english)
        return found

    def _choices(self, number: int, carried: float, worst: float) -> Iterator[_Choice]:
        one = self._candidates[number]
        quality = _reading(one.text, len(one.terms)) - _CUT * one.cut - self._faults(number).alone
        yield from self._worth_showing(_Draft((number,), one.text, one.terms), carried, quality, worst)

    def _pairs(self, number: int, inside: frozenset[int]) -> Iterator[tuple[int, int]]:
        """The sentence with the one before or after it, of the same turn and not too long together."""
        for pair in ((number - 1, number), (number, number + 1)):
            if not inside.issuperset(pair) or not all(self._may_pair(n) for n in pair):
                continue
            first, second = (self._candidates[n].sentence for n in pair)
            one_turn = first.turns[0] == second.turns[1]
            if first.passage is second.passage and one_turn and second.end - first.start <= MOST_CHARACTERS:
                yield pair

    def _may_pair(self, number: int) -> bool:
        one = self._candidates[number]
        return one.talk and not one.cut and len(one.terms) >= _LEAST_TERMS_OF_TWO

    def _pair_choices(
        self, pair: tuple[int, int], terms: Numbers, carried: float, worst: float
    ) -> Iterator[_Choice]:
        begun, ended = self._faults(pair[0]).alone, self._faults(pair[1]).following
        if max(begun, ended) >= NEVER:
            return
        first, second = (self._candidates[n].sentence for n in pair)
        text = first.passage.text[first.start : second.end]
        quality = _reading(text, len(terms)) - begun - ended - _SECOND
        yield from self._worth_showing(_Draft(pair, text, terms), carried, quality, worst)

    def _worth_showing(
        self, draft: _Draft, carried: float, quality: float, worst: float
    ) -> Iterator[_Choice]:
        sentence = self._candidates[draft.places[0]].sentence
        # Who asks says less of what it is about than who answers.
        share = self._asking.get(sentence.passage.speaker, 0.0)
        quality -= min(_ASKING_MOST, _ASKING * share)
        if share > _HOST and _YOU.search(draft.text):
            quality -= _TO_A_GUEST
        if quality >= worst:
            line = SaidLine(draft.text, sentence.passage.speaker, sentence.start_ms)
            yield _Choice(_CARRYING * carried + quality, line, draft.terms, draft.places)


def _inverse(said: Floats, count: int) -> Floats:
    """The less often the more; what is said once no more than what is said a few times."""
    found: Floats = np.maximum(0.0, np.log((1 + count) / (0.5 + np.maximum(said, 2.0))))
    return found


def _reading(text: str, terms: int) -> float:
    """What speaks for a line: names, numbers, enough words."""
    worth = 0.05 * min(4, names(text))
    worth += 0.25 * min(1.0, (len(text) - 40) / 60)
    return worth - 0.1 * max(0, 7 - terms)
