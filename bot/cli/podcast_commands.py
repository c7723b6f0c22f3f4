"""The commands that follow and poll podcasts: add, poll, podcasts, held."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bot.cli import records
from bot.cli.context import EXIT_FAILED, Options, open_db, open_services, podcast_id
from bot.cli.held_items import HeldDecision, discard, release
from bot.cli.output import print_error, print_json, print_text
from bot.config import Settings
from bot.lookup import LookupFailedError
from bot.polling.feed_finder import SeveralFeedsError
from bot.polling.feed_outcomes import Poll
from bot.status_messages.sentences import sentence
from bot.subscriptions import ALL_FILES, Subscriptions
from bot.text.feed_addresses import feed_address, feed_addresses
from bot.text.feed_keys import KEYED_BY, key_sign
from bot.text.known_keys import masked
from bot.text.plurals import counted
from storage.models import Coverage, Podcast
from storage.tables.held_items import waiting_items
from storage.tables.linked_files import file_problems
from storage.tables.podcasts import coverages, followed_podcasts, list_podcasts
from storage.tables.space import text_sizes

POLLS_AT_ONCE = 8
MAX_SHOWN = 200


async def add(options: Options, settings: Settings) -> int:
    """Follow a feed, poll it once, and read the files that its episodes link."""
    addresses = _addresses(options.feed)
    async with open_db(settings) as db, open_services(db, settings) as reader:
        try:
            found = await Subscriptions(db, reader).follow_as_operator(*addresses, progress=_progress())
        except SeveralFeedsError as several:
            _print_several(options, several)
            raise
    podcast, covered = found.podcast, found.coverage
    if options.json:
        print_json(records.added_record(podcast, covered, found.warnings))
        return 0
    print_text(f"{podcast.title} ({podcast.id}): {sentence(found.poll.outcome)}")
    if found.named:
        print_text(f"The page names its feed, which is followed: {records.shown_feed(podcast.feed_url)}")
    print_text(
        f"{covered.episodes} episodes, {covered.with_chapters} with chapters, "
        f"{covered.with_turns} with transcripts"
    )
    if (sign := key_sign(podcast.feed_url)) is not None:
        print_text(f"{sentence(KEYED_BY[sign]())} Its audio is linked nowhere unless a moderator says so.")
    for warning in found.warnings:
        print_error(warning)
    return 0


def _print_several(options: Options, several: SeveralFeedsError) -> None:
    """The feeds that a page names; the error says that one of them is to be added."""
    feeds = [{"title": one.title, "address": _pastable(one.address)} for one in several.feeds]
    if options.json:
        print_json({"error": str(several), "feeds": feeds})
        return
    for one in feeds:
        print_text(f"{one['title'] or 'Untitled'}: {one['address']}")


def _pastable(address: str) -> str:
    """A feed's address as a page names it to everybody; without what may be a key."""
    return address if key_sign(address) is None else records.shown_feed(address)


def _addresses(typed: str) -> tuple[str, ...]:
    """The addresses to fetch, from what was typed: an address or a file's path. Raises LookupFailedError."""
    found = feed_addresses(typed)
    if found and "://" not in typed and os.path.isfile(typed):  # noqa: PTH113 - Path's raises
        # A file may be called like a host.
        return (Path(typed).resolve().as_uri(),)
    return found or (_file_address(feed_address(typed)),)


def _file_address(text: str) -> str:
    """The address of a file. Raises LookupFailedError."""
    if "://" in text and not text.startswith("file://"):
        scheme = text.partition("://")[0]
        raise LookupFailedError(
            f"This {scheme}:// address can't lead to a feed: http:// or https:// with a host can, or a file."
        )
    try:
        named = unquote(urlsplit(text).path) if text.startswith("file://") else os.path.expanduser(text)  # noqa: PTH111 - Path's raises
        if not named:
            raise LookupFailedError("The feed's address is empty.")
        path = Path(named).resolve()
        if path.is_file():
            return path.as_uri()
    except (OSError, ValueError) as error:
        raise LookupFailedError(f"{_shortened(text)} can't be a file.") from error
    raise LookupFailedError(f"{_shortened(text)} is neither an http(s) address nor a file.")


def _shortened(text: str) -> str:
    """What was typed, short enough to be quoted in a sentence."""
    text = masked(text)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


