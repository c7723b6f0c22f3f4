"""What makes summaries, put together."""

from __future__ import annotations

import pytest

from bot.chapter_summaries.opening import SummaryModel, open_client, summary_model
from bot.chapter_summaries.writer import ModelBudget
from bot.language_model.chat_client import ModelServer
from tests.fakes.model_server import MODEL, ModelHost


@pytest.mark.parametrize(("url", "model"), [(None, None), (None, MODEL), ("http://127.0.0.1", None)])
def test_without_server_or_model_there_is_none(url: str | None, model: str | None) -> None:
    assert summary_model(url, model, None, 5) is None


async def test_a_model_is_asked_where_the_operator_says() -> None:
    async with ModelHost(lambda _: "Yes.", key="k") as host:
        model = summary_model(host.url, MODEL, "k", 5)
        assert model == SummaryModel(ModelServer(host.url, MODEL, "k"), 5)
        assert model.budget == ModelBudget(MODEL, 5)
        assert "'k'" not in repr(model)
        async with open_client(model) as client:
            assert (await client.ask("Well, is it so? " * 20, most_tokens=5)).text == "Yes."
