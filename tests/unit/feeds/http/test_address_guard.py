"""Which addresses may be fetched from."""

from __future__ import annotations

import socket
import threading
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from bot.feeds.http.address_guard import (
    AddressGuard,
    AddressRefusedError,
    AllowedAddresses,
    BoundedResolver,
)

PUBLIC = [
    "93.184.216.34",
    "8.8.8.8",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]
PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "ff0e::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:5ef5:79fd:380c:1d57:f5ff:fffe",
    "::ffff:168.63.129.16",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "192.88.99.1",
    "3fff::1",
    "5f00::1",
    "100::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_permitted(address: str) -> None:
    assert AllowedAddresses().permits(ip_address(address), 443)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused_unless_everything_is_allowed(address: str) -> None:
    assert not AllowedAddresses().permits(ip_address(address), 443)
    assert AllowedAddresses(everything=True).permits(ip_address(address), 443)


@pytest.mark.parametrize(
    ("address", "port", "permitted"),
    [
        ("10.1.2.3", 80, True),
        ("10.1.2.3", 22, True),
        ("::ffff:10.1.2.3", 80, True),
        ("64:ff9b::a01:203", 80, True),
        ("11.1.2.3", 80, True),
        ("fd00::7", 80, True),
        ("fd01::7", 80, False),
        ("127.0.0.1", 8000, True),
        ("::ffff:127.0.0.1", 8000, True),
        ("127.0.0.1", 8001, False),
        ("127.0.0.2", 8000, False),
        ("::1", 9000, True),
        ("::1", 9001, False),
        ("192.168.0.1", 80, False),
    ],
)
def test_addresses_that_the_operator_allows_are_permitted(address: str, port: int, permitted: bool) -> None:
    allowed = AllowedAddresses(
        networks=(ip_network("10.0.0.0/8"), ip_network("fd00::/16")),
        hosts=(("127.0.0.1", 8000), ("::1", 9000), ("nas.local", 80)),
    )
    assert allowed.permits(ip_address(address), port) == permitted


def _info(host: str, port: int = 443) -> Any:
    if ":" in host:
        return (socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port, 0, 0))
    return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "fe80::1%eth0", "169.254.169.254"])
def test_no_socket_is_made_for_a_private_address(host: str) -> None:
    with pytest.raises(AddressRefusedError):
        AddressGuard(AllowedAddresses()).make_socket(_info(host))


def test_a_socket_is_made_for_a_public_address() -> None:
    made = AddressGuard(AllowedAddresses()).make_socket(_info("93.184.216.34"))
    assert (made.family, made.type, made.getblocking()) == (socket.AF_INET, socket.SOCK_STREAM, False)
    made.close()


def test_only_the_name_that_the_operator_allows_may_resolve_to_a_private_address() -> None:
    guard = AddressGuard(AllowedAddresses(hosts=(("nas.local", 8000),)))
    with guard.asking("NAS.local.", 8000):
        guard.make_socket(_info("10.1.2.3", 8000)).close()
    for name, port in (("nas.local", 8001), ("evil.example", 8000), ("10.1.2.3", 8000)):
        with guard.asking(name, port), pytest.raises(AddressRefusedError):
            guard.make_socket(_info("10.1.2.3", port))
    with pytest.raises(AddressRefusedError):
        guard.make_socket(_info("10.1.2.3", 8000))


def test_an_address_that_only_the_operating_system_understands_is_refused() -> None:
    for host in ("2130706433", "127.1", "0x7f.1", "017700000001", ""):
        with pytest.raises(AddressRefusedError):
            AddressGuard(AllowedAddresses()).make_socket(_info(host))


async def test_a_name_is_resolved() -> None:
    resolver = BoundedResolver()
    found = await resolver.resolve("LocalHost", 8000, socket.AF_INET)
    assert (found[0]["host"], found[0]["port"]) == ("127.0.0.1", 8000)
    await resolver.close()


async def test_resolving_a_name_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def look_up(*_: object, **__: object) -> list[object]:
        answered.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    resolver = BoundedResolver(timeout_s=0.01)
    with pytest.raises(socket.gaierror) as caught:
        await resolver.resolve("show.example", 80)
    assert caught.value.errno == socket.EAI_AGAIN
    answered.set()
    await resolver.close()
