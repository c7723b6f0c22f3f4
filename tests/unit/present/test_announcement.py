"""Announcements: inside Discord's limits whatever they tell, and what they tell first."""

from __future__ import annotations

from dataclasses import replace

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.present.announcement import announcement_post, plain_post
from storage.models import Announcement, Looks, SaidLine
from tests.bench import fit as generated
from tests.unit.present.material import (
    ANNOUNCEMENT,
    CARD,
    CHAPTERS,
    COMPACT,
    EPISODE,
    EPISODES,
    LOOKS,
    TEXTS,
    buttons,
    texts,
)

SAID = st.builds(SaidLine, TEXTS.map(lambda text: text[:220]), st.none() | TEXTS, st.none())
ANNOUNCEMENTS = st.builds(
    Announcement,
    episode=st.builds(replace, EPISODES, turn_count=st.sampled_from([0, 9])),
    guests=st.lists(TEXTS, max_size=8).map(tuple),
    blurb=TEXTS,
    chapters=CHAPTERS.map(tuple),
    lines=st.lists(st.none() | TEXTS.map(lambda text: text[:140]), max_size=100).map(tuple),
    overview=st.just("") | TEXTS.map(lambda text: text[:300]),
    mentioned=st.lists(st.lists(TEXTS, max_size=4).map(tuple), max_size=100).map(tuple),
    quotations=st.lists(SAID, max_size=3).map(tuple),
    withdrawn=st.booleans(),
)


# Each is checked in six forms against the whole schema; `make bench-fit` checks ten thousand more.
@settings(max_examples=40)
@given(ANNOUNCEMENTS, LOOKS)
async def test_announcements_fit_whatever_they_tell(what: Announcement, looks: Looks) -> None:
    assert list(generated.problems(what, looks)) == []


async def test_announcements_of_generated_episodes_fit() -> None:
    failed, _ = generated.run(80, seed=11)
    assert failed == 0


async def test_a_card_tells_what_an_episode_is_about() -> None:
    post = announcement_post(ANNOUNCEMENT, CARD, delivery_id=123)
    assert isinstance(post.view, discord.ui.LayoutView)
    head, about, chapters = texts(post)
    assert head == (
        "-# Tea time\n## [Scones](https://tea.example/7)\nwith **Ada** and **Grace** · <t:1772366400:D> · 1 h"
    )
    said = "> [`1:05`](https://tea.example/7.mp3?id=7#t=65) “Butter is a decision.” —\u00a0Grace"
    assert about == f"Two people bake.\nNobody asked them to.\n{said}"
    assert chapters == (
        "[`0:00`](https://tea.example/7.mp3?id=7#t=0) **Flour**\n"
        "[`1:00`](https://tea.example/7.mp3?id=7#t=60) **Jam \\*first\\***\n"
        "-# Mentioned: Ada\\_L · Knead & Sons"
    )
    assert buttons(post) == [
        ("Play", "https://tea.example/7.mp3?id=7"),
        ("Chapters", "chapters:7:123"),
        ("Search this episode", "search:7:123"),
        ("Transcript", "transcript:7:123"),
    ]
    body = post.body()
    (container,) = body["components"]
    assert (body["flags"], body["content"]) == (1 << 15, None)
    assert container["spoiler"] is False
    assert container["components"][0]["accessory"]["media"]["url"] == "https://tea.example/7.png"
    # What Discord is asked to do is what the library would be given.
    assert post.to_send() == {"view": post.view, "allowed_mentions": post.allowed_mentions}


async def test_what_is_not_known_is_not_shown() -> None:
    bare = replace(
        EPISODE, podcast_title="", title="\u200b", link=None, published=None, duration_s=None, image_url=None,
        enclosure_url=None, chapter_count=0, turn_count=0,
    )  # fmt: skip
    post = announcement_post(Announcement(episode=bare), CARD, delivery_id=1)
    assert texts(post) == ["## A new episode"]
    # What names the delivery is always there; without chapters it shows the notes.
    assert buttons(post) == [("Notes", "chapters:7:1")]
    assert post.title == "A new episode"


