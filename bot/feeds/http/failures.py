"""Why a request failed, as codes: aiohttp's own messages repeat the whole URL with its keys. No I/O."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from http import HTTPStatus

import aiohttp
from aiohttp.http_exceptions import LineTooLong

from bot.feeds.http.address_guard import REFUSED
from storage.models import Status, StatusCode
from storage.models.status import Argument

NO_WEB_ADDRESS = StatusCode("fetch.no_web_address", "address")
PRIVATE_ADDRESS = StatusCode("fetch.private_address", "address")
TOO_MANY_REDIRECTS = StatusCode("fetch.too_many_redirects", "address", "most")
HOST_BUSY = StatusCode("fetch.host_busy", "address")
TIMEOUT = StatusCode("fetch.timeout", "address")
TOO_SLOW = StatusCode("fetch.too_slow", "address")
HOST_PUT_OFF = StatusCode("fetch.host_put_off", "host", "until")
HEADERS_TOO_LARGE = StatusCode("fetch.headers_too_large", "address")
NO_HTTP = StatusCode("fetch.no_http", "address")
CUT_OFF = StatusCode("fetch.cut_off", "address")
CLOSED = StatusCode("fetch.closed", "address")
CERTIFICATE = StatusCode("fetch.certificate", "address")
NO_TLS = StatusCode("fetch.no_tls", "address")
UNKNOWN_HOST = StatusCode("fetch.unknown_host", "address")
LOOKUP_FAILED = StatusCode("fetch.lookup_failed", "address")
UNREACHABLE = StatusCode("fetch.unreachable", "address")
CONNECTION_FAILED = StatusCode("fetch.connection_failed", "address", "error")
REFUSED_BY_HOST = StatusCode("fetch.refused", "address", "answer")
UNASKED_304 = StatusCode("fetch.unasked_304", "address")
OTHER_PART = StatusCode("fetch.other_part", "address")
NO_PARTS = StatusCode("fetch.no_parts", "address")
TOO_LARGE = StatusCode("fetch.too_large", "address", "mib")
UNASKED_PACKING = StatusCode("fetch.unasked_packing", "address")
NOT_UNPACKED = StatusCode("fetch.not_unpacked", "address")
NO_FILE = StatusCode("fetch.no_file", "address")
FILE_ERROR = StatusCode("fetch.file_error", "address", "error")

_CLOSED_BY_HOST = (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED)


# The host took its time, or those did that it depends on.
SLOW = frozenset({TIMEOUT, TOO_SLOW, LOOKUP_FAILED})
# It answered in time, with what is of no use.
ANSWERED = frozenset(
    {
        TOO_MANY_REDIRECTS,
        HEADERS_TOO_LARGE,
        NO_HTTP,
        UNASKED_304,
        OTHER_PART,
        NO_PARTS,
        TOO_LARGE,
        UNASKED_PACKING,
        NOT_UNPACKED,
    }
)


class RequestError(Exception):
    """A request failed. The code's arguments are complete but for the address, which `status` adds."""

    def __init__(self, code: StatusCode, **args: Argument) -> None:
        super().__init__(code, args)
        self.code = code
        self._args = args

    def status(self, address: str) -> Status:
        """Why this address, given without its secrets, can't be read."""
        return self.code(address=address, **self._args)


def request_error(error: BaseException) -> RequestError:
    """The failure behind an exception of aiohttp or of a socket."""
    chain = list(_chain(error))
    # After several addresses were tried, one error has the messages of all.
    if any(REFUSED in str(inner) for inner in chain if isinstance(inner, OSError)):
        return RequestError(PRIVATE_ADDRESS)
    if (code := _code(error, chain)) is not None:
        return RequestError(code)
    return RequestError(CONNECTION_FAILED, error=type(error).__name__)


def _code(error: BaseException, chain: list[BaseException]) -> StatusCode | None:
    if isinstance(error, aiohttp.ClientResponseError):
        too_large = any(isinstance(one, LineTooLong) or "Too many headers" in str(one) for one in chain)
        return HEADERS_TOO_LARGE if too_large else NO_HTTP
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        unknown = any(isinstance(one, socket.gaierror) and one.errno != socket.EAI_AGAIN for one in chain)
        return UNKNOWN_HOST if unknown else LOOKUP_FAILED
    by_type = next((code for kind, code in _BY_TYPE if isinstance(error, kind)), None)
    closed = isinstance(error, OSError) and error.errno in _CLOSED_BY_HOST
    return by_type or (CLOSED if closed else None)


# In this order: Python's certificate errors are ValueErrors, too.
_BY_TYPE: tuple[tuple[type[BaseException], StatusCode], ...] = (
    (TimeoutError, TIMEOUT),
    (aiohttp.ClientPayloadError, CUT_OFF),
    (aiohttp.ServerDisconnectedError, CLOSED),
    (aiohttp.ClientConnectorCertificateError, CERTIFICATE),
    (aiohttp.ClientSSLError, NO_TLS),
    (aiohttp.ClientConnectorError, UNREACHABLE),
    (aiohttp.InvalidURL, NO_WEB_ADDRESS),
    (ValueError, NO_WEB_ADDRESS),
)


def refused_by_host(status: int) -> RequestError:
    """The status in the standard's words: the host's reason phrase may repeat the URL, or say anything."""
    try:
        answer = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        answer = str(status)
    return RequestError(REFUSED_BY_HOST, answer=answer)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
