"""Redirects: where a request goes next, whether the feed has moved, and which hosts get credentials. No I/O."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Self

from yarl import URL

from bot.feeds.http.failures import NO_WEB_ADDRESS, TOO_MANY_REDIRECTS, RequestError

# URLs are in a unique index, where PostgreSQL allows 2,704 bytes.
MAX_URL_BYTES = 2_000
MAX_REDIRECTS = 10
REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
_RAW_BYTE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Route:
    """One request of a chain of redirects. `url` is without credentials; `user` and `password` are for its host.

    `moved_to` is the target of the permanent redirects at the start of the chain; `moving`: all so far were such.
    """

    url: URL
    user: str | None
    password: str | None
    hops: int = 0
    moving: bool = True
    moved_to: str | None = None

    @classmethod
    def to(cls, address: str) -> Self:
        """The first request. Raises RequestError."""
        url = _web_address(address)
        return cls(url.with_user(None), url.user, url.password)

    @property
    def host(self) -> tuple[str, int]:
        """The host's name, as it is resolved, and its port."""
        return self.url.raw_host or "", self.url.port or 0

    @property
    def authorization(self) -> str | None:
        """The value of the Authorization header; None without credentials."""
        if self.user is None and self.password is None:
            return None
        return "Basic " + b64encode(f"{self.user or ''}:{self.password or ''}".encode()).decode()

    def redirected(self, status: int, location: str) -> Route:
        """The request that follows a response with this status and Location. Raises RequestError."""
        if self.hops == MAX_REDIRECTS:
            raise RequestError(TOO_MANY_REDIRECTS, most=MAX_REDIRECTS)
        target = _web_address(_escaped(location), self.url)
        url = target.with_user(None).with_fragment(None)
        user, password = target.user, target.password
        if user is None and password is None and _same_owner(self.url, url):
            user, password = self.user, self.password
        moved_to = str(url.with_user(user).with_password(password) if user or password else url)
        downgraded = self.url.scheme == "https" and url.scheme == "http"
        moving = (
            self.moving
            and status in PERMANENT
            and not downgraded
            and len(moved_to.encode("utf-8", "replace")) <= MAX_URL_BYTES
        )
        return Route(url, user, password, self.hops + 1, moving, moved_to if moving else self.moved_to)


def _escaped(location: str) -> str:
    """Bytes of a Location that are no UTF-8, escaped as browsers do; aiohttp gives them as surrogates."""
    return _RAW_BYTE.sub(lambda found: f"%{ord(found[0]) - 0xDC00:02X}", location)


def _web_address(address: str, base: URL | None = None) -> URL:
    try:
        url = URL(address)
        # "http:b" is relative although it has a scheme; "//host/b" is absolute without one.
        if base is not None and (not url.scheme or (not url.absolute and url.scheme == base.scheme)):
            url = base.join(url)
        if url.scheme in ("http", "https") and url.raw_host and url.port is not None:
            return url
    except ValueError as error:  # an invalid port, IPv6 address or host name
        raise RequestError(NO_WEB_ADDRESS) from error
    raise RequestError(NO_WEB_ADDRESS)


def _same_owner(one: URL, other: URL) -> bool:
    """Whether the credentials for the first may go to the second: the same origin, or its upgrade to https."""
    if one.raw_host != other.raw_host:
        return False
    origins = (one.scheme, one.port), (other.scheme, other.port)
    return origins[0] == origins[1] or origins == (("http", 80), ("https", 443))
