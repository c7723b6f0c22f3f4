"""The reading process: `python -m bot.reading.child PID LEVEL`, started by the bot with that process id.

It imports what reading needs and nothing more, and waits for requests on stdin. It ends with its parent: by the
kernel's signal where there is one, otherwise when stdin is closed.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import math
import os
import resource
import signal
import sys
import time
import traceback
from io import RawIOBase
from pathlib import Path
from typing import Any

from bot.feeds.parsing.feedparser_patches import patched_feedparser
from bot.reading.frames import AnswerKind, ItemBegun, receive_request, send_answer
from bot.reading.jobs import Body, Job
from bot.reading.limits import mapped_and_resident
from bot.status_messages.sentences import StatusError

PR_SET_PDEATHSIG = 1
# What may be mapped beyond the bound on resident memory; where the kernel doesn't tell what is mapped, libraries too.
SPARE_BYTES = 96 * 1024 * 1024
UNTOLD_BYTES = 512 * 1024 * 1024
MAX_LOGGED = 10_000

log = logging.getLogger("bot.reading.child")


def main(arguments: list[str]) -> int:
    """Serve the process `arguments[0]` until it closes the pipe. Returns the exit code."""
    parent, level = int(arguments[0]), int(arguments[1])
    # Ctrl-C, and what ends a whole group, is for the bot: it ends this process when it has no more use for it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    libc = ctypes.CDLL(None)
    _end_with(parent, libc)
    _be_the_first_to_go()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    # What a library prints must not get between the answers.
    os.dup2(2, 1)
    logging.basicConfig(level=level, handlers=[AnswerHandler(answers)], force=True)
    patched_feedparser()
    gc.collect()
    gc.freeze()
    with os.fdopen(os.dup(0), "rb", buffering=0) as requests, answers:
        serve(requests, answers, libc)
    return 0


def serve(requests: RawIOBase, answers: RawIOBase, libc: Any = None) -> None:
    """Answer requests until there are no more, or memory has run out."""
    at_rest = mapped_and_resident()
    spare = UNTOLD_BYTES if at_rest is None else at_rest[0] - at_rest[1] + SPARE_BYTES
    send_answer(answers, AnswerKind.READY)
    while (received := receive_request(requests)) is not None:
        request, body = received
        _bound(resource.RLIMIT_AS, request.memory_bytes + spare)
        _bound(resource.RLIMIT_CPU, math.ceil(time.process_time()) + request.cpu_s)
        del received
        try:
            kind, value = _read(request.job, body, answers)
            del body
            send_answer(answers, kind, value)
        except MemoryError:
            send_answer(answers, AnswerKind.TOO_LARGE)
            return
        del request, value
        gc.collect()
        if hasattr(libc, "malloc_trim"):
            # What the document took is given back, so that the next one is not charged for it.
            libc.malloc_trim(0)


def _read(job: Job[Any], body: Body, answers: RawIOBase) -> tuple[AnswerKind, object]:
    begun = time.process_time()

    def about(item: str) -> None:
        found = mapped_and_resident()
        taken = ItemBegun(item, 0 if found is None else found[1], time.process_time() - begun)
        send_answer(answers, AnswerKind.ABOUT, taken)

    try:
        return AnswerKind.DONE, job.read(body, about)
    except StatusError as error:
        return AnswerKind.REFUSED, error
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - the parent logs it, and the next document may be read
        return AnswerKind.BROKEN, traceback.format_exc()


def _bound(kind: int, value: int) -> None:
    """Set a soft limit, within the hard one."""
    _, hard = resource.getrlimit(kind)
    try:
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
    except (OSError, ValueError) as error:
        # macOS takes no limit on what is mapped.
        log.debug("the system sets no limit %d of %d: %s", kind, value, error)


def _end_with(parent: int, libc: Any) -> None:
    """Have the kernel kill this process when its parent dies, even in the middle of a document."""
    if sys.platform == "linux":
        libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        # It died before that.
        sys.exit(0)


def _be_the_first_to_go(proc: Path = Path("/proc")) -> None:
    """Where memory runs out, the kernel kills this process rather than the bot."""
    try:
        (proc / "self/oom_score_adj").write_text("1000")
    except OSError as error:
        log.debug("the kernel takes no score for this process: %s", error)


class AnswerHandler(logging.Handler):
    """Sends what is logged to the bot, which masks and prints it."""

    def __init__(self, answers: RawIOBase) -> None:
        super().__init__()
        self._answers = answers
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record as logger, level and text."""
        text = self.format(record)[:MAX_LOGGED]
        send_answer(self._answers, AnswerKind.LOG, (record.name, record.levelno, text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
