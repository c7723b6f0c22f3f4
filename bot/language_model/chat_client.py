"""Asks a server that speaks OpenAI's chat interface: one message, one answer, and what went wrong in one sentence.

Only what all such servers have is used: no roles but the user's, no formats, no tools, no streaming. What a server
refuses by name (`max_tokens`, `temperature`) is renamed or left out from then on.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp

from bot.language_model.prompts import estimated_tokens
from bot.text.web_addresses import without_secrets

CONNECT_S, ANSWER_S = 5.0, 180.0
MOST_ANSWER_BYTES = 1_000_000
TRIES = 3
# A server that asks for more patience is asked again later, by whoever wanted the answer.
MOST_PATIENCE_S = 120.0
_FIRST_WAIT_S = 2.0
# Below this share of what the text should have been counted as, the server read only a part of it.
_WHOLE_SHARE = 0.6
_PATH = "/v1/chat/completions"

Sleep = Callable[[float], Awaitable[None]]


class ModelProblem(StrEnum):
    """What is wrong with a server or its answer."""

    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    REDIRECTED = "redirected"
    BUSY = "busy"
    REFUSED = "refused"
    FAILED = "failed"
    TOO_LARGE = "too_large"
    NOT_THE_INTERFACE = "not_the_interface"
    TEXT_WAS_CUT = "text_was_cut"
    ANSWER_WAS_CUT = "answer_was_cut"


_SENTENCES = {
    ModelProblem.UNREACHABLE: "it can't be reached",
    ModelProblem.TOO_SLOW: f"it gave no answer within {ANSWER_S:.0f} seconds",
    ModelProblem.NOT_ALLOWED: "it wants another key (EARMARK_SUMMARY_KEY)",
    ModelProblem.NOT_FOUND: "it knows no such address or model (EARMARK_SUMMARY_URL, EARMARK_SUMMARY_MODEL)",
    ModelProblem.REDIRECTED: "it redirects elsewhere, which is not followed",
    ModelProblem.BUSY: "it is busy",
    ModelProblem.REFUSED: "it refused the request",
    ModelProblem.FAILED: "it failed",
    ModelProblem.TOO_LARGE: f"its answer is larger than {MOST_ANSWER_BYTES // 1_000_000} MB",
    ModelProblem.NOT_THE_INTERFACE: "its answer is not that of a chat interface",
    ModelProblem.TEXT_WAS_CUT: "it read only a part of the text: its context is too short (Ollama: num_ctx)",
    ModelProblem.ANSWER_WAS_CUT: "its answer was cut off",
}
# What another request may bring; the others need the operator.
_PASSING = frozenset(
    {
        ModelProblem.ANSWER_WAS_CUT,
        ModelProblem.UNREACHABLE,
        ModelProblem.TOO_SLOW,
        ModelProblem.BUSY,
        ModelProblem.FAILED,
        ModelProblem.TOO_LARGE,
    }
)


class ModelError(Exception):
    """Why there is no answer.

    `detail`: what the server said, without secrets. `tokens`: what it cost anyway, if the server counts. `answered`:
    the model may have worked, so that asking again would cost the same once more.
    """

    def __init__(
        self, problem: ModelProblem, detail: str = "", *, tokens: int | None = None, answered: bool = False
    ) -> None:
        sentence = f"the model's server gave no answer: {_SENTENCES[problem]}"
        super().__init__(f"{sentence} ({detail})" if detail else sentence)
        self.problem = problem
        self.tokens = tokens
        self.answered = answered

    @property
    def passing(self) -> bool:
        """Whether another try may succeed without anybody's doing."""
        return self.problem in _PASSING


