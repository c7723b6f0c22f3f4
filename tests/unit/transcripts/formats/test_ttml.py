"""TTML: times in all their forms, agents, spans for words, and what is no speech."""

from __future__ import annotations

import pytest

from bot.transcripts.turns.cues import TranscriptError
from tests.unit.transcripts.material import Row, cues_of, rows_of

_SPACES = 'xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"'


def ttml(body: str, head: str = "", root: str = _SPACES) -> str:
    return f'<?xml version="1.0" encoding="UTF-16"?>\n<tt {root}><head>{head}</head><body>{body}</body></tt>'


def paragraphs(*times: str) -> str:
    return "".join(
        f'<p begin="{begin}">{word}</p>' for begin, word in zip(times, ("One.", "Two."), strict=True)
    )


TEXTS: list[tuple[str, str, str, list[Row]]] = [
    (
        "a span for each word, without spaces between them",
        '<ttm:agent xml:id="v1" type="person"><ttm:name type="full">Ada Moore</ttm:name></ttm:agent>',
        (
            '<div><p begin="1.0" end="2.0" ttm:agent="v1"><span begin="1.0" end="2.0" x:unit="sentence">'
            '<span begin="1.0" end="1.5" x:unit="word">The</span>'
            '<span begin="1.5" end="2.0" x:unit="word">kettle.</span>'
            '</span></p><p begin="3.0" end="4.0" ttm:agent="v2">'
            '<span begin="3.0" end="4.0" x:unit="word">Yes.</span></p></div>'
        ),
        [("Ada Moore", 1_000, 2_000, "The kettle."), ("v2", 3_000, 4_000, "Yes.")],
    ),
    (
        "spaces between the spans are those of the text",
        "",
        (
            '<p begin="1s" end="2s"><span begin="1s">Ket</span><span begin="1.2s">tle</span> '
            '<span begin="1.5s">on.</span></p>'
        ),
        [(None, 1_000, 2_000, "Kettle on.")],
    ),
    (
        "an agent holds for all below it, and two agents for nobody",
        "",
        (
            '<div ttm:agent="Ada"><p begin="1s" end="2s">Here.</p></div>'
            '<p begin="3s" end="4s" ttm:agent="a b">Both.</p>'
        ),
        [("Ada", 1_000, 2_000, "Here."), (None, 3_000, 4_000, "Both.")],
    ),
    (
        "times that count from the element around",
        "",
        (
            '<div begin="10s"><p begin="0s" end="2s">One.</p><p begin="3s" end="5s">Two.</p></div>'
            '<div begin="60s"><p begin="1s" end="2s">Three.</p></div>'
        ),
        [(None, 10_000, 15_000, "One. Two."), (None, 61_000, 62_000, "Three.")],
    ),
    (
        "titles, notes and furigana are no speech",
        "<metadata><ttm:title>Lamps</ttm:title></metadata>",
        (
            '<div><metadata><ttm:desc>Notes</ttm:desc></metadata><p begin="1s" end="2s"><metadata>x</metadata>'
            '<span tts:ruby="base">Lamp</span><span tts:ruby="text">la-mu</span> on.</p></div>'
        ),
        [(None, 1_000, 2_000, "Lamp on.")],
    ),
    (
        "labels where no agent is told, and a line break in a cue",
        "",
        (
            '<p begin="1s" end="2s">Ada Moore: The<br/>lamp.</p><p begin="3s" end="4s">Bo: Yes.</p>'
            '<p begin="5s" end="6s">Bo: No.</p>'
        ),
        [("Ada Moore", 1_000, 2_000, "The lamp."), ("Bo", 3_000, 6_000, "Yes. No.")],
    ),
    (
        "what XML forbids and hosts write",
        "",
        '<p begin="1s" end="2s">Salt & stone&nbsp;\x01 &#5;and x &lt; y &copy;</p>',
        [(None, 1_000, 2_000, "Salt & stone and x < y ©")],
    ),
]


@pytest.mark.parametrize(
    ("head", "body", "rows"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS]
)
def test_what_is_said(head: str, body: str, rows: list[Row]) -> None:
    assert rows_of(ttml(body, head)) == rows


def test_cues_are_paragraphs_with_words() -> None:
    assert cues_of(ttml('<p begin="1s">One.</p><p begin="2s"> </p><p begin="3s">Two.</p>')) == 2


@pytest.mark.parametrize(
    "body",
    [
        ttml(""),
        ttml("<p begin='1s'>x</div>"),
        '<!DOCTYPE tt [<!ENTITY a "lol">]><tt><body><p begin="1s">&a;</p></body></tt>',
        "<tt>" + "<div>" * 100 + "x" + "</div>" * 100 + "</tt>",
    ],
)
def test_what_is_refused(body: str) -> None:
    with pytest.raises(TranscriptError):
        rows_of(body)
