"""What the tests of the fetcher share."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from bot.feeds.errors import FeedError
from bot.feeds.http.address_guard import AllowedAddresses
from bot.feeds.http.fetcher import Fetcher
from storage.models import Validators
from storage.models.status import to_json

LOOPBACK = AllowedAddresses(networks=(ip_network("127.0.0.0/8"),))
BODY = b"<rss>" + b"x" * 10_000 + b"</rss>"
NOTHING = Validators()


async def refusal(fetcher: Fetcher, url: str) -> str:
    """The one sentence that says why the feed can't be read; it holds no secrets of the address."""
    with pytest.raises(FeedError) as caught:
        await fetcher.feed(url, NOTHING)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert "sesame" not in message
    assert "sesame" not in to_json(caught.value.status)
    return message


def secret(url: str) -> str:
    """The same address with a user, a password and a key in it."""
    return url.replace("http://", "http://ada:sesame@") + "?key=sesame"
