"""A process that has imported the program, and forks one that runs a command of it for each request.

Importing takes a second of CPU, and the end-to-end tests run hundreds of commands. What comes out is a process as of
`python -m`, with an id, environment, folder and streams of its own, killed and waited for alone. Only what an
interpreter does at its very start can't be seen in it.

`python -m tests.e2e.fork_server FD` serves the socket with that number until its other end is closed.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bot.discord_client.client import COGS
from bot.transcripts.formats.registry import all_formats

MAX_BYTES = 256 * 1024
# What the commands import only when they are called.
IMPORTED_LATER = (
    "aiosqlite",
    "alembic.command",
    "alembic.config",
    "bot.cli.demo",
    "bot.cli.main",
    "bot.cli.preview",
    "bot.discord_client.supervisor",
    "bot.reading.jobs",
)


@dataclass(frozen=True, slots=True)
class Start:
    """What to run, and in which surroundings. Its three streams and a socket for answers come with it."""

    module: str
    arguments: list[str]
    cwd: str
    environ: dict[str, str]

    def send(self, server: socket.socket, streams: Sequence[int], answers: socket.socket) -> None:
        """Ask the server for the process. It answers with its id, and with how it ended, as JSON numbers."""
        message = json.dumps(asdict(self)).encode()
        socket.send_fds(server, [message], [*streams, answers.fileno()])


@dataclass(slots=True)
class _Child:
    pid: int
    answers: socket.socket


def serve(server: socket.socket) -> tuple[Start, list[int]] | None:
    """Fork for each request. Returns in each new process with what it is to run; in the server None, at the end."""
    children: dict[int, _Child] = {}
    events = select.poll()
    events.register(server, select.POLLIN)
    while True:
        for ready, _ in events.poll():
            if ready in children:
                events.unregister(ready)
                _tell_end(children.pop(ready))
                os.close(ready)
                continue
            message, descriptors, _, _ = socket.recv_fds(server, MAX_BYTES, 4, socket.MSG_CMSG_CLOEXEC)
            if not message:
                return None
            *streams, answers = descriptors
            if not (pid := os.fork()):
                for process, child in children.items():
                    os.close(process)
                    child.answers.close()
                os.close(answers)
                server.close()
                return Start(**json.loads(message)), streams
            for stream in streams:
                os.close(stream)
            child = _Child(pid, socket.socket(fileno=answers))
            _answer(child.answers, pid)
            process = os.pidfd_open(pid)
            children[process] = child
            events.register(process, select.POLLIN)


def _tell_end(child: _Child) -> None:
    _, status = os.waitpid(child.pid, 0)
    _answer(child.answers, os.waitstatus_to_exitcode(status))
    child.answers.close()


def _answer(answers: socket.socket, number: int) -> None:
    try:
        answers.sendall(b"%d\n" % number)
    except OSError:
        # The test that asked has failed meanwhile, and nobody waits.
        answers.close()


def become(start: Start, streams: Sequence[int]) -> None:
    """Be the process that was asked for."""
    for stream, descriptor in enumerate(streams):
        os.dup2(descriptor, stream)
        os.close(descriptor)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    os.chdir(start.cwd)
    os.environ.clear()
    os.environ.update(start.environ)
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = [start.module, *start.arguments]
    runpy.run_module(start.module, run_name="__main__", alter_sys=True)


def main(arguments: Sequence[str]) -> None:
    """Import everything, then serve."""
    # Ctrl-C on a terminal reaches the whole group, and is for the tests.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for module in (*IMPORTED_LATER, *COGS):
        importlib.import_module(module)
    for module in COGS:
        # The client runs these itself; here it is what they import that counts.
        del sys.modules[module]
    all_formats()
    gc.collect()
    # So that the children need not copy what their collectors would touch.
    gc.freeze()
    received = serve(socket.socket(fileno=int(arguments[0])))
    if received is not None:
        become(*received)


if __name__ == "__main__":
    main(sys.argv[1:])
