"""What a parser would open again, against what it does open again."""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from bot.text import html_bounds
from bot.text.html_bounds import MarkupError, check_memory, is_nested_too_deep
from bot.text.html_lines import parse_html

PARAGRAPHS = "<p>x" * 1_000
QUOTED = f' x="> {"y" * 5_000}"'


def opened(tag: str = "b", count: int = 390, attributes: str = "") -> str:
    """Start tags of elements of which none is like another."""
    return "".join(f"<{tag} id={number}{attributes}>" for number in range(count))


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{opened()}</p>{PARAGRAPHS}",
        f"<P>{opened('FONT')}</P>{'<LI>x' * 1_000}",
        f"<p>{opened()}</p>" + "<p>x</p>\n" * 1_000,
        f"<h1>{opened('em')}</h1>" + "<h1>x</h1>" * 1_000,
        f"<ul><li>{opened('u')}" + "<li>x" * 1_000,
        f"<p>{opened()}</p>" + "<p><img>" * 1_000,
        f"<span>{opened()}</span>" + "<p><span>x</span>" * 1_000,
        f"<p>{opened(attributes=' <')}</p>{PARAGRAPHS}",
        f"<p>{opened(count=40, attributes=QUOTED)}</p>{PARAGRAPHS}",
        f"<p>{opened(count=40, attributes=' y' * 200)}</p>{PARAGRAPHS}",
        f"<p><b x='{'y' * 100_000}'></p>{PARAGRAPHS}",
        f"<p>{opened()}<!-- {'</b>' * 390} --></p>{PARAGRAPHS}",
        f"<p>{opened()}<textarea>{'</b>' * 390}</textarea></p>{PARAGRAPHS}",
        f"<p>{opened()}<select>{'</b>' * 390}</select></p>{PARAGRAPHS}",
        "<p>" + "".join(opened(tag, 60) for tag in ("b", "i", "u", "s", "tt", "em")) + f"</p>{PARAGRAPHS}",
    ],
)
def test_formatting_that_is_opened_again_in_every_block_is_refused(html: str) -> None:
    with pytest.raises(MarkupError):
        check_memory(html)
    with pytest.raises(MarkupError):
        parse_html(html)


@pytest.mark.parametrize(
    "html",
    [
        "",
        PARAGRAPHS * 100,
        # What is closed is not opened again, nor more than three elements that are equal.
        "<p><b id=1>x</b></p>" * 20_000,
        "<p><a href=https://example.com/1>x</a> and <i>y</i></p>" * 10_000,
        "".join(f"<p><a href=https://example.com/{n}><img src={n}></a></p>" for n in range(10_000)),
        "<p><b>Ada:<p>Hello." * 10_000,
        "<b><p>Ada</p></b><p>Hello.</p>" * 5_000,
        # A second link ends the first.
        "".join(f"<p><a href={n}>x" for n in range(5_000)),
        "<table>" + "<tr><td><b id=1>00:01</b></td><td><i>x</i></td></tr>" * 5_000 + "</table>",
        f"<p>{opened(count=20)}</p>{'<p>x' * 3_000}",
    ],
)
def test_what_people_write_is_parsed(html: str) -> None:
    check_memory(html)
    assert parse_html(html).body is not None


def copies(html: str) -> int:
    """How many formatting elements more than start tags of them a parser makes."""
    formatting = set(html_bounds._FORMATTING)

    class Counting(HTMLParser):
        started = 0

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.started += tag in formatting

    counting = Counting()
    counting.feed(html)
    body = LexborHTMLParser(html)
    return len(body.css(",".join(formatting))) - counting.started


PIECES = st.sampled_from(
    [
        *(
            f"<{end}{tag}>"
            for tag, end in product(["b", "i", "a", "p", "div", "li", "ul", "td", "table"], ["", "/"])
        ),
        *(f"<{tag} id={number}>" for tag, number in product(["b", "i", "a", "font"], range(4))),
        "</font>",
        "<br>",
        "<h1>",
        "</h1>",
        "<!--",
        "-->",
        "<span>",
        "</span>",
        "words",
    ]
)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=60))
@example(["<b id=1>"] * 3 + ["<p>", "words", "</p>"] * 9)
@example(["<b id=1>", *["<div>"] * 9, "words", "</b>", *["</div>"] * 9, *["<p>", "words"] * 20])
def test_no_parser_makes_more_than_is_estimated(pieces: list[str]) -> None:
    html = "".join(pieces)
    estimate = html_bounds._follow_tags(html)
    # The algorithm that ends formatting around blocks makes a few elements in any document.
    assert copies(html) * html_bounds._ELEMENT_BYTES <= estimate + 40 * html_bounds._ELEMENT_BYTES


def test_depth() -> None:
    assert is_nested_too_deep("<div>" * 401)
    assert is_nested_too_deep("<section><i>" * 201)
    assert not is_nested_too_deep("<div>" * 400)
    assert not is_nested_too_deep("<div></div>" * 5_000)
    # These end the one before them.
    assert not is_nested_too_deep("<p>x<br>" * 5_000)


def test_attributes_that_never_end_take_no_time() -> None:
    # Each would be searched to the end of the document, if one quote did not end the one before.
    check_memory("<b '" * 100_000)
    check_memory("""<b "<i '""" * 50_000)
