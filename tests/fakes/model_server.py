"""A language model's server on a loopback port, with OpenAI's chat interface, and the ways in which servers differ.

async with ModelHost(lambda prompt: "A line.") as host:
    host.behave("fenced", "busy")    # the next two requests; then plainly
    ...                              # ask host.url
    assert host.asked == [...]       # the prompts, in order
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.sockets import cut
from tests.fakes.watch import TIMEOUT_S, Watch

PATH = "/v1/chat/completions"
MODEL = "tiny-teller"

# What is done to a line before it is answered.
_WRAPPED: Mapping[str, Callable[[str], str]] = {
    "plain": lambda line: line,
    "think": lambda line: f"<think>\nThe user wants a line.\n</think>\n\n{line}",
    "think-unopened": lambda line: f"The user wants a line.\n</think>\n{line}",
    "think-unclosed": lambda line: f"<think>\nThe user wants {line}",
    "channels": lambda line: (
        f"<|channel|>analysis<|message|>A line.<|end|><|start|>assistant<|channel|>final<|message|>{line}"
    ),
    "thinking-aloud": lambda line: f"Thinking: what do they say?\nThey say much.\n\nAnswer: {line}",
    "json": lambda line: json.dumps({"summary": line}),
    "fenced": lambda line: f"```json\n{json.dumps({'line': line})}\n```",
    "quoted": lambda line: f"“{line}”",
    "labelled": lambda line: f"**Summary:** {line}",
    "several": lambda line: f"{line}\n{line} Again.",
    "none": lambda _: "NONE.",
    "empty": lambda _: "",
}
_STATUS: Mapping[str, tuple[int, str]] = {
    "unauthorized": (401, '{"error": {"message": "Incorrect API key provided: KEY"}}'),
    "not-found": (404, '{"error": "model not found, try pulling it first"}'),
    "redirect": (307, ""),
    "failed": (500, "<html><body><h1>500</h1></body></html>"),
    "refused": (400, '{"error": {"message": "this model does not chat"}}'),
}
# What a server refuses by name, and what it says.
_NAMED = (
    ("no-max-tokens", ("max_tokens",), "'{}' is not supported with this model, use 'max_completion_tokens'"),
    ("no-limit", ("max_tokens", "max_completion_tokens"), "Unknown field {}"),
    ("no-temperature", ("temperature",), "'{}' does not support 0 with this model"),
)
BEHAVIOURS = (
    *_WRAPPED, *_STATUS, "no-max-tokens", "no-limit", "no-temperature", "busy", "overloaded", "html", "parts",
    "reasoning-apart", "cut-text", "cut-answer", "uncounted", "huge", "reset", "cut", "slow",
)  # fmt: skip


@dataclass
class ModelHost(Watch):
    """Answers each prompt with `answer`. `key`: what is wanted as a bearer token."""

    answer: Callable[[str], str]
    key: str | None = None
    port: int = 0
    retry_after: str = "0"
    asked: list[str] = field(default_factory=list)
    payloads: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)
    _next: deque[str] = field(default_factory=deque)
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Its address, without the interface's path."""
        return f"http://127.0.0.1:{self.port}"

    def __post_init__(self) -> None:
        super().__init__()

    def behave(self, *behaviours: str) -> None:
        """How the next requests are answered, one each."""
        assert set(behaviours) <= set(BEHAVIOURS), behaviours
        self._next.extend(behaviours)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post(PATH, self._chat)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        payload = await request.json()
        self.payloads.append(payload)
        await self.notify()
        if self.key is not None and request.headers.get("Authorization") != f"Bearer {self.key}":
            return self._error(401, "Incorrect API key provided")
        behaviour = self._next.popleft() if self._next else "plain"
        [message] = payload["messages"]
        assert message["role"] == "user"
        if (refusal := self._refusal(behaviour, payload)) is not None:
            self.refused += 1
            return refusal
        if behaviour == "slow":
            async with asyncio.timeout(TIMEOUT_S):
                await self.released.wait()
        if behaviour in ("reset", "cut"):
            return cut(request, "reset" if behaviour == "reset" else "close")
        self.asked.append(message["content"])
        line = self.answer(message["content"])
        if payload.get("stream"):
            return await self._streamed(request, line)
        return self._answered(behaviour, line, message["content"])

    def _refusal(self, behaviour: str, payload: Mapping[str, Any]) -> web.Response | None:
        """What the server says instead of an answer, if anything."""
        if behaviour in _STATUS:
            status, text = _STATUS[behaviour]
            headers = {"Location": f"{self.url}/elsewhere"} if status == 307 else {}
            return web.Response(
                status=status, text=text.replace("KEY", self.key or "sk-none"), headers=headers
            )
        if behaviour in ("busy", "overloaded"):
            headers = {"Retry-After": self.retry_after}
            return web.Response(status=429 if behaviour == "busy" else 503, text="later", headers=headers)
        if behaviour == "html":
            return web.Response(text="<html>Welcome to the router</html>", content_type="text/html")
        # What is refused stays refused: the next request is answered without it.
        for name, field_names, message in _NAMED:
            if behaviour == name and (refused := [one for one in field_names if one in payload]):
                return self._error(400, message.format(refused[0]))
        return None

    def _error(self, status: int, message: str) -> web.Response:
        error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
        return web.json_response({"error": error}, status=status)

    def _answered(self, behaviour: str, line: str, prompt: str) -> web.Response:
        message: dict[str, Any] = {
            "role": "assistant",
            "content": _WRAPPED.get(behaviour, _WRAPPED["plain"])(line),
        }
        if behaviour == "parts":
            message["content"] = [{"type": "text", "text": line[:5]}, {"type": "text", "text": line[5:]}]
        if behaviour == "reasoning-apart":
            message.update(reasoning="It is all about nothing.", reasoning_content="Nothing.")
        if behaviour == "huge":
            message["content"] = "x" * 2_000_000
        tokens = len(prompt) // 4 if behaviour != "cut-text" else min(4_096, len(prompt) // 12)
        document = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": MODEL,
            "choices": [
                {
                    "index": 0,
                    "message": message,
                    "finish_reason": "length" if behaviour == "cut-answer" else "stop",
                }
            ],
        }
        if behaviour != "uncounted":
            document["usage"] = {
                "prompt_tokens": tokens,
                "completion_tokens": 12,
                "total_tokens": tokens + 12,
            }
        return web.json_response(document)

    async def _streamed(self, request: web.Request, line: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for place, piece in enumerate([*line.split(" "), None]):
            delta = (
                {}
                if piece is None
                else {"role": "assistant", "content": piece if place == 0 else f" {piece}"}
            )
            chunk = {
                "id": "chatcmpl-1",
                "object": "chat.completion.chunk",
                "created": int(time.time()),
                "model": MODEL,
                "choices": [{"index": 0, "delta": delta, "finish_reason": "stop" if piece is None else None}],
            }
            await response.write(f"data: {json.dumps(chunk)}\n\n".encode())
        await response.write(b"data: [DONE]\n\n")
        return response
