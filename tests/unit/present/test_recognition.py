"""An announcement is known by what it shows, and no other episode's is taken for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.present.announcement import announcement_post, plain_post
from bot.present.digest import digest_post, plain_digest_post
from bot.present.post import Post
from bot.present.recognition import Recognised, ShownMessage, recognise
from storage.models import Announcement, AnnouncementStyle, Episode, Looks
from tests.unit.present.material import ANNOUNCEMENT, EPISODE, LOOKS, buttons, texts

ALONE, IN_DIGEST = Recognised.ALONE, Recognised.IN_DIGEST
FORMS = ["card", "compact", "plain", "edited card", "withdrawn card", "withdrawn plain", "spoiler", "mention"]


def _shown(post: Post) -> ShownMessage:
    urls = tuple(where for _, where in buttons(post) if where.startswith("http"))
    return ShownMessage("\n".join(text for text in [post.content or "", *texts(post)] if text), urls)


def _announced(episode: Episode, form: str = "card") -> ShownMessage:
    style = AnnouncementStyle.COMPACT if form in ("compact", "spoiler") else AnnouncementStyle.CARD
    looks = Looks(style, role_id=5 if form == "mention" else None, spoiler=form == "spoiler")
    announcement = replace(ANNOUNCEMENT, episode=episode, withdrawn=form.startswith("withdrawn"))
    make = plain_post if form.endswith("plain") else announcement_post
    return _shown(make(announcement, looks, delivery_id=77, edit=form.startswith("edited")))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "said",
    [
        {},
        {"title": "Part 2 · Tea time: *what* is [left](https://x.example) of it_all?"},
        {"title": "紅茶の時間"},
        {"title": "Ten lessons in 12 min"},
        {"title": "🫖"},
        {"title": "x" * 400},
        {"published": None},
        {"link": None, "duration_s": None},
        {"enclosure_url": None},
        {"video_url": "https://video.example/watch?v=7"},
        {"link": "https://tea.example/7_(scones)"},
        {"podcast_title": ""},
    ],
    ids=str,
)
def test_every_form_is_known_again(form: str, said: dict[str, Any]) -> None:
    episode = replace(EPISODE, **said)
    assert recognise(_announced(episode, form), episode) is ALONE


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "later",
    [
        {"title": "Scones, corrected", "duration_s": 4000.0},
        {"published": EPISODE.published + timedelta(hours=1) if EPISODE.published else None},
        {"enclosure_url": "https://other.example/hosted-elsewhere.mp3"},
        {"link": "https://other.example/7"},
        {"video_url": "https://video.example/watch?v=7", "intro": "Another text.", "id": 3},
    ],
    ids=str,
)
def test_what_the_feed_corrects_since_is_known_again(form: str, later: dict[str, Any]) -> None:
    # Plain text has no addresses, and one line no date: where one of the other signs changes, too little is left.
    left = {"title", "published"} if form.endswith("plain") else set()
    left |= {"title", "enclosure_url"} if form in ("compact", "spoiler") else set()
    expected = None if left & later.keys() else ALONE
    assert recognise(_announced(EPISODE, form), replace(EPISODE, **later)) is expected


@pytest.mark.parametrize("form", FORMS)
def test_an_address_that_is_signed_anew_contradicts_nothing(form: str) -> None:
    signed = replace(EPISODE, enclosure_url="https://tea.example/7.mp3?id=7&token=another")
    assert recognise(_announced(EPISODE, form), signed) is ALONE


# Another episode of the same show: what it has of its own, and what it may share.
OTHER = replace(
    EPISODE,
    id=8,
    guid="tea-8",
    title="Crumpets",
    link="https://tea.example/8",
    published=EPISODE.published + timedelta(days=1) if EPISODE.published else None,
    enclosure_url="https://tea.example/8.mp3?id=8",
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "shared",
    [
        {},
        {"title": EPISODE.title},
        {"link": EPISODE.link},
        {"title": EPISODE.title, "link": EPISODE.link},
        {"published": EPISODE.published},
        {"published": EPISODE.published, "link": EPISODE.link},
        {"published": None, "link": EPISODE.link},
        {"title": "Scones (part 2)", "link": EPISODE.link},
        {"title": "Scone"},
        {"title": ""},
    ],
    ids=str,
)
def test_another_episode_is_not_taken_for_it(form: str, shared: dict[str, Any]) -> None:
    other = replace(OTHER, **shared)
    assert recognise(_announced(other, form), EPISODE) is None
    assert recognise(_announced(EPISODE, form), other) is None


@pytest.mark.parametrize("form", FORMS)
def test_the_same_episode_in_another_show_is_not_taken_for_it(form: str) -> None:
    network = replace(EPISODE, id=9, podcast_id=2, podcast_title="All shows of the kitchen")
    assert recognise(_announced(network, form), EPISODE) is None
    assert recognise(_announced(EPISODE, form), network) is None


@pytest.mark.parametrize("make", [digest_post, plain_digest_post])
def test_one_of_several_is_known_in_a_digest(make: Any) -> None:
    others = [
        replace(OTHER, id=number, title=f"Cake {number}", link=f"https://tea.example/{number}")
        for number in range(20, 26)
    ]
    episodes = [*others[:3], EPISODE, *others[3:]]
    for looks in (Looks(), Looks(spoiler=True, role_id=5)):
        message = _shown(make(episodes, looks, delivery_id=77))
        assert {recognise(message, one) for one in episodes} == {IN_DIGEST}
        absent = (replace(OTHER, title="Cake 2"), replace(OTHER, title="Cake"), OTHER)
        assert {recognise(message, one) for one in absent} == {None}


def test_a_list_in_the_notes_is_no_digest() -> None:
    episode = replace(EPISODE, title="3 new episodes of life")
    blurb = replace(ANNOUNCEMENT, episode=episode, blurb="1. Scones. 2. Crumpets.")
    message = _shown(announcement_post(blurb, Looks(), delivery_id=7))
    assert recognise(message, episode) is ALONE
    assert recognise(message, OTHER) is None


@pytest.mark.parametrize("text", ["", "…", "## Scones", "Scones\nScones", "-# Tea time", "**1** \n" * 50])
def test_a_single_sign_is_not_enough(text: str) -> None:
    assert recognise(ShownMessage(text), EPISODE) is None
    assert recognise(ShownMessage(text, (str(EPISODE.enclosure_url),)), OTHER) is None


WORDS = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=80).filter(
    lambda text: any(sign.isalnum() for sign in text)
)


@given(WORDS, WORDS, LOOKS, st.sampled_from(["card", "plain"]), st.booleans())
def test_whatever_the_title_is_it_is_known_again(
    title: str, show: str, looks: Looks, form: str, withdrawn: bool
) -> None:
    episode = replace(EPISODE, title=title, podcast_title=show)
    announcement = replace(ANNOUNCEMENT, episode=episode, withdrawn=withdrawn)
    make = plain_post if form == "plain" else announcement_post
    assert recognise(_shown(make(announcement, looks, delivery_id=7)), episode) is ALONE
    digest = _shown(digest_post([replace(OTHER, podcast_title=show), episode], looks, delivery_id=7))
    assert recognise(digest, episode) is IN_DIGEST


@given(st.text(max_size=300), st.lists(st.text(max_size=80), max_size=3))
def test_no_text_makes_it_fail(text: str, urls: list[str]) -> None:
    assert recognise(ShownMessage(text, tuple(urls)), EPISODE) in (ALONE, IN_DIGEST, None)


def test_an_announcement_of_nothing_in_particular_is_known_by_its_address() -> None:
    episode = replace(EPISODE, title="", podcast_title="", published=None)
    bare = Announcement(episode=episode)
    message = _shown(announcement_post(bare, Looks(), delivery_id=7))
    assert recognise(message, episode) is ALONE


@pytest.mark.parametrize("audio", [True, False])
def test_what_was_posted_of_a_keyed_feed_is_known_again_with_and_without_audio(audio: bool) -> None:
    keyed = replace(EPISODE, feed_url="https://tea.example/feed?key=1")
    post = announcement_post(Announcement(keyed), Looks(audio=audio), delivery_id=5)
    urls = tuple(url for _, url in buttons(post) if url.startswith("http"))
    assert urls == ((keyed.enclosure_url,) if audio else (keyed.link,))
    assert recognise(ShownMessage("\n".join(texts(post)), urls), keyed) is Recognised.ALONE
