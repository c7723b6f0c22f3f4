"""Runs one command. Exit codes: 0, 1 (failed), 2 (usage), 78 (configuration), 130 (interrupted)."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from bot.cli.context import EXIT_CONFIG, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, Options
from bot.cli.output import OutputError, ReaderGoneError, print_error
from bot.cli.parser import Command, FileCommand, parser
from bot.cli.streams import drop, end_line
from bot.config import ConfigError, load_settings
from bot.date_ranges import DayError
from bot.feeds.errors import FeedError
from bot.log_setup import set_up_logs
from bot.lookup import LookupFailedError
from bot.reading.child_process import ReaderUnavailableError
from bot.transcripts.turns.cues import TranscriptError
from storage.engine.backup import BackupError
from storage.engine.database import DatabaseError

# Errors whose message is one sentence for the person who called, and how the program then ends.
EXIT_CODES: dict[type[Exception], int] = {
    BackupError: EXIT_FAILED,
    ConfigError: EXIT_CONFIG,
    DatabaseError: EXIT_CONFIG,
    DayError: EXIT_USAGE,
    FeedError: EXIT_FAILED,
    LookupFailedError: EXIT_FAILED,
    TranscriptError: EXIT_FAILED,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Raises SystemExit where the arguments are wrong."""
    try:
        return _run(parser().parse_args(arguments))
    except tuple(EXIT_CODES) as error:
        print_error(str(error))
        return next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind))
    except ReaderUnavailableError as error:
        print_error(f"Nothing can be read now: {error}.")
        return EXIT_FAILED
    except OutputError as error:
        return output_failed(error)
    except KeyboardInterrupt:
        end_line()
        return EXIT_INTERRUPTED


def output_failed(error: OutputError) -> int:
    """Tell, where that is worth it, that stdout can't be written to; the exit code."""
    drop(sys.stdout)
    if not isinstance(error, ReaderGoneError):
        print_error(str(error))
    return EXIT_FAILED


def _run(options: Options) -> int:
    if "file_command" in options:
        # It reads one file, and needs neither settings nor a database.
        file_command: FileCommand = options.file_command
        return file_command(options)
    settings = load_settings()
    set_up_logs(settings.log_level, settings.log_format, settings.discord_token)
    command: Command = options.command
    return asyncio.run(command(options, settings))
