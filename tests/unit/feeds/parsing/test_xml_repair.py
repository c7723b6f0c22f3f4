from __future__ import annotations

from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.parsing.xml_repair import repair

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
DECLARED = f'<r xmlns:foo="urn:undeclared:foo" xmlns:itunes="{ITUNES}" xmlns:xlink="urn:undeclared:xlink">'


@pytest.mark.parametrize(
    ("broken", "repaired"),
    [
        (b"<r>caf&eacute; &nbsp; &lt;&amp;&#65;&#x42;</r>", "<r>caf&#233; &#160; &lt;&amp;&#65;&#x42;</r>"),
        (b"<r>R&D, a&b; &; & &#; &lt</r>", "<r>R&amp;D, a&amp;b; &amp;; &amp; &amp;#; &amp;lt</r>"),
        (b"<r>I <3 you, 1 < 2 <</r>", "<r>I &lt;3 you, 1 &lt; 2 &lt;</r>"),
        (b"<r>a\0b\x06c\td\xef\xbf\xbfe</r>", "<r>abc\td\ufffde</r>"),
        (b"<r>&#0;&#6;&#xD800;&#x110000;&#9;</r>", "<r>&#9;</r>"),
        (b"<r>]]></r>", "<r>]]&gt;</r>"),
        (b"<r><![CDATA[&nbsp; <3 \x06]]><!-- & <3 --></r>", "<r><![CDATA[&nbsp; <3 ]]><!-- & <3 --></r>"),
        (
            b'<r><itunes:x/><foo:y xlink:href="z"/></r>',
            DECLARED + '<itunes:x/><foo:y xlink:href="z"/></r>',
        ),
        (b'<r xmlns:foo="a"><foo:y xml:lang="b"/></r>', '<r xmlns:foo="a"><foo:y xml:lang="b"/></r>'),
        (b"<r><![CDATA[<foo:y/>]]></r>", "<r><![CDATA[<foo:y/>]]></r>"),
        (b"", ""),
    ],
)  # fmt: skip
def test_repairs(broken: bytes, repaired: str) -> None:
    assert repair(broken).decode() == repaired


@pytest.mark.parametrize(
    "part", [b"&", b"<", b"&a", b"&#", b"]]>", b"<a:b", b" a:b", b"&aaaa", b"<!-", b"&#x1"]
)
def test_many_faults_take_little_time(part: bytes) -> None:
    assert repair(b"<r>" + part * 20_000 + b"</r>").startswith(b"<r")


@given(st.text(alphabet="&;#xa<>]![-/ \x06\ufffe\"'=:é", max_size=60))
def test_text_becomes_well_formed(text: str) -> None:
    """Whatever stands there, where it opens no tag and quotes nothing."""
    plain = text.replace("<", "< ").replace("é", "&eacute;")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.Parse(repair(f"<r>{plain}</r>".encode()), True)


@given(st.binary(max_size=100))
def test_a_repaired_document_needs_no_second_repair(body: bytes) -> None:
    assert repair(repair(body)) == repair(body)
