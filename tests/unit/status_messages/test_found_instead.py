"""The sentences for what is no feed."""

from __future__ import annotations

from bot.feeds.discovery import found_instead
from bot.polling import feed_finder
from bot.status_messages.found_instead import FOUND_INSTEAD
from storage.models import StatusCode


def test_each_code_has_a_sentence_and_each_sentence_a_code() -> None:
    named: set[str] = set()
    for module in (found_instead, feed_finder):
        named |= {str(one) for one in vars(module).values() if isinstance(one, StatusCode)}
    assert set(FOUND_INSTEAD) <= named


def test_each_is_one_sentence() -> None:
    for told in FOUND_INSTEAD.values():
        for one in (told,) if isinstance(told, str) else told.values():
            assert one.endswith((".", "{failure}"))
