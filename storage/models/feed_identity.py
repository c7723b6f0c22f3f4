"""Which addresses lead to the same feed, so that each feed is one podcast however its address is spelt."""

from __future__ import annotations

import hashlib

from yarl import URL

# What links gain on their way through advertisements, mails and social networks. No feed depends on them.
CAMPAIGN_PREFIX = "utm_"
CLICK_IDS = frozenset(
    {"fbclid", "gclid", "gclsrc", "gbraid", "wbraid", "dclid", "_ga", "_gl", "srsltid"}  # Meta, Google
    | {
        "msclkid",
        "yclid",
        "ysclid",
        "twclid",
        "ttclid",
        "igshid",
        "igsh",
        "li_fat_id",
        "epik",
        "rdt_cid",
        "sccid",
    }
    | {"mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "vero_id", "oly_anon_id", "oly_enc_id"}  # mails
)
DEFAULT_PORTS = (80, 443)


def feed_identity(address: str) -> str:
    """The one spelling that all addresses of a feed share; what is no web address stays as it is.

    It keeps what can lead to another feed: user, password, port, the path with its case and its last slash, `www.`,
    and the other parts of the query in their order. It is what is compared, and is never fetched.
    """
    try:
        # Twice, as escaped dots become segments that the second reading resolves.
        url = URL(str(URL(address)))
        host, port = url.raw_host, url.explicit_port
    except ValueError:
        return address
    if url.scheme not in ("http", "https") or not host:
        return address
    return str(
        URL.build(
            scheme="https",
            authority=_authority(url, host, port),
            path=url.raw_path or "/",
            query_string=_query(url.raw_query_string),
            encoded=True,
        )
    )


def feed_key(address: str) -> str:
    """The key of the address's identity, as it is stored: an index takes no address of any length."""
    return hashlib.sha256(feed_identity(address).encode("utf-8", "ignore")).hexdigest()


def _authority(url: URL, host: str, port: int | None) -> str:
    # A host that ends in a dot is the same one, written as the root of all names has it.
    name = f"[{host}]" if ":" in host else host.rstrip(".") or host
    shown_port = f":{port}" if port is not None and port not in DEFAULT_PORTS else ""
    user, password = url.raw_user or "", url.raw_password or ""
    credentials = f"{user}:{password}" if password else user
    return f"{credentials}@{name}{shown_port}" if credentials else name + shown_port


def _query(text: str) -> str:
    return "&".join(part for part in text.split("&") if part and not _is_tracking(part.partition("=")[0]))


def _is_tracking(name: str) -> bool:
    return name.lower().startswith(CAMPAIGN_PREFIX) or name.lower() in CLICK_IDS
