"""Makes the summary of one episode: asks chapter by chapter, checks each line, and stores it at once."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.language_model.answer_text import line_of
from bot.language_model.chat_client import ChatClient, ModelAnswer, ModelError
from bot.language_model.line_checks import EpisodeChecks, SpokenChapter
from bot.language_model.prompts import (
    LINE_TOKENS,
    OVERVIEW_TOKENS,
    THINKING_TOKENS,
    Speech,
    chapter_prompt,
    estimated_tokens,
    overview_prompt,
)
from bot.show_notes.blurb import blurb
from bot.summaries.mentions import Show
from bot.summaries.talk import Said, read_talk
from bot.text.tokenizer import normal_words
from storage.engine.database import Database
from storage.models import Chapter, Episode, SpokenTurn, SummaryLine
from storage.tables.episodes import AnnouncedEpisode, list_episodes, read_announced_episode
from storage.tables.summaries import (
    begin_line,
    begin_overview,
    end_line,
    end_overview,
    keep_chapters,
    stored_summary,
    take_line_back,
    take_overview_back,
)
from storage.tables.transcripts import episode_turns

# As many other episodes tell what is usual in the show as for an announcement.
_COMPARED = 6
# Fewer lines don't tell what an episode is about.
_LEAST_FOR_OVERVIEW = 2
NO_ANSWER, NO_LINE = "no_answer", "none"

log = logging.getLogger(__name__)


class BudgetUsedUpError(Exception):
    """This month's tokens are used up."""


@dataclass(frozen=True, slots=True)
class ModelBudget:
    """Which model is asked, and how many tokens it may take in a month; None for as many as it likes."""

    model: str
    tokens_per_month: int | None


@dataclass(frozen=True, slots=True)
class _Material:
    """An episode as a model is asked about it."""

    stored: AnnouncedEpisode
    talk: Sequence[Said]
    others: Sequence[Episode]
    checks: EpisodeChecks

    @property
    def chapters(self) -> Sequence[Chapter]:
        return self.stored.chapters

    def speech(self, position: int) -> list[Speech]:
        """What is said in a chapter, by who says it."""
        found: list[Speech] = []
        for one in self.talk:
            if one.chapter != position:
                continue
            speaker = one.sentence.passage.speaker
            if found and found[-1].speaker == speaker:
                found[-1] = Speech(speaker, f"{found[-1].text} {one.text}")
            else:
                found.append(Speech(speaker, one.text))
        return found


