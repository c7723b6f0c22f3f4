"""`doctor`: checks what Earmark needs to run, and says what to fix."""

from __future__ import annotations

from typing import Any

import aiohttp

from bot.cli.context import EXIT_CONFIG, EXIT_FAILED, Options
from bot.cli.findings import Finding
from bot.cli.model_check import check_model
from bot.cli.output import print_json, print_text
from bot.cli.records import iso, size_text
from bot.cli.summary_commands import model_of
from bot.config import TOKEN_MISSING, TOKEN_REFUSED, ConfigError, Settings, prepare_data_dir
from bot.text.plurals import counted
from storage.engine.database import Database, DatabaseError, open_database
from storage.tables.backups import database_bytes, last_backup
from storage.tables.podcasts import list_podcasts

DISCORD_API = "https://discord.com/api/v10"
INVITATION = (
    "https://discord.com/oauth2/authorize?client_id={}&scope=bot+applications.commands&permissions={}"
)
TIMEOUT_S = 15.0


async def doctor(options: Options, settings: Settings) -> int:
    """Print every check. Returns an exit code that fails if any check did."""
    findings = await examine(settings)
    if options.json:
        print_json([{"check": one.check, "ok": one.ok, "says": one.message} for one in findings])
    else:
        for one in findings:
            print_text(f"{'ok ' if one.ok else 'NOT'} {one.check}: {one.message}")
    if not all(one.configured for one in findings):
        return EXIT_CONFIG
    return 0 if all(one.ok for one in findings) else EXIT_FAILED


async def examine(settings: Settings) -> list[Finding]:
    """Run every check, each after those that it depends on."""
    findings = [Finding("settings", ok=True, message=f"data in {settings.data_dir}"), await _data(settings)]
    findings += await _database(settings)
    if settings.discord_token is None:
        return [*findings, Finding("token", ok=False, message=TOKEN_MISSING, configured=False)]
    return findings + await _discord(settings, settings.discord_token)


async def _data(settings: Settings) -> Finding:
    try:
        prepare_data_dir(settings)
    except ConfigError as error:
        return Finding("data folder", ok=False, message=str(error), configured=False)
    return Finding("data folder", ok=True, message="can be written to")


async def _database(settings: Settings) -> list[Finding]:
    """The database, and the model whose budget it holds."""
    try:
        db = await open_database(settings.database_url)
    except DatabaseError as error:
        return [Finding("database", ok=False, message=str(error), configured=False)]
    try:
        return [await _stored(db), *await check_model(model_of(settings), db)]
    finally:
        await db.close()


async def _stored(db: Database) -> Finding:
    podcasts, size, backup = await list_podcasts(db), await database_bytes(db), await last_backup(db)
    about = f"{db.dialect}, {counted(len(podcasts), 'podcast')}, {size_text(size)}"
    if db.dialect == "sqlite":
        # PostgreSQL's own tools leave no note of what they did.
        known = f"last backup {iso(backup.made_at)}" if backup else "no backup is known of"
        about += f", {known}"
    if backup and backup.restored_at:
        about += f", restored from it {iso(backup.restored_at)}"
    return Finding("database", ok=True, message=about)


async def _discord(settings: Settings, token: str) -> list[Finding]:
    # Discord's library takes most of a second to import, and every command imports this file.
    from bot.present.permissions import ASKED_FOR  # noqa: PLC0415

    base = settings.discord_api_url or DISCORD_API
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with aiohttp.ClientSession(
            headers={"Authorization": f"Bot {token}"}, timeout=timeout
        ) as session:
            status, me = await _get(session, f"{base}/users/@me")
            if status == 401:
                return [Finding("token", ok=False, message=TOKEN_REFUSED, configured=False)]
            if status != 200:
                return [Finding("token", ok=False, message=f"Discord answered {status}; try again later.")]
            found = [
                Finding("token", ok=True, message=f"belongs to {me.get('username')} ({me.get('id')})"),
                Finding("invitation", ok=True, message=INVITATION.format(me.get("id"), ASKED_FOR)),
            ]
            status, gateway = await _get(session, f"{base}/gateway/bot")
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        return [
            Finding(
                "gateway", ok=False, message=f"Discord can't be reached ({error or type(error).__name__})."
            )
        ]
    if status != 200:
        return [*found, Finding("gateway", ok=False, message=f"Discord answered {status}; try again later.")]
    left = (gateway.get("session_start_limit") or {}).get("remaining")
    return [
        *found,
        Finding("gateway", ok=left != 0, message=f"{gateway.get('url')}, {left} session starts left"),
    ]


async def _get(session: aiohttp.ClientSession, url: str) -> tuple[int, dict[str, Any]]:
    async with session.get(url) as response:
        body = await response.json(content_type=None) if response.status == 200 else {}
        return response.status, body if isinstance(body, dict) else {}
