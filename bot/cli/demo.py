"""The main job on a sample podcast, done by the program's real parts without a token or a network."""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from bot.announcing.messages.content import AnnouncementLoader
from bot.cli.interruption import interruptible
from bot.cli.output import print_raw
from bot.cli.records import hit_lines
from bot.cli.sample import EPISODES, FEED_PATH, SAMPLE_QUESTIONS, TRANSCRIPT_PATHS, sample_feed, sample_file
from bot.config import Settings
from bot.feeds.http.address_guard import AllowedAddresses
from bot.polling.services import Reader, open_reader
from bot.present.announcement import announcement_post
from bot.present.terminal import message_lines
from bot.quotes import SEARCH_FOLDER, WHOLE_ANSWER_S, QuoteFinder
from bot.search.quote_search import Scope
from bot.subscriptions import NewDestination, Subscriptions
from storage.engine.database import Database, open_database, sqlite_url
from storage.models import Looks
from storage.tables.deliveries import due_deliveries
from storage.tables.delivery_outcomes import finish_delivery
from storage.tables.podcasts import coverage, get_podcast

# Invented ids of a server, its channel and a member.
SERVER, CHANNEL, MODERATOR = 1, 2, 3
ANSWERS = 1


class _SampleHost:
    """Serves the sample podcast on loopback; `episodes` of it have appeared so far."""

    def __init__(self, now: datetime) -> None:
        self.episodes = EPISODES - 1
        self.base = ""
        self._now = now

    async def serve(self, request: web.Request) -> web.Response:
        """Answer one request."""
        if request.path == FEED_PATH:
            body = sample_feed(self.base, self.episodes, now=self._now)
            return web.Response(body=body, content_type="application/rss+xml")
        if (name := TRANSCRIPT_PATHS.get(request.path)) is not None:
            body, content_type = sample_file(name)
            return web.Response(body=body, content_type=content_type)
        raise web.HTTPNotFound


@asynccontextmanager
async def _hosted(now: datetime) -> AsyncIterator[_SampleHost]:
    host = _SampleHost(now)
    runner = web.AppRunner(_application(host), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield host
    finally:
        await runner.cleanup()


def _application(host: _SampleHost) -> web.Application:
    application = web.Application()
    application.router.add_get("/{path:.*}", host.serve)
    return application


async def run_demo(settings: Settings) -> int:
    """Follow the sample, announce its new episode and answer quotes. Returns the exit code."""
    # The log is for operators; a demo shows what members see.
    logging.getLogger().setLevel(logging.WARNING)
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="earmark-demo-") as folder:
        async with _hosted(now) as host:
            port = int(host.base.rpartition(":")[2])
            settings = replace(settings, allow_private_feeds=AllowedAddresses(hosts=(("127.0.0.1", port),)))
            db = await open_database(sqlite_url(Path(folder) / "earmark.db"))
            finder = QuoteFinder(db, Path(folder) / SEARCH_FOLDER, within_s=WHOLE_ANSWER_S)
            try:
                async with open_reader(
                    db,
                    settings.allow_private_feeds,
                    poll_interval_s=settings.poll_interval_s,
                    reading_mib=settings.reading_mib,
                ) as reader:
                    await _follow_and_announce(db, reader, host)
                await _answer_questions(finder)
            finally:
                await finder.close()
                await db.close()
    return 0


async def _follow_and_announce(db: Database, reader: Reader, host: _SampleHost) -> None:
    found = await Subscriptions(db, reader).follow(
        host.base + FEED_PATH, NewDestination(SERVER, CHANNEL, MODERATOR)
    )
    podcast = found.podcast
    await reader.files.read(podcast.id, limit=EPISODES)
    covered = await coverage(db, podcast.id)
    _print(
        f"Following “{podcast.title}” from {podcast.feed_url}",
        f"{covered.episodes} episodes: {covered.with_chapters} with chapters, "
        f"{covered.with_turns} with a transcript. None is announced: they were there before.",
        "",
        "The feed is looked at again, and a new episode has appeared:",
        "",
    )
    host.episodes = EPISODES
    podcast = await get_podcast(db, podcast.id) or podcast
    await reader.updater.poll(podcast)
    await reader.files.read(podcast.id, limit=EPISODES)
    contents = AnnouncementLoader(db)
    for delivery in await due_deliveries(db, datetime.now(UTC), EPISODES):
        what = await contents.load(delivery.episode_id)
        if what is None:
            continue
        post = announcement_post(what, Looks(), delivery_id=delivery.id)
        _print(*message_lines(post.body()))
        await finish_delivery(db, delivery.id, message_id=delivery.id, now=datetime.now(UTC))


async def _answer_questions(finder: QuoteFinder) -> None:
    if not sys.stdin.isatty():
        for question in SAMPLE_QUESTIONS:
            _print("", f"/quote {question}")
            await _answer(finder, question)
        return
    _print("", "Ask for a quote in your own words, such as:", *(f"  {one}" for one in SAMPLE_QUESTIONS))
    _print("An empty line ends the demo.")
    while question := _ask().strip():
        await _answer(finder, question)


def _ask() -> str:
    # It blocks the event loop, which has nothing else to do: a thread that waits could not be interrupted.
    with interruptible():
        try:
            return input("\n/quote ")
        except EOFError:
            _print("")
            return ""


async def _answer(finder: QuoteFinder, question: str) -> None:
    hits = await finder.find(question, Scope(), limit=ANSWERS)
    if not hits:
        _print("Nothing that was said fits these words.")
    bold = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() else ("[", "]")
    for hit in hits:
        _print(*hit_lines(hit, bold=bold))


def _print(*lines: str) -> None:
    print_raw("\n".join(lines))
