"""The command line on a terminal that is interrupted, and on streams that are closed, full or left."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from bot.cli.sample import SAMPLE_QUESTIONS
from tests.e2e.bot_process import environment, run_json, run_module, start_module
from tests.e2e.forked import ForkedProcess
from tests.e2e.own_streams import TERMINAL
from tests.e2e.stage import Stage
from tests.fakes.watch import TIMEOUT_S
from tests.paths import ROOT

ALLOWED: dict[str, Any] = {"EARMARK_ALLOW_PRIVATE_FEEDS": "127.0.0.1/32"}
CTRL_C = b"\x03"
CTRL_D = b"\x04"
INTERRUPTED = 130
QUESTION = json.dumps({"id": 1, "query": SAMPLE_QUESTIONS[0]}).encode() + b"\n"


class Terminal:
    """A process whose streams are a terminal of its own; `shown` is what has appeared there."""

    def __init__(self, process: asyncio.subprocess.Process | ForkedProcess, screen: int) -> None:
        self.process = process
        self.shown = ""
        self._left = False
        self._screen = screen
        self._news = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        with suppress(OSError):  # the terminal of a process that has ended
            while data := await asyncio.to_thread(os.read, self._screen, 65_536):
                async with self._news:
                    self.shown += data.decode(errors="replace")
                    self._news.notify_all()
        async with self._news:
            self._left = True
            self._news.notify_all()

    async def shows(self, words: str, times: int = 1) -> None:
        """Wait until these words have appeared so many times."""
        async with asyncio.timeout(TIMEOUT_S), self._news:
            await self._news.wait_for(lambda: self._left or self.shown.count(words) >= times)
        assert self.shown.count(words) >= times, f"the process ended without {words!r}"

    def type(self, keys: bytes) -> None:
        """Type on its keyboard."""
        os.write(self._screen, keys)

    async def ended(self) -> int:
        """Wait for the end of the process; its exit code. All that it printed is in `shown` then."""
        code = await asyncio.wait_for(self.process.wait(), TIMEOUT_S)
        await asyncio.wait_for(self._reading, TIMEOUT_S)
        return code


@asynccontextmanager
async def terminal(data_dir: Path, *arguments: str, **settings: str) -> AsyncIterator[Terminal]:
    """Run one command on a terminal, where Ctrl-C reaches it as a signal."""
    screen, inside = pty.openpty()
    process = await start_module(
        "tests.e2e.own_streams",
        *(TERMINAL, *arguments),
        environ={**environment(data_dir, **settings), "PYTHONPATH": str(ROOT)},
        streams=(inside, inside, inside),
    )
    os.close(inside)
    shown = Terminal(process, screen)
    try:
        yield shown
    except BaseException as error:
        error.add_note(f"the terminal showed:\n{shown.shown[-3000:]}")
        raise
    finally:
        if process.returncode is None:
            process.kill()
        await shown.ended()
        os.close(screen)


async def test_ctrl_c_ends_the_demo_at_its_prompt(tmp_path: Path) -> None:
    async with terminal(tmp_path / "data", "demo", TMPDIR=str(tmp_path)) as shown:
        await shown.shows("\n/quote ")
        shown.type(SAMPLE_QUESTIONS[0].encode() + b"\n")
        await shown.shows("\n/quote ", times=2)
        shown.type(CTRL_C)
        assert await shown.ended() == INTERRUPTED
    assert "Traceback" not in shown.shown
    # What the shell prints next begins on a line of its own.
    assert shown.shown.endswith("/quote ^C\r\n")
    assert list(tmp_path.glob("earmark-demo-*")) == []


@pytest.mark.parametrize("keys", [CTRL_D, b"\n"])
async def test_an_empty_line_and_ctrl_d_end_the_demo_well(tmp_path: Path, keys: bytes) -> None:
    async with terminal(tmp_path / "data", "demo") as shown:
        await shown.shows("\n/quote ")
        shown.type(keys)
        assert await shown.ended() == 0
    assert shown.shown.endswith("/quote \r\n")


async def test_ctrl_c_ends_a_batch_that_waits_for_somebody_to_type(stage: Stage) -> None:
    await run_json(stage.data_dir, "add", stage.publish(3), **ALLOWED)
    async with terminal(stage.data_dir, "quote", "--batch", "-") as shown:
        shown.type(QUESTION)
        # The end of the line, too: else the terminal may echo ^C in the middle of it.
        await shown.shows("\n", times=2)
        shown.type(CTRL_C)
        assert await shown.ended() == INTERRUPTED
    assert "Traceback" not in shown.shown
    assert shown.shown.endswith("^C\r\n")


@pytest.mark.parametrize("source", ["stdin", "fifo"])
async def test_an_interrupt_ends_a_batch_that_waits_for_another_program(stage: Stage, source: str) -> None:
    await run_json(stage.data_dir, "add", stage.publish(3), **ALLOWED)
    fifo = stage.data_dir / "questions"
    os.mkfifo(fifo)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "quote", "--batch", "-" if source == "stdin" else str(fifo)),
        cwd=ROOT,
        env=environment(stage.data_dir),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    if source == "stdin":
        process.stdin.write(QUESTION)
    else:
        # Opened for both, so that neither side waits for the other.
        writer = os.open(fifo, os.O_RDWR)
        os.write(writer, QUESTION)
    answer = await asyncio.wait_for(process.stdout.readline(), TIMEOUT_S)
    assert json.loads(answer)["id"] == 1
    process.send_signal(signal.SIGINT)
    out, err = await asyncio.wait_for(process.communicate(), TIMEOUT_S)
    if source == "fifo":
        os.close(writer)
    assert (process.returncode, out, err) == (INTERRUPTED, b"", b"")


async def test_an_interrupt_ends_a_batch_in_the_middle_of_its_work(stage: Stage) -> None:
    await run_json(stage.data_dir, "add", stage.publish(4), **ALLOWED)
    batch = stage.data_dir / "batch"
    batch.write_bytes(QUESTION * 200_000)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "quote", "--batch", str(batch)),
        cwd=ROOT,
        env=environment(stage.data_dir),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**20,
    )
    assert process.stdout is not None
    await asyncio.wait_for(process.stdout.readline(), TIMEOUT_S)
    process.send_signal(signal.SIGINT)
    out, err = await asyncio.wait_for(process.communicate(), TIMEOUT_S)
    assert (process.returncode, err) == (INTERRUPTED, b"")
    assert out.count(b"\n") < 199_000


@pytest.mark.parametrize(
    ("command", "streams", "code", "says"),
    [
        ("podcasts --json", "<&-", 0, ""),
        ("podcasts --json", "2>&-", 0, ""),
        ("podcasts --json", "2>/dev/full", 0, ""),
        ("podcasts --json", ">/dev/full", 1, "The output can't be written: No space left on device."),
        ("podcasts", ">&-", 1, "The output can't be written: stdout is closed."),
        ("--version", ">/dev/full", 1, "The output can't be written: No space left on device."),
        ("notes --help", ">&-", 1, "The output can't be written: stdout is closed."),
        ("demo", ">/dev/full", 1, "The output can't be written: No space left on device."),
        ("demo", "<&-", 0, ""),
        ("quote --batch -", "<&-", 1, "stdin can't be read: it is closed."),
        ("notes - --json", "<&-", 1, "stdin can't be read: it is closed."),
        ("transcript read -", "<&-", 1, "stdin can't be read: it is closed."),
        ("chapters nothing", "2>/dev/full", 1, ""),
        ("quote", "2>&- >&-", 2, ""),
        ("run", ">&- <&-", 78, "DISCORD_TOKEN is not set: put the bot's token into the environment or .env."),
    ],
)
async def test_a_stream_that_is_closed_or_full_is_one_sentence_at_most(
    tmp_path: Path, command: str, streams: str, code: int, says: str
) -> None:
    environ = environment(tmp_path / "data")
    ended = await run_module("tests.e2e.own_streams", streams, *command.split(), environ=environ)
    assert (ended[0], ended[2]) == (code, f"{says}\n" if says else "")


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        ("podcasts >&-", 1, "The output can't be written: stdout is closed."),
        ("quote --batch - <&-", 1, "stdin can't be read: it is closed."),
        # The database's file once got the number of a closed stream, and what was logged would have gone into it.
        ("podcasts <&- >&- 2>&-", 1, ""),
    ],
)
async def test_an_interpreter_that_starts_without_a_stream_runs_it_alike(
    tmp_path: Path, command: str, code: int, says: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", f'exec "$0" -m bot {command}', sys.executable),
        cwd=ROOT,
        env=environment(tmp_path / "data", EARMARK_LOG_LEVEL="DEBUG"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await asyncio.wait_for(process.communicate(), TIMEOUT_S)
    assert (process.returncode, err.decode().splitlines()[-1:]) == (code, [says] if says else [])
    assert await run_json(tmp_path / "data", "podcasts") == []