async def poll(options: Options, settings: Settings) -> int:
    """Poll every followed feed once."""
    async with open_db(settings) as db, open_services(db, settings) as reader:
        gate = asyncio.Semaphore(POLLS_AT_ONCE)

        async def poll(podcast: Podcast) -> Poll:
            async with gate:
                outcome = await reader.updater.poll(podcast)
                for warning in await reader.files.read(podcast.id, limit=ALL_FILES):
                    logging.getLogger(__name__).warning("%s", warning)
                return outcome

        polls = await asyncio.gather(*(poll(podcast) for podcast in await followed_podcasts(db)))
    if options.json:
        print_json([records.poll_record(one) for one in polls])
    else:
        for one in polls:
            print_text(f"{one.title} ({one.podcast_id}): {sentence(one.outcome)}")
        if not polls:
            print_text("No podcast is followed.")
    return EXIT_FAILED if any(one.failed for one in polls) else 0


async def podcasts(options: Options, settings: Settings) -> int:
    """List the podcasts with their last poll and what was read of them."""
    async with open_db(settings) as db:
        followed = {one.id for one in await followed_podcasts(db)}
        podcasts = await list_podcasts(db)
        covered, held, files = await coverages(db), await waiting_items(db), await file_problems(db)
        sizes = await text_sizes(db)
    rows = [
        (one, covered.get(one.id, Coverage()), held.get(one.id, []), files.get(one.id))
        for one in podcasts
        if options.all or one.id in followed
    ]
    if options.json:
        print_json(
            [
                {
                    **records.followed_record(*row),
                    "followed": row[0].id in followed,
                    "left_at": records.iso(row[0].left_at),
                    "text_bytes": sizes.get(row[0].id, 0),
                }
                for row in rows
            ]
        )
        return 0
    for row in rows:
        note = [f"      {records.size_text(sizes.get(row[0].id, 0))} of text"]
        if row[0].id not in followed:
            left_at = records.iso(row[0].left_at)
            note.append("      nobody follows it" + (f" since {left_at}" if left_at else ""))
        print_text("\n".join([*records.podcast_lines(*row), *note]))
    if not followed:
        print_text("No podcast is followed.")
    if left_out := len(podcasts) - len(rows):
        print_text(
            f"{counted(left_out, 'podcast')} that nobody follows: `podcasts --all` lists what is kept."
        )
    return 0


async def held(options: Options, settings: Settings) -> int:
    """List, release or discard held items."""
    async with open_db(settings) as db:
        ids = [(await podcast_id(db, options.podcast))] if options.podcast is not None else None
        waiting = await waiting_items(db, ids)
        podcasts = await list_podcasts(db, list(waiting))
        if options.release:
            async with open_services(db, settings) as reader:
                decided = await release(db, reader.updater, podcasts)
            return _print_decided(options, decided, "released")
        if options.discard:
            return _print_decided(options, await discard(db, podcasts), "discarded")
    if options.json:
        print_json([record for one in podcasts for record in records.held_records(one, waiting[one.id])])
        return 0
    for one in podcasts:
        print_text(f"{one.title} ({one.id}): {counted(len(waiting[one.id]), 'item')} held")
        for item in waiting[one.id]:
            print_text(f"  {records.day(item.published)}  {item.title}: {sentence(item.reason)}")
    if not podcasts:
        print_text("Nothing waits.")
    return 0


def _print_decided(options: Options, decided: Sequence[HeldDecision], word: str) -> int:
    if options.json:
        print_json(
            [
                {
                    "podcast": one.podcast.title,
                    "podcast_id": one.podcast.id,
                    word: one.items,
                    "outcome": sentence(one.poll.outcome) if one.poll else None,
                }
                for one in decided
            ]
        )
    for one in decided if not options.json else []:
        outcome = f"; {sentence(one.poll.outcome)}" if one.poll else ""
        print_text(f"{one.podcast.title} ({one.podcast.id}): {counted(one.items, 'item')} {word}{outcome}")
    if not decided and not options.json:
        print_text("Nothing waits.")
    return EXIT_FAILED if any(one.poll is not None and one.poll.failed for one in decided) else 0


def _progress() -> Callable[[int, int], None]:
    """A callback that shows progress on one line of a terminal, and nothing if stderr is no terminal."""

    def show(done: int, of: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == of else ""
            sys.stderr.write(f"\rReading published files: {done} of {of} episodes{end}")
            sys.stderr.flush()

    return show
