"""Which code a failed request gets."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import Any
from unittest.mock import Mock

import aiohttp
import pytest
from aiohttp.http_exceptions import LineTooLong

from bot.feeds.http import failures
from bot.feeds.http.address_guard import REFUSED
from bot.feeds.http.failures import RequestError, refused_by_host, request_error
from bot.status_messages.sentences import sentence
from storage.models import StatusCode

KEY: Any = Mock(ssl=True, host="a.example", port=443)
SHOWN = "https://a.example/f?…"


def _caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def _dns(number: int) -> Exception:
    failed = socket.gaierror(number, "sesame")
    return _caused(aiohttp.ClientConnectorDNSError(KEY, failed), failed)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TimeoutError("sesame"), failures.TIMEOUT),
        (aiohttp.ServerTimeoutError("sesame"), failures.TIMEOUT),
        (aiohttp.ClientResponseError(Mock(), (), message="sesame"), failures.NO_HTTP),
        (
            _caused(aiohttp.ClientResponseError(Mock(), ()), LineTooLong(b"sesame", 10)),
            failures.HEADERS_TOO_LARGE,
        ),
        (aiohttp.ClientPayloadError("sesame"), failures.CUT_OFF),
        (aiohttp.ServerDisconnectedError("sesame"), failures.CLOSED),
        (
            aiohttp.ClientConnectorCertificateError(KEY, ssl.CertificateError("sesame")),
            failures.CERTIFICATE,
        ),
        (aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "sesame")), failures.NO_TLS),
        (_dns(socket.EAI_NONAME), failures.UNKNOWN_HOST),
        (_dns(socket.EAI_AGAIN), failures.LOOKUP_FAILED),
        (aiohttp.ClientConnectorError(KEY, OSError(errno.ECONNRESET, "sesame")), failures.UNREACHABLE),
        (aiohttp.ClientConnectorError(KEY, OSError(0, REFUSED)), failures.PRIVATE_ADDRESS),
        (aiohttp.InvalidURL("sesame"), failures.NO_WEB_ADDRESS),
        (ValueError("sesame"), failures.NO_WEB_ADDRESS),
        (ConnectionResetError(errno.ECONNRESET, "sesame"), failures.CLOSED),
        (OSError(errno.EIO, "sesame"), failures.CONNECTION_FAILED),
    ],
)
def test_what_an_exception_means(error: Exception, code: StatusCode) -> None:
    status = request_error(error).status(SHOWN)
    assert status.code == code
    assert status.args["address"] == SHOWN
    assert "sesame" not in str(status)
    assert sentence(status).startswith(f"{SHOWN} can't be read: ")


@pytest.mark.parametrize(
    ("status", "told"), [(404, "the host answered 404 Not Found."), (599, "the host answered 599.")]
)
def test_an_answer_is_told_in_the_words_of_the_standard(status: int, told: str) -> None:
    assert sentence(refused_by_host(status).status(SHOWN)) == f"{SHOWN} can't be read: {told}"


def test_a_failure_without_its_arguments_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError):
        RequestError(failures.TOO_LARGE).status(SHOWN)
