"""The standard streams: one that the caller closed, one whose disk is full, one whose reader has gone."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from typing import TextIO

STDIN = "-"
# What takes the place of a closed stream fails as the stream would: stdin can't be read, stdout can't be written to.
# Nobody can be told that stderr is closed, so what goes there is lost.
_CLOSED = (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_RDWR))


def open_closed_streams() -> None:
    """Occupy the numbers of closed streams: the database's file would get them, and be written to as a stream."""
    for name, mode, flags in _CLOSED:
        if getattr(sys, name) is None:
            # The lowest free number is taken, which is the stream's own unless a library was faster.
            number = os.open(os.devnull, flags)
            os.set_inheritable(number, number <= 2)
            setattr(sys, name, os.fdopen(number, mode))


def use_utf8() -> None:
    """Scripts read and write UTF-8 whatever the locale says, and one bad byte must not end a batch."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def drop(stream: TextIO) -> None:
    """Forget what is still buffered: writing it would fail once more at the exit, and change the exit code."""
    with contextlib.suppress(io.UnsupportedOperation):
        number = stream.fileno()
        null = os.open(os.devnull, os.O_WRONLY)
        if null != number:  # which it is where the stream was closed
            os.dup2(null, number)
            os.close(null)


def end_line() -> None:
    """Let what follows begin on a line of its own: Ctrl-C leaves the terminal's cursor behind a prompt."""
    if sys.stderr.isatty():
        sys.stderr.write("\n")
        sys.stderr.flush()


def unreadable(name: str, error: OSError | ValueError) -> str:
    """One sentence: why the file, or stdin for `-`, can't be read."""
    reason = error.strerror if isinstance(error, OSError) else "that is no name of a file"
    if name == STDIN:
        return (
            f"stdin can't be read: {'it is closed' if getattr(error, 'errno', 0) == errno.EBADF else reason}."
        )
    return f"{name[:200]} can't be read: {reason}."
