"""What is changed in discord.py itself, and that it is still there to be changed."""

from __future__ import annotations

import discord
import pytest
import yarl

from bot.discord_client import discord_patches


def test_requests_and_connections_go_where_they_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = discord.gateway.DiscordWebSocket
    # Set to what they are, so that they are put back.
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    monkeypatch.setattr(gateway, "DEFAULT_GATEWAY", gateway.DEFAULT_GATEWAY)
    discord_patches.use_api("http://127.0.0.1:1/api/v10")
    discord_patches.use_gateway("ws://127.0.0.1:1/")
    assert discord.http.Route("GET", "/users/@me").url == "http://127.0.0.1:1/api/v10/users/@me"
    assert yarl.URL("ws://127.0.0.1:1/") == gateway.DEFAULT_GATEWAY


def test_nothing_is_said_of_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("warn_nacl", "warn_dave"):
        monkeypatch.setattr(discord.VoiceClient, name, getattr(discord.VoiceClient, name))
    discord_patches.silence_voice_warnings()
    assert (discord.VoiceClient.warn_nacl, discord.VoiceClient.warn_dave) == (False, False)
