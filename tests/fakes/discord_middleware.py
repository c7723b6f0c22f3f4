"""What every REST request passes through before and after its handler."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiohttp import BodyPartReader, hdrs, web

from tests.fakes.discord_faults import FaultPlan, RequestFault
from tests.fakes.discord_http import ApiError, Call, Endpoint, Reply, limit_headers, response
from tests.fakes.discord_limits import RateLimits
from tests.fakes.discord_rules import invalid_form
from tests.fakes.discord_schema import schema_violations
from tests.fakes.sockets import cut
from tests.fakes.watch import Watch

PREFIX = "/api/v10"
KEPT_REQUESTS = 5000

Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Middleware:
    """Records requests, checks the token, injects faults, enforces limits, checks bodies and answers."""

    def __init__(self, token: str, faults: FaultPlan, watch: Watch) -> None:
        self.token = token
        self.requests: deque[Call] = deque(maxlen=KEPT_REQUESTS)
        self.violations: list[str] = []
        self.limits: RateLimits | None = None
        # Off in benchmarks: checking the schema takes milliseconds a request.
        self.checking = True
        self._faults = faults
        self._watch = watch

    def mount(self, app: web.Application, routes: Iterable[Endpoint]) -> None:
        """Serve these endpoints; every other request is a violation."""
        for route in routes:
            app.router.add_route(route.method, PREFIX + route.template, self._serving(route))
        app.router.add_route("*", "/{rest:.*}", self._unserved)

    def _serving(self, route: Endpoint) -> Serve:
        async def serve(request: web.Request) -> web.StreamResponse:
            call = await _read(request, route.template)
            return await self._answer(request, route, call)

        return serve

    async def _unserved(self, request: web.Request) -> web.StreamResponse:
        call = Call(request.method, request.path.removeprefix(PREFIX), query=dict(request.query))
        self.requests.append(call)
        self.violations.append(f"{call}: the fake has no such route")
        await self._watch.notify()
        return response(Reply({"message": "404: Not Found", "code": 0}, 404))

    async def _answer(self, request: web.Request, route: Endpoint, call: Call) -> web.StreamResponse:
        self.requests.append(call)
        fault = self._faults.take(call.method, call.path)
        try:
            if fault is not None and fault.when == "before":
                failed = await self._fail(request, fault)
                if failed is not None:
                    return failed
            limited = self.limits.take(call) if self.limits and not route.open else None
            if limited is not None and limited.refused:
                return response(limited.reply(), limited.headers())
            headers = limit_headers(route) if limited is None else limited.headers()
            answered = response(await self._work(request, route, call), headers)
            if fault is not None and fault.when == "after":
                return await self._fail(request, fault) or answered
            return answered
        finally:
            await self._watch.notify()

    async def _fail(self, request: web.Request, fault: RequestFault) -> web.StreamResponse | None:
        """Inject the fault; None: serve the request as usual."""
        await self._watch.notify()
        if fault.on_hit is not None:
            await fault.on_hit()
        if fault.action == "silence":
            await asyncio.sleep(fault.silence_s)
            return cut(request, "close")
        if fault.action == "hang":
            await fault.release.wait()
            return None
        if fault.action != "status":
            return cut(request, fault.action)
        body = fault.json if fault.json is not None else {"message": f"{fault.status}: injected", "code": 0}
        return response(Reply(body, fault.status), fault.headers)

    async def _work(self, request: web.Request, route: Endpoint, call: Call) -> Reply:
        if not route.open and request.headers.get(hdrs.AUTHORIZATION) != f"Bot {self.token}":
            return Reply({"message": "401: Unauthorized", "code": 0}, 401)
        if call.body is _NOT_JSON:
            self.violations.append(f"{call}: the body is not JSON")
            return Reply({"message": "The request body contains invalid JSON.", "code": 50109}, 400)
        try:
            violations = list(route.rules(call)) if self.checking else []
            if self.checking and not violations and call.body is not None:
                violations = list(schema_violations(call.method, call.template, call.body))
            if violations:
                self.violations += [f"{call}: {violation.sentence()}" for violation in violations]
                return Reply(invalid_form(violations), 400)
            return await route.handler(call)
        except ApiError as error:
            return error.reply


_NOT_JSON = object()


async def _read(request: web.Request, template: str) -> Call:
    """Parse a request: JSON, or a form with `payload_json` and files."""
    body: Any = None
    files: list[tuple[str, bytes]] = []
    if request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            if part.name == "payload_json":
                body = _decode(await part.read())
            else:
                files.append((part.filename or "", bytes(await part.read())))
    elif raw := await request.read():
        body = _decode(raw)
    path = request.path.removeprefix(PREFIX)
    return Call(
        request.method, path, template, dict(request.match_info), dict(request.query), body, tuple(files)
    )


def _decode(raw: bytes | bytearray) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return _NOT_JSON
