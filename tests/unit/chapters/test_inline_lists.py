"""Chapters in one line, and lists in the ways in which people write them, against prose that has times, too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chapters.inline_lists import split_inline_list
from bot.show_notes.reader import read_notes
from tests.unit.chapters.expectations import FAULTS, expected, problems
from tests.unit.scaling import assert_linear

REEF = [(0, "The reef"), (245, "The bell"), (1330, "The fog"), (2478, "The pilot")]
STORY = "<p>Mara Vogt rang the bell for twelve winters.</p>"
LASTS_S = 3000.0


def chapters(notes: str, duration_s: float | None = LASTS_S) -> list[tuple[int, str]]:
    found = read_notes(f"{STORY}{notes}", duration_s).chapters
    return [(round(one.start_ms / 1000), one.title) for one in found]


def clock(at_s: int) -> str:
    return f"{at_s // 60:02}:{at_s % 60:02}"


@pytest.mark.parametrize("bracket", ["({})", "[{}]"])
@pytest.mark.parametrize("separator", [", ", "; ", " | ", " · ", " • ", "/", " → ", "、", " – ", " "])
@pytest.mark.parametrize("around", ["{}", "{}.", "In this episode: {}", "She came back late. {}"])
def test_titles_before_their_times(bracket: str, separator: str, around: str) -> None:
    listed = separator.join(f"{title} {bracket.format(clock(at))}" for at, title in REEF)
    assert chapters(f"<p>{around.format(listed)}</p>") == REEF


@pytest.mark.parametrize("form", ["{} {}", "({}) {}", "{} - {}"])
@pytest.mark.parametrize("separator", [", ", "; ", " | ", " • ", " / "])
@pytest.mark.parametrize("around", ["{}", "Timestamps: {}", "• {}"])
def test_titles_behind_their_times(form: str, separator: str, around: str) -> None:
    listed = separator.join(form.format(clock(at), title) for at, title in REEF)
    assert chapters(f"<p>{around.format(listed)}</p>") == REEF


@pytest.mark.parametrize(
    ("lines", "titles"),
    [
        ("0 : 00 {}|4 : 05 {}|22 : 10 {}", None),
        ("At 00:00 – {}|At 04:05 – {}|At 22:10 – {}", None),
        ("{} (à 00:00)|{} (à 04:05)|{} (à 22:10)", ("Le récif", "La cloche", "Le brouillard")),
        ("Desde 00:00 {}|Desde 04:05 {}|Desde 22:10 {}", ("El arrecife", "La campana", "La niebla")),
        ("{} (vanaf 00:00)|{} (vanaf 04:05)|{} (vanaf minuut 22:10)", ("Het rif", "De bel", "De mist")),
        ("с 00:00 {}|с 04:05 {}|с 22:10 {}", ("Риф", "Колокол", "Туман")),
        ("0 мин 00 сек {}|4 мин 05 сек {}|22 мин 10 сек {}", ("Риф", "Колокол", "Туман")),
        ("0 min 00 s {}|4 min 05 s {}|22 min 10 s {}", ("Le récif", "La cloche", "Le brouillard")),
        ("0 Min. 00 Sek. {}|4 Min. 05 Sek. {}|22 Min. 10 Sek. {}", ("Das Riff", "Die Glocke", "Der Nebel")),
        ("0分0秒 {}|4分05秒 {}|22分10秒 {}", ("礁石", "钟声", "大雾")),
        ("0분 0초 {}|4분 5초 {}|22분 10초 {}", ("암초", "종", "안개")),
        ("#1 {} - 00:00|#2 {} - 04:05|#3 {} - 22:10", None),
        ("00:00 1. {}|04:05 2. {}|22:10 3. {}", None),
        ("1) 00:00 {}|2) 04:05 {}|3) 22:10 {}", None),
        ("① 00:00 {}|② 04:05 {}|③ 22:10 {}", None),
        ("1 00:00 {}|2 04:05 {}|3 22:10 {}", None),
        ("01 {} 00:00|02 {} 04:05|03 {} 22:10", None),
        ("«00:00» {}|«04:05» {}|«22:10» {}", None),
        ("‹00:00› {}|‹04:05› {}|‹22:10› {}", None),
        ("00:00 → 04:05 {}|04:05 → 22:10 {}|22:10 → 41:18 {}", None),
        ("00:00:00 --> 00:04:05 {}|00:04:05 --> 00:22:10 {}|00:22:10 --> 00:41:18 {}", None),
        ("00:00 ➜ {}|04:05 ➜ {}|22:10 ➜ {}", None),
    ],
)
def test_lists_of_lines(lines: str, titles: tuple[str, ...] | None) -> None:
    named = titles or tuple(title for _, title in REEF[:3])
    listed = lines.format(*named).replace("|", "<br>")
    assert chapters(f"<p>{listed}</p>") == list(zip((0, 245, 1330), named, strict=True))


def test_whole_minutes() -> None:
    assert chapters("<p>0 min The reef<br>4 min The bell<br>22 min The fog</p>") == [
        (0, "The reef"),
        (240, "The bell"),
        (1320, "The fog"),
    ]


@pytest.mark.parametrize(
    "prose",
    [
        "We talk about the reef (00:00), the bell (04:05), the fog (22:10) and much more.",
        "Wir sprechen über das Riff (00:00), die Glocke (04:05) und vieles mehr.",
        "They left at 10:30, came back at 11:45 and slept until 13:20.",
        "Mara answers questions on bells (04:05), on the reef (1:10) and on fog (22:10).",
    ],
)
def test_a_sentence_with_times_is_no_list(prose: str) -> None:
    assert chapters(f"<p>{prose}</p>") == []


@pytest.mark.parametrize(
    "lines", ["5 min warm-up|10 min running|20 min rest", "10:00 Doors|11:30 Keynote|14:00 Panel"]
)
def test_lengths_and_times_of_day_are_no_chapters(lines: str) -> None:
    assert chapters(f"<p>{lines.replace('|', '<br>')}</p>") == []


@pytest.mark.parametrize(
    ("duration_s", "starts"),
    [
        (11_000.0, [0, 1920, 4500, 9600]),
        # Without a length, and where the list is of the first minutes, minutes are minutes.
        (None, [0, 32, 75, 160]),
        (600.0, [0, 32, 75, 160]),
        # Hours would reach far behind the end.
        (5_000.0, [0, 32, 75, 160]),
    ],
)
def test_hours_and_minutes_by_the_length(duration_s: float | None, starts: list[int]) -> None:
    listed = "<p>0:00 The reef<br>0:32 The bell<br>1:15 The fog<br>2:40 The pilot</p>"
    assert [at for at, _ in chapters(listed, duration_s)] == starts


def test_what_is_behind_the_end_is_left_out() -> None:
    listed = "<p>00:00 The reef<br>04:05 The bell<br>22:10 The fog<br>55:00 Bonus<br>70:00 More</p>"
    assert chapters(listed, 1800) == REEF[:3]


def test_numbers_that_tell_titles_apart_stay() -> None:
    assert chapters("<p>00:00 1 Samuel<br>20:00 2 Samuel</p>") == [(0, "1 Samuel"), (1200, "2 Samuel")]


NOTES = sorted(path.stem for path in FAULTS.glob("*.html"))


@pytest.mark.skipif(not NOTES, reason="shared data is missing: faults in lists of chapters")
@pytest.mark.parametrize("name", NOTES)
def test_lists_that_were_read_wrongly(name: str) -> None:
    wanted = expected(name)
    notes = read_notes((FAULTS / f"{name}.html").read_text(), wanted["duration"])
    assert problems(wanted, notes.chapters) == []


@given(st.text(alphabet="ab ,;/|().:0123456789–•\n", max_size=120))
def test_nothing_but_separators_is_lost(text: str) -> None:
    def bare(part: str) -> str:
        return "".join(sign for sign in part if sign.isalnum())

    assert "".join(map(bare, split_inline_list(text))) == bare(text)


@pytest.mark.parametrize("text", ["a (00:01), " * 3_000, "00:00 " * 6_000, "(" * 30_000, "1:" * 18_000])
def test_the_time_grows_with_the_line(text: str) -> None:
    assert_linear(split_inline_list, text[: len(text) // 4], text)
