from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.markdown import trimmed, without_common_end, without_links, without_markup


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[Tea](https://tea.example/a_(b)) time", "Tea time"),
        ('[Tea](<https://tea.example> "title")', "Tea"),
        ("[![Cover](https://tea.example/a.png)](https://tea.example)", "Cover"),
        ("[[1:02] Tea](https://tea.example)", "[1:02] Tea"),
        ("[Tea][1] and [[Kettles|kettles]]", "Tea and kettles"),
        ("[1:02] Tea (hot)", "[1:02] Tea (hot)"),
    ],
)
def test_links(text: str, expected: str) -> None:
    assert without_links(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Tea** and *milk* and ~~sugar~~", "Tea and milk and sugar"),
        ("__Tea time__ and _milk_, `code` and ``more``", "Tea time and milk, code and more"),
        ("__init__ and snake_case_name, 2*3*4", "__init__ and snake_case_name, 2*3*4"),
        (r"Tea \& 1\. \[milk\]", r"Tea \& 1. [milk]"),
        (r"\*milk\*, \_tea\_ and *\*sugar\**", "*milk*, _tea_ and *sugar*"),
        (r"[Tea \[hot\]](https://tea.example) a\\b", "Tea [hot] a\\b"),
        ("<https://tea.example> {% raw %}x", "https://tea.example x"),
        ("**Tea", "Tea"),
    ],
)
def test_markup(text: str, expected: str) -> None:
    assert without_markup(text) == expected


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["Tea,", "Milk,", "Sugar"], ["Tea", "Milk", "Sugar"]),
        (["Tea /", "Milk /", "Sugar /"], ["Tea", "Milk", "Sugar"]),
        (["Tea,", "Milk", "Sugar"], ["Tea,", "Milk", "Sugar"]),
        (["Tea,", "Milk"], ["Tea,", "Milk"]),
        ([",", ",", ","], [",", ",", ","]),
    ],
)
def test_the_sign_between_titles_is_cut_off(titles: list[str], expected: list[str]) -> None:
    assert without_common_end(titles) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("- Tea  time –", "Tea time"), (" | Tea →", "Tea"), ("Tea-time", "Tea-time"), ("-", "")],
)
def test_separators_around_a_title(text: str, expected: str) -> None:
    assert trimmed(text) == expected


@given(st.text(alphabet="[]()!*_`~\\<>{}% ab\n", max_size=80))
def test_any_text_loses_its_markup(text: str) -> None:
    assert len(without_markup(text)) <= len(text)
