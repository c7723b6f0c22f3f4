"""Captions of any format that are made to be costly, or made of anything, are read or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.transcripts.test_reader import PIECES, read_or_refused

# Each begins a file of one of the formats, which any pieces go on.
BEGINNINGS = st.sampled_from(
    [
        '<tt xmlns="http://www.w3.org/ns/ttml"><body><p begin="1s" end="2s">',
        '<tt ttp:tickRate="10"><head><ttm:agent xml:id="a"><ttm:name>Ada',
        "<transcripts><speech><speaker>Ada</speaker><item start='1'>",
        '<timedtext><body><p t="500" d="9">',
        "[Script Info]\n[Events]\nFormat: Start, End, Name, Text\nDialogue: 0:00:01.00,0:00:02.00,Ada,",
        "0:00:01.000,0:00:02.000\n",
        "[ti:Lamps]\n[00:01.50]",
        "start\tend\ttext\n1\t2\t",
        "speaker,start,text\nAda,00:00:01:12,",
        "1\n00:00:00:12 → 00:00:01:01\n",
    ]
)
MORE_PIECES = st.sampled_from(
    [
        *(
            "<span begin='1s'>",
            "</span>",
            "</p>",
            "</body></tt>",
            "<br/>",
            "<s>",
            "&nbsp;",
            "&",
            "<!DOCTYPE x>",
            "]]>",
        ),
        *(
            "Dialogue: 0:00:03.00,x,,",
            "{\\p1}",
            "{\\b1}",
            "\\N",
            "[00:02.00]",
            "<00:02.50>",
            "\t",
            ",",
            '"',
            "9" * 30,
            "\n",
        ),
        *("[Ada Moore] ", "【Bo】", "(Ada) ", "<u>x</u> y", "x <u>y</u>", "Music: la", "♪", "x.", "\0"),
    ]
)


@pytest.mark.parametrize(
    "junk",
    [
        "<tt><body><div>" + "<p begin='1s'><span begin='1s'>x</span></p>" * 20_000,
        "<tt>" * 50_000,
        "<tt><p>" + "&amp" * 30_000,
        "<?xml" + " " * 200_000,
        "<timedtext><p t='1'>" + "<s>x</s>" * 30_000 + "</p></timedtext>",
        "[Events]\n" + "Dialogue: 0,0:00:01.00,0:00:02.00,,,,,,," + "{\\p1}" * 30_000,
        "[Events]\n" + "Dialogue: 0,0:00:01.00,0:00:02.00,,,,,,,x\n" * 20_000,
        "[ti:x]\n" + "[00:01.00]" * 30_000,
        "[ti:x]\n[00:01.00]" + "<00:01.00>" * 30_000,
        'start\ttext\n1\t"' + "x" * 200_000,
        "start,text\n" + '1,"x\n' * 30_000,
        "start,text\n" + "," * 200_000,
        "".join(f"{n}\n00:00:01,000 --> 00:00:01,500\n<u>x</u> {n % 2 * '<b>'}y\n\n" for n in range(8_000)),
        "1 → 2 " * 30_000,
        "<html><pre>" + "0:01 --&gt; 0:02\nx\n" * 20_000,
    ],
    ids=lambda junk: junk[:24],
)
def test_junk_comes_to_an_end(junk: str) -> None:
    """Each is long enough to take minutes if the cost grew with the square of the length."""
    read_or_refused(junk.encode())


@given(BEGINNINGS, st.lists(MORE_PIECES | PIECES, max_size=25))
def test_any_captions_are_read_or_refused(beginning: str, parts: list[str]) -> None:
    read_or_refused((beginning + "".join(parts)).encode())
