"""Links that play from a moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.play_links import LEAD_IN_MS, play_link
from storage.models import Episode

VIDEO = "https://www.youtube.com/watch?v=abc"
AUDIO = "https://cdn.example/a.mp3"


def episode(video_url: str | None, enclosure_url: str | None) -> Episode:
    return Episode(
        id=1,
        podcast_id=1,
        podcast_title="Show",
        guid=None,
        title="One",
        link=None,
        published=None,
        duration_s=None,
        image_url=None,
        enclosure_url=enclosure_url,
        video_url=video_url,
        intro="",
        chapter_count=0,
        turn_count=0,
        transcript_source=None,
    )


@pytest.mark.parametrize(
    ("video_url", "enclosure_url", "start_ms", "link"),
    [
        (VIDEO, AUDIO, 61_999, f"{VIDEO}&t=61"),
        (VIDEO, None, 0, f"{VIDEO}&t=0"),
        (VIDEO, AUDIO, None, VIDEO),
        ("https://video.example/abc", AUDIO, 5_000, "https://video.example/abc?t=5"),
        (None, AUDIO, 3_725_000, f"{AUDIO}#t=3725"),
        (None, AUDIO, None, AUDIO),
        (None, f"{AUDIO}?key=1&x=%20", 1_000, f"{AUDIO}?key=1&x=%20#t=1"),
        (None, f"{AUDIO}#t=9", 1_000, f"{AUDIO}#t=1"),
        (None, None, 1_000, None),
        (None, None, None, None),
    ],
)
def test_the_own_video_comes_before_the_enclosure(
    video_url: str | None, enclosure_url: str | None, start_ms: int | None, link: str | None
) -> None:
    assert play_link(episode(video_url, enclosure_url), start_ms) == link


@pytest.mark.parametrize(("start_ms", "seconds"), [(0, 0), (1_999, 0), (2_000, 0), (3_500, 1), (63_000, 61)])
def test_a_lead_in_never_begins_before_the_beginning(start_ms: int, seconds: int) -> None:
    assert play_link(episode(None, AUDIO), start_ms, lead_in_ms=LEAD_IN_MS) == f"{AUDIO}#t={seconds}"


@pytest.mark.parametrize(
    "feed_url",
    [
        "https://anchor.fm/s/1a2b3c4d/podcast/rss",
        "https://feeds.simplecast.com/54nAGcIl",
        "https://feeds.acast.com/public/shows/5e7b8d4f-1a2b-4c3d-9e8f-0a1b2c3d4e5f",
        "https://www.omnycontent.com/d/playlist/e73c998e-6e60-432f-8610-ae210140c5b1/podcast.rss",
        "https://feeds.megaphone.fm/GLT1412515089",
        "https://feeds.redcircle.com/0a1b2c3d-4e5f-6789-abcd-ef0123456789",
        "https://feeds.transistor.fm/aB3xK9qLmZ",
        "https://rss.libsyn.com/shows/123456789/destinations/987654321.xml",
        "https://www.spreaker.com/show/42738921/episodes/feed",
        "https://www.youtube.com/feeds/videos.xml?channel_id=UC68TLK0mAEzUyHx5x5k-S1Q",
    ],
)
def test_public_hosts_whose_addresses_look_random_keep_their_play(feed_url: str) -> None:
    # The audio of a public feed may be counted by what stands in its query.
    one = replace(episode(None, f"{AUDIO}?awCollectionId=54nAGcIl&token=8f3a9c21"), feed_url=feed_url)
    assert play_link(one, 5_000) == f"{one.enclosure_url}#t=5"


@pytest.mark.parametrize(
    ("feed_url", "audio_linked", "linked"),
    [
        ("https://show.example/feed", False, True),
        ("https://show.example/feed?key=1", False, False),
        ("https://show.example/feed?key=1", True, True),
        ("https://feeds.simplecast.com/54nAGcIl", False, True),
    ],
)
def test_of_a_keyed_feed_audio_and_video_are_linked_where_a_moderator_says_so(
    feed_url: str, audio_linked: bool, linked: bool
) -> None:
    for video, audio in ((VIDEO, AUDIO), (None, AUDIO)):
        one = replace(episode(video, audio), feed_url=feed_url, audio_linked=audio_linked)
        assert (play_link(one, 5_000) is not None) == linked
