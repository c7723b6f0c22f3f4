"""Names in speech that was written down: runs of words that are written with capitals wherever they are said."""

from __future__ import annotations

import calendar
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.summaries.talk import Said
from bot.text.capitals import WORD, Capitals, base_form, has_capital
from bot.text.lexicons import lexicon_for
from bot.text.stems import word_set

Key = tuple[str, ...]

_CONTRACTED = re.compile(r"['’](?:re|ve|ll|d|m|t|s)\Z", re.IGNORECASE)
# "24th", "70s", "2.5"
_NUMBER = re.compile(r"[\d.,/-]+(?:st|nd|rd|th|s|k|x|%)?\Z", re.IGNORECASE)
_DAYS_AND_MONTHS = frozenset(
    word.casefold() for word in (*calendar.day_name, *calendar.month_name, *calendar.month_abbr) if word
)
# "University of Waterloo", "Ludwig van Beethoven"
_INSIDE = word_set("of de del la van von der den di da du")
_LONGEST = 50
_MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Names:
    """How often each name is said in each chapter and in all, and how it is written.

    `nouns_too`: single nouns may be among them. `words`: all that begins with a capital where that is no matter of
    its place, in small letters.
    """

    by_chapter: dict[int, Counter[Key]]
    total: Counter[Key]
    written: dict[Key, str]
    nouns_too: bool
    words: frozenset[str]


def spoken_names(
    talk: Sequence[Said],
    words: Sequence[Sequence[str]],
    common: frozenset[str],
    people: frozenset[str],
    language: str | None,
) -> Names:
    """The names in an episode, but for those who speak in it.

    `words`: those of each sentence. `common`: words that are never a name by themselves. `people`: the words of the
    names of those who take part.
    """
    writing = Capitals(words)
    names = writing.names()
    found = _Finder(writing, common, people | _dates(language))
    by_chapter: dict[int, Counter[Key]] = defaultdict(Counter)
    total: Counter[Key] = Counter()
    written: dict[Key, Counter[str]] = defaultdict(Counter)
    for one, of_sentence in zip(talk, words, strict=True):
        if names.isdisjoint(of_sentence):
            continue
        for name in found.names(one.text):
            key = tuple(name.casefold().split())
            total[key] += 1
            written[key][name] += 1
            if one.chapter is not None:
                by_chapter[one.chapter][key] += 1
    whole = _whole_names(total)
    return Names(
        {chapter: _merged(keys, whole) for chapter, keys in by_chapter.items()},
        _merged(total, whole),
        {key: spellings.most_common(1)[0][0] for key, spellings in written.items()},
        writing.nouns_too,
        frozenset(word.casefold() for word in names),
    )


class _Finder:
    def __init__(self, writing: Capitals, common: frozenset[str], never: Collection[str]) -> None:
        self._writing = writing
        self._common = common
        self._never = never

    def names(self, text: str) -> Iterator[str]:
        """The names in a sentence, each as long as it goes on. Half a name is none."""
        run: list[str] = []
        half = False
        end = 0
        matches = list(WORD.finditer(text))
        for place, match in enumerate(matches):
            if not run and match[0].islower():
                half, end = False, match.end()
                continue
            base = base_form(match[0])
            gap = text[end : match.start()]
            end = match.end()
            if run and not (gap == " " or (gap == ". " and len(run[-1].rpartition(".")[2]) == 1)):
                yield from _whole(run, half=half)
                run, half = [], False
            following = matches[place + 1] if place + 1 < len(matches) else None
            after = following[0] if following is not None and text[end : following.start()] == " " else ""
            begins = place == 0 or any(sign in gap for sign in '"“:')
            if (run and self._goes_on(match[0], base, after)) or self._is_name(base, after, begins=begins):
                run.append(base)
                if base != match[0]:
                    # "Anthropic's Claude" is two names.
                    yield from _whole(run, half=half)
                    run, half = [], False
                continue
            # "New York" where "new" is no name, "Ada Moore" where Ada is speaking.
            doubtful = not begins and has_capital(base) and len(base) > 1 and not _CONTRACTED.search(base)
            # "Gemini Eats the World"
            titled = match[0] == "the" and has_capital(after)
            yield from _whole(run, half=half or doubtful or titled)
            run, half = [], doubtful and bool(after)
        yield from _whole(run, half=half)

    def _goes_on(self, word: str, base: str, after: str) -> bool:
        return (word in _INSIDE and has_capital(after)) or (base.isdigit() and len(base) < 4)

    def _is_name(self, base: str, after: str, *, begins: bool) -> bool:
        small = base.casefold()
        if small in self._never or not has_capital(base) or _CONTRACTED.search(base) or _NUMBER.match(base):
            return False
        writing = self._writing
        if small in self._common and not (base.isupper() and len(base) > 1 and writing.is_name(base)):
            return False
        if not begins or not base[0].isupper() or writing.capital[small]:
            return writing.is_name(base)
        # At the beginning of a sentence it may be any word: a name only if a name goes on behind it.
        goes_on = has_capital(after) and self._is_name(base_form(after), "", begins=False)
        return not writing.small[small] and goes_on


def _dates(language: str | None) -> frozenset[str]:
    """Days and months. Other languages' lexicons tell how months begin, which is not enough to tell a name by."""
    return _DAYS_AND_MONTHS | lexicon_for(language or "en").months


def _whole(run: list[str], *, half: bool) -> Iterator[str]:
    while run and run[-1] in _INSIDE:
        run = run[:-1]
    text = " ".join(run)
    if not half and len(run) <= _MOST_WORDS and 1 < len(text) <= _LONGEST:
        yield text


def _whole_names(total: Counter[Key]) -> dict[Key, Key]:
    """The name that another one stands for: "Nathan Lambert" for "Lambert", "Claude" for "Claude 100"."""
    longer: dict[Key, set[Key]] = defaultdict(set)
    for name in total:
        for start in range(len(name)):
            for end in range(start + 1, len(name) + 1):
                if end - start < len(name):
                    longer[name[start:end]].add(name)
    whole: dict[Key, Key] = {}
    for name in total:
        # A maker is no product of its own that was named now and then, and what was heard once may be misheard: of
        # that only a first name before a last one is believed.
        options = [
            one
            for one in longer.get(name, ())
            if total[one] * (3 if one[1:] == name else 1) >= total[name]
            and (total[one] > 1 or (one[1:] == name and len(longer[name]) == 1 and not name[0].isdigit()))
        ]
        if options:
            whole[name] = max(options, key=lambda one: (total[one], -len(one), one))
        elif total[name] == 1 and name[-1].isdigit() and name[:-1] in total:
            whole[name] = name[:-1]
    return {name: _followed(name, whole) for name in whole}


def _followed(name: Key, whole: Mapping[Key, Key]) -> Key:
    seen = {name}
    while name in whole and whole[name] not in seen:
        name = whole[name]
        seen.add(name)
    return name


def _merged(counts: Counter[Key], whole: dict[Key, Key]) -> Counter[Key]:
    merged: Counter[Key] = Counter()
    for name, count in counts.items():
        merged[whole.get(name, name)] += count
    return merged
