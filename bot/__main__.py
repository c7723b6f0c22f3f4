"""The command line. Exit codes: 0, 1 (failed), 2 (usage), 78 (configuration)."""

from __future__ import annotations

import argparse
import asyncio
import io
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

from bot import __version__, listings, notes_file
from bot.config import TOKEN_MISSING, ConfigError, Settings, load_settings, prepare_data_dir
from bot.feeds.addresses import is_web_address
from bot.feeds.fetch import FeedError, Fetcher
from bot.logs import set_up_logs
from bot.lookup import LookupFailedError, Named, find
from bot.pipeline import Pipeline, Poll
from bot.play_links import clock
from bot.printing import print_json, print_text, say
from bot.questions import answer_record, ask, ask_batch
from bot.quotes import QuoteFinder
from bot.search import Scope
from storage.database import Database, DatabaseError, open_database
from storage.episodes import chapters_of, episode_titles, get_episode, list_episodes
from storage.models import Episode, Podcast
from storage.podcasts import coverage, followed_podcasts, list_podcasts
from storage.transcripts import episode_turns

EXIT_FAILED = 1
EXIT_CONFIG = 78
ALL_TRANSCRIPTS = 100_000
POLLS_AT_ONCE = 8
MAX_HITS = 1_000
MAX_SHOWN = 200
NOTES_ABOUT = "Read the chapters and the transcript out of a file of show notes."

