"""A sheet on which people rate what is shown of chapters beside what was drawn at random, not knowing which is which.

    python -m tests.bench.blind_sheet --out folder          the sheet, and its key, which no rater sees
    python -m tests.bench.blind_sheet --out folder --score ratings.csv [ratings.csv ...]

A rater writes one line an entry: `id,passable,misleading`, each 1 or 0. Passable: true of the chapter, and it tells a
reader something that the title does not. Misleading: a reader would expect something that the chapter does not have.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.summaries.summarizer import summarise
from bot.summaries.talk import Said, read_talk
from bot.text.capitals import WORD
from bot.text.stems import common_words
from tests.unit.summaries.material import Told, latent_space, show_of

SHOW = "Latent Space: The AI Engineer Podcast"
_LONGEST_TEXT = 30_000
_SHORTEST_SENTENCE, _LONGEST_SENTENCE = 60, 220


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something to be rated. `kind`: what it is; `chosen`: whether the program shows it."""

    kind: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class _Page:
    """A chapter or an episode with what is to be rated of it."""

    heading: str
    said: str
    entries: tuple[_Entry, ...]


def _pages(chapters: int, seed: int) -> list[_Page]:
    choose = random.Random(seed)
    episodes = latent_space()
    mentions: list[_Page] = []
    quotes: list[_Page] = []
    for told in episodes:
        summary = summarise(told.chapters, told.turns, told.around(), show_of(told, episodes, SHOW))
        talk = read_talk(told.turns, told.chapters)
        for number, names in enumerate(summary.mentioned):
            said = [one for one in talk if one.chapter == number]
            if names:
                mentions.append(_mentions(told, number, names, said, choose))
        quotes += [_quotation(told, one.text, talk, choose) for one in summary.quotations]
    pages = choose.sample(mentions, min(chapters, len(mentions))) + quotes
    choose.shuffle(pages)
    return pages


def _mentions(
    told: Told, number: int, names: Sequence[str], said: Sequence[Said], choose: random.Random
) -> _Page:
    words = {
        word
        for one in said
        for word in WORD.findall(one.text)
        if len(word) > 3 and word.casefold() not in common_words("en")
    }
    drawn = choose.sample(sorted(words), min(len(names), len(words)))
    entries = [
        _Entry("mentioned", "Mentioned: " + " · ".join(names), chosen=True),
        _Entry("mentioned", "Mentioned: " + " · ".join(drawn), chosen=False),
    ]
    choose.shuffle(entries)
    heading = f"Episode: {told.title}\nChapter: {told.chapters[number].title}"
    return _Page(heading, " ".join(one.text for one in said)[:_LONGEST_TEXT], tuple(entries))


def _quotation(told: Told, text: str, talk: Sequence[Said], choose: random.Random) -> _Page:
    place = next(place for place, one in enumerate(talk) if one.text == text)
    others = [one.text for one in talk if _SHORTEST_SENTENCE <= len(one.text) <= _LONGEST_SENTENCE]
    entries = [
        _Entry("quotation", f"“{text}”", chosen=True),
        _Entry("quotation", f"“{choose.choice(others)}”", chosen=False),
    ]
    choose.shuffle(entries)
    around = " ".join(one.text for one in talk[max(0, place - 12) : place + 12])
    chapters = "; ".join(chapter.title for chapter in told.chapters)
    return _Page(
        f"Episode: {told.title}\nChapters: {chapters}", f"(around one of them) {around}", tuple(entries)
    )


def _write(pages: Sequence[_Page], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    key = {}
    lines = []
    for number, page in enumerate(pages, 1):
        lines += [f"## {number}", page.heading, "", f"What is said: {page.said}", ""]
        for letter, entry in zip("abcd", page.entries, strict=False):
            lines.append(f"- **{number}{letter}** {entry.text}")
            key[f"{number}{letter}"] = {"kind": entry.kind, "chosen": entry.chosen, "text": entry.text}
        lines.append("")
    (folder / "sheet.md").write_text("\n".join(lines), encoding="utf-8")
    (folder / "key.json").write_text(json.dumps(key, indent=1, ensure_ascii=False), encoding="utf-8")
    print(f"{folder / 'sheet.md'}: {len(key)} entries on {len(pages)} pages; the key: {folder / 'key.json'}")


def _ratings(path: Path) -> Iterator[tuple[str, bool, bool]]:
    for row in csv.reader(path.read_text(encoding="utf-8").splitlines()):
        if len(row) >= 3 and row[1].strip() in ("0", "1"):
            yield row[0].strip(), row[1].strip() == "1", row[2].strip() == "1"


def _score(folder: Path, ratings: Sequence[Path]) -> None:
    key = json.loads((folder / "key.json").read_text(encoding="utf-8"))
    for path in ratings:
        counted: dict[tuple[str, bool], Counter[str]] = defaultdict(Counter)
        for entry, passable, misleading in _ratings(path):
            if entry in key:
                counts = counted[key[entry]["kind"], key[entry]["chosen"]]
                counts.update(rated=1, passable=passable, misleading=misleading)
        print(f"{path.name}:")
        for (kind, chosen), counts in sorted(counted.items(), key=lambda one: (one[0][0], not one[0][1])):
            print(
                f"  {kind}, {'shown' if chosen else 'at random'}: {counts['rated']} rated,"
                f" {counts['passable'] / counts['rated']:.0%} passable,"
                f" {counts['misleading'] / counts['rated']:.0%} misleading"
            )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("blind-sheet"), help="the folder of sheet and key")
    parser.add_argument("--chapters", type=int, default=40, help="how many chapters to draw")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--score", type=Path, nargs="+", help="ratings to compare with the key")
    options = parser.parse_args(arguments)
    if options.score:
        _score(options.out, options.score)
        return 0
    pages = _pages(options.chapters, options.seed)
    if not pages:
        print("The shared data is missing: there are no real episodes to rate.", file=sys.stderr)
        return 1
    _write(pages, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
