"""`doctor`: what to mend, and how it ends."""

from __future__ import annotations

import pytest

from tests.fakes.discord_server import FakeDiscord
from tests.unit.cli.command_line import CommandLine


async def test_the_doctor_says_what_to_mend(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = await cli("doctor", "--json")
    assert ended.code == 78
    assert [(one["check"], one["ok"]) for one in ended.json] == [
        ("settings", True),
        ("data folder", True),
        ("database", True),
        ("summaries", True),
        ("token", False),
    ]
    assert "DISCORD_TOKEN is not set" in ended.json[-1]["says"]
    async with FakeDiscord() as fake:
        monkeypatch.setenv("EARMARK_DISCORD_API_URL", fake.api_url)
        monkeypatch.setenv("DISCORD_TOKEN", "wrong")
        ended = await cli("doctor")
        assert ended.code == 78
        assert "NOT token: Discord refused the token" in ended.out
        monkeypatch.setenv("DISCORD_TOKEN", fake.token)
        ended = await cli("doctor")
        assert ended.code == 0
        assert "ok  token: belongs to Earmark (700000000000000000)" in ended.out
        assert "1000 session starts left" in ended.out
        fake.faults.add(method="GET", path="/gateway/bot", status=503)
        ended = await cli("doctor", "--json")
        assert ended.code == 1
        assert ended.json[-1]["says"] == "Discord answered 503; try again later."
        fake.faults.add(method="GET", path="/users/@me$", status=500)
        assert (await cli("doctor")).code == 1
        fake.gateway.session_starts_left = 0
        assert (await cli("doctor")).code == 1
    ended = await cli("doctor", "--json")
    assert ended.code == 1
    assert "Discord can't be reached" in ended.json[-1]["says"]
    assert fake.token not in ended.out
