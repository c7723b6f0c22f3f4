"""What is shown of an episode whose feed is keyed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shown_episodes import (
    is_keyed,
    keyless,
    links_audio,
    shown,
    shown_announcement,
    shown_episode,
    shown_quote,
)
from storage.models import Announcement, Chapter, Episode, SaidLine
from tests.unit.present.material import ANNOUNCEMENT, EPISODE, QUOTE

KEY = "aB3xK9qLmZ"
FEED = f"https://tea.example/feed/{KEY}.xml"
KEYED = replace(
    EPISODE,
    feed_url=FEED,
    enclosure_url=f"https://tea.example/{KEY}/7.mp3",
    video_url="https://www.youtube.com/watch?v=abc",
    guid=f"https://tea.example/{KEY}/7.mp3",
    title=f"Scones of {KEY}",
    podcast_title=f"Tea {KEY.lower()}",
    intro=f"Get it: https://cdn.example/x/9f8e7d6c5b4a/7.mp3?sig=1 or {KEY}.",
)


def test_a_public_feed_is_shown_as_it_is() -> None:
    public = replace(KEYED, feed_url="https://feeds.simplecast.com/54nAGcIl")
    assert shown_episode(public) is public
    assert shown_announcement(ANNOUNCEMENT, audio=False) is ANNOUNCEMENT
    assert links_audio(public)
    assert not is_keyed(public)


def test_an_episode_of_a_keyed_feed_is_shown_without_its_key_and_audio() -> None:
    assert shown_episode(KEYED) == replace(
        KEYED,
        enclosure_url=None,
        video_url=None,
        guid="https://tea.example/…/7.mp3",
        title="Scones of …",
        podcast_title="Tea …",
        intro="Get it: https://cdn.example/x/…/7.mp3?… or ….",
    )


def test_audio_is_linked_where_a_moderator_says_so() -> None:
    linked = replace(KEYED, audio_linked=True)
    once = shown_episode(linked)
    assert (once.enclosure_url, once.video_url) == (KEYED.enclosure_url, KEYED.video_url)
    assert (once.title, once.guid) == ("Scones of …", "https://tea.example/…/7.mp3")
    assert shown_episode(once) == once


@pytest.mark.parametrize("audio", [True, False])
def test_all_that_an_announcement_says_is_without_keys(audio: bool) -> None:
    told = Announcement(
        KEYED,
        guests=(f"Ada {KEY}",),
        blurb=f"blurb {KEY}",
        chapters=(Chapter(0, f"chapter {KEY}"),),
        mentioned=((f"name {KEY}",), ()),
        quotations=(SaidLine(f"said {KEY}", KEY, 5),),
    )
    found = shown_announcement(told, audio=audio)
    assert (found.guests, found.blurb, found.chapters) == (("Ada …",), "blurb …", (Chapter(0, "chapter …"),))
    assert (found.mentioned, found.quotations) == ((("name …",), ()), (SaidLine("said …", "…", 5),))
    assert found.episode == shown_episode(replace(KEYED, audio_linked=audio))


def test_a_quote_keeps_its_marks_only_with_its_words() -> None:
    assert shown_quote(QUOTE, KEYED) == QUOTE
    masked = shown_quote(replace(QUOTE, text=f"{KEY} knead {KEY}"), KEYED)
    assert (masked.text, masked.match, masked.highlights) == ("… knead …", (0, 9), ())


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://tea.example/7", True),
        ("https://tea.example/posts/scones-and-tea.html", True),
        ("HTTP://Tea.example:8080/7", True),
        (f"https://tea.example/{KEY}", False),
        (f"https://tea.example/x-{KEY.lower()}-x", False),
        ("https://tea.example/%61B3xK9qLmZ/7", False),
        ("https://tea.example/7?p=1", False),
        ("https://tea.example/7#aB3xK9qLmZ", False),
        ("https://ada@tea.example/7", False),
        ("https://tea.example/9f8e7d6c5b4a/7", False),
        ("https://9f8e7d6c5b4a.tea.example/7", False),
        ("javascript:alert(1)", False),
        (None, False),
    ],
)
def test_pages_and_pictures_are_linked_whose_address_has_no_key(address: str | None, kept: bool) -> None:
    assert keyless(address, FEED) == (address if kept else None)


def test_a_key_that_does_not_look_like_one_is_found_in_other_addresses() -> None:
    feed = "https://ada:sesame@tea.example/feed"
    assert keyless("https://tea.example/sesame/7", feed) is None
    assert keyless("https://tea.example/jam/7", feed) is not None


@given(st.text(max_size=30), st.text(max_size=30), st.booleans())
def test_no_text_has_the_key(before: str, after: str, audio: bool) -> None:
    one: Episode = replace(KEYED, title=f"{before}{KEY}{after}", audio_linked=audio)
    assert KEY not in shown_episode(one).title
    assert KEY not in shown(one, [one.title])[0]