@dataclass(frozen=True, slots=True)
class ModelServer:
    """Where a model is asked. `url` may have the interface's path or not."""

    url: str
    model: str
    key: str | None = field(default=None, repr=False)

    @property
    def endpoint(self) -> str:
        """The address that is asked."""
        parts = urlsplit(self.url)
        path = parts.path.rstrip("/")
        if not path.endswith("/chat/completions"):
            path += "/chat/completions" if path.endswith("/v1") else _PATH
        return urlunsplit(parts._replace(path=path, fragment=""))


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a model said, and how many tokens that took by the server's count; None where it doesn't count."""

    text: str
    tokens: int | None


class ChatClient:
    """Asks one server, one request at a time."""

    def __init__(
        self, session: aiohttp.ClientSession, server: ModelServer, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._session = session
        self._server = server
        self._sleep = sleep
        self._limit: str | None = "max_tokens"
        self._temperature = True
        self._one_at_a_time = asyncio.Lock()

    async def ask(self, prompt: str, *, most_tokens: int) -> ModelAnswer:
        """The model's answer. Raises ModelError."""
        async with self._one_at_a_time:
            return await self._ask(prompt, most_tokens)

    async def _ask(self, prompt: str, most_tokens: int) -> ModelAnswer:
        tries = adapted = 0
        while True:
            status, headers, body = await self._post(self._payload(prompt, most_tokens))
            if status == 200:
                return _answer(body, estimated_tokens(prompt))
            said = _error_text(body)
            if status in (400, 422) and adapted < 3 and self._adapt(said):
                adapted += 1
                continue
            if status not in (429, 503):
                raise ModelError(_problem(status), self._safe(said) or f"HTTP {status}")
            tries += 1
            wait_s = _retry_after_s(headers, default=_FIRST_WAIT_S * 2.0 ** (tries - 1))
            if tries == TRIES or wait_s > MOST_PATIENCE_S:
                raise ModelError(ModelProblem.BUSY, self._safe(said) or f"HTTP {status}")
            await self._sleep(wait_s)

    def _payload(self, prompt: str, most_tokens: int) -> dict[str, Any]:
        payload: dict[str, Any] = {
            "model": self._server.model,
            "messages": [{"role": "user", "content": prompt}],
        }
        if self._limit is not None:
            payload[self._limit] = most_tokens
        if self._temperature:
            payload["temperature"] = 0
        return payload

    def _adapt(self, said: str) -> bool:
        """Leave out or rename what the server refused by name; False where it named nothing of ours."""
        said = said.lower()
        # Newer servers name both: "max_tokens is not supported, use max_completion_tokens".
        if self._limit == "max_tokens" and "max_tokens" in said:
            self._limit = "max_completion_tokens" if "max_completion_tokens" in said else None
        elif self._limit is not None and self._limit in said:
            self._limit = None
        elif self._temperature and "temperature" in said:
            self._temperature = False
        else:
            return False
        return True

    async def _post(self, payload: Mapping[str, Any]) -> tuple[int, Mapping[str, str], bytes]:
        headers = {"Authorization": f"Bearer {self._server.key}"} if self._server.key else {}
        timeout = aiohttp.ClientTimeout(total=ANSWER_S, sock_connect=CONNECT_S)
        try:
            async with self._session.post(
                self._server.endpoint, json=payload, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                body = bytearray()
                async for chunk in response.content.iter_chunked(65_536):
                    body += chunk
                    if len(body) > MOST_ANSWER_BYTES:
                        raise ModelError(ModelProblem.TOO_LARGE, answered=True)
                return response.status, response.headers, bytes(body)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # The text of an error may have the address, and so its key.
            raise ModelError(ModelProblem.UNREACHABLE, type(error).__name__) from None
        except TimeoutError as error:
            raise ModelError(ModelProblem.TOO_SLOW, answered=True) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ModelError(ModelProblem.UNREACHABLE, type(error).__name__, answered=True) from None

    def _safe(self, said: str) -> str:
        """What the server said, short, without the key that some servers repeat."""
        text = " ".join(said.split())
        if self._server.key:
            text = text.replace(self._server.key, "…")
        return text.replace(self._server.url, without_secrets(self._server.url))[:200]


def _problem(status: int) -> ModelProblem:
    if 300 <= status < 400:
        return ModelProblem.REDIRECTED
    if status in (401, 403):
        return ModelProblem.NOT_ALLOWED
    if status == 404:
        return ModelProblem.NOT_FOUND
    return ModelProblem.REFUSED if 400 <= status < 500 else ModelProblem.FAILED


def _answer(body: bytes, expected_tokens: int) -> ModelAnswer:
    try:
        document = json.loads(body)
        choice = document["choices"][0]
        message = choice["message"]
        content = message.get("content")
        usage = document.get("usage") or {}
        prompt_tokens, total = _number(usage.get("prompt_tokens")), _number(usage.get("total_tokens"))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ModelError(ModelProblem.NOT_THE_INTERFACE, answered=True) from error
    if total is None and prompt_tokens is not None:
        total = prompt_tokens + (_number(usage.get("completion_tokens")) or 0)
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    if content is not None and not isinstance(content, str):
        raise ModelError(ModelProblem.NOT_THE_INTERFACE, tokens=total, answered=True)
    if prompt_tokens is not None and prompt_tokens < _WHOLE_SHARE * expected_tokens:
        detail = f"{prompt_tokens} of about {expected_tokens} tokens"
        raise ModelError(ModelProblem.TEXT_WAS_CUT, detail, tokens=total, answered=True)
    if choice.get("finish_reason") == "length":
        raise ModelError(ModelProblem.ANSWER_WAS_CUT, tokens=total, answered=True)
    return ModelAnswer(content or "", total)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _error_text(body: bytes) -> str:
    """What an error's body says, whatever its form."""
    try:
        error = json.loads(body)
    except ValueError:
        return ""
    for key in ("error", "message", "detail"):
        if isinstance(error, dict) and key in error:
            error = error[key]
    return error if isinstance(error, str) else json.dumps(error)[:500]


def _retry_after_s(headers: Mapping[str, str], *, default: float) -> float:
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return default
