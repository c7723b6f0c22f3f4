"""Connections whose responses reach aiohttp's parser with a plain head (`response_head`).

aiohttp has a setting for the length of a header alone. Its own places for this are the connector's protocol factory
and what that is told at each response; `tests/unit/feeds/http/test_lenient_connector.py` fails where they are gone.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from bot.feeds.http.response_head import MAX_HEAD_BYTES, HeadTooLargeError, ResponseHead


class LenientConnector(aiohttp.TCPConnector):
    """A TCPConnector that reads responses as curl does."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._factory: Any = partial(_LenientHandler, loop=self._loop)


class _LenientHandler(ResponseHandler):
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self._head: ResponseHead | None = None

    def set_response_params(self, **params: Any) -> None:
        """A request was sent: what comes next is a head."""
        self._head = ResponseHead()
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        """Keep the bytes of a head until it is whole."""
        if self._head is None or self._parser is None or not data:
            super().data_received(data)
            return
        try:
            plain = self._head.feed(data)
        except HeadTooLargeError:
            if self.transport is not None:
                self.transport.close()
            self._head = None
            self.set_exception(HttpProcessingError(code=400), LineTooLong(b"", MAX_HEAD_BYTES))
            return
        if plain is not None:
            self._head = None
            super().data_received(plain)
