"""Processes of the program that are forked instead of started anew, with what asyncio's own have."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from tests.e2e.fork_server import Start
from tests.paths import ROOT

# What an interpreter reads at its start, and a forked one has read already.
READ_AT_THE_START = ("LANG", "LC_", "PYTHON")


class ForkedProcess:
    """A forked process of the program, which has not been waited for."""

    def __init__(self, pid: int, answers: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pid = pid
        self._ended = asyncio.create_task(_last_answer(answers, writer))

    @property
    def returncode(self) -> int | None:
        """Its exit code, or its signal as a negative number; None while it runs."""
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        """Wait for its end."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self.returncode is not None:
            raise ProcessLookupError
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Send it SIGKILL."""
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """The server of `fork_server.py`, started for the first process that is asked for."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    async def fork(self, start: Start, streams: Sequence[int]) -> ForkedProcess:
        """A process with these three streams, which stay open here."""
        ours, theirs = socket.socketpair()
        with theirs:
            start.send(self._started(), streams, theirs)
        answers, writer = await asyncio.open_unix_connection(sock=ours)
        return ForkedProcess(int(await answers.readline()), answers, writer)

    def _started(self) -> socket.socket:
        if self._socket is None:
            self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                command = [sys.executable, "-m", "tests.e2e.fork_server", str(theirs.fileno())]
                self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()])
        return self._socket

    def close(self) -> None:
        """End the server; it has no more to do."""
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            self._process.wait()


_servers: list[ForkServer] = []


@contextmanager
def forking() -> Iterator[None]:
    """Inside, the end-to-end tests' processes are forked where the system can tell how they end."""
    server = ForkServer()
    if sys.platform == "linux":
        _servers.append(server)
    try:
        yield
    finally:
        _servers.clear()
        server.close()


def fork_server(environ: Mapping[str, str]) -> ForkServer | None:
    """Who forks a process in this environment; None where it must be started anew."""
    changed = {name for name, value in environ.items() if os.environ.get(name) != value} - {"PYTHONPATH"}
    at_the_start = any(name.startswith(READ_AT_THE_START) for name in changed)
    return None if at_the_start or not _servers else _servers[-1]


async def output_of(
    server: ForkServer, start: Start, stdin: bytes, within_s: float
) -> tuple[int, bytes, bytes]:
    """Run one command; returns exit code, stdout and stderr."""
    (in_end, in_ours), (out_ours, out_end), (err_ours, err_end) = os.pipe(), os.pipe(), os.pipe()
    streams = (in_end, out_end, err_end)
    try:
        process = await server.fork(start, streams)
    finally:
        for end in streams:
            os.close(end)
    try:
        async with asyncio.timeout(within_s):
            written = asyncio.to_thread(_write, in_ours, stdin)
            _, out, err = await asyncio.gather(written, _read(out_ours), _read(err_ours))
            return await process.wait(), out, err
    except TimeoutError:
        process.kill()
        raise


async def _read(descriptor: int) -> bytes:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", buffering=0)
    )
    try:
        return await reader.read()
    finally:
        transport.close()


def _write(descriptor: int, text: bytes) -> None:
    # A command need not read what it is given.
    with suppress(BrokenPipeError), os.fdopen(descriptor, "wb") as pipe:
        pipe.write(text)


async def _last_answer(answers: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
    try:
        return int(await answers.readline())
    finally:
        writer.close()
