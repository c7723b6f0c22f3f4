from __future__ import annotations

import io
import time

import pytest

from bot.feeds.parsing.feedparser_patches import patched_feedparser


@pytest.mark.parametrize(
    "part", ["<category>c{}</category>", "<author>a{}@b</author>", "<author>{}(</author>"]
)
def test_authors_and_categories_take_linear_time(part: str) -> None:
    inside = "".join(part.format(number) for number in range(4_000))
    body = f"<rss version='2.0'><channel><item><title>Tea</title>{inside}</item></channel></rss>"
    began = time.thread_time()
    [entry] = patched_feedparser().parse(io.BytesIO(body.encode())).entries
    assert entry.title == "Tea"
    assert time.thread_time() - began < 2


def test_the_last_category_is_kept() -> None:
    body = b"<rss><channel><item><category>a</category><category>b</category></item></channel></rss>"
    [entry] = patched_feedparser().parse(io.BytesIO(body)).entries
    assert [tag["term"] for tag in entry.tags] == ["b"]
