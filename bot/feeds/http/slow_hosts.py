"""Which hosts answer too slowly, and for how long they are put off. In memory, bounded; no I/O."""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

# The first time that a host is put off, and by how much it grows each time, until it answers.
FIRST_S = 60.0
GROWS = 4
LONGEST_S = 6 * 3600.0
# A host that answered within this time is put off only after so many slow answers in a row: one file that is slow to
# make says nothing about a host of thousands of podcasts.
TRUSTED_FOR_S = 3600.0
STRIKES = 3
# A site is put off with all its hosts after so many of them were, without an answer from any.
HOSTS_OF_A_SITE = 3
# Whether a host is well again is tried with one request, and the others wait for its end: longer than it may take.
PROBE_S = 120.0
KEPT = 2_000
SHORT_LABEL = 3

Host = tuple[str, int]


def site_of(name: str) -> str | None:
    """The domain that somebody registered, as a guess: `a.b.show.co.uk` is of `show.co.uk`. None for addresses."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        labels = name.lower().rstrip(".").split(".")
        # Under most countries' domains there are short ones under which names are registered: co.uk, com.au.
        short = len(labels[-1]) == 2 and len(labels) > 2 and len(labels[-2]) <= SHORT_LABEL
        return ".".join(labels[-3:] if short else labels[-2:]) if len(labels) > 1 else None
    return None


def house_of(host: str) -> str:
    """Whose a host is, given with or without its port: its site, else the host itself."""
    name, _, port = host.rpartition(":")
    return site_of(name if port.isdecimal() else host) or host


@dataclass(slots=True)
class _Record:
    """Times are by the monotonic clock. `slow`: what was slow since the last answer; `times`: put off in a row."""

    slow: set[object] = field(default_factory=set)
    times: int = 0
    put_off_at: float = -math.inf
    until: float = -math.inf
    answered_at: float = -math.inf
    probed_until: float = -math.inf

    def put_off(self, now: float) -> None:
        self.put_off_at = now
        self.until = now + min(LONGEST_S, FIRST_S * float(GROWS) ** min(self.times, 10))
        self.times += 1
        self.probed_until = -math.inf
        self.slow.clear()

    def answered(self, now: float) -> None:
        self.slow.clear()
        self.times = 0
        self.until = self.probed_until = -math.inf
        self.answered_at = now


class SlowHosts:
    """What is known of hosts and of sites, those of which something was heard last."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._records: OrderedDict[Host | str, _Record] = OrderedDict()

    def put_off_for(self, host: Host) -> float:
        """For how many seconds from now it is put off yet; 0 where it may be asked."""
        now = self._clock()
        ends = (max(record.until, record.probed_until) for record in self._known(host) if record.times)
        return max(0.0, max(ends, default=now) - now)

    def ask(self, host: Host) -> float:
        """As `put_off_for`, for who asks it then: of a host that was put off this lets one through, as the probe."""
        if (wait := self.put_off_for(host)) > 0:
            return wait
        for record in self._known(host):
            if record.times:
                record.probed_until = self._clock() + PROBE_S
        return 0.0

    def answered(self, host: Host) -> None:
        """It answered in time, whatever it said."""
        now = self._clock()
        self._record(host).answered(now)
        if (site := site_of(host[0])) is not None:
            self._record(site).answered(now)

    def was_slow(self, host: Host, began: float, what: object) -> None:
        """A request for `what` that began at that time took too long."""
        now = self._clock()
        record = self._record(host)
        if began < record.put_off_at:
            # It was under way when the host was put off: this is the same trouble once more.
            return
        record.slow.add(what)
        trusted = now - record.answered_at < TRUSTED_FOR_S
        if len(record.slow) < (STRIKES if trusted else 1):
            return
        record.put_off(now)
        if (site := site_of(host[0])) is not None:
            of_site = self._record(site)
            if began >= of_site.put_off_at:
                of_site.slow.add(host)
            # Once put off as a whole, a site is so again as soon as its probe is slow.
            if len(of_site.slow) >= (1 if of_site.times else HOSTS_OF_A_SITE):
                of_site.put_off(now)

    def _known(self, host: Host) -> list[_Record]:
        site = site_of(host[0])
        found = (self._records.get(host), None if site is None else self._records.get(site))
        return [record for record in found if record is not None]

    def _record(self, key: Host | str) -> _Record:
        record = self._records.setdefault(key, _Record())
        self._records.move_to_end(key)
        if len(self._records) > KEPT:
            self._records.popitem(last=False)
        return record
