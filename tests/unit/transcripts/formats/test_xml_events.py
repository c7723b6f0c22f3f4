"""XML of captions: what is mended, what is refused, and that nothing else is ever raised."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts.formats.xml_events import read_xml, root_name
from bot.transcripts.turns.cues import TranscriptError


class Heard:
    """Notes what it is called with."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.depth = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        self.said.append(f"<{name}{''.join(sorted(attributes))}>")

    def end(self, name: str) -> None:
        self.depth -= 1
        self.said.append(f"</{name}>")

    def text(self, said: str) -> None:
        self.said.append(said)


def heard(text: str) -> str:
    reader = Heard()
    read_xml(text, reader)
    return "".join(reader.said)


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("<a:b c:D='1'>x</a:b>", "<bd>x</b>"),
        ("<a>Salt & stone &amp; sea&nbsp;&bogus;</a>", "<a>Salt & stone & sea\xa0&bogus;</a>"),
        ("<a>x\x01&#1;&#xB;y&#65;</a>", "<a>x   yA</a>"),
        ("<a>one<br>two</a>", "<a>one<br></br>two</a>"),
        ("<a>one<br></br>two</a>", "<a>one<br></br>two</a>"),
        ('<?xml version="1.0" encoding="koi8-r"?><!DOCTYPE a SYSTEM "x.dtd"><!-- c --><a>é</a>', "<a>é</a>"),
        ("<a><![CDATA[x < y]]></a>", "<a>x < y</a>"),
    ],
)
def test_what_is_read(text: str, events: str) -> None:
    assert heard(text) == events


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        "<a>" * 100 + "</a>" * 100,
        "<a " + " ".join(f"b{n}='1'" for n in range(100)) + "/>",
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(TranscriptError):
        heard(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<tt>", "tt"),
        ("<?xml version='1.0'?>\n<!-- x -->\n<x:TT a='1'>", "tt"),
        ("<3 lamps", None),
        ("Lamps <tt>", None),
        ("<ada@example.org>", None),
    ],
)
def test_the_name_of_the_root(text: str, name: str | None) -> None:
    assert root_name(text) == name


PIECES = st.sampled_from(
    ["<a>", "</a>", "<b c='1'>", "</b>", "<br>", "&", "&lt;", "&x;", "x", "]]>", "<!--", "-->", "<", "\ud800"]
)


@given(st.lists(PIECES, max_size=20))
def test_any_text_is_read_or_refused(parts: list[str]) -> None:
    text = "<a>" + "".join(parts) + "</a>"
    reader = Heard()
    with suppress(TranscriptError):
        read_xml(text, reader)
        # Each element that began has ended.
        assert reader.depth == 0