async def test_a_withdrawn_episode_is_marked_in_every_style() -> None:
    gone = replace(ANNOUNCEMENT, withdrawn=True)
    card = announcement_post(gone, CARD, delivery_id=1, edit=True)
    assert "Withdrawn" in texts(card)[0]
    for post in (announcement_post(gone, COMPACT, delivery_id=1), plain_post(gone, CARD, delivery_id=1)):
        assert "Withdrawn" in (post.content or "")
    assert "Withdrawn" not in texts(announcement_post(ANNOUNCEMENT, CARD, delivery_id=1))[0]


async def test_compact_is_a_line_and_the_link_that_plays_best() -> None:
    post = announcement_post(ANNOUNCEMENT, COMPACT, delivery_id=9)
    assert post.content == "**Tea time** · Scones · 1 h\nhttps://tea.example/7"
    assert isinstance(post.view, discord.ui.View)
    assert not post.suppress_embeds
    assert ("Chapters", "chapters:7:9") in buttons(post)
    filmed = replace(
        ANNOUNCEMENT, episode=replace(ANNOUNCEMENT.episode, video_url="https://video.example/v?id=1")
    )
    assert (announcement_post(filmed, COMPACT, delivery_id=9).content or "").endswith(
        "\nhttps://video.example/v?id=1"
    )
    unlinked = replace(ANNOUNCEMENT, episode=replace(ANNOUNCEMENT.episode, link=None))
    assert (announcement_post(unlinked, COMPACT, delivery_id=9).content or "").endswith(
        "\nhttps://tea.example/7.mp3?id=7"
    )


async def test_the_last_resort_has_no_address_at_all() -> None:
    post = plain_post(ANNOUNCEMENT, CARD, delivery_id=9)
    assert post.suppress_embeds
    assert "https://" not in str(post.body())
    assert post.content == (
        "**Tea time**\n**Scones**\nwith **Ada** and **Grace** · <t:1772366400:D> · 1 h\n\n"
        "Two people bake.\nNobody asked them to.\n> `1:05` “Butter is a decision.” —\u00a0Grace\n\n"
        "`0:00` **Flour**\n`1:00` **Jam \\*first\\***\n-# Mentioned: Ada\\_L · Knead & Sons"
    )


async def test_a_title_with_an_address_is_no_masked_link() -> None:
    what = replace(ANNOUNCEMENT, episode=replace(ANNOUNCEMENT.episode, title="See https://b.example/x now"))
    assert "## See https://b.example/x now\n" in texts(announcement_post(what, CARD, delivery_id=1))[0]


KEY = "aB3xK9qLmZ"
KEYED = replace(
    ANNOUNCEMENT,
    episode=replace(
        ANNOUNCEMENT.episode,
        feed_url=f"https://tea.example/feed/{KEY}.xml",
        enclosure_url=f"https://tea.example/{KEY}/7.mp3",
        image_url=f"https://tea.example/{KEY}/7.png",
        title=f"Scones {KEY}",
    ),
    blurb=f"Get it at https://tea.example/{KEY}/7.mp3 now.",
)


@pytest.mark.parametrize("looks", [CARD, COMPACT])
@pytest.mark.parametrize("edit", [True, False])
def test_a_keyed_feed_is_announced_with_its_page_and_without_its_key(looks: Looks, edit: bool) -> None:
    for make in (announcement_post, plain_post):
        assert KEY not in str(make(KEYED, looks, delivery_id=5, edit=edit).body())
    post = announcement_post(KEYED, looks, delivery_id=5, edit=edit)
    assert buttons(post)[0] == ("Episode page", "https://tea.example/7")
    assert "`1:00`" in str(post.body()) or looks is COMPACT
    lost = replace(KEYED, episode=replace(KEYED.episode, link=f"https://tea.example/{KEY}"))
    first, *_ = buttons(announcement_post(lost, looks, delivery_id=5, edit=edit))
    assert first[0] == "Chapters"


def test_a_keyed_feed_is_announced_with_its_audio_where_a_moderator_says_so() -> None:
    audio = f"https://tea.example/{KEY}/7.mp3"
    post = announcement_post(KEYED, replace(CARD, audio=True), delivery_id=5)
    assert buttons(post)[0] == ("Play", audio)
    assert f"{audio}#t=60" in str(post.body())
    lost = replace(KEYED, episode=replace(KEYED.episode, link=None))
    assert audio in str(announcement_post(lost, replace(COMPACT, audio=True), delivery_id=5).body())
