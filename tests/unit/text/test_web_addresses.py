"""Which addresses are on the web, and what is shown of them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.web_addresses import is_web_address, key_parts, without_keys, without_secrets
from tests.unit.text.key_shapes import KEY_SHAPES


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://show.example/feed", True),
        ("HTTP://show.example:8080", True),
        ("http://[::1]/x", True),
        ("http://show.example:99999/", False),
        ("http://show.example:port/", False),
        ("http://[::1/", False),
        ("http:///feed", False),
        ("http://", False),
        ("//show.example/feed", False),
        ("file:///etc/passwd", False),
        ("ftp://show.example/a.mp3", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("", False),
    ],
)
def test_is_web_address(url: str, expected: bool) -> None:
    assert is_web_address(url) == expected


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://show.example/feed.xml", "https://show.example/feed.xml"),
        ("https://ada:sesame@show.example:8000/a?key=sesame#sesame", "https://show.example:8000/a?…"),
        ("https://sesame@[::1]:80/", "https://[::1]:80/"),
        ("https:/ada:sesame@show.example/a", "an address that can't be read"),
        ("ada:sesame@show.example/a", "an address that can't be read"),
        ("http://sesame@[::1", "an address that can't be read"),
        ("http://show.example:sesame/", "an address that can't be read"),
        ("nonsense?key=sesame", "nonsense?…"),
        ("file:///srv/feed.xml", "/srv/feed.xml"),
        ("https://show.example/feed/8f3a9c21d07b4e55.rss", "https://show.example/feed/….rss"),
        ("https://a.example/private/qL3xT9vBz0Km/feed.xml", "https://a.example/private/…/feed.xml"),
        ("https://a.example/7d9f2c1e-55ab-4f0e-9b1d-3a6c8e7f9012", "https://a.example/…"),
        ("https://a.example/rss/482910573826410", "https://a.example/rss/…"),
        ("https://a.example/eyJzaG93IjoiYSIsImtleSI6ImIifQ==/x", "https://a.example/…/x"),
        ("https://a.example/member/zxqvkjwpfhgdmrntblycsaeuoikj", "https://a.example/member/…"),
        (
            "https://a.example/my-long-show-name-of-2024/feed",
            "https://a.example/my-long-show-name-of-2024/feed",
        ),
        ("https://a.example/TheDailyShowOfToday/rss2", "https://a.example/TheDailyShowOfToday/rss2"),
        ("https://a.example/podcasts/99percentinvisible", "https://a.example/podcasts/99percentinvisible"),
        ("https://a.example/feed;key=sesame", "https://a.example/feed;…"),
        ("https://a.example/feed/aB3xK9qLmZ;v=2", "https://a.example/feed/…;…"),
        ("https://a.example/key=sesame/feed", "https://a.example/key=…/feed"),
        ("https://a.example/%61B3xK9qLmZ.xml", "https://a.example/….xml"),
        ("https://a.example/x/feed%3Fkey%3Dsesame", "https://a.example/x/…"),
        ("https://a.example/feed.aB3xK", "https://a.example/…"),
        ("https://8f3a9c21d07b.feeds.example/rss", "https://….feeds.example/rss"),
        ("https://a.example/members/xktrovap.rss", "https://a.example/members/….rss"),
        ("https://a.example/feed?", "https://a.example/feed"),
        (f"https://a.example/{'a' * 5_000}", "an address that can't be read"),
        ("https://a.example/2024/05/17/episode-142.mp3", "https://a.example/2024/05/17/episode-142.mp3"),
        ("https://a.example/20240517_evening_news.mp3", "https://a.example/20240517_evening_news.mp3"),
    ],
)
def test_without_secrets(url: str, shown: str) -> None:
    assert without_secrets(url) == shown


@pytest.mark.parametrize("shape", KEY_SHAPES)
@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("https://a.example/feed/{}", "https://a.example/feed/…"),
        ("https://a.example/feed/{}.xml", "https://a.example/feed/….xml"),
        ("https://a.example/{}/podcast.rss", "https://a.example/…/podcast.rss"),
        ("https://a.example/feed?key={}", "https://a.example/feed?…"),
        ("https://a.example/feed?{}", "https://a.example/feed?…"),
        ("https://a.example/feed;key={}", "https://a.example/feed;…"),
        ("https://ada:{}@a.example/feed", "https://a.example/feed"),
        ("https://{}@a.example/feed#{}", "https://a.example/feed"),
    ],
)
def test_a_key_of_any_shape_is_masked(shape: str, form: str, shown: str) -> None:
    rng = random.Random(f"{shape} {form}")
    keys = [KEY_SHAPES[shape](rng) for _ in range(300)]
    missed = [key for key in keys if without_secrets(form.format(key, key)) != shown]
    # Of the whole at most 1 in 1,000, which `test_random_words` counts.
    assert len(missed) <= 2, missed
    assert all(key in key_parts(form.format(key, "")) for key in keys if key not in missed)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see (https://a.example/f/aB3xK9qLmZ.xml). ok", "see (https://a.example/f/….xml). ok"),
        ("HTTPS://A.EXAMPLE/aB3xK9qLmZ", "https://a.example/…"),
        ("[parameters: ('https://a.example/?k=a'b'c',)]", "[parameters: ('https://a.example/?…',)]"),
        ("ada:sesame@a.example/feed x", "…@a.example/feed x"),
        ("a.example/feed/aB3xK9qLmZ?abc!", "a.example/feed/…?…!"),
        ("URL('http://a.example/x?y=z')", "URL('http://a.example/x?…')"),
        ("postgresql://ada:sesame@127.0.0.1/db", "postgresql://127.0.0.1/db"),
        (r"\"https:\/\/a.example\/aB3xK9qLmZ\"", r"\"https://a.example/…\""),
        ("[`0:00`](https://a.example/a.mp3?x=1#t=0) **Hi**", "[`0:00`](https://a.example/a.mp3?…) **Hi**"),
        ('File "/usr/lib/python3.11/site.py", line 3', None),
        ("at 10:20:30, and/or 12 of 40: a? b@c.example", None),
        ("moved to //a.example/feed?key=one", "moved to //a.example/feed?…"),
        ("feed:a.example/feed/aB3xK9qLmZ7t", "feed:a.example/feed/…"),
        ("url=https%3A%2F%2Fa.example%2Ff%3Fkey%3Dsesame, then", "url=…, then"),
        ("HTTP%253A%252F%252Fa.example%252Ff%253Fkey", "…"),
        ("100%3A2, and 3 // 4", None),
    ],
)
def test_addresses_in_a_text(text: str, shown: str | None) -> None:
    assert without_keys(text) == (shown or text)
    assert without_keys(without_keys(text)) == (shown or text)


@given(st.text(max_size=200))
def test_any_text_can_be_masked(text: str) -> None:
    assert without_keys(without_keys(text)) == without_keys(text)
    without_secrets(text)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://ada:ses%61me@a.example/feed", ("ada", "sesame")),
        ("https://a.example/f;key=one?a=two&three", ("two", "three", "key=one", "one")),
        ("https://a.example/my-show/feed.xml", ()),
        ("http://[::1", ()),
    ],
)
def test_key_parts(url: str, parts: tuple[str, ...]) -> None:
    assert key_parts(url) == parts
