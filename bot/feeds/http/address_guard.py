"""Guard against server-side request forgery: connections are made to public addresses alone.

This is the one place that sees every address that is finally connected to.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from aiohappyeyeballs import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Networks that Python 3.11 calls global: site-local, local NAT64, IPv4-compatible and IPv4-translated addresses,
# documentation, segment routing, IETF protocols and 6to4 relays, and Azure's metadata server.
NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "fec0::/10",
        "64:ff9b:1::/48",
        "::/96",
        "::ffff:0:0:0/96",
        "3fff::/20",
        "5f00::/16",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "168.63.129.16/32",
    )
)
REFUSED = "it leads to a private address"
NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
RESOLVE_TIMEOUT_S = 10.0
# A name that no server answers occupies a thread until the system's resolver gives up.
RESOLVE_AT_ONCE = 16
READ_BYTES = 32 * 1024


class AddressRefusedError(OSError):
    """The address is private, loopback or otherwise not public."""


@dataclass(frozen=True, slots=True)
class AllowedAddresses:
    """Private addresses that the operator allows: networks, or hosts and ports as in a feed's URL."""

    everything: bool = False
    networks: tuple[IPNetwork, ...] = ()
    hosts: tuple[tuple[str, int], ...] = ()

    def permits(self, address: IPAddress, port: int) -> bool:
        """Whether this address may be connected to."""
        address = _unwrapped(address)
        if self.everything or _is_public(address):
            return True
        if any(address in network for network in self.networks if network.version == address.version):
            return True
        return (str(address), port) in self.hosts


def _is_public(address: IPAddress) -> bool:
    if any(address in network for network in NOT_PUBLIC if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast


def _unwrapped(address: IPAddress) -> IPAddress:
    """The IPv4 address inside an IPv6 one (::ffff:a.b.c.d, 6to4, NAT64), else the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


class AddressGuard:
    """Allows connections to public addresses and to those that the operator allows."""

    def __init__(self, allowed: AllowedAddresses) -> None:
        self._allowed = allowed
        # A context variable, as aiohttp's connector gives its socket factory an address without the name.
        self._asked: ContextVar[tuple[str, int] | None] = ContextVar("asked", default=None)

    @contextmanager
    def asking(self, host: str, port: int) -> Iterator[None]:
        """Connections in this context are for this name; one that the operator allows may resolve to any address."""
        token = self._asked.set((host.lower().rstrip("."), port))
        try:
            yield
        finally:
            self._asked.reset(token)

    def make_socket(self, addr_info: AddrInfoType) -> socket.socket:
        """The connector's `socket_factory`: a socket for one connection. Raises AddressRefusedError.

        It is given the address to connect to, after redirects and name resolution, so neither a literal address nor
        a name that resolves differently the second time (DNS rebinding) gets around it.
        """
        family, kind, proto, _, (host, port, *_) = addr_info
        if self._asked.get() not in self._allowed.hosts and not self._permits(str(host), int(port)):
            raise AddressRefusedError(REFUSED)
        made = _SmallReads(family, kind, proto)
        made.setblocking(False)
        return made

    def _permits(self, host: str, port: int) -> bool:
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            # "2130706433" and "127.1" are addresses to the operating system alone.
            return False
        return self._allowed.permits(address, port)


class _SmallReads(socket.socket):
    """A socket that reads at most READ_BYTES at once.

    asyncio reads 256 KiB, and aiohttp parses them without a break: 10,000 interim responses or 40,000 chunks of one
    byte blocked the event loop for 45 ms.
    """

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        return super().recv(min(bufsize, READ_BYTES), flags)

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> int:
        return super().recv_into(buffer, min(nbytes or READ_BYTES, READ_BYTES), flags)


class BoundedResolver(AbstractResolver):
    """Resolves names in its own threads: a look-up that hangs must not block other work in asyncio's."""

    def __init__(self, timeout_s: float = RESOLVE_TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(RESOLVE_AT_ONCE, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises OSError."""
        look_up = partial(
            socket.getaddrinfo,
            host,
            port,
            type=socket.SOCK_STREAM,
            family=family,
            flags=socket.AI_ADDRCONFIG,
        )
        try:
            async with asyncio.timeout(self._timeout_s):
                found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        except TimeoutError as error:
            raise socket.gaierror(socket.EAI_AGAIN, "the look-up took too long") from error
        return [
            ResolveResult(
                hostname=host, host=str(address[0]), port=port, family=kind, proto=proto, flags=NUMERIC
            )
            for kind, _, proto, _, address in found
        ]

    async def close(self) -> None:
        """Stop the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)
