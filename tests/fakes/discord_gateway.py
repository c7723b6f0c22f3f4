"""The gateway: HELLO, IDENTIFY, READY, guilds, heartbeats, RESUME, and every way to lose a connection."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import WSMsgType, web

from tests.fakes.discord_http import ApiError, Call, Reply
from tests.fakes.discord_messages import Json
from tests.fakes.discord_payloads import guild_payload, user_payload
from tests.fakes.discord_state import World
from tests.fakes.sockets import cut, reset
from tests.fakes.watch import Watch

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = (
    0,
    1,
    2,
    6,
    7,
    9,
    10,
    11,
)
NOT_AUTHENTICATED, AUTHENTICATION_FAILED = 4003, 4004
KEPT_EVENTS = 1000

_log = logging.getLogger(__name__)


class NotConnectedError(AssertionError):
    """An event had to arrive, but the bot is not connected."""


@dataclass(slots=True)
class Session:
    """What survives a lost connection: the events so far, which RESUME replays."""

    id: str
    shard: tuple[int, int] | None
    intents: int
    sent: deque[Json] = field(default_factory=lambda: deque(maxlen=KEPT_EVENTS))
    sequence: int = 0
    socket: web.WebSocketResponse | None = None

    def owns(self, guild_id: int) -> bool:
        """Whether a guild's events go to this shard."""
        return self.shard is None or (guild_id >> 22) % self.shard[1] == self.shard[0]


class Gateway:
    """All connections of the bot, and the sessions behind them."""

    def __init__(self, world: World, token: str, watch: Watch) -> None:
        self.token = token
        self.url = ""
        self.shards = 1
        self.ready = asyncio.Event()
        self.identifies = 0
        self.resumes = 0
        self.heartbeats = 0
        self.refused = 0
        self.session_starts_left = 1000
        self.refuse_connects = 0
        self.refuse_by: Literal["status", "reset", "close"] = "status"
        self.sessions: dict[str, Session] = {}
        self._open: dict[web.WebSocketResponse, asyncio.BaseTransport | None] = {}
        self._world = world
        self._watch = watch

    async def describe(self, call: Call) -> Reply:
        """Answer GET /gateway/bot."""
        del call
        if not self.url:
            raise ApiError(500, 0, "no gateway")
        limit = {
            "total": 1000,
            "remaining": self.session_starts_left,
            "reset_after": 3_600_000,
            "max_concurrency": 1,
        }
        return Reply({"url": self.url, "shards": self.shards, "session_start_limit": limit})

    @property
    def connections(self) -> int:
        """How many websockets are open."""
        return len(self._open)

    async def dispatch(self, event: str, data: Json, guild_id: int, *, must_arrive: bool = False) -> None:
        """Send a guild's event to its shard; a session that is not connected gets it at RESUME."""
        arrived = False
        for session in [session for session in self.sessions.values() if session.owns(guild_id)]:
            arrived |= await self._send_event(session, event, data)
        if must_arrive and not arrived:
            raise NotConnectedError(f"the bot is not connected to the gateway, {event} reaches nobody")

    async def drop(self, code: int | None = None) -> None:
        """Close all connections with a code, or reset them (TCP RST)."""
        self.ready.clear()
        for socket, transport in list(self._open.items()):
            if code is None:
                reset(transport)
            else:
                await socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        """Send op 7, as Discord does before it restarts a node."""
        self.ready.clear()
        for socket in list(self._open):
            await socket.send_str(json.dumps({"op": RECONNECT, "d": None}))

    def forget_sessions(self) -> None:
        """Make every next RESUME fail."""
        self.sessions.clear()

    async def close(self) -> None:
        """Reset all connections, at the end of a test."""
        await self.drop()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one websocket until it closes."""
        if self.refuse_connects > 0:
            self.refuse_connects -= 1
            self.refused += 1
            await self._watch.notify()
            if self.refuse_by != "status":
                return cut(request, self.refuse_by)
            return web.Response(status=503, text="upstream connect error")
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        self._open[socket] = request.transport
        try:
            await self._converse(socket)
        except ConnectionError:
            _log.debug("the bot's end of the gateway is gone")
        finally:
            self._open.pop(socket, None)
            for session in self.sessions.values():
                if session.socket is socket:
                    session.socket = None
                    self.ready.clear()
            await self._watch.notify()
        return socket

    async def _converse(self, socket: web.WebSocketResponse) -> None:
        await socket.send_str(
            json.dumps({"op": HELLO, "d": {"heartbeat_interval": 41250}, "s": None, "t": None})
        )
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            message = json.loads(frame.data)
            op, data = message.get("op"), message.get("d")
            if op == HEARTBEAT:
                self.heartbeats += 1
                await socket.send_str(json.dumps({"op": HEARTBEAT_ACK, "d": None}))
            elif op == IDENTIFY:
                await self._identify(socket, data)
            elif op == RESUME:
                await self._resume(socket, data)
            await self._watch.notify()

    async def _identify(self, socket: web.WebSocketResponse, data: Json) -> None:
        self.identifies += 1
        if data.get("token") != self.token:
            await socket.close(code=AUTHENTICATION_FAILED, message=b"Authentication failed.")
            return
        shard: tuple[int, int] | None = None
        if data.get("shard"):
            shard = (data["shard"][0], data["shard"][1])
        for known in [known for known in self.sessions.values() if known.shard == shard]:
            del self.sessions[known.id]
        session = Session(f"{self._world.next_id():032x}", shard, data["intents"], socket=socket)
        self.sessions[session.id] = session
        guilds = [guild for guild in self._world.guilds.values() if session.owns(guild.id)]
        ready: Json = {
            "v": 10,
            "user": user_payload(self._world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "application": {"id": str(self._world.application_id), "flags": 0},
        }
        if shard is not None:
            ready["shard"] = list(shard)
        await self._send_event(session, "READY", ready)
        for guild in guilds:
            if not guild.unavailable:
                await self._send_event(
                    session, "GUILD_CREATE", guild_payload(self._world, guild) | {"unavailable": False}
                )
        self._note_ready()

    async def _resume(self, socket: web.WebSocketResponse, data: Json) -> None:
        self.resumes += 1
        if data.get("token") != self.token:
            await socket.close(code=AUTHENTICATION_FAILED, message=b"Authentication failed.")
            return
        session = self.sessions.get(data["session_id"])
        if session is None:
            await socket.send_str(json.dumps({"op": INVALID_SESSION, "d": False}))
            return
        for event in [event for event in session.sent if event["s"] > (data["seq"] or 0)]:
            await socket.send_str(json.dumps(event))
        session.socket = socket
        await self._send_event(session, "RESUMED", {"_trace": []})
        self._note_ready()

    def _note_ready(self) -> None:
        served = [session for session in self.sessions.values() if session.socket is not None]
        if len(served) >= max((session.shard[1] for session in served if session.shard), default=1):
            self.ready.set()

    async def _send_event(self, session: Session, event: str, data: Any) -> bool:
        session.sequence += 1
        message = {"op": DISPATCH, "t": event, "s": session.sequence, "d": data}
        session.sent.append(message)
        if session.socket is None or session.socket.closed:
            return False
        try:
            await session.socket.send_str(json.dumps(message))
        except ConnectionError:
            return False
        return True
