"""Heads of responses as hosts write them, and what aiohttp's parser gets."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.http.response_head import (
    MAX_COOKIES,
    MAX_HEAD_BYTES,
    MAX_LINES,
    HeadTooLargeError,
    ResponseHead,
    plain_head,
)

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (b"ETag : x\r\nX-Cache : HIT\r\n", b"etag: x\r\n"),
        (b"CONTENT-type:text/xml\r\n", b"content-type: text/xml\r\n"),
        (b"X_[a]: 1\r\nX-\xe9: 2\r\nno colon\r\n: no name\r\n", b""),
        (b"X-Long: " + b"x" * 60_000 + b"\r\nAge: 4\r\n", b"age: 4\r\n"),
        (
            b"Cache-Control: max-age=5,\r\n  public\r\n\tfolded\r\n",
            b"cache-control: max-age=5, public folded\r\n",
        ),
        (b" folded into nothing\r\nAge: 4\n", b"age: 4\r\n"),
        (b"ETag: a\0b\x01\r\n", b"etag: ab\r\n"),
        (b"ETag: caf\xe9\tx\r\n", b"etag: caf\xe9\tx\r\n"),
        (b"Content-Length: 13\r\nContent-Length: 13\r\n", b"content-length: 13\r\n"),
        (b"Content-Length: 13, 13\r\nContent-Length:\r\n", b"content-length: 13\r\n"),
        (b"Content-Length: 1\r\nContent-Length: 9\r\n", b"content-length: 1\r\ncontent-length: 9\r\n"),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"transfer-encoding: chunked\r\n"),
        (b"Transfer-Encoding: Chunked\r\nTransfer-Encoding: chunked\r\n", b"transfer-encoding: chunked\r\n"),
        (b"Transfer-Encoding: identity\r\nContent-Length: 5\r\n", b"content-length: 5\r\n"),
        (b"Transfer-Encoding: gzip, chunked\r\n", b"transfer-encoding: gzip, chunked\r\n"),
        (b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n", b"set-cookie: a=1\r\nset-cookie: b=2\r\n"),
        (b"Set-Cookie: a=" + b"x" * 5_000 + b"\r\n", b""),
        (b"Set-Cookie: a=1\r\n" * 99, b"set-cookie: a=1\r\n" * MAX_COOKIES),
    ],
)
def test_headers_are_plain(written: bytes, plain: bytes) -> None:
    assert plain_head(OK + written + b"\r\n") == OK + plain + b"\r\n"
    assert ResponseHead().feed((OK + written).replace(b"\r\n", b"\n") + b"\n") == OK + plain + b"\r\n"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (b"HTTP/1.1 200", b"HTTP/1.1 200 "),
        (b"HTTP/1.0 404 Not Found", b"HTTP/1.0 404 Not Found"),
        (b"http/1.1 \t 200  fine", b"HTTP/1.1 200 fine"),
        (b"HTTP/2 200", b"HTTP/1.1 200 "),
        (b"HTTP/1.2 301 Moved\0", b"HTTP/1.1 301 Moved"),
        (b"HTTP/1.1 200 tr\xe8s bien", b"HTTP/1.1 200 tr\xe8s bien"),
    ],
)
def test_a_first_line_is_plain(written: bytes, plain: bytes) -> None:
    assert plain_head(written + b"\r\n\r\n") == plain + b"\r\n\r\n"


@pytest.mark.parametrize("other", [b"SSH-2.0-x\r\n", b"<html>\n\n", b"\x15\x03\x01", b"HTTPS is wanted\n\n"])
def test_what_is_no_http_is_handed_on(other: bytes) -> None:
    assert ResponseHead().feed(other) == other


def test_interim_heads_are_left_out() -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\n" + b"HTTP/1.1 103 Early Hints\r\nLink : x\r\n\r\n"
    assert ResponseHead().feed(interim + OK + b"\r\n<rss/>") == OK + b"\r\n<rss/>"
    switching = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"
    assert ResponseHead().feed(switching) == switching


@given(st.integers(1, 40), st.sampled_from([b"\r\n", b"\n", b"\r\r\n"]))
def test_a_head_may_arrive_in_steps_of_any_size(step: int, line: bytes) -> None:
    head = ResponseHead()
    sent = b"\r\n\nHTTP/1.1 200 OK\r\nX : 1\r\nAge: 4\r\n\r\n".replace(b"\r\n", line) + b"<rss>\n\n</rss>"
    steps = [sent[at : at + step] for at in range(0, len(sent), step)]
    got = next((at, plain) for at, one in enumerate(steps) if (plain := head.feed(one)) is not None)
    assert got[1] + b"".join(steps[got[0] + 1 :]) == OK + b"age: 4\r\n\r\n<rss>\n\n</rss>"


@pytest.mark.parametrize(
    "endless",
    [
        OK + b"X: " + b"x" * MAX_HEAD_BYTES,
        OK + b"X: 1\n" * MAX_LINES + b"\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 6_000,
        b"\r\n" * MAX_HEAD_BYTES + OK,
    ],
)
def test_a_head_is_bounded(endless: bytes) -> None:
    head = ResponseHead()
    steps = [endless[at : at + 32_768] for at in range(0, len(endless), 32_768)]
    with pytest.raises(HeadTooLargeError):
        assert [head.feed(step) for step in steps] == [None]


@given(
    st.lists(
        st.sampled_from([b"HTTP/1.1 200", b"\n", b"\r", b":", b" ", b"Age", b"\0", b"\xff"]) | st.binary()
    )
)
def test_any_bytes_give_a_head_or_wait(parts: list[bytes]) -> None:
    head = ResponseHead()
    with contextlib.suppress(HeadTooLargeError):
        for part in parts:
            if (plain := head.feed(part)) is not None:
                # What is plain stays so.
                assert plain_head(plain_head(plain)) == plain_head(plain)
                break
