"""The commands that need discord.py. Importing it takes 0.4 s, so each imports its module when it is called."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.cli.context import Options, open_db, open_services
from bot.cli.interruption import interruptible
from bot.config import TOKEN_MISSING, ConfigError, Settings
from bot.upkeep import let_file_shrink
from storage.tables.backups import begin_running


async def run(_options: Options, settings: Settings) -> int:
    """Run the bot until it is told to stop."""
    if settings.discord_token is None:
        raise ConfigError(TOKEN_MISSING)
    from bot.discord_client.supervisor import run_bot  # noqa: PLC0415

    async with open_db(settings) as db, open_services(db, settings) as reader:
        await begin_running(db, datetime.now(UTC))
        await let_file_shrink(db)
        return await run_bot(settings, db, reader)


async def demo(_options: Options, settings: Settings) -> int:
    """Show the main job on the sample podcast."""
    with interruptible():
        from bot.cli.demo import run_demo  # noqa: PLC0415

    return await run_demo(settings)


async def preview(options: Options, settings: Settings) -> int:
    """Print what Discord would be sent for an episode."""
    with interruptible():
        from bot.cli.preview import print_preview  # noqa: PLC0415

    return await print_preview(options, settings)
