"""The fake's limits are Discord's."""

from __future__ import annotations

from tests.fakes.discord_http import Call
from tests.fakes.discord_limits import REQUESTS_PER_SECOND, RateLimits

SEND = "/channels/{channel_id}/messages"


def _send(channel: int) -> Call:
    return Call("POST", f"/channels/{channel}/messages", SEND, {"channel_id": str(channel)})


def test_five_messages_in_five_seconds_a_channel() -> None:
    now = 100.0
    limits = RateLimits(lambda: now)
    told = [limits.take(_send(1)) for _ in range(6)]
    assert [one.refused for one in told] == [False] * 5 + [True]
    assert [one.left for one in told] == [4, 3, 2, 1, 0, 0]
    assert told[5].headers()["Retry-After"] == "5.000"
    assert not limits.take(_send(2)).refused
    now = 105.0
    assert not limits.take(_send(1)).refused
    assert (limits.taken, limits.refused) == (8, 1)


def test_fifty_requests_a_second_in_all() -> None:
    now = 100.0
    limits = RateLimits(lambda: now)
    told = [limits.take(_send(channel)) for channel in range(REQUESTS_PER_SECOND + 1)]
    assert [one.refused for one in told] == [False] * REQUESTS_PER_SECOND + [True]
    assert told[-1].everywhere
    assert told[-1].reply().status == 429
    now = 100.99
    assert limits.take(_send(99)).refused
    now = 101.0
    assert not limits.take(_send(99)).refused


def test_ten_publishings_an_hour_which_no_header_tells() -> None:
    now = 100.0
    limits = RateLimits(lambda: now)
    path = "/channels/{channel_id}/messages/{message_id}/crosspost"
    call = Call("POST", "/channels/1/messages/2/crosspost", path, {"channel_id": "1", "message_id": "2"})
    told = [limits.take(call) for _ in range(11)]
    assert [one.refused for one in told] == [False] * 10 + [True]
    assert {one.left for one in told[:10]} == {49}
    assert told[10].reset_after_s == 3600.0
