"""Entities that a document's DTD defines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.errors import FeedError
from bot.feeds.parsing.entities import MAX_GROWN, with_entities


def document(declarations: str, body: str) -> bytes:
    """A document with a DTD."""
    return f'<?xml version="1.0"?><!DOCTYPE rss [ {declarations} ]><rss>{body}</rss>'.encode()


@pytest.mark.parametrize(
    ("declarations", "body", "read"),
    [
        ('<!ENTITY tea "Green Tea">', "<title>About &tea;</title>", "<title>About Green Tea</title>"),
        ("<!ENTITY tea 'Tea &#38; &amp; Milk'>", "&tea;", "Tea &#38; &amp; Milk"),
        ('<!ENTITY a "A"><!ENTITY b "&a;&a;">', "&b;", "AA"),
        ('<!ENTITY a "first"><!ENTITY a "second">', "&a;", "first"),
        ('<!-- <!ENTITY a "no"> --><!ENTITY a "yes">', "&a;", "yes"),
        ("<!ENTITY a '<b>&quot;'>", '<x y="&a;"/>', '<x y="&lt;b>&quot;"/>'),
        (
            '<!ENTITY a "A">',
            "<![CDATA[&a;]]><!-- &a; -->&a;&amp;&other;",
            "<![CDATA[&a;]]><!-- &a; -->A&amp;&other;",
        ),
        ('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;", "&a;"),
        ('<!ENTITY % a "A">', "&a;", "&a;"),
        ("", "&a;", "&a;"),
    ],
)
def test_short_entities_are_put_in(declarations: str, body: str, read: str) -> None:
    assert bytes(with_entities(document(declarations, body))).decode().endswith(f"<rss>{read}</rss>")


@pytest.mark.parametrize(
    ("declarations", "body"),
    [
        (f'<!ENTITY a "{"ha" * 2_000}">', ""),
        ('<!ENTITY a "&b;"><!ENTITY b "&a;">', ""),
        ("".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 9}">' for n in range(9)) + '<!ENTITY a0 "ha">', ""),
        (f'<!ENTITY a "{"ha" * 900}">', "&a;" * (MAX_GROWN // 1_800 + 2)),
    ],
)
def test_entities_that_grow_refuse_the_document(declarations: str, body: str) -> None:
    with pytest.raises(FeedError, match="grows beyond all measure"):
        with_entities(document(declarations, body))


@given(st.text("<!ENTITY a\"'>&;[]-%", max_size=60), st.text("&a;<!-", max_size=20))
def test_any_dtd_is_read_or_refused(declarations: str, body: str) -> None:
    try:
        read = with_entities(document(declarations, body))
    except FeedError:
        return
    assert len(read) <= len(document(declarations, body)) + MAX_GROWN