Options = argparse.Namespace
Command = Callable[[Options, Settings], Coroutine[Any, Any, int]]
Reader = Callable[[Options], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Whatever the locale says: scripts read and write UTF-8, and one odd byte must not end a batch.
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        if "reader" in options:
            # Reads a file and is done: neither settings nor a database.
            reader: Reader = options.reader
            return reader(options)
        settings = load_settings()
        set_up_logs(settings.log_level, settings.log_format, settings.discord_token)
        command: Command = options.command
        return asyncio.run(command(options, settings))
    except (ConfigError, DatabaseError) as error:
        say(str(error))
        return EXIT_CONFIG
    except (FeedError, LookupFailedError) as error:
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

    command(commands, "run", _run, "Run the Discord bot.", json_too=False)
    command(
        commands,
        "demo",
        _demo,
        "Show the main job on a sample podcast: no token, no network.",
        json_too=False,
    )
    command(commands, "doctor", _doctor, "Check settings, database, token and gateway; say what to mend.")
    add = command(commands, "add", _add, "Follow a feed, poll it once, read its transcripts.")
    add.add_argument("feed", metavar="FEED", help="an http(s) address or a local file")
    command(commands, "poll", _poll, "Poll every followed feed once.")
    command(commands, "podcasts", _podcasts, "List the podcasts.")
    episodes = command(commands, "episodes", _episodes, "List episodes, newest first.")
    episodes.add_argument("podcast", metavar="PODCAST", nargs="?", help="an id, a title or a part of one")
    chapters = command(commands, "chapters", _chapters, "List an episode's chapters.")
    chapters.add_argument("episode", metavar="EPISODE", help="an id, a title or a part of one")
    transcript = commands.add_parser("transcript", help="Transcripts.", description="Transcripts.")
    inside = transcript.add_subparsers(required=True, metavar="COMMAND")
    show = command(inside, "show", _transcript_show, "Print an episode's transcript.")
    show.add_argument("episode", metavar="EPISODE", help="an id, a title or a part of one")
    notes = commands.add_parser("notes", help=NOTES_ABOUT, description=NOTES_ABOUT)
    notes.set_defaults(reader=notes_file.print_notes)
    notes.add_argument("file", metavar="FILE", help="notes as HTML, Markdown or text; - for stdin")
    notes.add_argument(
        "--duration", metavar="SECONDS", type=notes_file.duration, help="how long the episode is"
    )
    notes.add_argument("--json", action="store_true", help="print JSON alone")
    quote = command(commands, "quote", _quote, "Find what was said.")
    quote.add_argument("words", metavar="WORDS", nargs="*", help="what you remember of it")
    quote.add_argument("--podcast", metavar="P", help="only in this podcast")
    quote.add_argument("--episode", metavar="E", help="only in this episode")
    quote.add_argument("--speaker", metavar="S", help="only what this person said")
    quote.add_argument("--limit", metavar="N", type=_positive, default=5, help="so many answers at most (5)")
    quote.add_argument("--batch", metavar="FILE", help='a JSON object {"id", "query"} a line; - for stdin')
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("expected a number from 1 up")
    return min(number, MAX_HITS)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database of these settings, open."""
    prepare_data_dir(settings)
    db = await open_database(settings.database_url)
    try:
        yield db
    finally:
        await db.close()


@asynccontextmanager
async def reading(db: Database, settings: Settings) -> AsyncIterator[Pipeline]:
    """A pipeline that reads into this database."""
    async with Fetcher(settings.allow_private_feeds) as fetcher:
        pipeline = Pipeline(db, fetcher, poll_interval_s=settings.poll_interval_s)
        try:
            yield pipeline
        finally:
            pipeline.close()


async def _run(_options: Options, settings: Settings) -> int:
    from bot.client import run_bot  # noqa: PLC0415 - discord.py takes 0.4 s that no other command needs

    if settings.discord_token is None:
        raise ConfigError(TOKEN_MISSING)
    async with opened(settings) as db, reading(db, settings) as pipeline:
        return await run_bot(settings, db, pipeline)


async def _demo(_options: Options, settings: Settings) -> int:
    from bot.demo import run_demo  # noqa: PLC0415

    return await run_demo(settings)


async def _doctor(options: Options, settings: Settings) -> int:
    from bot.doctor import examine  # noqa: PLC0415

    findings = await examine(settings)
    if options.json:
        print_json([{"check": one.check, "ok": one.ok, "says": one.says} for one in findings])
    else:
        for one in findings:
            print_text(f"{'ok ' if one.ok else 'NOT'} {one.check}: {one.says}")
    if not all(one.configured for one in findings):
        return EXIT_CONFIG
    return 0 if all(one.ok for one in findings) else EXIT_FAILED


async def _add(options: Options, settings: Settings) -> int:
    feed_url = _feed_address(options.feed)
    async with opened(settings) as db, reading(db, settings) as pipeline:
        podcast, poll = await pipeline.follow(feed_url, by_operator=True)
        if poll.failed:
            raise FeedError(poll.outcome)
        # Whoever adds it again wants to know now: what failed before is tried anew.
        warnings = await pipeline.read_transcripts(
            podcast.id, limit=ALL_TRANSCRIPTS, all_missing=True, progress=_progress()
        )
        covered = await coverage(db, podcast.id)
    if options.json:
        print_json(listings.added_record(podcast, covered, warnings))
        return 0
    print_text(f"{podcast.title} ({podcast.id}): {poll.outcome}")
    print_text(
        f"{covered.episodes} episodes, {covered.with_chapters} with chapters, "
        f"{covered.with_turns} with transcripts"
    )
    for warning in warnings:
        say(warning)
    return 0


def _feed_address(text: str) -> str:
    text = text.strip()
    if is_web_address(text):
        # What stands behind a # is for the reader's eye, and no part of what is fetched.
        return urldefrag(text).url
    if "://" in text and not text.startswith("file://"):
        scheme = text.partition("://")[0]
        raise FeedError(
            f"This {scheme}:// address can't lead to a feed: http:// or https:// with a host can, or a file."
        )
    try:
        named = unquote(urlsplit(text).path) if text.startswith("file://") else os.path.expanduser(text)  # noqa: PTH111 - Path's raises
        path = Path(named).resolve()
        if path.is_file():
            return path.as_uri()
    except (OSError, ValueError) as error:
        raise FeedError(f"{cut_short(text)} can't be a file.") from error
    raise FeedError(f"{cut_short(text)} is neither an http(s) address nor a file.")


def cut_short(text: str) -> str:
    """What was typed, short enough for a sentence."""
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


async def _poll(options: Options, settings: Settings) -> int:
    async with opened(settings) as db, reading(db, settings) as pipeline:
        gate = asyncio.Semaphore(POLLS_AT_ONCE)

        async def poll(podcast: Podcast) -> Poll:
            async with gate:
                outcome = await pipeline.poll(podcast)
                for warning in await pipeline.read_transcripts(podcast.id, limit=ALL_TRANSCRIPTS):
                    logging.getLogger(__name__).warning("%s", warning)
                return outcome

        polls = await asyncio.gather(*(poll(podcast) for podcast in await followed_podcasts(db)))
    if options.json:
        print_json([listings.poll_record(one) for one in polls])
    else:
        for one in polls:
            print_text(f"{one.title} ({one.podcast_id}): {one.outcome}")
    return EXIT_FAILED if any(one.failed for one in polls) else 0


async def _podcasts(options: Options, settings: Settings) -> int:
    async with opened(settings) as db:
        podcasts = await list_podcasts(db)
    if options.json:
        print_json([listings.podcast_record(one) for one in podcasts])
    else:
        for one in podcasts:
            print_text(
                f"{one.id:>4}  {one.title}  ({one.episode_count} episodes)  "
                f"{listings.shown_feed(one.feed_url)}"
            )
    return 0


async def _episodes(options: Options, settings: Settings) -> int:
    async with opened(settings) as db:
        ids = [(await _podcast_id(db, options.podcast))] if options.podcast is not None else None
        episodes = await list_episodes(db, ids)
    if options.json:
        print_json([listings.episode_record(one) for one in episodes])
    else:
        for one in episodes:
            day = one.published.date().isoformat() if one.published else "no date   "
            print_text(
                f"{one.id:>5}  {day}  {one.title}  ({one.chapter_count} chapters, {one.turn_count} turns)"
            )
    return 0


async def _chapters(options: Options, settings: Settings) -> int:
    async with opened(settings) as db:
        episode = await _episode(db, options.episode)
        chapters = (await chapters_of(db, [episode.id]))[episode.id]
    if options.json:
        print_json(listings.chapter_records(episode, chapters))
    else:
        for one in chapters:
            print_text(f"{clock(one.start_ms):>8}  {one.title}")
    return 0


async def _transcript_show(options: Options, settings: Settings) -> int:
    async with opened(settings) as db:
        episode = await _episode(db, options.episode)
        turns = await episode_turns(db, episode.id)
    if options.json:
        print_json(listings.turn_records(turns))
    else:
        for one in turns:
            at = clock(one.start_ms) if one.start_ms is not None else ""
            print_text(f"{at:>8}  {one.speaker + ': ' if one.speaker else ''}{one.text}")
    return 0


async def _quote(options: Options, settings: Settings) -> int:
    words = " ".join(options.words)
    if bool(words.strip()) == bool(options.batch):
        say("Name the words that you remember, or a file with --batch.")
        return 2
    async with opened(settings) as db:
        scope = Scope(
            podcast_ids=frozenset([await _podcast_id(db, options.podcast)])
            if options.podcast is not None
            else None,
            episode_id=(await _episode(db, options.episode)).id if options.episode is not None else None,
            speaker=options.speaker,
        )
        finder = QuoteFinder(db)
        try:
            await finder.warm()
            if options.batch:
                answered = await ask_batch(finder, options.batch, scope, options.limit)
                return 0 if answered else EXIT_FAILED
            answer = await ask(finder, words, scope, options.limit)
        finally:
            finder.close()
    if options.json:
        print_json(answer_record(answer))
    elif not answer[1]:
        print_text("Nothing that was said fits these words.")
    else:
        for hit in answer[1]:
            print_text("\n".join(listings.hit_lines(hit)))
    return 0


async def _podcast_id(db: Database, wanted: str) -> int:
    return find("podcast", wanted, [Named(one.id, one.title) for one in await list_podcasts(db)]).id


async def _episode(db: Database, wanted: str) -> Episode:
    named = find("episode", wanted, [Named(one.id, one.title) for one in await episode_titles(db, None)])
    episode = await get_episode(db, named.id)
    if episode is None:
        raise LookupFailedError(f"The episode “{named.title}” was removed just now.")
    return episode


def _progress() -> Callable[[int, int], None]:
    """A line on a terminal that counts transcripts; silent where nobody watches."""

    def show(done: int, of: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == of else ""
            sys.stderr.write(f"\rReading transcripts: {done} of {of}{end}")
            sys.stderr.flush()

    return show


if __name__ == "__main__":
    sys.exit(main())
