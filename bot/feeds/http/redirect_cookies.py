"""Cookies of one chain of redirects: some hosts send a visitor around until the cookie comes back.

They are kept for the one fetch alone, never stored, and go to whom a browser would send them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http.cookies import Morsel

import aiohttp
from aiohttp import CookieJar, hdrs
from yarl import URL

from bot.feeds.http.slow_hosts import site_of

MAX_COOKIES = 20
MAX_HEADER_BYTES = 8 * 1024


class RedirectCookies:
    """What the hosts of a chain set so far. Most set nothing, and cost nothing."""

    def __init__(self) -> None:
        self._jar: CookieJar | None = None
        self._taken = 0

    def take(self, response: aiohttp.ClientResponse) -> None:
        """Keep what this response sets."""
        if hdrs.SET_COOKIE not in response.headers:
            return
        if self._jar is None:
            # "unsafe": a host that is an address may set cookies, too.
            self._jar = CookieJar(unsafe=True, quote_cookie=False)
        for name, morsel in response.cookies.items():
            if self._taken < MAX_COOKIES:
                self._taken += 1
                # Some hosts compare what comes back byte by byte, with its quotation marks.
                morsel.set(morsel.key, morsel.coded_value, morsel.coded_value)
                self._jar.update_cookies({name: _of_its_site(morsel, response.url)}, response.url)

    def header(self, url: URL) -> str | None:
        """The value of the Cookie header for this request; None without any."""
        if self._jar is None:
            return None
        return "; ".join(_bounded(self._jar.filter_cookies(url).values())) or None


def _of_its_site(morsel: Morsel[str], url: URL) -> Morsel[str]:
    """The cookie; for its host alone where it claims a domain under which anybody may register."""
    domain = morsel["domain"].lstrip(".").lower()
    site = site_of(url.host or "")
    if domain and (site is None or not f".{domain}".endswith(f".{site}")):
        morsel["domain"] = ""
    return morsel


def _bounded(morsels: Iterable[Morsel[str]]) -> Iterator[str]:
    left = MAX_HEADER_BYTES
    for morsel in morsels:
        pair = f"{morsel.key}={morsel.coded_value}"
        left -= len(pair) + 2
        if left >= 0 and pair.isascii() and pair.isprintable():
            yield pair
