"""The bot's end of the reading process: starts it, sends it a document, watches it meanwhile, and ends it."""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from io import RawIOBase
from typing import Any

from bot.reading.frames import AnswerKind, ItemBegun, Request, receive_answer, send_request
from bot.reading.jobs import Body, Job
from bot.reading.limits import MIB, mapped_and_resident
from bot.status_messages.sentences import StatusError
from storage.models import Status, StatusCode

# While a document is read, its process's memory is looked at this often.
WATCHED_EVERY_S = 0.02
# A feed's parser gives up by itself after 30 s.
MAX_CPU_S = 60
# Of the clock: a process that is frozen uses no CPU, and no other document would be read any more.
MAX_WAIT_S = 600.0
# An item is too much by itself if it took this share of a bound; otherwise the whole document is.
ITEM_SHARE = 0.25
# What the process needs of the environment; it gets neither the token nor the database's password.
KEPT_VARIABLES = ("PATH", "LANG", "LC_", "LD_", "DYLD_", "TZ", "MALLOC_", "PYTHON", "COVERAGE", "VIRTUAL_ENV")

TAKES_TOO_MUCH_MEMORY = StatusCode("reading.takes_too_much_memory", "mib")
TAKES_TOO_MUCH_TIME = StatusCode("reading.takes_too_much_time", "seconds")
ENDS_THE_READER = StatusCode("reading.ends_the_reader")

log = logging.getLogger(__name__)


class DocumentTooHeavyError(StatusError):
    """A document passed a bound, or ended the process that read it twice.

    `item`: the content hash of the feed's item whose notes were being read, if that alone took much of the bound.
    """

    def __init__(self, status: Status, item: str | None = None) -> None:
        super().__init__(status)
        self.item = item


class JobBrokenError(Exception):
    """A job raised what it should not have; the message is its traceback."""


class ReaderUnavailableError(Exception):
    """The reading process can't be started; no document is to blame."""


class ReaderStoppedError(ReaderUnavailableError):
    """The reading process was ended for good."""

    def __init__(self) -> None:
        super().__init__("the process that reads documents was stopped")


class ReaderDiedError(Exception):
    """The reading process ended by itself. `item`: the content hash of the one whose notes were being read."""

    def __init__(self, code: int, item: str | None) -> None:
        super().__init__(f"the process that reads documents ended {_how(code)}")
        self.item = item


