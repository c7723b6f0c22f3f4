"""What every request passes, and that a message is sent only once."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from types import SimpleNamespace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.announcing.transport.transport import ResendBlockedError, SendAttempt, Transport, send_once


@pytest.mark.parametrize(
    ("answers", "again"),
    [([], True), ([429], True), ([400], True), ([500], False), ([None], False), ([429, 502], False)],
)
def test_a_message_is_sent_again_only_if_it_was_definitely_refused(
    answers: list[int | None], again: bool
) -> None:
    attempt = SendAttempt()
    for status in answers:
        attempt.begin()
        if status is not None:
            attempt.end(status)
    assert attempt.may_have_arrived == (not again)
    if again:
        attempt.begin()
        return
    with pytest.raises(ResendBlockedError):
        attempt.begin()


@pytest.fixture
async def wired() -> AsyncIterator[SimpleNamespace]:
    """A transport, a session that it hooks into, and a server that answers with the status in the path."""

    async def answer(request: web.Request) -> web.Response:
        headers = {"Retry-After": after} if (after := request.query.get("after")) else {}
        headers |= {"Via": "1.1 x"} if "via" in request.query else {}
        return web.Response(status=int(request.match_info["status"]), headers=headers)

    app = web.Application()
    app.router.add_get("/{path}/{status}", answer)
    transport = Transport()
    async with (
        TestServer(app) as server,
        aiohttp.ClientSession(server.make_url("/"), trace_configs=[transport.trace]) as session,
    ):
        yield SimpleNamespace(transport=transport, session=session)


@pytest.mark.parametrize(
    ("query", "least_s", "most_s"),
    [("via&after=60", 0, 0), ("after=60", 50, 60), ("", 0.1, 1), ("after=soon", 0.1, 1)],
)
async def test_only_an_answer_from_the_front_of_discord_is_a_ban(
    wired: SimpleNamespace, query: str, least_s: float, most_s: float
) -> None:
    await wired.session.get(f"/channels/429?{query}")
    assert least_s <= wired.transport.circuit_breaker.wait_s(time.monotonic()) <= most_s


async def test_interactions_are_exempt_from_the_rate_limit(
    wired: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    acquired = 0

    async def acquire() -> None:
        nonlocal acquired
        acquired += 1

    monkeypatch.setattr(wired.transport.rate_limiter, "acquire", acquire)
    for path in ("interactions", "webhooks"):
        await wired.session.get(f"/{path}/200")
    assert acquired == 0
    await wired.session.get("/channels/200")
    assert acquired == 1


async def test_no_second_request_goes_out_for_a_message_that_may_have_arrived(wired: SimpleNamespace) -> None:
    with send_once() as attempt:
        await wired.session.get("/channels/429?via")
        await wired.session.get("/channels/502")
        with pytest.raises(ResendBlockedError):
            await wired.session.get("/channels/200")
    assert attempt.may_have_arrived
    await wired.session.get("/channels/200")
