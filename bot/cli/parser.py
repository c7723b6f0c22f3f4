"""The commands of the command line and their options."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Coroutine
from typing import Any

from bot import __version__
from bot.cli import (
    backup_commands,
    discord_commands,
    doctor,
    episode_commands,
    file_commands,
    follower_commands,
    podcast_commands,
    space_commands,
    summary_commands,
)
from bot.cli.context import Options
from bot.cli.usage import UsageParser, program_name, quoted
from bot.config import Settings
from bot.transcripts.formats.registry import published_formats
from storage.models import AnnouncementStyle

Command = Callable[[Options, Settings], Coroutine[Any, Any, int]]
FileCommand = Callable[[Options], int]

MAX_HITS = 1_000
EPISODE_HELP = "an id, a title or a part of one"
PODCAST_HELP = "an id, a title or a part of one, or the feed's address"


def parser() -> argparse.ArgumentParser:
    """The parser of all arguments. What it returns holds the `command` to run, or a `file_command`."""
    root = UsageParser(prog=program_name(), description="Remembers what was said on the podcast.")
    root.add_argument("--version", action="version", version=f"Earmark {__version__}")
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    _add_program_commands(commands)
    _add_backup_commands(commands)
    _add_podcast_commands(commands)
    _add_follower_commands(commands)
    _add_episode_commands(commands)
    _add_transcript_commands(commands)
    _add_notes(commands)
    _add_quote(commands)
    return root


def _command(
    parent: Any, name: str, run: Command, about: str, *, json_too: bool = True
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = parent.add_parser(name, help=about, description=about)
    command.set_defaults(command=run)
    if json_too:
        _add_json(command)
    return command


def _file_command(parent: Any, name: str, run: FileCommand, about: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = parent.add_parser(name, help=about, description=about)
    command.set_defaults(file_command=run)
    _add_json(command)
    return command


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON alone")


def _add_program_commands(commands: Any) -> None:
    _command(commands, "run", discord_commands.run, "Run the Discord bot.", json_too=False)
    _command(
        commands,
        "demo",
        discord_commands.demo,
        "Show the main job on a sample podcast: no token, no network.",
        json_too=False,
    )
    _command(
        commands, "doctor", doctor.doctor, "Check settings, database, token and gateway; say what to mend."
    )


def _add_backup_commands(commands: Any) -> None:
    backup = _command(
        commands, "backup", backup_commands.backup, "Copy the database into a file, also while the bot runs."
    )
    backup.add_argument("file", metavar="FILE", help="the file to write")
    backup.add_argument("--force", action="store_true", help="replace the file if there is one")
    restore = _command(
        commands, "restore", backup_commands.restore, "Make a backup the database of an empty installation."
    )
    restore.add_argument("file", metavar="FILE", nargs="?", help="what `backup` wrote")
    restore.add_argument(
        "--settle",
        action="store_true",
        help="instead of a file: other tools (pg_restore, cp) have put a copy in place",
    )
    _command(
        commands,
        "compact",
        space_commands.compact,
        "Rewrite SQLite's file without the space of what was deleted; a running bot waits meanwhile.",
    )


def _add_podcast_commands(commands: Any) -> None:
    add = _command(
        commands, "add", podcast_commands.add, "Follow a feed, poll it once, read its transcripts."
    )
    add.add_argument("feed", metavar="FEED", help="an http(s) address or a local file")
    _command(commands, "poll", podcast_commands.poll, "Poll every followed feed once.")
    podcasts = _command(
        commands, "podcasts", podcast_commands.podcasts, "List the podcasts, and how their reading goes."
    )
    podcasts.add_argument("--all", action="store_true", help="also those that nobody follows any more")
    held = _command(
        commands, "held", podcast_commands.held, "List items that wait, as most of a feed looked new at once."
    )
    decision = held.add_mutually_exclusive_group()
    decision.add_argument("--release", action="store_true", help="take them for new: store and announce them")
    decision.add_argument("--discard", action="store_true", help="take them for old: leave them out for good")
    held.add_argument("podcast", metavar="PODCAST", nargs="?", help=PODCAST_HELP)


def _add_follower_commands(commands: Any) -> None:
    _command(
        commands, "servers", follower_commands.servers, "List the servers that follow podcasts, by their id."
    )
    destinations = _command(
        commands,
        "destinations",
        follower_commands.destinations,
        "List the channels that follow podcasts, with their settings.",
    )
    destinations.add_argument("podcast", metavar="PODCAST", nargs="?", help=PODCAST_HELP)
    remove = _command(
        commands,
        "remove",
        follower_commands.remove,
        "Stop following a podcast in all servers and on the command line, after asking.",
    )
    remove.add_argument("podcast", metavar="PODCAST", help=PODCAST_HELP)
    remove.add_argument("--yes", action="store_true", help="don't ask")


def _add_episode_commands(commands: Any) -> None:
    episodes = _command(commands, "episodes", episode_commands.episodes, "List episodes, newest first.")
    episodes.add_argument("podcast", metavar="PODCAST", nargs="?", help=PODCAST_HELP)
    chapters = _command(commands, "chapters", episode_commands.chapters, "List an episode's chapters.")
    chapters.add_argument("episode", metavar="EPISODE", help=EPISODE_HELP)
    preview = _command(
        commands, "preview", discord_commands.preview, "Show an episode's announcement, without sending it."
    )
    preview.add_argument("episode", metavar="EPISODE", help=EPISODE_HELP)
    preview.add_argument(
        "--style",
        choices=[one.value for one in AnnouncementStyle],
        default=AnnouncementStyle.CARD.value,
        help="how it looks",
    )

    summaries = _command(
        commands,
        "summaries",
        summary_commands.summaries,
        "Show what is told of an episode's chapters; asks the model that the settings name, and waits for it.",
    )
    summaries.add_argument("episode", metavar="EPISODE", help=EPISODE_HELP)
    summaries.add_argument("--again", action="store_true", help="ask about every chapter anew")


def _add_transcript_commands(commands: Any) -> None:
    transcript = commands.add_parser("transcript", help="Transcripts.", description="Transcripts.")
    inside = transcript.add_subparsers(required=True, metavar="COMMAND")
    show = _command(inside, "show", episode_commands.transcript_show, "Print an episode's transcript.")
    show.add_argument("episode", metavar="EPISODE", help=EPISODE_HELP)
    read = _file_command(
        inside, "read", file_commands.print_transcript, "Read a published transcript's file."
    )
    formats = published_formats()
    *labels, last_label = [one.label for one in formats]
    read.add_argument("file", metavar="FILE", help=f"{', '.join(labels)} or {last_label}; - for stdin")
    sources = [one.source for one in formats]
    read.add_argument("--type", choices=sources, help="the format, instead of what the content tells")


def _add_notes(commands: Any) -> None:
    notes = _file_command(
        commands, "notes", file_commands.print_notes, "Read a file of show notes: chapters and turns."
    )
    notes.add_argument("file", metavar="FILE", help="notes as HTML, Markdown or text; - for stdin")
    notes.add_argument(
        "--duration", metavar="SECONDS", type=file_commands.duration, help="how long the episode is"
    )


def _add_quote(commands: Any) -> None:
    quote = _command(commands, "quote", episode_commands.quote, "Find what was said.")
    quote.add_argument("words", metavar="WORDS", nargs="*", help="what you remember of it")
    quote.add_argument("--podcast", metavar="P", help="only in this podcast")
    quote.add_argument("--episode", metavar="E", help="only in this episode")
    quote.add_argument("--speaker", metavar="S", help="only what this person said")
    quote.add_argument(
        "--since", metavar="DAY", help="only episodes from this day on: 2026-11-25, 2026-11 or 2026"
    )
    quote.add_argument("--until", metavar="DAY", help="only episodes up to this day, month or year")
    quote.add_argument(
        "--limit", metavar="N", type=_hit_limit, default=5, help="at most this many answers (5)"
    )
    quote.add_argument("--batch", metavar="FILE", help='a JSON object {"id", "query"} a line; - for stdin')


def _hit_limit(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 up, not {quoted(text)}")
    return min(number, MAX_HITS)
