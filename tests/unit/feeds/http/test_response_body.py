"""Reading a body into its share of memory."""

from __future__ import annotations

import asyncio
import gzip
import math

import brotli
import pytest
from aiohttp import StreamReader
from aiohttp.base_protocol import BaseProtocol

from bot.feeds.http.failures import CUT_OFF, TOO_LARGE, RequestError
from bot.feeds.http.limits import SMALL_BYTES, BodyLimiter
from bot.feeds.http.response_body import read_body

MOST = 2**20


async def _read(sent: bytes, encoding: str) -> tuple[bytes, float]:
    """What was read of a body that arrived in steps, and the capacity that its share had then."""
    loop = asyncio.get_running_loop()
    content = StreamReader(BaseProtocol(loop), 2 * MOST, loop=loop)
    for at in range(0, len(sent), 1_000):
        content.feed_data(sent[at : at + 1_000])
    content.feed_eof()
    async with asyncio.timeout(None) as deadline, BodyLimiter().slot(deadline) as slot:
        body = await read_body(content, [encoding], MOST, slot)
        return bytes(body), slot.capacity


async def test_a_small_body_takes_a_small_share() -> None:
    assert await _read(b"<rss/>", "") == (b"<rss/>", SMALL_BYTES)
    assert await _read(gzip.compress(b"<rss/>"), "gzip") == (b"<rss/>", SMALL_BYTES)


async def test_a_decoder_that_keeps_much_counts_as_a_large_body() -> None:
    assert await _read(brotli.compress(b"<rss/>"), "br") == (b"<rss/>", math.inf)


@pytest.mark.parametrize(
    ("sent", "encoding", "code"),
    [
        (gzip.compress(b"<rss>" * 99)[:-9], "gzip", CUT_OFF),
        (brotli.compress(b"<rss>" * 99)[:-1], "br", CUT_OFF),
        (bytes(MOST + 1), "", TOO_LARGE),
        (gzip.compress(bytes(MOST + 1)), "", TOO_LARGE),
    ],
)
async def test_what_is_cut_off_or_too_large_is_refused(sent: bytes, encoding: str, code: str) -> None:
    with pytest.raises(RequestError) as caught:
        await _read(sent, encoding)
    assert caught.value.code == code
