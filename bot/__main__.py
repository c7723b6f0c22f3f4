"""The command line. Exit codes: 0, 1 (failed), 2 (usage), 78 (configuration)."""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from bot import __version__
from bot.cli import episode_commands, file_commands, podcast_commands
from bot.cli.context import EXIT_CONFIG, EXIT_FAILED, EXIT_USAGE, Options, opened, reading
from bot.cli.output import print_json, print_text, say
from bot.config import TOKEN_MISSING, ConfigError, Settings, load_settings
from bot.date_ranges import DayError
from bot.feeds.errors import FeedError
from bot.log_setup import set_up_logs
from bot.lookup import LookupFailedError
from bot.transcripts.turns.cues import TranscriptError
from storage.engine.database import DatabaseError
from storage.models import AnnouncementStyle

MAX_HITS = 1_000

Command = Callable[[Options, Settings], Coroutine[Any, Any, int]]
FileCommand = Callable[[Options], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Whatever the locale says: scripts read and write UTF-8, and one odd byte must not end a batch.
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        if "file_command" in options:
            # It reads a file and is done: neither settings nor a database.
            file_command: FileCommand = options.file_command
            return file_command(options)
        settings = load_settings()
        set_up_logs(settings.log_level, settings.log_format, settings.discord_token)
        command: Command = options.command
        return asyncio.run(command(options, settings))
    except (ConfigError, DatabaseError) as error:
        say(str(error))
        return EXIT_CONFIG
    except DayError as error:
        say(str(error))
        return EXIT_USAGE
    except (FeedError, LookupFailedError, TranscriptError) as error:
        say(str(error))
        return EXIT_FAILED
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of a pipe (`| head`) has gone; what is still buffered goes nowhere, silently.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="earmark", description="Remembers what was said on the podcast.")
    parser.add_argument("--version", action="version", version=f"Earmark {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        parent: Any, name: str, run: Command, about: str, *, json_too: bool = True
    ) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = parent.add_parser(name, help=about, description=about)
        made.set_defaults(command=run)
        if json_too:
            made.add_argument("--json", action="store_true", help="print JSON alone")
        return made

    def file_command(parent: Any, name: str, read: FileCommand, about: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = parent.add_parser(name, help=about, description=about)
        made.set_defaults(file_command=read)
        made.add_argument("--json", action="store_true", help="print JSON alone")
        return made

    command(commands, "run", _run, "Run the Discord bot.", json_too=False)
    command(
        commands,
        "demo",
        _demo,
        "Show the main job on a sample podcast: no token, no network.",
        json_too=False,
    )
    command(commands, "doctor", _doctor, "Check settings, database, token and gateway; say what to mend.")
    add = command(commands, "add", podcast_commands.add, "Follow a feed, poll it once, read its transcripts.")
    add.add_argument("feed", metavar="FEED", help="an http(s) address or a local file")
    command(commands, "poll", podcast_commands.poll, "Poll every followed feed once.")
    command(commands, "podcasts", podcast_commands.podcasts, "List the podcasts, and how their reading goes.")
    held = command(
        commands, "held", podcast_commands.held, "List items that wait, as most of a feed looked new at once."
    )
    decision = held.add_mutually_exclusive_group()
    decision.add_argument("--release", action="store_true", help="take them for new: store and announce them")
    decision.add_argument("--discard", action="store_true", help="take them for old: leave them out for good")
    held.add_argument("podcast", metavar="PODCAST", nargs="?", help="an id, a title or a part of one")
    episodes = command(commands, "episodes", episode_commands.episodes, "List episodes, newest first.")
    episodes.add_argument("podcast", metavar="PODCAST", nargs="?", help="an id, a title or a part of one")
    chapters = command(commands, "chapters", episode_commands.chapters, "List an episode's chapters.")
    chapters.add_argument("episode", metavar="EPISODE", help="an id, a title or a part of one")
    preview = command(commands, "preview", _preview, "Show an episode's announcement, without sending it.")
    preview.add_argument("episode", metavar="EPISODE", help="an id, a title or a part of one")
    preview.add_argument(
        "--style", choices=[*AnnouncementStyle], default=AnnouncementStyle.CARD, help="how it looks"
    )
    transcript = commands.add_parser("transcript", help="Transcripts.", description="Transcripts.")
    inside = transcript.add_subparsers(required=True, metavar="COMMAND")
    show = command(inside, "show", episode_commands.transcript_show, "Print an episode's transcript.")
    show.add_argument("episode", metavar="EPISODE", help="an id, a title or a part of one")
    read = file_command(inside, "read", file_commands.print_transcript, "Read a published transcript's file.")
    read.add_argument("file", metavar="FILE", help="VTT, SRT, JSON, HTML or text; - for stdin")
    types = file_commands.READABLE_TYPES
    read.add_argument("--type", choices=types, help="the format, instead of what the content tells")
    notes = file_command(
        commands, "notes", file_commands.print_notes, "Read a file of show notes: chapters and turns."
    )
    notes.add_argument("file", metavar="FILE", help="notes as HTML, Markdown or text; - for stdin")
    notes.add_argument(
        "--duration", metavar="SECONDS", type=file_commands.duration, help="how long the episode is"
    )
    quote = command(commands, "quote", episode_commands.quote, "Find what was said.")
    quote.add_argument("words", metavar="WORDS", nargs="*", help="what you remember of it")
    quote.add_argument("--podcast", metavar="P", help="only in this podcast")
    quote.add_argument("--episode", metavar="E", help="only in this episode")
    quote.add_argument("--speaker", metavar="S", help="only what this person said")
    quote.add_argument(
        "--since", metavar="DAY", help="only episodes from this day on: 2026-11-25, 2026-11 or 2026"
    )
    quote.add_argument("--until", metavar="DAY", help="only episodes up to this day, month or year")
    quote.add_argument("--limit", metavar="N", type=_positive, default=5, help="so many answers at most (5)")
    quote.add_argument("--batch", metavar="FILE", help='a JSON object {"id", "query"} a line; - for stdin')
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("expected a number from 1 up")
    return min(number, MAX_HITS)


async def _run(_options: Options, settings: Settings) -> int:
    from bot.discord_client.client import run_bot  # noqa: PLC0415 - discord.py takes 0.4 s that no other command needs

    if settings.discord_token is None:
        raise ConfigError(TOKEN_MISSING)
    async with opened(settings) as db, reading(db, settings) as reader:
        return await run_bot(settings, db, reader)


async def _demo(_options: Options, settings: Settings) -> int:
    from bot.cli.demo import run_demo  # noqa: PLC0415

    return await run_demo(settings)


async def _preview(options: Options, settings: Settings) -> int:
    from bot.cli.preview import preview  # noqa: PLC0415

    return await preview(options, settings)


async def _doctor(options: Options, settings: Settings) -> int:
    from bot.cli.doctor import examine  # noqa: PLC0415

    findings = await examine(settings)
    if options.json:
        print_json([{"check": one.check, "ok": one.ok, "says": one.says} for one in findings])
    else:
        for one in findings:
            print_text(f"{'ok ' if one.ok else 'NOT'} {one.check}: {one.says}")
    if not all(one.configured for one in findings):
        return EXIT_CONFIG
    return 0 if all(one.ok for one in findings) else EXIT_FAILED


if __name__ == "__main__":
    sys.exit(main())
