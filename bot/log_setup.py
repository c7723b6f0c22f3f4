"""Logging to stderr, as text for people or JSON for log collectors, without the bot token and the keys of feeds."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from types import TracebackType

import aiohttp

from bot.text.control_characters import IN_JSON, IN_LOG_LINE
from bot.text.known_keys import masked
from bot.text.tracebacks import traceback_text

# Marks a record whose exceptions may repeat what a member typed: `log.error(..., extra=PRIVATE)`.
PRIVATE = {"private": True}
# discord.py logs what commands, buttons and modals raise with what they were given, asyncio what its tasks do.
_OF_MEMBERS = ("discord", "asyncio")


class TextFormatter(logging.Formatter):
    """`2026-01-31 12:00:00 INFO bot.discord_client.client: message`, with what is secret masked.

    A message is one line; a traceback has further ones, none of which anybody else can write.
    """

    def __init__(self, secret: str | None) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        def shown(text: str) -> str:
            return _masked(self._secret, text).translate(IN_LOG_LINE)

        head = f"{self.formatTime(record, self.datefmt)} {record.levelname} {record.name}: "
        lines = [head + shown(record.getMessage())]
        if (error := _error(record)) is not None:
            text = traceback_text(error, shown, private=_is_private(record))
            lines.append(_masked(self._secret, text))
        return "\n".join(lines)


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
        if (error := _error(record)) is not None:
            text = traceback_text(error, str, private=_is_private(record))
            line["exception"] = _masked(self._secret, text)
        return json.dumps(line, ensure_ascii=False).translate(IN_JSON)


def _error(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


def _is_private(record: logging.LogRecord) -> bool:
    return getattr(record, "private", False) or record.name.partition(".")[0] in _OF_MEMBERS


def _masked(secret: str | None, text: str) -> str:
    return masked(text.replace(secret, "***") if secret else text)


class MembersFilter(logging.Filter):
    """Leaves out of libraries' messages what a member may have typed: a modal with its fields, a task's error."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(("discord.ui", "discord.app_commands")) and isinstance(record.args, tuple):
            record.args = tuple(one if isinstance(one, int) else type(one).__name__ for one in record.args)
        elif record.name == "asyncio":
            record.msg, record.args = record.getMessage().partition("\n")[0], ()
        return True


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
    handler.addFilter(MembersFilter())
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
