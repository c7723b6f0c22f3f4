"""Earmark as its user runs it: a process of its own, told where to find a Discord and a feed host."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.fakes.watch import TIMEOUT_S
from tests.paths import ROOT


class BotProcess:
    """`python -m bot run` until the context ends; what it logged is in `log` afterwards, and while it runs."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.log_file = data_dir.parent / f"{data_dir.name}.log"
        self._environ = environment(data_dir, **settings)
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        with self.log_file.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                cwd=ROOT,
                env=self._environ,
                stdout=log,
                stderr=log,
            )
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
    def process(self) -> asyncio.subprocess.Process:
        """The running process."""
        assert self._process is not None
        return self._process

    @property
    def pid(self) -> int:
        """Its id."""
        return self.process.pid

    @property
    def log(self) -> str:
        """All that it has printed so far, on either stream."""
        return self.log_file.read_text(errors="replace")

    async def logged(self, words: str, times: int = 1) -> None:
        """Wait until it has logged this so often."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                while self.log.count(words) < times:  # noqa: ASYNC110 - a file tells nobody that it grew
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise TimeoutError(f"waited {TIMEOUT_S} s for {times} × {words!r} in the log") from None

    async def exit_code(self) -> int:
        """Wait for its end."""
        try:
            return await asyncio.wait_for(self.process.wait(), TIMEOUT_S)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
            raise

    async def kill(self) -> None:
        """`kill -9`: no chance to tidy up."""
        self.process.kill()
        await self.process.wait()


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """The environment of a process: this one's, without its settings, with those that are given."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("EARMARK_") and name != "DISCORD_TOKEN"
    }
    return {**kept, "EARMARK_DATA_DIR": str(data_dir), **settings}


async def run(
    data_dir: Path, *arguments: str, stdin: bytes | None = None, cwd: Path = ROOT, **settings: str
) -> tuple[int, str, str]:
    """Run one command to its end: exit code, stdout, stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=cwd,
        env={**environment(data_dir, **settings), "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(stdin or b""), TIMEOUT_S)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def run_json(data_dir: Path, *arguments: str, **settings: Any) -> Any:
    """Run one command with --json that must succeed: what it printed."""
    code, out, err = await run(data_dir, *arguments, "--json", **settings)
    assert code == 0, err
    return json.loads(out)
