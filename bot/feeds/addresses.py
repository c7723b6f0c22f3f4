"""Which addresses a feed or a transcript may be fetched from: the one place that sees every final address."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from aiohappyeyeballs import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# What Python 3.11 takes for global: site-local, a translator's own network, and two ways to carry an IPv4 address.
NOT_PUBLIC = tuple(
    ipaddress.IPv6Network(network) for network in ("fec0::/10", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96")
)


class AddressRefusedError(OSError):
    """The address is private, loopback or otherwise not a public host's."""


@dataclass(frozen=True, slots=True)
class AllowedAddresses:
    """Private addresses that an operator let through: networks, or host:port as a feed names them."""

    everything: bool = False
    networks: tuple[IPNetwork, ...] = ()
    hosts: tuple[tuple[str, int], ...] = ()

    def permits(self, address: IPAddress, port: int) -> bool:
        """Whether a connection to this address may be made."""
        address = _unwrapped(address)
        if self.everything or _is_public(address):
            return True
        if any(address in network for network in self.networks if network.version == address.version):
            return True
        return (str(address), port) in self.hosts


def _is_public(address: IPAddress) -> bool:
    if any(address in network for network in NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast


def _unwrapped(address: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv6 one carries, where it does: ::ffff:a.b.c.d, 6to4, NAT64."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


class AddressGuard:
    """Lets connections through to public addresses and to what an operator allowed."""

    def __init__(self, allowed: AllowedAddresses) -> None:
        self._allowed = allowed
        # Addresses that an allowed name ("localhost:8000") resolved to; as many as the operator listed names.
        self._by_name: dict[tuple[str, int], frozenset[str]] = {}

    def make_socket(self, addr_info: AddrInfoType) -> socket.socket:
        """Make the socket for one connection, or raise AddressRefusedError: the connector's `socket_factory`.

        It is called with the address that will be connected to, after redirects and name resolution, so
        neither a literal address nor a name that resolves differently the second time gets around it.
        """
        family, kind, proto, _, (host, port, *_) = addr_info
        named = any(key[1] == port and host in found for key, found in self._by_name.items())
        if not named and not self._allowed.permits(ipaddress.ip_address(str(host).split("%")[0]), int(port)):
            raise AddressRefusedError("it leads to a private address")
        made = socket.socket(family, kind, proto)
        made.setblocking(False)
        return made

    def resolver(self) -> AbstractResolver:
        """A resolver that remembers where the names that an operator allowed lead to."""
        return _RememberingResolver(self._allowed.hosts, self._by_name)


class _RememberingResolver(ThreadedResolver):
    def __init__(
        self, names: tuple[tuple[str, int], ...], found: dict[tuple[str, int], frozenset[str]]
    ) -> None:
        super().__init__()
        self._names = names
        self._found = found

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        results = await super().resolve(host, port, family)
        if (host.lower(), port) in self._names:
            self._found[host.lower(), port] = frozenset(result["host"] for result in results)
        return results


def is_web_address(url: str) -> bool:
    """Whether this is an http or https address with a host: the only kind that a feed may lead to."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)


def without_secrets(url: str) -> str:
    """The address as it may be shown or logged: without user, password, query: patron feeds hide keys there."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that can't be read"
    if parts.scheme == "file":
        return parts.path
    if not host and "@" in url:
        # Mistyped, and what would be the password stands where it is not looked for.
        return "an address that can't be read"
    if ":" in host:
        host = f"[{host}]"
    return urlunsplit((parts.scheme, host + port, parts.path, "", "")) + ("?…" if parts.query else "")
