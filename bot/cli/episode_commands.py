"""The commands that show stored episodes and find quotes: episodes, chapters, transcript show, quote."""

from __future__ import annotations

import asyncio
import sys

from bot.cli import records
from bot.cli.context import EXIT_FAILED, EXIT_USAGE, Options, episode_named, open_db, podcast_id
from bot.cli.output import print_error, print_json, print_text
from bot.cli.quote_batch import answer_record, ask, ask_batch
from bot.cli.usage import quoted
from bot.config import Settings
from bot.date_ranges import range_end, range_start
from bot.quotes import SEARCH_FOLDER, WHOLE_ANSWER_S, QuoteFinder, still_being_read
from bot.search.quote_search import Scope
from bot.text.timecodes import clock
from storage.tables.decisions import decisions_of
from storage.tables.episodes import chapters_of, list_episodes
from storage.tables.transcripts import episode_turns

# So long a command works without a word.
SILENT_S = 2.0


async def episodes(options: Options, settings: Settings) -> int:
    """List episodes, newest first."""
    async with open_db(settings) as db:
        ids = [(await podcast_id(db, options.podcast))] if options.podcast is not None else None
        episodes = await list_episodes(db, ids)
        decisions = await decisions_of(db, ids) if options.json else {}
    if options.json:
        print_json([records.decided_record(one, decisions.get(one.id)) for one in episodes])
    else:
        for one in episodes:
            print_text(
                f"{one.id:>5}  {records.day(one.published)}  {one.title}  "
                f"({one.chapter_count} chapters, {one.turn_count} turns)"
            )
        if not episodes:
            print_text("No episode is stored.")
    return 0


async def chapters(options: Options, settings: Settings) -> int:
    """List an episode's chapters."""
    async with open_db(settings) as db:
        episode = await episode_named(db, options.episode)
        chapters = (await chapters_of(db, [episode.id]))[episode.id]
    if options.json:
        print_json(records.chapter_records(episode, chapters))
    else:
        for one in chapters:
            print_text(f"{clock(one.start_ms):>8}  {one.title}")
        if not chapters:
            print_text("No chapters of this episode are known.")
    return 0


async def transcript_show(options: Options, settings: Settings) -> int:
    """Print an episode's transcript."""
    async with open_db(settings) as db:
        episode = await episode_named(db, options.episode)
        turns = await episode_turns(db, episode.id)
    if options.json:
        print_json(records.turn_records(turns))
    else:
        for line in records.turn_lines(turns):
            print_text(line)
        if not turns:
            print_text("No transcript of this episode is stored.")
    return 0


async def _index(finder: QuoteFinder) -> None:
    """Index what is new, so that the answer is whole; says so where that takes a while and somebody waits."""
    indexing = asyncio.ensure_future(finder.warm())
    try:
        await asyncio.wait({indexing}, timeout=SILENT_S)
        if not indexing.done() and sys.stderr.isatty():
            print_error("Indexing the transcripts that are new …")
        await indexing
    finally:
        indexing.cancel()


async def quote(options: Options, settings: Settings) -> int:
    """Find what was said."""
    words = " ".join(options.words)
    if (fault := _usage_fault(words, options.batch)) is not None:
        print_error(fault)
        return EXIT_USAGE
    async with open_db(settings, single_user=True) as db:
        scope = Scope(
            podcast_ids=frozenset([await podcast_id(db, options.podcast)])
            if options.podcast is not None
            else None,
            episode_id=(await episode_named(db, options.episode)).id if options.episode is not None else None,
            speaker=options.speaker,
            since=range_start(options.since),
            until=range_end(options.until),
        )
        finder = QuoteFinder(db, settings.data_dir / SEARCH_FOLDER, within_s=WHOLE_ANSWER_S)
        try:
            await _index(finder)
            if options.batch:
                answered = await ask_batch(finder, options.batch, scope, options.limit)
                return 0 if answered else EXIT_FAILED
            answer = await ask(finder, words, scope, options.limit)
        finally:
            await finder.close()
    if options.json:
        print_json(answer_record(answer))
        return 0
    if answer.being_read:
        print_error(still_being_read(answer.being_read))
    if not answer.hits:
        print_text("Nothing that was said fits these words.")
    if answer.guess:
        print_text("The closest that was said is this:")
    for hit in answer.hits or ([answer.guess] if answer.guess else []):
        print_text("\n".join(records.hit_lines(hit)))
    return 0


def _usage_fault(words: str, batch: str | None) -> str | None:
    if batch is not None and words.strip():
        return f"Ask either for words ({quoted(words)}) or with --batch {quoted(batch)}, not both."
    if batch is not None:
        return None if batch else "--batch needs the name of a file, or - for stdin."
    return None if words.strip() else "Name the words that you remember, or a file with --batch."
