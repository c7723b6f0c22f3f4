from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.html_lines import (
    MAX_LINES,
    Line,
    fold,
    parse_html,
    plain,
    read_lines,
    tidy,
    without_bold,
    without_trailer,
)


def texts(html: str) -> list[str]:
    return [tidy(line).text for line in read_lines(html)]


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("", []),
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("<p>One<br>Two<br/>Three</p>", ["One", "Two", "Three"]),
        ("<p>One\ntwo</p>", ["One two"]),
        ("<div><p>One</p>two<ul><li>three</ul></div>", ["One", "two", "three"]),
        ("<table><tr><td>1:02</td><td>Tea</td></tr><tr><th>2:03</th></tr></table>", ["1:02 Tea", "2:03"]),
        ("<p>a<script>b</script><style>c</style><!-- d --></p>", ["a"]),
        ("<p>Tea &amp; &lt;milk&gt;</p>", ["Tea & <milk>"]),
        # The parser's memory would be overwritten: it has room for as many bytes as an entity has letters.
        (
            f"<p title='{'&nGt;' * 100_000}'>a &nLt; b{'&nGt;' * 100_000}",
            ["a \u226a\u20d2 b" + "\u226b\u20d2" * 100_000],
        ),
        ("One\nTwo\r\nThree\rFour", ["One", "Two", "Three", "Four"]),
        ("One **bold** word\n## Two\n- Three", ["One bold word", "Two", "Three"]),
        ("A `Vec<T>` of <style>, 1 < 2\nand <b>bold</b>", ["A `Vec<T>` of <style>, 1 < 2", "and bold"]),
    ],
)
def test_lines(html: str, lines: list[str]) -> None:
    assert texts(html) == lines


def test_what_a_line_looks_like() -> None:
    html = (
        "<h2>Chapters</h2><ul><li>Tea</li></ul><p><em>All of it</em></p>"
        "<p>[1:02] <b>Ada:</b> hello</p><p>Watch <a href='https://youtu.be/x'>the talk</a></p>"
    )
    assert [tidy(line) for line in read_lines(html)] == [
        Line("Chapters", heading=True),
        Line("Tea", bullet=True),
        Line("All of it", emphasised=True),
        Line("[1:02] Ada: hello", lead="Ada:"),
        Line("Watch the talk", links=(("the talk", "https://youtu.be/x"),)),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (Line("• Tea"), Line("Tea", bullet=True)),
        (Line("### Tea"), Line("Tea", heading=True)),
        (Line("[Tea](https://tea.example)  time"), Line("Tea time")),
        (Line("- "), Line("-")),
    ],
)
def test_tidy_lines(text: Line, expected: Line) -> None:
    assert tidy(text) == expected


def test_mathematical_letters_and_invisible_characters() -> None:
    assert fold("4𝑏𝑖𝑙ℎ") == "4bilh"
    assert plain(" 𝑎\u200b b\u00ad\n c ") == "a b c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Ada:** hello", "Ada: hello"),
        ("**Ada**: hello", "Ada: hello"),
        ("**Ada** [1:02]", "Ada [1:02]"),
        ("s**t and 2**10 and **", "s**t and 2**10 and **"),
    ],
)
def test_bold_text(text: str, expected: str) -> None:
    assert without_bold(text) == expected


def test_the_footer_of_a_newsletter_is_cut_off() -> None:
    footer = (
        " This is a public episode. If you would like more, subscribe."
        "\nGet full access to Tea at tea.example/subscribe"
    )
    assert without_trailer(f"About tea.{footer}") == "About tea."
    assert without_trailer("About tea.") == "About tea."


def test_deep_nesting_leaves_the_text() -> None:
    assert texts("<div>" * 3_000 + "<p>Tea</p>") == ["Tea"]
    assert parse_html("<b>" * 300 + "Tea").body is not None


def test_lines_are_limited() -> None:
    assert len(read_lines("<p>a</p>" * (MAX_LINES + 9))) == MAX_LINES
    assert len(read_lines("a\n" * (MAX_LINES + 9))) <= MAX_LINES + 1


PARTS = ["<p>", "</p>", "<li>", "<b>", "</b>", "<em>", "<br>", "a", " ", "\n", "<", "<td>", "[0:01]"]


@given(st.lists(st.sampled_from(PARTS)))
def test_any_page_is_read(parts: list[str]) -> None:
    for line in read_lines("".join(parts)):
        assert line.text.strip()