class SummaryWriter:
    """Makes summaries with one model. `now` is the time in UTC."""

    def __init__(
        self, db: Database, client: ChatClient, budget: ModelBudget, now: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._client = client
        self._budget = budget
        self._now = now

    async def write(self, episode_id: int) -> bool:
        """Make what is missing of an episode's summary; whether anything that is shown has changed.

        Raises ModelError where the server can't be asked now, and BudgetUsedUpError. What was asked is stored.
        """
        stored = await read_announced_episode(self._db, episode_id, self._now())
        if stored is None or not stored.chapters or not stored.episode.turn_count:
            return False
        material = await self._material(stored)
        before = await stored_summary(self._db, episode_id)
        await keep_chapters(self._db, episode_id, len(stored.chapters))
        changed = any(position >= len(stored.chapters) for position in before.lines)
        lines: list[str] = []
        for position in range(len(stored.chapters)):
            known = before.lines.get(position)
            line = await self._chapter_line(material, position, known)
            changed |= (known.line if known else None) != (line.line if line else None)
            if line is not None and line.line is not None:
                lines.append(line.line)
        return await self._overview(material, lines, before.overview, before.overview_basis) or changed

    async def _material(self, stored: AnnouncedEpisode) -> _Material:
        episode = stored.episode
        turns = await episode_turns(self._db, episode.id)
        newest = await list_episodes(self._db, [episode.podcast_id], limit=_COMPARED + 1)
        others = [one for one in newest if one.id != episode.id][:_COMPARED]
        spoken = [await episode_turns(self._db, one.id) for one in others if one.turn_count]
        return await asyncio.to_thread(_read, stored, turns, others, spoken)

    async def _chapter_line(
        self, material: _Material, position: int, known: SummaryLine | None
    ) -> SummaryLine | None:
        """The line about a chapter, asked for unless it was; None where nothing is said in it."""
        speech = material.speech(position)
        if not speech:
            return None
        episode, chapter = material.stored.episode, material.chapters[position]
        wanted = SummaryLine(position, self._budget.model, _basis(chapter.title, speech))
        if known is not None and replace(known, line=None, rejected=None) == wanted:
            return known
        prompt = chapter_prompt(episode.title, chapter.title, speech)
        asked_at = self._now()
        tokens = estimated_tokens(prompt) + LINE_TOKENS
        begun = await begin_line(
            self._db,
            episode.id,
            wanted,
            asked_at,
            tokens=tokens,
            most_tokens=self._budget.tokens_per_month,
        )
        if not begun:
            raise BudgetUsedUpError
        try:
            answer = await self._client.ask(prompt, most_tokens=LINE_TOKENS + THINKING_TOKENS)
        except ModelError as error:
            if not error.answered:
                await take_line_back(self._db, episode.id, wanted, asked_at, tokens=tokens)
                raise
            log.warning("episode %d: no line about chapter %d: %s", episode.id, position, error)
            line = replace(wanted, rejected=NO_ANSWER)
            await end_line(
                self._db, episode.id, line, asked_at, more_tokens=(error.tokens or tokens) - tokens
            )
            if not error.passing:
                # Every other chapter would fare the same.
                raise
            return line
        line = await self._checked(material, wanted, answer)
        await end_line(self._db, episode.id, line, asked_at, more_tokens=(answer.tokens or tokens) - tokens)
        return line

    async def _checked(self, material: _Material, wanted: SummaryLine, answer: ModelAnswer) -> SummaryLine:
        text = line_of(answer.text)
        if text is None:
            return replace(wanted, rejected=NO_LINE)
        rejected = await asyncio.to_thread(material.checks.chapter_line, wanted.position, text)
        return replace(wanted, rejected=rejected) if rejected else replace(wanted, line=text)

    async def _overview(
        self, material: _Material, lines: Sequence[str], known: str | None, known_basis: str
    ) -> bool:
        """Two sentences about the whole where the notes say nothing; whether what is stored has changed."""
        episode = material.stored.episode
        if len(lines) < _LEAST_FOR_OVERVIEW or _notes_say(material):
            return False
        prompt = overview_prompt(episode.title, lines)
        basis = _basis(self._budget.model, [Speech(None, prompt)])
        if basis == known_basis:
            return False
        asked_at = self._now()
        tokens = estimated_tokens(prompt) + OVERVIEW_TOKENS
        if not await begin_overview(
            self._db, episode.id, basis, asked_at, tokens=tokens, most_tokens=self._budget.tokens_per_month
        ):
            raise BudgetUsedUpError
        try:
            answer = await self._client.ask(prompt, most_tokens=OVERVIEW_TOKENS + THINKING_TOKENS)
        except ModelError as error:
            if not error.answered:
                await take_overview_back(self._db, episode.id, asked_at, tokens=tokens)
                raise
            log.warning("episode %d: no overview: %s", episode.id, error)
            more = (error.tokens or tokens) - tokens
            await end_overview(self._db, episode.id, None, asked_at, more_tokens=more)
            return known is not None
        text = line_of(answer.text)
        if text is not None and (await asyncio.to_thread(material.checks.overview, text)) is not None:
            text = None
        more = (answer.tokens or tokens) - tokens
        await end_overview(self._db, episode.id, text, asked_at, more_tokens=more)
        return text != known


def _read(
    stored: AnnouncedEpisode,
    turns: Sequence[SpokenTurn],
    others: Sequence[Episode],
    spoken: Sequence[Sequence[SpokenTurn]],
) -> _Material:
    episode = stored.episode
    talk = read_talk([one.as_turn() for one in turns], stored.chapters)
    people = {*stored.guests, *(one.speaker for one in turns if one.speaker)}
    words = Counter(word for each in spoken for one in each for word in normal_words(one.text))
    sentences: list[list[str]] = [[] for _ in stored.chapters]
    for one in talk:
        if one.chapter is not None:
            sentences[one.chapter].append(one.text)
    chapters = [
        SpokenChapter(chapter.title, tuple(said))
        for chapter, said in zip(stored.chapters, sentences, strict=True)
    ]
    show = Show(episode.podcast_title, words, stored.language)
    return _Material(stored, talk, others, EpisodeChecks(episode.title, chapters, people, show))


def _notes_say(material: _Material) -> bool:
    episode = material.stored.episode
    others = [one.intro for one in material.others]
    return bool(blurb(episode.intro, episode.title, others=others, language=material.stored.language))


def _basis(title: str, speech: Sequence[Speech]) -> str:
    """A hash of what a line is made of."""
    said = json.dumps([title, [[one.speaker, one.text] for one in speech]])
    return hashlib.sha256(said.encode()).hexdigest()[:32]
