"""What a parser would open again, against what it does open again."""

from __future__ import annotations

from contextlib import suppress
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from bot.text import html_bounds
from bot.text.html_bounds import MarkupError, check_memory, reopened_bytes, takes_too_long
from bot.text.html_lines import parse_html

PARAGRAPHS = "<p>x" * 1_000
QUOTED = f' x="> {"y" * 5_000}"'
ENDS = "</b>" * 390
KELVIN_STRIKE = "</stri\N{KELVIN SIGN}e>"


def opened(tag: str = "b", count: int = 390, attributes: str = "", after: str = "") -> str:
    """Start tags of elements of which none is like another."""
    return "".join(f"<{tag} id={number}{attributes}>{after}" for number in range(count))


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{opened()}</p>{PARAGRAPHS}",
        f"<P>{opened('FONT')}</P>{'<LI>x' * 1_000}",
        f"<p>{opened()}</p>" + "<p>x</p>\n" * 1_000,
        f"<h1>{opened('em')}</h1>" + "<h1>x</h1>" * 1_000,
        f"<ul><li>{opened('u')}" + "<li>x" * 1_000,
        f"<p>{opened()}</p>" + "<p><img>" * 1_000,
        f"<p>{opened()}</p>" + "<p></br>" * 1_000,
        f"<span>{opened()}</span>" + "<p><span>x</span>" * 1_000,
        f"<p>{opened(attributes=' <')}</p>{PARAGRAPHS}",
        f"<p>{opened(attributes=' =')}</p>{PARAGRAPHS}",
        f"<p>{opened(count=40, attributes=QUOTED)}</p>{PARAGRAPHS}",
        f"<p>{opened(count=40, attributes=' y' * 200)}</p>{PARAGRAPHS}",
        f"<p>{opened(count=40, attributes=' =y' * 200)}</p>{PARAGRAPHS}",
        f"<p><b x='{'y' * 100_000}'></p>{PARAGRAPHS}",
        f"<p><b x='{'🎙' * 25_000}'></p>{PARAGRAPHS}",
        # The first of these quotes belongs to a name.
        f"<p>{opened(count=2, attributes=f''' y' z='> {'y' * 100_000}' ''')}</p>{PARAGRAPHS}",
        # The largest of the links is the one that is open at the end.
        f"<p><a href={'y' * 100_000}><svg><y></svg></a><a href=y></p>{PARAGRAPHS}",
        "<p>" + "".join(opened(tag, 60) for tag in ("b", "i", "u", "s", "tt", "em")) + f"</p>{PARAGRAPHS}",
        # In tables, and between buttons.
        f"<table>{opened()}" + "x<tr>" * 1_000,
        f"<table>{opened()}" + "x<col>" * 1_000,
        f"<table>{opened()}" + "<tr><td></td>x</tr>" * 1_000,
        f"<button>{opened()}" + "<button></button>x" * 1_000,
        # End tags that end nothing, as they stand in something else.
        f"<p>{opened()}<!-- {ENDS} --></p>{PARAGRAPHS}",
        f"<p>{opened(after='<!y </b>')}</p>{PARAGRAPHS}",
        f"<p>{opened(after='<? </b>')}</p>{PARAGRAPHS}",
        f"<p>{opened(after='</ </b>')}</p>{PARAGRAPHS}",
        f"<p>{opened(after='''<img alt='></b>'>''')}</p>{PARAGRAPHS}",
        f"<p>{opened(after='</bö>')}</p>{PARAGRAPHS}",
        f"<p>{opened('strike', after=KELVIN_STRIKE)}</p>{PARAGRAPHS}",
        f"<p>{opened()}<textarea>{ENDS}</textarea></p>{PARAGRAPHS}",
        f"<p>{opened()}<select>{ENDS}</select></p>{PARAGRAPHS}",
        f"<p>{opened()}<script><!--<script></script>{ENDS}--></script></p>{PARAGRAPHS}",
        f"<p>{opened()}<noscript><!--</noscript>{ENDS}--></noscript></p>{PARAGRAPHS}",
        f"<p>{opened()}<svg><style><!--</style></svg>{ENDS}--></style></svg></p>{PARAGRAPHS}",
        f"{opened()}<object><table><td></object>{ENDS}</td></tr></table></object>{PARAGRAPHS}",
        # Ends of elements that others are nested in.
        opened(count=195) + f"{opened('u', 195)}{'</b>x' * 195}{opened('b', 195)}{'</u>x' * 195}" * 10,
        f"{opened(count=50)}{opened('i', 3, ' y' * 5_000)}{'<div>' * 8}{'</b>' * 50}",
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
        "<p><b>Ada:</p><p></b>Hello.</p>" * 5_000,
        "<b><p>Ada</p></b><p>Hello.</p>" * 5_000,
        "".join(f"<font id={n}><p>Ada<br></font>Hello.</p>" for n in range(5_000)),
        "<p><b><i>Ada</b></i>" * 3_000,
        "".join(f"<a href={n}><div><p>Ada</p><div><b>x</b></div></div></a>" for n in range(5_000)),
        # A second link ends the first.
        "".join(f"<p><a href={n}>x" for n in range(5_000)),
        "<table>" + "<tr><td><b id=1>00:01</b></td><td><i>x</i></td></tr>" * 5_000 + "</table>",
        "<font><table>" + "<tr><td><b>00:01</b></td><td><i>x</i></td></tr>" * 5_000 + "</table></font>",
        "<p><a href=x><svg><path d=x></path></svg></a></p>" * 5_000,
        "<script>if (a < b) x('<b>');</script>" + "<p><b>Ada</b></p>" * 10_000,
        f"<p>{opened(count=20)}</p>{'<p>x' * 3_000}",
    ],
)
def test_what_people_write_is_parsed(html: str) -> None:
    check_memory(html)
    assert parse_html(html).body is not None


