"""Which feeds are taken for keyed, and by what."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.status_messages.sentences import sentence
from bot.text.feed_keys import KEYED_BY, KeySign, key_sign
from tests.unit.text.key_shapes import KEY_SHAPES

CREDENTIALS, PRIVATE, QUERY, PATH = (
    KeySign.CREDENTIALS,
    KeySign.PRIVATE_HOST,
    KeySign.QUERY,
    KeySign.PATH,
)

PUBLIC = [
    "https://podcastfeeds.nbcnews.com/HL4TzgYC",
    "https://www.bbc.co.uk/programmes/b006qykl/episodes/downloads.rss",
    "https://rss.beehiiv.com/feeds/2R3C6Bt5wj.xml",
    "https://anchor.fm/s/1a2b3c4d/podcast/rss",
    "https://feeds.simplecast.com/54nAGcIl",
    "HTTPS://FEEDS.SIMPLECAST.COM/54nAGcIl/",
    "https://feeds.acast.com/public/shows/5e7b8d4f-1a2b-4c3d-9e8f-0a1b2c3d4e5f",
    "https://www.omnycontent.com/d/playlist/e73c998e-6e60-432f-8610-ae210140c5b1/a91018a4-ea4f-4130-bf55-ae270180c327/podcast.rss",
    "https://feeds.megaphone.fm/GLT1412515089",
    "https://feeds.buzzsprout.com/1234567.rss",
    "https://feeds.redcircle.com/0a1b2c3d-4e5f-6789-abcd-ef0123456789",
    "https://feeds.transistor.fm/aB3xK9qLmZ",
    "https://feeds.captivate.fm/aB3xK9qLmZ/",
    "https://rss.art19.com/aB3xK9qLmZ",
    "https://api.substack.com/feed/podcast/1084089.rss",
    "https://feeds.soundcloud.com/users/soundcloud:users:212464379/sounds.rss",
    "https://www.youtube.com/feeds/videos.xml?channel_id=UC68TLK0mAEzUyHx5x5k-S1Q",
    "https://audioboom.com/channels/4986219.rss",
    "https://www.spreaker.com/show/42738921/episodes/feed",
    "https://rss.libsyn.com/shows/123456789/destinations/987654321.xml",
    "https://feed.podbean.com/aB3xK9qLmZ/feed.xml",
    "https://podcasts.files.bbci.co.uk/b006qykl.rss",
    "https://my-show.podigee.io/feed/mp3",
    "https://show.example/feed",
    "https://show.example/podcasts/the-daily-show/feed.xml?format=mp3",
    "https://show.example/?feed=rss2&cat=5",
    "https://show.example/feed?podcast",
    "https://show.example/feed?lang=en-us&since=2024-01-31&utm_source=x",
    "https://show.example/feed;v=2",
    "http://show.example:8080/2024/05/17/episode-142.xml",
    "file:///srv/aB3xK9qLmZ.xml",
    "http://[::1",
]


@pytest.mark.parametrize("url", PUBLIC)
def test_what_everybody_reads_is_not_keyed(url: str) -> None:
    assert key_sign(url) is None


@pytest.mark.parametrize(
    ("url", "sign"),
    [
        ("https://ada:sesame@show.example/feed", CREDENTIALS),
        ("https://ada@feeds.simplecast.com/54nAGcIl", CREDENTIALS),
        ("https://show.supportingcast.fm/content/1.rss", PRIVATE),
        ("https://www.patreon.com/rss/show?auth=x&show=1", PRIVATE),
        ("https://patreon.com/rss/show", PRIVATE),
        ("https://feeds.acast.com/private/shows/show", PRIVATE),
        ("https://access.acast.com/rss/show/u", PRIVATE),
        ("https://api.substack.com/feed/podcast/1/private/a.rss", PRIVATE),
        ("https://show.memberful.com/rss/1", PRIVATE),
        ("https://feeds.supercast.com/feeds/a", PRIVATE),
        ("https://subscribers.transistor.fm/a", PRIVATE),
        # A public pattern says nothing of what else is asked for.
        ("https://feeds.megaphone.fm/GLT1412515089?token=x", QUERY),
        ("https://feeds.simplecast.com/54nAGcIl;key=x", QUERY),
        ("https://www.youtube.com/feeds/videos.xml?channel_id=UC68TLK0mAEzUyHx5x5k-S1Q&key=x", QUERY),
        ("https://show.example/feed?key=1", QUERY),
        ("https://show.example/feed?a=b;auth=1", QUERY),
        ("https://show.example/feed?u=7f3k9", QUERY),
        ("https://show.example/feed?xqzvkw", QUERY),
        ("https://show.example/feed;token=aB3xK9qLmZ", QUERY),
        ("https://show.example/key=abc/feed", PATH),
        ("https://show.example/feed%3Fkey%3Dabc", PATH),
        # Beside the pattern, or below it.
        ("https://feeds.simplecast.com/members/aB3xK9qLmZ", PATH),
        ("https://anchor.fm.example/s/1a2b3c4d/podcast/rss", PATH),
        ("https://show.example/anchor.fm/s/1a2b3c4d/podcast/rss", PATH),
    ],
)
def test_what_lets_single_members_in_is_keyed(url: str, sign: KeySign) -> None:
    assert key_sign(url) is sign


@pytest.mark.parametrize("shape", KEY_SHAPES)
@pytest.mark.parametrize(
    "form",
    [
        "https://show.example/feed/{}",
        "https://show.example/feed/{}.rss",
        "https://show.example/{}/feed.xml",
        "https://show.example/feed?{}",
        "https://show.example/feed?id={}",
        "https://show.example/feed;s={}",
        "https://{}@show.example/feed",
    ],
)
def test_keys_of_every_shape(shape: str, form: str) -> None:
    rng = random.Random(f"{form} {shape}")
    missed = [url for url in (form.format(KEY_SHAPES[shape](rng)) for _ in range(200)) if not key_sign(url)]
    assert len(missed) <= 2, missed


@given(st.text(max_size=60))
def test_any_address_is_judged(path: str) -> None:
    assert key_sign(f"https://a.example/{path}") in (None, *KeySign)
    assert key_sign(path) in (None, *KeySign)


@pytest.mark.parametrize("sign", KeySign)
def test_each_sign_is_told(sign: KeySign) -> None:
    assert "private" in sentence(KEYED_BY[sign]())
