"""Earmark as its users run it: as a separate process, configured to use the fakes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.e2e.fork_server import Start
from tests.e2e.forked import ForkedProcess, fork_server, output_of
from tests.fakes.watch import TIMEOUT_S
from tests.paths import ROOT


class BotProcess:
    """`python -m bot run` until the context ends; `log` has what it logged, also while it runs.

    `inside` is a command that runs the command given to it, in surroundings of its own, started anew.
    """

    def __init__(self, data_dir: Path, *, inside: Sequence[str] = (), **settings: str) -> None:
        self.data_dir = data_dir
        self._inside = inside
        self.log_file = data_dir.parent / f"{data_dir.name}.log"
        self._environ = environment(data_dir, **settings)
        self._process: asyncio.subprocess.Process | ForkedProcess | None = None

    async def __aenter__(self) -> Self:
        nothing = os.open(os.devnull, os.O_RDONLY)
        try:
            with self.log_file.open("ab") as log:
                self._process = await start_module(
                    *("bot", "run"),
                    environ=self._environ,
                    streams=(nothing, log.fileno(), log.fileno()),
                    inside=self._inside,
                )
        finally:
            os.close(nothing)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        await self.exit_code()
        if error is not None:
            error.add_note(f"the bot's log:\n{self.log[-6000:]}")

    @property
    def process(self) -> asyncio.subprocess.Process | ForkedProcess:
        """The process, which has been started."""
        assert self._process is not None
        return self._process

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    @property
    def log(self) -> str:
        """Everything it has printed so far, to stdout and stderr."""
        return self.log_file.read_text(errors="replace")

    async def logged(self, words: str, times: int = 1) -> None:
        """Wait until these words have been logged so many times."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                while self.log.count(words) < times:  # noqa: ASYNC110 - a file tells nobody that it grew
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise TimeoutError(f"waited {TIMEOUT_S} s for {times} × {words!r} in the log") from None

    async def exit_code(self) -> int:
        """Wait for the process to end; kill it at the timeout."""
        try:
            return await asyncio.wait_for(self.process.wait(), TIMEOUT_S)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
            raise

    async def kill(self) -> None:
        """Kill it (SIGKILL), so that it can't clean up."""
        self.process.kill()
        await self.process.wait()


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """This process's environment, with the given settings instead of its own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("EARMARK_") and name != "DISCORD_TOKEN"
    }
    return {**kept, "EARMARK_DATA_DIR": str(data_dir), **settings}


async def start_module(
    module: str,
    *arguments: str,
    environ: dict[str, str],
    streams: tuple[int, int, int],
    inside: Sequence[str] = (),
) -> asyncio.subprocess.Process | ForkedProcess:
    """Start a module as `python -m` does, with these streams, which stay open here."""
    if not inside and (server := fork_server(environ)) is not None:
        return await server.fork(Start(module, [*arguments], str(ROOT), environ), streams)
    stdin, stdout, stderr = streams
    return await asyncio.create_subprocess_exec(
        *(*inside, sys.executable, "-m", module, *arguments),
        cwd=ROOT,
        env=environ,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
    )


async def run_module(
    module: str, *arguments: str, environ: dict[str, str], stdin: bytes = b"", cwd: Path = ROOT
) -> tuple[int, str, str]:
    """Run a module as `python -m` does; returns exit code, stdout and stderr."""
    if (server := fork_server(environ)) is not None:
        code, out, err = await output_of(
            server, Start(module, [*arguments], str(cwd), environ), stdin, TIMEOUT_S
        )
        return code, out.decode(), err.decode()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        cwd=cwd,
        env=environ,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(stdin), TIMEOUT_S)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def run(
    data_dir: Path, *arguments: str, stdin: bytes = b"", cwd: Path = ROOT, **settings: str
) -> tuple[int, str, str]:
    """Run one command; returns exit code, stdout and stderr."""
    environ = {**environment(data_dir, **settings), "PYTHONPATH": str(ROOT)}
    return await run_module("bot", *arguments, environ=environ, stdin=stdin, cwd=cwd)


async def run_json(data_dir: Path, *arguments: str, **settings: Any) -> Any:
    """Run one command with --json, which must succeed; returns the parsed output."""
    code, out, err = await run(data_dir, *arguments, "--json", **settings)
    assert code == 0, err
    return json.loads(out)
