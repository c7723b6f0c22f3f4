"""A feed's address as a person types or pastes it."""

from __future__ import annotations

from urllib.parse import urldefrag

from bot.text.web_addresses import is_web_address

# What podcast apps and browsers put in front of a feed's address, or instead of its scheme.
APP_SCHEMES = ("feed", "itpc", "itpcs", "pcast", "podcast", "podcasts", "rss")
WEB_SCHEMES = ("http://", "https://")


def feed_address(typed: str) -> str:
    """The address to fetch, without what is no part of it; what is no web address stays as it was typed."""
    text = typed.strip()
    while text.startswith("<") and text.endswith(">"):
        # How Discord's members write an address so that no preview is shown.
        text = text[1:-1].strip()
    text = _without_app_scheme(text)
    return urldefrag(text).url if is_web_address(text) else text


def _without_app_scheme(text: str) -> str:
    scheme, colon, rest = text.partition(":")
    if not colon or scheme.lower() not in APP_SCHEMES:
        return text
    bare = rest.removeprefix("//")
    if bare.lower().startswith(WEB_SCHEMES):
        return bare
    # These schemes say nothing of TLS: the address may have a key, which must not go over the wire in the clear.
    secure = f"https://{bare}"
    if not rest.startswith("//") or not is_web_address(secure):
        return text
    return secure if _has_no_port(bare) else f"http://{bare}"


def _has_no_port(bare: str) -> bool:
    # A port that is named is seldom that of TLS.
    host = bare.partition("/")[0].rpartition("@")[2]
    return host.endswith(("]", ":443")) or ":" not in host
