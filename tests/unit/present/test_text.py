"""Untrusted text: no live markup, no longer than allowed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.present.text import cut, escape, escaped, fit_lines, linked_title, masked_link, web_address
from tests.unit.present.material import ADDRESSES, TEXTS

# Discord takes a backslash before punctuation for an escape, and shows it before anything else.
_ESCAPED = re.compile(r"\\[^A-Za-z0-9\s]")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain words, 5 > 4!", "plain words, 5 > 4!"),
        ("**bold** _it_ ~~no~~ ||spoiler||", r"\*\*bold\*\* \_it\_ \~\~no\~\~ \|\|spoiler\|\|"),
        ("`code` ```block```", r"\`code\` \`\`\`block\`\`\`"),
        ("[label](https://a.example)", r"\[label\](https://a.example)"),
        ("\\*", r"\\\*"),
        ("# Heading", r"\# Heading"),
        ("  ## Heading", r"  \## Heading"),
        ("-# small", r"\-# small"),
        ("a\n- item\n* item", "a\n\\- item\n\\* item"),
        ("1. item\n12) item", "1\\. item\n12\\) item"),
        ("1.5 million\n1984 was", "1\\.5 million\n1984 was"),
        ("> quote\n>>> all", "\\> quote\n\\>>> all"),
        ("\n\n# after blank lines", "\n\n\\# after blank lines"),
        ("<@1> <@!1> <@&2> <#3>", r"\<@1> \<@!1> \<@&2> \<#3>"),
        ("<:a:1> <a:b:1> </quote:1> <t:0:R> <id:home>", r"\<:a:1> \<a:b:1> \</quote:1> \<t:0:R> \<id:home>"),
        ("@everyone and @here", "@\u200beveryone and @\u200bhere"),
        ("see https://a.example/my_page_1?a=~b.", "see https://a.example/my_page_1?a=~b."),
        ("https://a.example/**x**", r"https://a.example/\*\*x\*\*"),
        ("left \u202eright\u2066 \u200fא", "left right \u200fא"),
    ],
)
def test_escaped_text_shows_as_it_is(text: str, safe: str) -> None:
    # Where discord.py puts invisible characters against mentions is its own matter.
    assert escape(text).replace("\u200b", "") == safe.replace("\u200b", "")
    if "@everyone" in text:
        assert escape(text) == safe


@given(TEXTS)
def test_nothing_that_marks_up_stays_bare(text: str) -> None:
    bare = re.sub(r"https?://[\w.~:/?#@!$&'()+,;=%-]+", "", _ESCAPED.sub("", escape(text)), flags=re.ASCII)
    assert not re.search(r"[\\*_`~|\[\]<]", bare)
    assert "@everyone" not in bare
    assert not re.search(r"^\s*(#|-|>|\d+[.)])", _ESCAPED.sub("x", escape(text)), re.MULTILINE)


@given(TEXTS, st.integers(0, 5000))
def test_cut_text_is_no_longer_than_allowed(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    assert short == text if len(text) <= limit else short.endswith("…") or limit == 0
    safe = escaped(text, limit)
    assert len(safe) <= limit
    # No backslash is left at the end that would escape what follows.
    assert (len(safe) - len(safe.rstrip("\\"))) % 2 == 0


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("short", 5, "short"),
        ("several words here", 10, "several…"),
        ("several words here", 12, "several wor…"),
        ("onelongwordwithoutblanks", 10, "onelongwo…"),
        ("a bcdefghijklmnop", 10, "a bcdefgh…"),
        ("12345678\\*", 10, "12345678\\*"),
        ("12345678\\*9", 10, "12345678…"),
    ],
)
def test_text_is_cut_at_words(text: str, limit: int, short: str) -> None:
    assert cut(text, limit) == short


@given(
    st.lists(st.tuples(st.text("ab", max_size=30), st.text("xy", max_size=30)), max_size=30),
    st.integers(20, 400),
)
def test_fitted_lines_keep_their_promises(parts: list[tuple[str, str]], limit: int) -> None:
    plain = [f"{place} {line}" for place, (line, _) in enumerate(parts)]
    rich = [f"{line}<{link}>" for line, (_, link) in zip(plain, parts, strict=True)]
    fitted = fit_lines(rich, plain, limit, "… and {} more")
    assert len(fitted) <= limit
    lines = fitted.split("\n") if fitted else []
    shown = [line for line in lines if not line.startswith("…")]
    # In order, from the first, each in one of its two forms: the rich ones first.
    forms = [(one == rich[place], one == plain[place]) for place, one in enumerate(shown)]
    assert all(any(form) for form in forms)
    kinds = [is_rich for is_rich, _ in forms]
    assert kinds == sorted(kinds, reverse=True)
    left_out = len(plain) - len(shown)
    if left_out:
        assert lines[-1] == f"… and {left_out} more"
        # Nothing is left out that would fit.
        assert len("\n".join(plain)) > limit
        assert len("\n".join([*plain[: len(shown) + 1], f"… and {len(plain)} more"])) > limit
    else:
        assert len(lines) == len(plain)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://a.example/b?c=d%20e#f", "https://a.example/b?c=d%20e#f"),
        (" https://a.example/my talk.mp3", "https://a.example/my%20talk.mp3"),
        ("https://a.example/my talk.mp3", "https://a.example/my%20talk.mp3"),
        ("https://a.example/<b>|`c`\\", "https://a.example/%3Cb%3E%7C%60c%60%5C"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ("http://[::1/x", None),
        ("javascript:alert(1)", None),
        ("ftp://a.example/", None),
        ("https:///path", None),
        ("", None),
        (None, None),
        ("https://a.example/" + "x" * 90, None),
    ],
)
def test_addresses_are_written_as_discord_takes_them(url: str | None, address: str | None) -> None:
    assert web_address(url, 100) == address


@given(ADDRESSES)
def test_addresses_have_no_blanks_and_links_end_where_they_should(url: str | None) -> None:
    address = web_address(url, 2000)
    if address is not None:
        assert address.isascii()
        assert not re.search(r"\s", address)
        assert re.fullmatch(r"\[here\]\([^()\s<>]+\)", masked_link("here", address))
        assert web_address(address, 2000) == address


def test_a_title_that_holds_an_address_is_no_link() -> None:
    assert linked_title("Scones", "https://a.example/(1)") == "[Scones](https://a.example/%281%29)"
    assert linked_title("See https://b.example/x", "https://a.example/1") == "See https://b.example/x"
    assert linked_title("Scones", None) == "Scones"
