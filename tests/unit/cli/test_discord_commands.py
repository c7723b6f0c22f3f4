"""The commands that need discord.py: how they start, and that nothing else imports it."""

from __future__ import annotations

import subprocess
import sys

from tests.paths import ROOT
from tests.unit.cli.command_line import CommandLine


async def test_a_bot_without_a_token_does_not_start(cli: CommandLine) -> None:
    ended = await cli("run")
    assert (ended.code, ended.out) == (78, "")
    assert ended.err == "DISCORD_TOKEN is not set: put the bot's token into the environment or .env.\n"


async def test_the_demo_and_the_preview_are_run(cli: CommandLine) -> None:
    assert "Following “Screws Left Over”" in (await cli("demo")).out
    await cli("add", cli.publish(3))
    assert "[ Play ]" in (await cli("preview", "Robot")).out


def test_reading_the_arguments_does_not_import_discord() -> None:
    script = "import sys, bot.cli.main; sys.exit('discord' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
