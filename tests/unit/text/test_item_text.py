"""Titles and names as people mean them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.item_text import line, markup


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("  Of  apples\n& pears ", "Of apples & pears"),
        ("Bread &amp; Butter&#8217;s <b>best</b> day", "Bread & Butter’s best day"),
        ("Bread &amp;amp; Butter", "Bread & Butter"),
        ("&lt;em&gt;Loud&lt;/em&gt; and quiet", "Loud and quiet"),
        ("<i>In</i> <B>B<em>oth</em></B>", "In Both"),
        ("<p>One</p><p>Two</p>", "One Two"),
        ("One<br/>Two", "One Two"),
        ('<a href="https://x.example">A link</a>', "A link"),
        ('<span class="x">cut off', "cut off"),
        ("<b>Vector<int></b>", "Vector<int>"),
        ("Salt &amp pepper", "Salt & pepper"),
        ("&copy; 2026 &hellip;", "© 2026 …"),
        ("Hi &#55357;&#56832;, &#xD83D;&#xDE00;", "Hi 😀, 😀"),
        ("&lt;![CDATA[Bread & Butter]]&gt;", "Bread & Butter"),
        ("&amp;#55357;&amp;#56832;", "😀"),
        # What only looks like markup.
        ("Vector<int>", "Vector<int>"),
        ("Map<K, V> & List<String>", "Map<K, V> & List<String>"),
        ("Q&A; R&D; AT&T", "Q&A; R&D; AT&T"),
        ("Q&amp;A;", "Q&A;"),
        ("the <b> tag", "the <b> tag"),
        ("I <3 you, 5 < 6 > 4", "I <3 you, 5 < 6 > 4"),
        ("&ampersand; &unknown;", "&ampersand; &unknown;"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_a_title_is_what_people_mean(written: str, meant: str) -> None:
    assert line(written) == meant


@given(st.text(max_size=200) | st.text("<>/b &;ampltg#0159x", max_size=200))
def test_any_text_is_a_line(written: str) -> None:
    read = line(written)
    assert read == " ".join(read.split())
    read.encode()


@pytest.mark.parametrize(
    ("notes", "meant"),
    [
        ("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;A &amp;amp; B&lt;/p&gt;", "<p>One.</p><p>A &amp; B</p>"),
        ("<p>Of the &lt;p&gt; and &lt;b&gt; tags</p>", "<p>Of the &lt;p&gt; and &lt;b&gt; tags</p>"),
        ("Of the &lt;p&gt; tag", "Of the &lt;p&gt; tag"),
        ("1 &lt; 2 &amp; 3 &gt; 2", "1 &lt; 2 &amp; 3 &gt; 2"),
    ],
)
def test_notes_that_were_escaped_twice_are_markup(notes: str, meant: str) -> None:
    assert markup(notes) == meant
