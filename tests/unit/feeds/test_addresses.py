"""Which addresses may be fetched from, and how they may be shown."""

from __future__ import annotations

import socket
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from bot.feeds.addresses import (
    AddressGuard,
    AddressRefusedError,
    AllowedAddresses,
    is_web_address,
    without_secrets,
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
def test_what_an_operator_lists_is_permitted(address: str, port: int, permitted: bool) -> None:
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


async def test_a_name_that_an_operator_listed_leads_where_it_resolves_to() -> None:
    guard = AddressGuard(AllowedAddresses(hosts=(("localhost", 8000),)))
    resolver = guard.resolver()
    with pytest.raises(AddressRefusedError):
        guard.make_socket(_info("127.0.0.1", 8000))
    found = await resolver.resolve("LocalHost", 8000, socket.AF_INET)
    guard.make_socket(_info(found[0]["host"], 8000)).close()
    await resolver.resolve("localhost", 8001, socket.AF_INET)
    with pytest.raises(AddressRefusedError):
        guard.make_socket(_info("127.0.0.1", 8001))
    await resolver.close()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://show.example/feed", True),
        ("HTTP://show.example:8080", True),
        ("http://[::1]/x", True),
        ("http://show.example:99999/", False),
        ("http://show.example:port/", False),
        ("http://[::1/", False),
        ("http:///feed", False),
        ("http://", False),
        ("//show.example/feed", False),
        ("file:///etc/passwd", False),
        ("ftp://show.example/a.mp3", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("", False),
    ],
)
def test_is_web_address(url: str, expected: bool) -> None:
    assert is_web_address(url) == expected


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://show.example/feed.xml", "https://show.example/feed.xml"),
        ("https://ada:sesame@show.example:8000/a?key=sesame#sesame", "https://show.example:8000/a?…"),
        ("https://sesame@[::1]:80/", "https://[::1]:80/"),
        ("https:/ada:sesame@show.example/a", "an address that can't be read"),
        ("ada:sesame@show.example/a", "an address that can't be read"),
        ("http://sesame@[::1", "an address that can't be read"),
        ("http://show.example:sesame/", "an address that can't be read"),
        ("nonsense?key=sesame", "nonsense?…"),
        ("file:///srv/feed.xml", "/srv/feed.xml"),
    ],
)
def test_without_secrets(url: str, shown: str) -> None:
    assert without_secrets(url) == shown
