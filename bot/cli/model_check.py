"""What `doctor` says of the model that writes summaries: it is asked about three chapters of the sample podcast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.chapter_summaries.opening import SummaryModel, open_client
from bot.chapter_summaries.worker import JUDGED_BY_MOST, good_enough
from bot.cli.findings import Finding
from bot.cli.sample import sample_feed, sample_file
from bot.feeds.parsing.feed_parser import parse_feed, read_item_notes
from bot.language_model.answer_text import line_of
from bot.language_model.chat_client import ChatClient, ModelError
from bot.language_model.line_checks import EpisodeChecks, SpokenChapter
from bot.language_model.prompts import (
    LINE_TOKENS,
    THINKING_TOKENS,
    Speech,
    chapter_prompt,
    estimated_tokens,
)
from bot.summaries.mentions import Show
from bot.summaries.talk import read_talk
from bot.text.web_addresses import without_secrets
from bot.transcripts.reader import read_transcript
from storage.engine.database import Database
from storage.models import FeedItem
from storage.tables.model_budget import take_tokens, tokens_used
from storage.tables.summaries import checked_lines

CHECK = "summaries"
NO_MODEL = "no model is named (EARMARK_SUMMARY_URL), so chapters show what is mentioned in them"
ASKED_ABOUT = (1, 3, 4)
# Fewer lines of the sample that pass are a warning.
LEAST_PASSED = 2


async def check_model(model: SummaryModel | None, db: Database) -> list[Finding]:
    """What the model's server, its lines and its budget are like."""
    if model is None:
        return [Finding(CHECK, ok=True, message=NO_MODEL)]
    now = datetime.now(UTC)
    used, most = await tokens_used(db, now), model.tokens_per_month
    bound = "without a bound" if most is None else f"of {most:,}"
    about = f"{model.server.model} at {without_secrets(model.server.url)}, {used:,} tokens {bound} used this month"
    passed, checked = await checked_lines(db, model.server.model, JUDGED_BY_MOST)
    if not good_enough(passed, checked):
        off = f"{about}; switched off, as {passed} of its last {checked} lines pass the checks: name another model"
        return [Finding(CHECK, ok=False, message=off, configured=False)]
    async with open_client(model) as client:
        try:
            lines = await _sample_lines(client, model, db, now)
        except ModelError as error:
            failed = Finding(CHECK, ok=False, message=f"{about}; {error}", configured=error.passing)
            return [failed]
    if lines is None:
        return [Finding(CHECK, ok=most == 0, message=f"{about}; nothing is left to ask with")]
    good = sum(one.ok for one in lines) >= LEAST_PASSED
    return [Finding(CHECK, ok=good, message=about), *lines]


async def _sample_lines(
    client: ChatClient, model: SummaryModel, db: Database, now: datetime
) -> list[Finding] | None:
    """A line about each of some chapters, and what the checks say of it; None where the budget is used up."""
    title, chapters, speech, checks = sample_chapters()
    found: list[Finding] = []
    for place in ASKED_ABOUT:
        prompt = chapter_prompt(title, chapters[place].title, speech[place])
        async with db.write() as connection:
            tokens = estimated_tokens(prompt) + LINE_TOKENS
            if not await take_tokens(connection, now, tokens, model.tokens_per_month):
                return None
        line = line_of((await client.ask(prompt, most_tokens=LINE_TOKENS + THINKING_TOKENS)).text)
        rejected = checks.chapter_line(place, line) if line is not None else None
        verdict = "no line" if line is None else f"refused: {rejected}" if rejected else "passes"
        told = f"“{chapters[place].title}”: {line or '(nothing)'} ({verdict})"
        # One line that fails is no failure: the finding about the server counts them.
        found.append(Finding("a line", ok=line is not None and rejected is None, message=told))
    return found


def sample_chapters() -> tuple[str, Sequence[SpokenChapter], Sequence[Sequence[Speech]], EpisodeChecks]:
    """The newest episode of the sample: its title, its chapters, what is said in each, and its checks."""
    feed = parse_feed(sample_feed("http://127.0.0.1", now=datetime.now(UTC)), None)
    entry = next(one for one in feed.entries if isinstance(one, FeedItem))
    item = read_item_notes(entry)
    turns = read_transcript(sample_file("4.json")[0], None).turns
    talk = read_talk(turns, item.chapters)
    sentences: list[list[str]] = [[] for _ in item.chapters]
    speech: list[list[Speech]] = [[] for _ in item.chapters]
    for one in talk:
        if one.chapter is not None:
            sentences[one.chapter].append(one.text)
            speech[one.chapter].append(Speech(one.sentence.passage.speaker, one.text))
    chapters = [
        SpokenChapter(one.title, tuple(said)) for one, said in zip(item.chapters, sentences, strict=True)
    ]
    people = {one.speaker for one in turns if one.speaker}
    return item.title, chapters, speech, EpisodeChecks(item.title, chapters, people, Show("", {}, "en"))
