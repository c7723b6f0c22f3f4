"""Ending a connection without an answer: closing or resetting it."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Literal

from aiohttp import web


def reset(transport: asyncio.BaseTransport | None) -> None:
    """Abort a connection so that the other side gets a reset (RST) instead of an end (FIN)."""
    if not isinstance(transport, asyncio.Transport) or transport.is_closing():
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def cut(request: web.BaseRequest, action: Literal["close", "reset"]) -> web.Response:
    """End the request's connection without an answer; the returned response is never sent."""
    if action == "reset":
        reset(request.transport)
    elif request.transport is not None:
        request.transport.close()
    return web.Response(status=500)
