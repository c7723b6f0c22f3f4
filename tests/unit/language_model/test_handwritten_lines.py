"""Lines that were written by hand stand; moved to where they are not true, or changed, hardly any does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle, islice

import pytest

from tests.unit.language_model.handwritten import ShownEpisodes, WrittenLine, show_in, written_lines

Case = tuple[ShownEpisodes, int, int, str]
# Chapters with less say too little to be another's.
_LEAST_SIGNS = 400
# Names of each show that are said in several of its episodes.
_NAMES = {
    "en": "Alessio Stanford Uber Postgres OpenAI Facebook Joseph Steve Figma Adobe Sourcegraph Cody Mistral Karpathy"
    " Mamba Kaggle Berkeley Broadcom Medusa Taiwan ImageNet Wikipedia Nvidia Harrison Rachel LlamaIndex LangSmith"
    " Alibaba Qualcomm Satya TinyGrad Android",
    "de": "Malal Abez Leollyn Delfador Crelanu Chantal Thorodor Lionel Caladon Krellis Tabahn Haldric Borstep Rahul"
    " Inarix Karun Lanbec Prestim Gerrick Kerlath Eloh",
    "ja": "Weldyn Elensefar Kalenz Landar Wesmere Haldric Sulla Dorest Kapou Baran Arvith Westin Deoran Mathin"
    " Yechnagoth マーフォーク シャーマン グリフォン ドレーク",
}
# Words of the lines that are names, by language; the nouns of German are none.
_NAMED = {
    "en": re.compile(
        r"(?<=[a-z,:-] )[A-Z][A-Za-z.]{3,}\b|\A(?:[A-Z]\w+[A-Z]\w+|Axolotl|Fireworks|Microsoft)\b"
    ),
    "de": re.compile(
        r"\b(?:Baran|Toen|Caric|Mordak|Maghre|Arvith|Brena|Krellis|Agnovon|Caladon|Laudiss|Jotha|Tirigaz)\b"
    ),
    "ja": re.compile(r"[A-Z][a-z]+|バジリスク|アーケンクレーブ"),
}


def _lines() -> list[tuple[WrittenLine, ShownEpisodes]]:
    shows = {line.language: show_in(line.language) for line in written_lines()}
    found = [(line, show) for line in written_lines() if (show := shows[line.language]) is not None]
    if len(found) < len(list(written_lines())):
        pytest.skip("shared data is missing: feeds, or texts in German and Japanese")
    return found


def _shown(cases: Iterator[Case]) -> tuple[int, int]:
    """How many of the lines stand, and how many there are."""
    verdicts = [show.checks(episode).chapter_line(chapter, text) for show, episode, chapter, text in cases]
    return sum(verdict is None for verdict in verdicts), len(verdicts)


def test_what_is_true_stands() -> None:
    lines = _lines()
    assert len(lines) >= 40
    stand, of = _shown((show, line.episode, line.chapter, line.text) for line, show in lines)
    assert stand >= 0.92 * of
    held = [(line, show) for line, show in lines if line.held_back]
    stand, of = _shown((show, line.episode, line.chapter, line.text) for line, show in held)
    assert stand >= 0.9 * of


def test_under_another_episode_hardly_any_stands() -> None:
    def moved() -> Iterator[Case]:
        for place, (line, show) in enumerate(_lines()):
            for step in (1, 2, 3):
                episode = (line.episode + step) % len(show.episodes)
                yield show, episode, place % len(show.episodes[episode].chapters), line.text

    stand, of = _shown(moved())
    assert of - stand >= 46 / 48 * of


def test_under_another_chapter_hardly_any_stands() -> None:
    def moved() -> Iterator[Case]:
        for line, show in _lines():
            chapters = show.episodes[line.episode].chapters
            for number, chapter in enumerate(chapters):
                if number != line.chapter and sum(map(len, chapter.sentences)) >= _LEAST_SIGNS:
                    yield show, line.episode, number, line.text

    stand, of = _shown(moved())
    assert of - stand >= 43 / 46 * of


def test_with_another_name_few_stand() -> None:
    def renamed() -> Iterator[Case]:
        for line, show in _lines():
            others = cycle(_NAMES[line.language].split())
            next(islice(others, line.episode * 3 + line.chapter, None))
            for name in dict.fromkeys(_NAMED[line.language].findall(line.text)):
                for other in islice(others, 5):
                    if other != name:
                        yield show, line.episode, line.chapter, line.text.replace(name, other)

    stand, of = _shown(renamed())
    assert of >= 300
    assert of - stand >= 39 / 46 * of


def test_with_another_number_none_stands() -> None:
    def recounted() -> Iterator[Case]:
        for line, show in _lines():
            for found in re.finditer(r"\d[\d,]*", line.text):
                number = int(found[0].replace(",", ""))
                for other in {number * 2, number * 10, number + 7, number + 30}:
                    text = f"{other:,}" if "," in found[0] else str(other)
                    yield (
                        show,
                        line.episode,
                        line.chapter,
                        line.text[: found.start()] + text + line.text[found.end() :],
                    )

    stand, of = _shown(recounted())
    assert of >= 20
    assert stand == 0


def test_two_lines_make_an_overview_of_their_episode_alone() -> None:
    by_episode: dict[tuple[str, int], list[str]] = {}
    for line, _ in _lines():
        by_episode.setdefault((line.language, line.episode), []).append(line.text)
    pairs = [(key, " ".join(texts[:2])) for key, texts in by_episode.items() if len(texts) > 1]
    stand = elsewhere = 0
    for (language, number), text in pairs:
        show = show_in(language)
        assert show is not None
        stand += show.checks(number).overview(text) is None
        elsewhere += show.checks((number + 1) % len(show.episodes)).overview(text) is None
    assert stand >= 0.9 * len(pairs)
    assert elsewhere <= 0.05 * len(pairs)
