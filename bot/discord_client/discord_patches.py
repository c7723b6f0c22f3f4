"""Every change to discord.py itself. None of these has an argument or option in 2.7.1."""

from __future__ import annotations

import discord
import yarl


def use_api(url: str) -> None:
    """Send all requests there, such as to a proxy for Discord's REST API or to a test server."""
    discord.http.Route.BASE = url


def use_gateway(url: str) -> None:
    """Connect there after an invalid session too, for which discord.py goes to Discord's own gateway."""
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)


def silence_voice_warnings() -> None:
    """Log nothing about the missing libraries for voice, which Earmark does not use."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