class ChildProcess:
    """One reading process, started when it is needed. `close` may be called from any thread, all else from one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._at_rest = 0
        # Whether this side ended the process for the memory that it took.
        self._too_large = False

    @property
    def pid(self) -> int | None:
        """The process's id, while there is one."""
        process = self._process
        return None if process is None else process.pid

    def start(self) -> None:
        """Start the process unless it runs; it needs 0.3 s until it is ready, which nobody waits for here.

        Raises ReaderUnavailableError.
        """
        with self._lock:
            if self._closed:
                raise ReaderStoppedError
            if self._process is not None:
                return
            self._too_large = False
            self._at_rest = 0
            try:
                self._process = subprocess.Popen(  # noqa: S603 - this program
                    [sys.executable, "-P", "-m", "bot.reading.child", str(os.getpid()), str(_level())],
                    bufsize=0,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=_environment(),
                    # Ctrl-C in a terminal goes to the bot's group.
                    process_group=0,
                )
            except OSError as error:
                raise ReaderUnavailableError(
                    f"the process that reads documents can't be started: {error.strerror}"
                ) from error

    def read(self, job: Job[Any], body: Body, memory_bytes: int, cpu_s: int = MAX_CPU_S) -> Any:
        """Have a document read; returns the job's result.

        Raises the StatusError of the job, DocumentTooHeavyError, ReaderDiedError, JobBrokenError or
        ReaderUnavailableError.
        """
        self.start()
        process = self._process
        if process is None:
            raise ReaderStoppedError
        begun: ItemBegun | None = None
        watchdog = threading.Timer(MAX_WAIT_S, process.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            self._wait_until_ready(process)
            send_request(_pipe(process.stdin), Request(job, memory_bytes, cpu_s), body)
            while (answer := receive_answer(self._watching(process, memory_bytes))) is not None:
                kind, value = answer
                if kind is AnswerKind.ABOUT:
                    begun = value if value.item else None
                elif kind is AnswerKind.LOG:
                    _relay(*value)
                else:
                    return self._settled(kind, value, memory_bytes, begun)
        except BrokenPipeError:
            # It ended while the document was sent.
            log.debug("the process that reads documents took no more of one")
        finally:
            watchdog.cancel()
        raise self._death(memory_bytes, cpu_s, begun)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        if self._at_rest:
            return
        answer = receive_answer(_pipe(process.stdout).readinto)
        if answer is None:
            code = self.end()
            with self._lock:
                stopped = self._closed
            if stopped:
                raise ReaderStoppedError
            raise ReaderUnavailableError(f"the process that reads documents ended {_how(code)} at its start")
        found = mapped_and_resident(process.pid)
        self._at_rest = 1 if found is None else found[1]

    def _settled(self, kind: AnswerKind, value: Any, memory_bytes: int, begun: ItemBegun | None) -> Any:
        """The result, or what was raised instead of it."""
        if kind is AnswerKind.TOO_LARGE:
            self.end()
            raise _too_large(memory_bytes, begun)
        if self._too_large:
            # It was done at the moment when it was killed.
            self.end()
        else:
            self._renew(memory_bytes)
        if kind is AnswerKind.REFUSED:
            raise value
        if kind is AnswerKind.BROKEN:
            raise JobBrokenError(value)
        return value

    def _renew(self, memory_bytes: int) -> None:
        """End a process that kept much of a document's memory: the next one must not be charged for it."""
        found = mapped_and_resident(self.pid or 0)
        if found is not None and found[1] - self._at_rest > (memory_bytes - self._at_rest) // 2:
            self.end()
            # The result is there; the next document says so again.
            with suppress(ReaderUnavailableError):
                self.start()

    def _watching(
        self, process: subprocess.Popen[bytes], memory_bytes: int
    ) -> Callable[[memoryview], int | None]:
        """Reads from the process, and ends it once it takes too much memory."""
        source = _pipe(process.stdout)
        # select() refuses file numbers from 1,024 up, which a bot with as many search files and connections reaches.
        arriving = select.poll()
        arriving.register(source, select.POLLIN)
        looked_at = time.monotonic()

        def read_into(view: memoryview) -> int | None:
            nonlocal looked_at
            told = False
            while not told:
                told = bool(arriving.poll(WATCHED_EVERY_S * 1000))
                if not told or time.monotonic() - looked_at > WATCHED_EVERY_S:
                    looked_at = time.monotonic()
                    self._check_memory(process, memory_bytes)
            return source.readinto(view)

        return read_into

    def _check_memory(self, process: subprocess.Popen[bytes], memory_bytes: int) -> None:
        found = mapped_and_resident(process.pid)
        if found is not None and found[1] > memory_bytes and not self._too_large:
            self._too_large = True
            process.kill()

    def _death(self, memory_bytes: int, cpu_s: int, begun: ItemBegun | None) -> Exception:
        """Why the process ended while it read a document."""
        code = self.end()
        if self._closed:
            return ReaderStoppedError()
        if self._too_large:
            return _too_large(memory_bytes, begun)
        if code == -signal.SIGXCPU:
            long = begun is not None and cpu_s - begun.cpu_s > cpu_s * ITEM_SHARE
            item = begun.item if begun is not None and long else None
            return DocumentTooHeavyError(TAKES_TOO_MUCH_TIME(seconds=cpu_s), item)
        return ReaderDiedError(code, None if begun is None else begun.item)

    def end(self) -> int:
        """Kill the process, and return its exit code; 0 where there is none."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return 0
        process.kill()
        code = process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        return code

    def close(self) -> None:
        """Kill the process for good, also in the middle of a document; `end` then takes its leave of it."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.kill()


def _too_large(memory_bytes: int, begun: ItemBegun | None) -> DocumentTooHeavyError:
    large = begun is not None and memory_bytes - begun.resident_bytes > memory_bytes * ITEM_SHARE
    item = begun.item if begun is not None and large else None
    return DocumentTooHeavyError(TAKES_TOO_MUCH_MEMORY(mib=memory_bytes // MIB), item)


def _pipe(pipe: Any) -> RawIOBase:
    """A pipe without a buffer, as Popen makes them for `bufsize=0`."""
    if not isinstance(pipe, RawIOBase):
        raise TypeError("the pipes of the reading process have no buffers")
    return pipe


def _level() -> int:
    return logging.getLogger().getEffectiveLevel()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.startswith(KEPT_VARIABLES)}
    # Where this process found its modules.
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _relay(name: str, level: int, text: str) -> None:
    logger = logging.getLogger(name)
    if logger.isEnabledFor(level):
        logger.handle(logger.makeRecord(name, level, "", 0, text, (), None))


def _how(code: int) -> str:
    if code >= 0:
        return f"with exit code {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"
