"""Every line of a text, a page or notes is scanned once, whatever is decided of it afterwards."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.chapters import chapter_lines
from bot.show_notes import embedded_transcript, reader
from bot.show_notes.reader import read_notes
from bot.text.html_lines import Line
from bot.text.markdown import without_markup
from bot.transcripts.formats import html, plain_text
from bot.transcripts.turns import line_scanner
from bot.transcripts.turns.line_scanner import ScannedLine, scan_line
from tests.unit.show_notes.shared_data import DATA, feed_notes

# These are not applied to lines, but to a time that was found, or to a line's last characters.
_NOT_OF_LINES = {"_TIME", "_LETTER", "_GLUED", "_BEFORE_LAST", "_ITEM_NUMBER", "_STAMP_BEFORE_BODY"}


class CountedPattern:
    """A pattern that counts the texts that it is applied to."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self.texts: Counter[str] = Counter()

    def match(self, text: str, *bounds: int) -> re.Match[str] | None:
        self.texts[text] += 1
        return self._pattern.match(text, *bounds)

    def search(self, text: str, *bounds: int) -> re.Match[str] | None:
        self.texts[text] += 1
        return self._pattern.search(text, *bounds)

    def fullmatch(self, text: str, *bounds: int) -> re.Match[str] | None:
        self.texts[text] += 1
        return self._pattern.fullmatch(text, *bounds)

    def findall(self, text: str, *bounds: int) -> list[str]:
        self.texts[text] += 1
        return self._pattern.findall(text, *bounds)

    def sub(self, by: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        self.texts[text] += 1
        return self._pattern.sub(by, text, count)


class Scans:
    """Which lines were scanned, for labels and for chapters, and how often each pattern was applied to a text."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.lines: list[Line] = []
        self.scanned: list[ScannedLine] = []
        self.chapter_lines: Counter[str] = Counter()
        self.unmarked: Counter[str] = Counter()
        self.patterns: list[CountedPattern] = []
        for module in (plain_text, html, reader):
            patch.setattr(module, "scan_line", self._scan_line)
        # Lines with labels in another notation are scanned again as they are rewritten.
        patch.setattr(embedded_transcript, "scan_line", self._scan_rewritten)
        scan_chapter_line = chapter_lines.scan_chapter_line

        def scan_chapter(text: str) -> chapter_lines.ChapterLine | None:
            self.chapter_lines[text] += 1
            return scan_chapter_line(text)

        patch.setattr(chapter_lines, "scan_chapter_line", scan_chapter)

        def unmarked(text: str) -> str:
            found = without_markup(text)
            if found != text:
                self.unmarked[found] += 1
            return found

        patch.setattr(chapter_lines, "without_markup", unmarked)
        for module in (line_scanner, chapter_lines):
            for name, value in vars(module).items():
                if isinstance(value, re.Pattern) and name not in _NOT_OF_LINES:
                    patch.setattr(module, name, self._counted(value))
        forms = tuple((form, self._counted(pattern)) for form, pattern in line_scanner._TIMED_FORMS)
        patch.setattr(line_scanner, "_TIMED_FORMS", forms)

    def _scan_line(
        self, line: Line, *, opens_paragraph: bool = True, changes_speaker: bool = False
    ) -> ScannedLine:
        scanned = scan_line(line, opens_paragraph=opens_paragraph, changes_speaker=changes_speaker)
        self.lines.append(line)
        self.scanned.append(scanned)
        return scanned

    def _scan_rewritten(self, line: Line) -> ScannedLine:
        scanned = scan_line(line)
        self.scanned.append(scanned)
        return scanned

    def _counted(self, pattern: re.Pattern[str]) -> CountedPattern:
        counted = CountedPattern(pattern)
        self.patterns.append(counted)
        return counted

    def check(self) -> None:
        """Each line went through each stage once; the same words may stand in several lines."""
        assert len({id(line) for line in self.lines}) == len(self.lines)
        assert all(count == 1 for count in self.chapter_lines.values())
        texts = Counter(line.text for line in self.scanned)
        # A label stands behind the time.
        texts.update(line.body for line in self.scanned if line.body_at)
        texts.update(self.chapter_lines)
        texts.update(self.unmarked)
        for pattern in self.patterns:
            assert not pattern.texts - texts


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> Scans:
    return Scans(monkeypatch)


LABELLED = [
    f"{name}: The wheel turned {number} times before the rain came."
    for number in range(6)
    for name in ("Ada Moore", "Bo Lind")
]
STAMPED = [
    f"[00:0{n}:00] Ada: It turned {n} times, and nobody in the mill had counted them." for n in range(9)
]
CUES = [f"00:0{n}:00 The wheel turned {n} times." for n in range(9)]
BOLD = [f"**{name}** [00:0{n}:10]: It turned {n} times." for n, name in enumerate(["Ada", "Bo", "Ada", "Bo"])]
WRAPPED = ["**Ada:** It turned", "once: and then", "[it stopped]", "", "**Bo:** In May", "it rained."]
CHAPTERS = [f"0{n}:00 Chapter of the {n}. wheel" for n in range(5)]

TEXTS = {
    "names before a colon": LABELLED,
    "times and names": STAMPED,
    "cues": CUES,
    "bold names": [line for bold in BOLD for line in (bold, "")],
    "wrapped by hand": WRAPPED,
    "names above their words": [line for n in range(5) for line in (f"Ada Moore  0:0{n}", f"Turn {n}.", "")],
    "below a heading": ["The mill, number 7", "# Transcript", *LABELLED],
}


@pytest.mark.parametrize("lines", TEXTS.values(), ids=TEXTS.keys())
def test_lines_of_a_text(lines: list[str], scans: Scans) -> None:
    assert plain_text.read("\n".join(lines)).turns
    assert len(scans.lines) == sum(bool(line) for line in lines)
    scans.check()


@pytest.mark.parametrize("lines", TEXTS.values(), ids=TEXTS.keys())
def test_lines_of_a_page(lines: list[str], scans: Scans) -> None:
    page = re.sub(r"\*\*(.*?)\*\*", r"<b>\1</b>", "".join(f"<p>{line}</p>" for line in lines))
    assert html.read(page).turns
    assert len(scans.lines) == sum(bool(line) for line in lines)
    scans.check()


@pytest.mark.parametrize(
    ("heading", "lines"),
    [(["Transcript"], STAMPED), (["Transcript"], BOLD), ([], BOLD)],
    ids=["times and names", "bold names", "no heading"],
)
def test_lines_of_notes(heading: list[str], lines: list[str], scans: Scans) -> None:
    written = ["An episode about the mill.", "Chapters", *CHAPTERS, *heading, *lines]
    notes = read_notes("\n\n".join(written))
    assert (len(notes.chapters), len(notes.turns)) == (len(CHAPTERS), len(lines))
    assert len(scans.lines) == len(written)
    assert scans.chapter_lines.keys() >= set(CHAPTERS)
    scans.check()


def test_a_paragraph_that_lost_its_breaks(scans: Scans) -> None:
    notes = read_notes(f"<p>The mill.</p><p>{chr(10).join(CHAPTERS)}</p><p>Goodbye.</p>")
    assert len(notes.chapters) == len(scans.lines) - 2 == len(CHAPTERS)
    scans.check()


def _real(kind: str) -> Iterator[Path]:
    yield from sorted((DATA / "transcripts" / kind).glob("*"))


@pytest.mark.skipif(not DATA.is_dir(), reason="the real files are not beside the checkout")
@pytest.mark.parametrize(
    ("read", "path"),
    [
        *((plain_text.read, path) for kind in ("md", "txt") for path in _real(kind)),
        *((html.read, path) for path in _real("html")),
    ],
    ids=lambda given: given.name[:40] if isinstance(given, Path) else "",
)
def test_lines_of_real_files(read: Callable[[str], object], path: Path, scans: Scans) -> None:
    text = path.read_text(encoding="utf-8", errors="replace")
    read(text)
    assert len(scans.lines) <= text.count("\n") + 1
    scans.check()


@pytest.mark.parametrize("feed", ["latent-space-2024-02.xml", "latent-space-2024-12.xml"])
def test_lines_of_real_notes(feed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in feed_notes(feed):
        with monkeypatch.context() as patch:
            scans = Scans(patch)
            read_notes(text)
            scans.check()
