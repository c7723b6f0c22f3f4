"""Choices of an autocomplete: none is named as another, and none has a key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.present import text
from bot.present.choices import distinct_choices
from bot.text.known_keys import KnownKeys


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    known = KnownKeys()
    known.add("https://a.example/feed/aB3xK9qLmZ", "https://a.example/feed/9f8e7d6c5b4a")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "KNOWN_KEYS", known)
        yield


def test_names_that_are_the_same_without_their_keys_are_numbered() -> None:
    offered = [("Tea", "1"), ("Tea for aB3xK9qLmZ", "2"), ("Tea for 9f8e7d6c5b4a", "aB3xK9qLmZ")]
    assert distinct_choices(offered) == [("Tea", "1"), ("Tea for …", "2"), ("Tea for … (2)", "…")]


def test_names_that_are_the_same_when_cut_are_numbered() -> None:
    offered = [("x" * 120, "1"), ("x" * 130, "2")]
    assert distinct_choices(offered) == [("x" * 99 + "…", "1"), ("x" * 95 + "… (2)", "2")]


@given(
    st.lists(
        st.tuples(st.sampled_from(["Tea", "Tea (2)", "y" * 200]) | st.text(max_size=150), st.text()),
        max_size=25,
    )
)
def test_no_two_look_the_same(offered: list[tuple[str, str]]) -> None:
    choices = distinct_choices(offered)
    assert len(choices) == len(offered)
    assert len({name for name, _ in choices}) == len(offered)
    assert all(len(name) <= 100 for name, _ in choices)
