"""Jobs that do to the reading process what documents might. It imports them from here."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from dataclasses import dataclass

from bot.feeds.errors import FeedError
from bot.reading.jobs import About, Body
from storage.models import StatusCode

NO_FEED = StatusCode("document.no_feed")
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class CountBytes:
    """Counts the document's bytes and says which process did it."""

    def read(self, body: Body, _about: About) -> tuple[int, int]:
        """The count, and the process's id."""
        return len(body), os.getpid()


@dataclass(frozen=True, slots=True)
class TakeMemory:
    """Takes so much memory while it reads an item, in steps or at once, and holds it for ever if it is to."""

    mib: int
    item: str = "first"
    at_once: bool = False
    then_wait: bool = True

    def read(self, _body: Body, about: About) -> int:
        """How much was taken."""
        about(self.item)
        taken = [b"x" * (self.mib * MIB)] if self.at_once else []
        while len(taken) < self.mib and not self.at_once:
            taken.append(b"x" * MIB)
        while self.then_wait:
            time.sleep(1)
        return len(taken)


@dataclass(frozen=True, slots=True)
class GrowSlowly:
    """Takes memory without end over many items, none of which takes much, and then goes on without any."""

    items: int

    def read(self, _body: Body, about: About) -> None:
        """Never returns."""
        taken: list[bytes] = []
        for number in range(1 << 30):
            if number <= self.items:
                about(f"item {number}" if number < self.items else "")
            taken.append(b"x" * (4 * MIB))
            time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class TalkAndTakeMemory:
    """Takes memory without end, and tells of an item at every step, so that the pipe is never silent."""

    def read(self, _body: Body, about: About) -> None:
        """Never returns."""
        taken: list[bytes] = []
        while True:
            about(f"item {len(taken)}")
            taken.append(b"x" * (MIB // 4))


@dataclass(frozen=True, slots=True)
class KeepMemory:
    """Keeps memory beyond its document, as a leak does."""

    mib: int

    def read(self, _body: Body, _about: About) -> int:
        """The process's id."""
        sys.modules[f"kept {self.mib}"] = b"x" * (self.mib * MIB)  # type: ignore[assignment]
        return os.getpid()


@dataclass(frozen=True, slots=True)
class Compute:
    """Computes for ever, without giving the interpreter a chance to do anything else; makes a file when it begins."""

    begun: str = ""

    def read(self, _body: Body, about: About) -> int:
        """Never returns."""
        about("endless")
        if self.begun:
            with open(self.begun, "w"):  # noqa: PTH123
                pass
        return sum(range(1 << 62))


@dataclass(frozen=True, slots=True)
class Die:
    """Kills its process, at the first try only if `once` names a file that is made then."""

    signal: signal.Signals
    once: str = ""

    def read(self, body: Body, about: About) -> int:
        """The document's length, at a second try."""
        about("deadly")
        if self.once and os.path.exists(self.once):  # noqa: PTH110
            return len(body)
        if self.once:
            with open(self.once, "w"):  # noqa: PTH123
                pass
        signal.signal(self.signal, signal.SIG_DFL) if self.signal is not signal.SIGKILL else None
        os.kill(os.getpid(), self.signal)
        time.sleep(60)
        return -1


@dataclass(frozen=True, slots=True)
class Refuse:
    """Finds that the document is no feed."""

    def read(self, _body: Body, _about: About) -> None:
        """Raises FeedError."""
        raise FeedError(NO_FEED())


@dataclass(frozen=True, slots=True)
class Break:
    """Has a bug."""

    def read(self, _body: Body, _about: About) -> None:
        """Raises ZeroDivisionError."""
        _ = 1 // 0


@dataclass(frozen=True, slots=True)
class Talk:
    """Logs and prints."""

    def read(self, _body: Body, _about: About) -> dict[str, str]:
        """The environment."""
        print("printed to stdout", flush=True)
        logging.getLogger("bot.feeds").warning("the notes of %r can't be read", "an item")
        logging.getLogger("bot.feeds").debug("not wanted")
        return dict(os.environ)
