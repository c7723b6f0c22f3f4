"""The fake's refusals that end or delay a client's start."""

from __future__ import annotations

import aiohttp
import discord
import pytest

from tests.fakes.discord_server import FakeDiscord
from tests.unit.fakes.conftest import Probe, running

pytestmark = pytest.mark.usefixtures("pointed")


async def test_a_wrong_token_is_refused_at_login(fake: FakeDiscord) -> None:
    bot = Probe()
    with pytest.raises(discord.LoginFailure):
        await bot.start("wrong")
    await bot.close()


async def test_a_token_that_the_gateway_refuses_closes_with_4004(fake: FakeDiscord) -> None:
    fake.gateway.token = "changed meanwhile"
    bot = Probe()
    with pytest.raises(discord.ConnectionClosed) as closed:
        await bot.start(fake.token)
    assert closed.value.code == 4004
    await bot.close()


async def test_no_gateway_to_be_had(fake: FakeDiscord) -> None:
    fake.faults.add(path="^/gateway/bot$", status=503)
    bot = Probe()
    with pytest.raises(discord.GatewayNotFound):
        await bot.start(fake.token)
    await bot.close()


@pytest.mark.parametrize("how", ["status", "reset", "close"])
async def test_the_first_connects_are_refused(fake: FakeDiscord, how: str) -> None:
    fake.gateway.refuse_connects, fake.gateway.refuse_by = 2, how  # type: ignore[assignment]
    async with aiohttp.ClientSession() as session:
        # A broken connect is tried twice by aiohttp itself, so that one failure is seen of two.
        for _ in range(2 if how == "status" else 1):
            with pytest.raises(aiohttp.ClientError):
                await session.ws_connect(fake.gateway.url)
        async with session.ws_connect(fake.gateway.url) as socket:
            assert (await socket.receive_json())["op"] == 10
    assert fake.gateway.refused == 2


async def test_several_shards(fake: FakeDiscord) -> None:
    fake.gateway.shards = 2
    even = fake.world.add_guild("Even", guild_id=2 << 22)
    odd = fake.world.add_guild("Odd", guild_id=3 << 22)
    bot = Probe()
    async with running(bot, fake.token):
        assert {guild.id: guild.shard_id for guild in bot.guilds} == {even.id: 0, odd.id: 1}
    assert fake.identifies == 2


async def test_a_gap_of_the_fake_is_reported(fake: FakeDiscord) -> None:
    async with aiohttp.ClientSession() as session, session.get(fake.api_url + "/no/such/route") as answer:
        assert answer.status == 404
    assert fake.violations == ["GET /no/such/route: the fake has no such route"]


async def test_waiting_in_vain_tells_what_was_seen(fake: FakeDiscord) -> None:
    with pytest.raises(TimeoutError, match=r"waited 0\.01 s for a miracle; seen: 0 requests"):
        await fake.wait_for(lambda: False, "a miracle", 0.01)
