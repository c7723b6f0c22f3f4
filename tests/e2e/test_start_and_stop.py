"""Starts that can't succeed end with one line; those that can, do in the end; and it stops when told to."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import socket
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest

from tests.e2e.bot_process import run, run_json
from tests.e2e.stage import Stage
from tests.fakes.discord_state import MEMBER

CONFIG = 78


@dataclass(frozen=True, slots=True)
class Wrong:
    """A start that can't succeed: why, its settings, and what its one line must say."""

    name: str
    says: str
    settings: dict[str, Any] = field(default_factory=dict)


WRONG = [
    Wrong("no token", "DISCORD_TOKEN is not set"),
    Wrong("an empty token", "DISCORD_TOKEN is not set", {"DISCORD_TOKEN": " "}),
    Wrong("an unknown setting", "EARMARK_POL_INTERVAL is no setting", {"EARMARK_POL_INTERVAL": "5"}),
    Wrong("a bad interval", "EARMARK_POLL_INTERVAL can't be 'soon'", {"EARMARK_POLL_INTERVAL": "soon"}),
    Wrong(
        "a bad address", "EARMARK_DISCORD_API_URL can't be", {"EARMARK_DISCORD_API_URL": "ftp://u:hunter2@a"}
    ),
    Wrong(
        "a bad database", "EARMARK_DATABASE_URL can't be", {"EARMARK_DATABASE_URL": "mysql://u:hunter2@h/d"}
    ),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
async def test_a_wrong_setting_ends_the_start_with_one_line(tmp_path: Path, wrong: Wrong) -> None:
    code, out, err = await run(tmp_path / "data", "run", cwd=tmp_path, **wrong.settings)
    assert (code, out) == (CONFIG, "")
    assert len(err.splitlines()) == 1
    assert wrong.says in err
    assert "hunter2" not in err


async def test_data_that_cannot_be_used_ends_the_start_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    below_a_file = tmp_path / "file" / "data"
    code, _, err = await run(below_a_file, "run", DISCORD_TOKEN="t")
    assert (code, len(err.splitlines())) == (CONFIG, 1)
    assert f"The data folder {below_a_file} can't be written to" in err

    data = tmp_path / "data"
    assert await run_json(data, "podcasts") == []
    with sqlite3.connect(data / "earmark.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
    for command in (("run",), ("podcasts", "--json"), ("doctor",)):
        code, _, err = await run(data, *command, DISCORD_TOKEN="t")
        assert code == CONFIG
        assert len(err.splitlines()) == (0 if command == ("doctor",) else 1)
        assert "Traceback" not in err


async def test_a_refused_token_is_tried_once(stage: Stage) -> None:
    async with stage.bot(DISCORD_TOKEN="wrong-token") as bot:
        assert await bot.exit_code() == CONFIG
    assert len(bot.log.splitlines()) == 1
    assert "Discord refused the token" in bot.log
    assert "wrong-token" not in bot.log
    assert [call.path for call in stage.fake.requests] == ["/users/@me"]


# A connection that breaks without an answer is tried a second time by aiohttp itself, which shows nothing.
@pytest.mark.parametrize(("kind", "refusals", "seen"), [("status", 3, 3), ("reset", 2, 1), ("close", 2, 1)])
async def test_a_gateway_that_refuses_at_first_is_one_line_each(
    stage: Stage, kind: Literal["status", "reset", "close"], refusals: int, seen: int
) -> None:
    fake = stage.fake
    # After each, discord.py itself waits five seconds.
    fake.gateway.refuse_connects = refusals
    fake.gateway.refuse_by = kind
    fake.faults.add(method="GET", path="/gateway/bot$", times=1, status=503)
    async with stage.bot() as bot:
        await fake.wait_for(lambda: fake.ready.is_set() and fake.gateway.refused == refusals, "ready")
        answer = await fake.command(stage.guild.id, stage.channel.id, MEMBER, "episode")
        assert "follows no podcast" in answer.text
        # A connection that breaks later is taken up again, and commands are answered as before.
        if kind == "reset":
            await fake.gateway.drop()
            await fake.wait_for(lambda: fake.gateway.resumes or fake.identifies == 2, "the bot again")
            await fake.wait_for(fake.ready.is_set)
            assert (await fake.command(stage.guild.id, stage.channel.id, MEMBER, "episode")).ephemeral
    assert bot.process.returncode == 0
    assert "Traceback" not in bot.log
    warnings = [line for line in bot.log.splitlines() if re.search(r"WARNING|ERROR", line)]
    # And one more for the address of the gateway, which was not told at first.
    assert len(warnings) == seen + 1


async def test_a_discord_that_is_not_there_yet_is_waited_for(stage: Stage) -> None:
    fake = stage.fake
    api = urlsplit(fake.api_url)

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fake_reader, fake_writer = await asyncio.open_connection(api.hostname, api.port)

        async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            with contextlib.closing(target):
                while data := await source.read(65536):
                    target.write(data)

        await asyncio.gather(copy(reader, fake_writer), copy(fake_reader, writer))

    # Bound, but nobody listens: connections are refused.
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", port))
    async with stage.bot(EARMARK_DISCORD_API_URL=f"http://127.0.0.1:{port}{api.path}") as bot:
        await bot.logged("Discord can't be reached", times=2)
        async with await asyncio.start_server(forward, sock=door):
            await stage.bot_ready()
            answer = await fake.command(stage.guild.id, stage.channel.id, MEMBER, "episode")
            assert "follows no podcast" in answer.text
            await bot.logged("up as Earmark")
            bot.process.send_signal(signal.SIGTERM)
            assert await bot.exit_code() == 0
    assert "Traceback" not in bot.log
    assert bot.log.rstrip().endswith("stopped")


async def test_it_stops_while_it_still_waits_for_discord(stage: Stage) -> None:
    stage.fake.faults.add(method="GET", path="/users/@me$", times=100, action="hang")
    async with stage.bot() as bot:
        await stage.fake.wait_for(lambda: stage.fake.requests)
        bot.process.send_signal(signal.SIGINT)
        assert await bot.exit_code() == 0
    assert "Traceback" not in bot.log
