"""The fake server, held against the interface from the other side: OpenAI's own client talks to it."""

from __future__ import annotations

import openai
import pytest

from tests.fakes.model_server import MODEL, ModelHost

LINE = "Ada explains why lamps burn whale oil."
KEY = "sk-abcdef0123456789"


@pytest.fixture
async def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def _client(host: ModelHost, key: str = KEY) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"{host.url}/v1", api_key=key, max_retries=0)


@pytest.mark.usefixtures("_no_proxies")
async def test_openai_s_client_gets_an_answer_from_the_fake_server() -> None:
    async with ModelHost(lambda _: LINE, key=KEY) as host, _client(host) as client:
        answer = await client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": "What do they say? " * 20}],
            max_tokens=100,
            temperature=0,
        )
    assert answer.choices[0].message.content == LINE
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


@pytest.mark.usefixtures("_no_proxies")
async def test_openai_s_client_is_streamed_to() -> None:
    async with ModelHost(lambda _: LINE, key=KEY) as host, _client(host) as client:
        stream = await client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": "What do they say?"}], stream=True
        )
        pieces = [chunk.choices[0].delta.content or "" async for chunk in stream]
    assert "".join(pieces) == LINE


@pytest.mark.usefixtures("_no_proxies")
@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        ("unauthorized", openai.AuthenticationError),
        ("not-found", openai.NotFoundError),
        ("refused", openai.BadRequestError),
        ("no-max-tokens", openai.BadRequestError),
        ("busy", openai.RateLimitError),
        ("failed", openai.InternalServerError),
        ("reset", openai.APIConnectionError),
    ],
)
async def test_openai_s_client_knows_the_errors(behaviour: str, error: type[Exception]) -> None:
    async with ModelHost(lambda _: LINE) as host, _client(host) as client:
        host.behave(behaviour)
        with pytest.raises(error):
            await client.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": "What?"}], max_tokens=5
            )
