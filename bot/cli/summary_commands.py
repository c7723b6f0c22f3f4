"""`summaries`: what is told of an episode's chapters, by a model if the operator named one, and what was refused."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from bot.announcing.messages.content import AnnouncementLoader
from bot.chapter_summaries.opening import SummaryModel, open_summaries, summary_model
from bot.cli.context import EXIT_FAILED, Options, episode_named, open_db
from bot.cli.output import print_error, print_json, print_text
from bot.config import Settings
from bot.lookup import LookupFailedError
from bot.play_links import play_link
from bot.shown_episodes import shown_announcement
from bot.status_messages.sentences import sentence
from bot.text.timecodes import clock
from storage.engine.database import Database
from storage.models import Announcement, StoredSummary, SummaryLine
from storage.tables.summaries import forget_lines, plan_summary, stored_summary, summary_state

LOOKED_EVERY_S = 0.1


def model_of(settings: Settings) -> SummaryModel | None:
    """The model that the settings name."""
    return summary_model(
        settings.summary_url, settings.summary_model, settings.summary_key, settings.summary_tokens
    )


async def summaries(options: Options, settings: Settings) -> int:
    """Make what is missing of an episode's summary, wait until it is made, and print it."""
    model = model_of(settings)
    async with open_db(settings) as db:
        episode = await episode_named(db, options.episode)
        problem = await _make(db, model, episode.id, again=options.again) if model else None
        what = await AnnouncementLoader(db).load(episode.id)
        stored = await stored_summary(db, episode.id)
    if what is None:
        raise LookupFailedError(f"The episode “{episode.title}” was removed just now.")
    what = shown_announcement(what, audio=False)
    if options.json:
        print_json(summary_record(what, stored, model.server.model if model else None))
    else:
        print_text("\n".join(summary_lines(what, stored)))
    if problem is not None:
        print_error(f"Not all chapters have been asked about: {problem}.")
        return EXIT_FAILED
    return 0


async def _make(db: Database, model: SummaryModel, episode_id: int, *, again: bool) -> str | None:
    """Have the summary made, by this process or one that is at it; why it could not be finished, if so."""
    if again:
        await forget_lines(db, episode_id)
    await plan_summary(db, episode_id, model.server.model, datetime.now(UTC))
    async with open_summaries(db, model, episode_id) as worker:
        working = asyncio.create_task(worker.run())
        try:
            while True:
                state = await summary_state(db, episode_id)
                if state.done:
                    return None
                if state.problem is not None:
                    return sentence(state.problem)
                done, _ = await asyncio.wait({working}, timeout=LOOKED_EVERY_S)
                for task in done:
                    task.result()
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


def summary_record(what: Announcement, stored: StoredSummary, model: str | None) -> dict[str, Any]:
    """What is told of an episode, for JSON."""
    chapters = [
        {
            "start_s": chapter.start_ms / 1000,
            "title": chapter.title,
            "line": what.lines[place] if place < len(what.lines) else None,
            "rejected": _rejected(stored.lines.get(place)),
            "mentioned": list(what.mentioned[place]) if place < len(what.mentioned) else [],
        }
        for place, chapter in enumerate(what.chapters)
    ]
    quotations = [
        {
            "text": one.text,
            "speaker": one.speaker,
            "start_s": None if one.start_ms is None else one.start_ms / 1000,
            "url": play_link(what.episode, one.start_ms),
        }
        for one in what.quotations
    ]
    return {"model": model, "chapters": chapters, "quotations": quotations}


def _rejected(line: SummaryLine | None) -> str | None:
    return line.rejected if line is not None and line.line is None else None


def summary_lines(what: Announcement, stored: StoredSummary) -> list[str]:
    """The same for people."""
    lines = [what.overview] if what.overview else []
    for place, chapter in enumerate(what.chapters):
        lines.append(f"{clock(chapter.start_ms):>8}  {chapter.title}")
        told = what.lines[place] if place < len(what.lines) else None
        names = what.mentioned[place] if place < len(what.mentioned) else ()
        if told:
            lines.append(f"          {told}")
        elif names:
            lines.append(f"          Mentioned: {' · '.join(names)}")
        if rejected := _rejected(stored.lines.get(place)):
            lines.append(f"          (a model's line was refused: {rejected})")
    lines += [f"“{one.text}” — {one.speaker or '?'}" for one in what.quotations]
    return lines or ["Nothing is known of what is said in this episode."]
