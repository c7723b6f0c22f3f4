"""Which hosts are put off, for how long, and who is spared."""

from __future__ import annotations

import pytest

from bot.feeds.http import slow_hosts
from bot.feeds.http.slow_hosts import (
    FIRST_S,
    HOSTS_OF_A_SITE,
    KEPT,
    LONGEST_S,
    PROBE_S,
    STRIKES,
    TRUSTED_FOR_S,
    SlowHosts,
    house_of,
    site_of,
)

A = ("transcripts.example.com", 443)


class Hosts(SlowHosts):
    """With a clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0
        super().__init__(lambda: self.now)

    def fails(self, host: tuple[str, int], what: object = "/a") -> None:
        """One request that takes too long, if it may be sent."""
        if self.ask(host) == 0:
            self.was_slow(host, self.now, what)


@pytest.mark.parametrize(
    ("name", "site"),
    [
        ("transcripts.example.com", "example.com"),
        ("a.b.Example.com.", "example.com"),
        ("example.com", "example.com"),
        ("show.host.co.uk", "host.co.uk"),
        ("show.host.com.au", "host.com.au"),
        # A guess: `abc` is as short as `co`, so the name stands for itself.
        ("feeds.abc.de", "feeds.abc.de"),
        ("localhost", None),
        ("127.0.0.1", None),
        ("::1", None),
        ("[2001:db8::1]", None),
    ],
)
def test_the_site_of_a_name_is_what_somebody_registered(name: str, site: str | None) -> None:
    assert site_of(name) == site


@pytest.mark.parametrize(
    ("host", "house"),
    [
        ("a.example.com", "example.com"),
        ("a.example.com:8080", "example.com"),
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        ("[::1]:8080", "[::1]:8080"),
        ("[::1]", "[::1]"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_a_house_is_a_site_or_a_host_without_one(host: str, house: str) -> None:
    assert house_of(host) == house


def test_a_host_is_put_off_for_longer_each_time_until_it_answers() -> None:
    hosts = Hosts()
    waits = []
    for _ in range(7):
        hosts.fails(A)
        waits.append(hosts.put_off_for(A))
        hosts.now += waits[-1]
    assert waits == [FIRST_S, 4 * FIRST_S, 16 * FIRST_S, 64 * FIRST_S, 256 * FIRST_S, LONGEST_S, LONGEST_S]
    assert hosts.ask(A) == 0
    hosts.answered(A)
    assert hosts.put_off_for(A) == 0
    assert hosts.ask(A) == 0


def test_requests_that_were_under_way_when_it_was_put_off_are_the_same_trouble() -> None:
    hosts = Hosts()
    began, hosts.now = hosts.now, hosts.now + 20
    for number in range(4):
        hosts.was_slow(A, began, number)
    assert hosts.put_off_for(A) == FIRST_S


def test_one_request_tries_whether_it_is_well_again() -> None:
    hosts = Hosts()
    hosts.fails(A)
    hosts.now += FIRST_S
    assert hosts.ask(A) == 0
    assert hosts.ask(A) == PROBE_S
    # Looking alone is no probe, and one that came to nothing is followed by another.
    assert hosts.put_off_for(A) == PROBE_S
    hosts.now += PROBE_S
    assert hosts.put_off_for(A) == 0
    assert hosts.ask(A) == 0


def test_a_host_that_answers_others_is_not_put_off_for_one_file() -> None:
    hosts = Hosts()
    hosts.answered(A)
    for _ in range(3 * STRIKES):
        hosts.fails(A, "always the same")
        assert hosts.put_off_for(A) == 0
    hosts.fails(A, "another")
    hosts.answered(A)
    for number in range(STRIKES):
        assert hosts.put_off_for(A) == 0
        hosts.fails(A, number)
    assert hosts.put_off_for(A) == FIRST_S


def test_that_it_answered_is_forgotten_after_a_while() -> None:
    hosts = Hosts()
    hosts.answered(A)
    hosts.now += TRUSTED_FOR_S
    hosts.fails(A)
    assert hosts.put_off_for(A) == FIRST_S


def test_a_site_is_put_off_with_names_that_were_never_asked() -> None:
    hosts = Hosts()
    new = ("new.example.com", 443)
    for number in range(HOSTS_OF_A_SITE):
        assert hosts.put_off_for(new) == 0
        hosts.fails((f"{number}.example.com", 443))
    assert hosts.put_off_for(new) == FIRST_S
    assert hosts.put_off_for(("example.org", 443)) == 0
    hosts.now += FIRST_S
    # Its next slow host puts it off at once, for longer.
    hosts.fails(new)
    assert hosts.put_off_for(("newer.example.com", 443)) == 4 * FIRST_S


def test_a_site_of_thousands_of_shows_is_spared_while_any_of_its_hosts_answers() -> None:
    hosts = Hosts()
    for number in range(20):
        hosts.fails((f"{number}.example.com", 443))
        hosts.answered(("well.example.com", 443))
    assert hosts.put_off_for(("other.example.com", 443)) == 0
    assert hosts.put_off_for(("7.example.com", 443)) == FIRST_S


def test_ports_and_addresses_are_hosts_of_their_own() -> None:
    hosts = Hosts()
    for port in range(HOSTS_OF_A_SITE + 1):
        hosts.fails(("127.0.0.1", port))
    assert hosts.put_off_for(("127.0.0.1", 0)) == FIRST_S
    assert hosts.put_off_for(("127.0.0.1", 99)) == 0
    assert hosts.put_off_for(("127.0.0.2", 0)) == 0


def test_what_is_known_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_hosts, "KEPT", 10)
    hosts = Hosts()
    for number in range(50):
        hosts.fails((f"10.0.0.{number}", 80))
    assert len(hosts._records) == 10
    assert hosts.put_off_for(("10.0.0.49", 80)) == FIRST_S
    assert hosts.put_off_for(("10.0.0.1", 80)) == 0
    assert KEPT > 1_000
