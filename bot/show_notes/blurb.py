"""Two or three sentences of the notes that tell what an episode is about, and nothing that wants to sell.

Sentences are weighed one by one, by what they tell and by how much they look like a promotion; the best run of up to
three in one paragraph is shown (extractive summarisation, as in Luhn 1958, with the lead of a text counting more).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.text.advertisements import DOUBTFUL, PROMOTION, SUBJECT, promotion_weight
from bot.text.lexicons import Lexicon, any_word, compiled, lexicon_for, pattern_text, small_letters
from bot.text.quotation_marks import are_paired, with_pairs
from bot.text.scripts import is_spaceless, spaceless_count
from bot.text.sentences import sentence_ends
from bot.text.timecodes import TIMELIKE

MOST_CHARACTERS = 350
_MOST_SENTENCES = 3
# What an episode is about stands at the beginning; so many characters of it are read.
_READ = 8_000
_LEAST_CHARACTERS = 20
# A shorter sentence seldom tells anything.
_SHORT = 30
_LEAST_WORDS = 5
# A line without a full stop is more likely a name.
_LEAST_WORDS_OPEN = 14
_LEAST_WORTH = 0.6
# Where all else would be dropped, what may be a promotion and may be none is better than nothing, and so is what
# tells little, such as a question.
_CHOICES = ((DOUBTFUL, _LEAST_WORTH), (PROMOTION, _LEAST_WORTH), (DOUBTFUL, _LEAST_WORTH / 3))
# In the last of several paragraphs a sign of a promotion counts for more.
_LAST_PARAGRAPH = 0.5
_FROM_PARAGRAPHS = 3
# Of two sentences the one that doesn't name what promotions name is rather shown.
_PER_DOUBT = 0.1
# A run of sentences that begins or ends inside a quotation.
_UNPAIRED = 0.5
# A description that a host makes of its fields: "durée : 00:58:12 - par : Ada - What it is about - réalisé par : Bo".
_CELL_BORDER = re.compile(r"\s+[-–—|•·/]+\s+|\s*[｜丨]\s*")
_FIELD = re.compile(rf"[^\W\d][^:：.!?。]{{0,30}}\s?[:：]\s?\S|{TIMELIKE}\W*$")
_LEAST_FIELDS = 2
# Sentences of a show's frame stand in most of its episodes. With fewer others than this, chance could repeat one.
_LEAST_OTHERS = 2

_BULLETS = ("•", "- ", "*", "–", "|", ">", "#", "[", "■", "▼", "◆", "●")
_NAMES = re.compile(r"(?<=[^.!?…]\s)[A-Z][\w'’&-]+|\b[A-Z]{2,}\w*|(?<=\s)\d[\d,.]*")
# Breaks that a page lost between two sentences: "See you there!We have been".
_GLUED = re.compile(r"(?<=[a-z]{2}[.!?])(?=[A-Z][a-z])")
_GLUED_TITLE = re.compile(r"[a-z]:[A-Z]")
_STOP = re.compile(r"[.!?…。！？][)\]”’\"']*$")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_LONG_WORD = re.compile(r"[^\W_]{3,}")
_DIGITS = re.compile(r"\d+")
_KEY = re.compile(r"[\w-]{1,20}:\s")
_TIME = re.compile(rf"\W*{TIMELIKE}")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """`worth`: how much it tells of the episode. `doubt`: how much it looks like something else than what is told.

    From DOUBTFUL on it is shown only where there is nothing better, from PROMOTION on never.
    """

    text: str
    worth: float
    doubt: float


def blurb(intro: str, title: str = "", *, others: Sequence[str] = (), language: str | None = None) -> str:
    """What an episode is about, of `Episode.intro`: whole sentences as they stand there, or nothing.

    Where a sentence has lost one of a pair of quotation marks, it is added.

    `title`: words of the episode's title are likely to be what it is about. `others`: the intros of other recent
    episodes of the podcast; a sentence that most of them have too tells nothing of this one. `language`: the feed's.
    """
    judge = _Judge(title, others, language)
    paragraphs = [
        [judge.sentence(text) for text in _split(paragraph)] for paragraph in judge.prose(intro[:_READ])
    ]
    if len(paragraphs) >= _FROM_PARAGRAPHS:
        # Promotions stand at the end.
        paragraphs[-1] = [
            replace(one, doubt=one.doubt + _LAST_PARAGRAPH * bool(one.doubt)) for one in paragraphs[-1]
        ]
    found = next((text for limit, least in _CHOICES if (text := judge.best(paragraphs, limit, least))), "")
    paired = with_pairs(found)
    return paired if len(paired) <= MOST_CHARACTERS else found


class _Judge:
    """Weighs the sentences of one episode's notes."""

    def __init__(self, title: str, others: Sequence[str], language: str | None) -> None:
        self._language = language
        self._words = _notes_words(language)
        self._title_words = frozenset(word.casefold() for word in _LONG_WORD.findall(title[:300]))
        self._frame = _repeated_sentences(others)

    def prose(self, intro: str) -> Iterator[str]:
        """The paragraphs that are running text."""
        sponsored = False
        for text in (cell for line in self._joined_lines(intro) for cell in _cells(line)):
            if self._is_heading(text):
                sponsored = self._heads_advertisement(text)
            elif not (sponsored or text.startswith(_BULLETS) or _TIME.match(text)):
                yield _GLUED.sub(" ", text)

    def sentence(self, text: str) -> _Sentence:
        """A sentence with its weights."""
        if not self._is_whole_sentence(text):
            return _Sentence(text, 0, PROMOTION)
        doubt = promotion_weight(text, self._language)
        if SUBJECT <= doubt < DOUBTFUL and self._only_addresses(text):
            doubt = DOUBTFUL
        doubt += DOUBTFUL * (_compared(text) in self._frame)
        doubt += DOUBTFUL * (_size(text) < _SHORT)
        return _Sentence(text, self._worth(text), doubt)

    def best(self, paragraphs: Sequence[Sequence[_Sentence]], limit: float, least: float) -> str:
        """The best run of sentences that look less like a promotion than `limit`; of a long one its first clauses."""
        best, worth = "", float("-inf")
        for place, paragraph in enumerate(paragraphs):
            for run in self._runs(paragraph, limit):
                text = " ".join(sentence.text for sentence in run)
                told = sum(sentence.worth - sentence.doubt * _PER_DOUBT for sentence in run)
                found = told / len(run) ** 0.5 + min(1.0, _size(text) / 200) - 0.15 * min(place, 10)
                rank = found - _UNPAIRED * (not are_paired(text))
                if found > least and rank > worth:
                    best, worth = text, rank
        return best or _first_clauses(paragraphs, limit)

    def _joined_lines(self, intro: str) -> Iterator[str]:
        """The lines of the notes; a sentence that was broken over two is one line again."""
        joined = ""
        fenced = False
        for number, raw in enumerate(intro.split("\n")):
            text = " ".join(raw.split())
            # Front matter, as static site generators put it above their text.
            if text == "---" and (number == 0 or fenced):
                fenced = not fenced
            elif fenced or not text:
                continue
            elif joined and self._goes_on(joined, text):
                joined = f"{joined} {text}"
            else:
                if joined:
                    yield joined
                joined = text
        if joined:
            yield joined

    def _goes_on(self, text: str, following: str) -> bool:
        if _STOP.search(text):
            return False
        return following[:1].islower() or self._words.unfinished.search(text) is not None

    def _is_heading(self, text: str) -> bool:
        """Whether a line is a heading, or one of links, names and times."""
        if len(text) < 60 and self._words.list_heading.fullmatch(text):
            return True
        if _STOP.search(text):
            return False
        if is_spaceless(text):
            return len(text) <= _SHORT // 2
        words = text.count(" ") + 1
        return words <= 10 or text.endswith(":") or (words <= 16 and _KEY.match(text) is not None)

    def _heads_advertisement(self, heading: str) -> bool:
        words = [word.casefold() for word in _WORD.findall(heading)]
        return bool(words) and not self._words.advertisement_labels.isdisjoint((words[0], words[-1]))

    def _is_whole_sentence(self, text: str) -> bool:
        """Whether a text reads as a sentence of its own, and as no list or label."""
        words = text.count(" ") + 1
        dense = is_spaceless(text)
        if len(text) < (_SHORT // 3 if dense else _LEAST_CHARACTERS) or (words < _LEAST_WORDS and not dense):
            return False
        if text[-1:] in ":,;-–—" or text[:1] in "•|>#■":
            return False
        if _GLUED_TITLE.search(text) or text.count(",") * 4 > words:
            return False
        return bool(
            (words >= _LEAST_WORDS_OPEN and len(_CELL_BORDER.split(text)) < _LEAST_FIELDS + 1)
            or dense
            or _STOP.search(text)
            or self._words.telling.search(small_letters(text))
        )

    def _only_addresses(self, text: str) -> bool:
        """Whether a text speaks of the show or to the listener, asks nothing, and tells nothing of an episode."""
        words = self._words
        small = small_letters(text)
        if small[-1:] in "?？" or words.telling.search(small):
            return False
        return words.about_us.search(small) is not None

    def _worth(self, text: str) -> float:
        """How much a sentence tells of an episode."""
        words = self._words
        small = small_letters(text)
        worth = 0.5
        worth += 0.5 * min(2, len(words.telling.findall(small)))
        worth += 0.08 * min(5, len(_NAMES.findall(text)))
        worth -= 0.4 * (text[-1:] in "?？")
        worth -= 0.15 * min(3, len(words.about_us.findall(small)))
        worth -= 0.3 * (_STOP.search(text) is None)
        worth -= 0.3 * (words.leaning.match(small) is not None)
        shared = (
            self._title_words & {word.casefold() for word in _LONG_WORD.findall(text)}
            if self._title_words
            else ()
        )
        return worth + 0.3 * min(3, len(shared))

    def _runs(self, sentences: Sequence[_Sentence], limit: float) -> Iterator[list[_Sentence]]:
        """Up to three sentences that follow each other, together no longer than a blurb."""
        for first in range(len(sentences)):
            run: list[_Sentence] = []
            length = -1
            for sentence in sentences[first : first + _MOST_SENTENCES]:
                length += 1 + len(sentence.text)
                if sentence.doubt >= limit or length > MOST_CHARACTERS:
                    break
                if not run and first and self._words.leaning.match(small_letters(sentence.text)):
                    break
                run.append(sentence)
                yield list(run)


@dataclass(frozen=True, slots=True)
class _NotesWords:
    """What a language has for the sentences and headings of notes, ready to be searched for."""

    telling: re.Pattern[str]
    leaning: re.Pattern[str]
    about_us: re.Pattern[str]
    unfinished: re.Pattern[str]
    list_heading: re.Pattern[str]
    advertisement_labels: frozenset[str]


@lru_cache(maxsize=64)
def _notes_words(language: str | None) -> _NotesWords:
    known: Lexicon = lexicon_for(language)
    return _NotesWords(
        compiled(known.telling),
        compiled(known.leaning),
        compiled(known.about_us),
        re.compile(rf"(?:,|\b(?:{any_word(known.unfinished)}))$"),
        re.compile(rf"\W*(?:{pattern_text(known.list_headings)}).{{0,40}}", re.IGNORECASE),
        known.advertisement_labels - known.also_names,
    )


def _cells(line: str) -> list[str]:
    """The line; or what is told in it, where a host strings fields together."""
    cells = _CELL_BORDER.split(line)
    told = [cell for cell in cells if not _FIELD.match(cell)]
    return told if len(cells) - len(told) >= _LEAST_FIELDS else [line]


def _size(text: str) -> int:
    """How long a text would be if it were written in letters; three stand for a character that is a syllable."""
    return len(text) + 2 * spaceless_count(text)


def _split(paragraph: str) -> Iterator[str]:
    at = 0
    for end in (*sentence_ends(paragraph), len(paragraph)):
        sentence = paragraph[at:end].strip()
        at = end
        if sentence:
            yield sentence


def _first_clauses(paragraphs: Sequence[Sequence[_Sentence]], limit: float) -> str:
    """The first clauses of a sentence that is too long, where there is no other."""
    for paragraph in paragraphs:
        for sentence in paragraph:
            fits = sentence.doubt < limit and sentence.worth >= _LEAST_WORTH
            if fits and len(sentence.text) > MOST_CHARACTERS:
                clause, comma, _ = sentence.text[:MOST_CHARACTERS].rpartition(", ")
                return f"{clause}…" if comma and len(clause) > MOST_CHARACTERS // 2 else ""
    return ""


def _repeated_sentences(others: Sequence[str]) -> frozenset[str]:
    """The sentences, as they are compared, that stand in most of these texts."""
    if len(others) < _LEAST_OTHERS:
        return frozenset()
    counts = Counter(
        sentence
        for intro in others
        for sentence in {
            _compared(text) for line in intro[:_READ].split("\n") for text in _split(" ".join(line.split()))
        }
    )
    return frozenset(sentence for sentence, count in counts.items() if count * 2 > len(others))


def _compared(sentence: str) -> str:
    """A sentence as it is compared with those of other episodes, where numbers differ."""
    return _DIGITS.sub("0", "".join(sign for sign in sentence.casefold() if sign.isalnum()))
