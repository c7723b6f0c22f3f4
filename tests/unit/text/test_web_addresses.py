"""Which addresses are on the web, and what is shown of them."""

from __future__ import annotations

import pytest

from bot.text.web_addresses import is_web_address, without_secrets


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
        ("https://a.example/2024/05/17/episode-142.mp3", "https://a.example/2024/05/17/episode-142.mp3"),
        ("https://a.example/20240517_evening_news.mp3", "https://a.example/20240517_evening_news.mp3"),
    ],
)
def test_without_secrets(url: str, shown: str) -> None:
    assert without_secrets(url) == shown
