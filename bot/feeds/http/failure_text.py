"""Why a fetch failed, in words that name no address: aiohttp's own messages repeat the whole URL. No I/O."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from http import HTTPStatus

import aiohttp
from aiohttp.http_exceptions import LineTooLong

from bot.feeds.http.address_guard import REFUSED


def cause(error: BaseException) -> str:
    """Half a sentence: "the host can't be reached"."""
    chain = list(_chain(error))
    # Where several addresses were tried, their failures come as one error with all the messages.
    if any(REFUSED in str(inner) for inner in chain if isinstance(inner, OSError)):
        return f"{REFUSED}; the operator can allow it in EARMARK_ALLOW_PRIVATE_FEEDS"
    match error:
        case TimeoutError():
            return "the host did not answer in time"
        case aiohttp.ClientResponseError():
            if any(isinstance(inner, LineTooLong) or "Too many headers" in str(inner) for inner in chain):
                return "its answer has too many headers, or too long ones"
            return "its answer is no HTTP that can be read"
        case aiohttp.ClientPayloadError():
            return "the answer ended in the middle"
        case aiohttp.ServerDisconnectedError():
            return "the host closed the connection"
        # Before ValueError, which Python's errors of certificates are too.
        case aiohttp.ClientConnectorCertificateError():
            return "the host's certificate can't be trusted"
        case aiohttp.ClientSSLError():
            return "no secure connection to the host can be made"
        case aiohttp.ClientConnectorDNSError():
            unknown = any(
                isinstance(inner, socket.gaierror) and inner.errno != socket.EAI_AGAIN for inner in chain
            )
            return (
                "the host's name is not known" if unknown else "the host's name can't be looked up just now"
            )
        case aiohttp.ClientConnectorError():
            return "the host can't be reached"
        case aiohttp.InvalidURL() | ValueError():
            return "it is, or leads to, no http or https address"
        case OSError(errno=errno.ECONNRESET | errno.EPIPE | errno.ECONNABORTED):
            return "the host closed the connection"
    return f"the connection failed ({type(error).__name__})"


def status(code: int) -> str:
    """How the host answered, in the standard's words: its own may repeat the address, or be anything."""
    try:
        phrase = HTTPStatus(code).phrase
    except ValueError:
        return f"the host answered {code}"
    return f"the host answered {code} {phrase}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
