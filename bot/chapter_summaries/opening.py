"""Puts together what makes summaries, as the settings say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp

from bot.chapter_summaries.worker import SummaryWorker
from bot.chapter_summaries.writer import ModelBudget, SummaryWriter
from bot.language_model.chat_client import ChatClient, ModelServer
from storage.engine.database import Database


@dataclass(frozen=True, slots=True)
class SummaryModel:
    """The model that the operator named, and how many tokens it may take in a month; None sets no bound."""

    server: ModelServer
    tokens_per_month: int | None

    @property
    def budget(self) -> ModelBudget:
        """What a summary is made with."""
        return ModelBudget(self.server.model, self.tokens_per_month)


def summary_model(
    url: str | None, model: str | None, key: str | None, tokens_per_month: int | None
) -> SummaryModel | None:
    """The model that the settings name; None where they name none."""
    if url is None or model is None:
        return None
    return SummaryModel(ModelServer(url, model, key), tokens_per_month)


async def run_summaries(db: Database, model: SummaryModel) -> None:
    """Make summaries until cancelled."""
    async with open_summaries(db, model) as worker:
        await worker.run()


@asynccontextmanager
async def open_client(model: SummaryModel) -> AsyncIterator[ChatClient]:
    """A client of the model's server. The operator's own address passes no guard, and no redirect is followed."""
    async with aiohttp.ClientSession() as session:
        yield ChatClient(session, model.server)


@asynccontextmanager
async def open_summaries(
    db: Database, model: SummaryModel, episode_id: int | None = None
) -> AsyncIterator[SummaryWorker]:
    """What makes summaries of all announced episodes, or of one."""
    async with open_client(model) as client:
        writer = SummaryWriter(db, client, model.budget, lambda: datetime.now(UTC))
        yield SummaryWorker(db, writer, model.budget, episode_id=episode_id)
