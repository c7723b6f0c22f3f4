"""Logging to stderr, as text for people or JSON for log collectors, without the bot token and the keys of feeds."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from types import TracebackType

import aiohttp

from bot.text.known_keys import masked


class TextFormatter(logging.Formatter):
    """`2026-01-31 12:00:00 INFO bot.discord_client.client: message`, with what is secret masked."""

    def __init__(self, secret: str | None) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        return _masked(self._secret, super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with what is secret masked."""

    def __init__(self, secret: str | None) -> None:
        super().__init__()
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _masked(self._secret, record.getMessage()),
        }
        if record.exc_info:
            line["exception"] = _masked(self._secret, self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def _masked(secret: str | None, text: str) -> str:
    return masked(text.replace(secret, "***") if secret else text)


class OneLineFilter(logging.Filter):
    """Shortens a lost connection, which discord.py logs with a traceback each time, to one warning."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.name in ("discord.shard", "discord.client", "discord.gateway"):
            error = record.exc_info[1]
            if isinstance(error, OSError | aiohttp.ClientError | TimeoutError | EOFError) or (
                type(error).__module__.startswith("discord")
            ):
                cause = " ".join(str(error).split())[:200] or type(error).__name__
                record.msg, record.args = f"{record.getMessage()} ({cause})", ()
                record.exc_info = None
                record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


def set_up_logs(level: str, form: str, secret: str | None) -> None:
    """Send all logs from `level` up to stderr; `form` is "text" or "json"."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(secret) if form == "json" else TextFormatter(secret))
    handler.addFilter(OneLineFilter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_crash
    # Below WARNING these libraries log every request and frame, some of which contain the session's token.
    for name in ("discord", "aiosqlite", "sqlalchemy", "alembic", "asyncio", "aiohttp"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def _log_crash(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Log what ends the program: Python itself would print it with everything in it."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    logging.getLogger(__name__).critical("the program ends", exc_info=(kind, error, traceback))