def copies(html: str) -> int:
    """How many formatting elements a parser makes that are like another, where each tag has its own id."""
    made = LexborHTMLParser(html).css(",".join(f"{tag}[id]" for tag in html_bounds._FORMATTING))
    return len(made) - len({one.attributes["id"] for one in made})


BLOCKS = (
    "p div li ul td tr table caption col button h1 dd form option select object template svg title script"
)
PIECES = st.one_of(
    st.sampled_from([f"<{tag}" for tag in ("b", "B", "i", "a", "font", "nobr")]),
    st.sampled_from([f"</{tag}>" for tag in ("b", "B", "i", "a", "font", "nobr")]),
    st.sampled_from([f"<{end}{tag}>" for tag, end in product(BLOCKS.split(), ["", "/"])]),
    st.sampled_from(["<br>", "<span>", "</span>", "</br>", "<p>x", "words", "x<div>", "<hr>"]),
    st.sampled_from(
        ["<!--", "-->", "<!-- x -->", "--!>", "<!x ", "<?x ", "</ ", "<", ">", "'", '"', "<img alt='"]
    ),
)


def numbered(pieces: list[str]) -> str:
    """The document of these pieces; a formatting element that is left unfinished gets an id of its own."""
    return "".join(
        piece
        if piece.endswith((">", "<")) or not piece[1:].isalpha() or not piece.startswith("<")
        else f"{piece} id={number}>"
        for number, piece in enumerate(pieces)
    )


@settings(max_examples=5 * settings().max_examples)
@given(st.lists(PIECES, max_size=60))
@example(["<b"] * 3 + ["<p>", "words", "</p>"] * 9)
@example(["<b", *["<div>"] * 9, "words", "</b>", *["</div>"] * 9, *["<p>", "words"] * 20])
@example(["<b", "<i", "<font", *["<div>"] * 9, "</b>", "</i>", "</font>", *["<p>x"] * 9])
@example(
    [
        "<table>",
        "<td>",
        *["<b", "<i", "<table>", "<object>", "<td>"] * 3,
        "</table>",
        "</b>",
        "</td>",
        "words",
    ]
)
def test_no_parser_makes_more_than_is_estimated(pieces: list[str]) -> None:
    html = numbered(pieces)
    assert copies(html) * html_bounds._ELEMENT_BYTES <= reopened_bytes(html)


def test_no_copies_are_estimated_where_none_are_made() -> None:
    assert reopened_bytes("<div><p><b>x</b> <a href=y><img src=z></a></p><p><i>y<br>z</i></p></div>") == 0


def test_depth_and_long_lists() -> None:
    assert takes_too_long("<div>" * 401)
    assert takes_too_long("<section><i>" * 201)
    assert not takes_too_long("<div>" * 400)
    assert not takes_too_long("<div></div>" * 5_000)
    # These end the one before them.
    assert not takes_too_long("<p>x<br>" * 5_000)
    # These end nothing.
    assert takes_too_long("<div></x>" * 401)
    assert takes_too_long(f"<SELECT>{'<Option>x' * 4_001}")
    assert not takes_too_long(f"<select>{'<option>x</option>' * 4_000}</select>")


@pytest.mark.parametrize(
    "tag", ["<b '", """<b "<i '""", '<b x="', '<a x="', "<a x='<i y=\"", '<p x="', "<!--", "</b x='"]
)
def test_attributes_that_never_end_take_no_time(tag: str) -> None:
    # Were each searched to the end of the document, this would take hours.
    with suppress(MarkupError):
        check_memory("<b>" + tag * 100_000)
