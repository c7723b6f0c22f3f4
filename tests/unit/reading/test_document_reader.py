"""Documents are read beside the event loop, one at a time, and what is too heavy is told with its name."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.feeds.errors import FeedError
from bot.reading.child_process import (
    ENDS_THE_READER,
    TAKES_TOO_MUCH_MEMORY,
    DocumentTooHeavyError,
    JobBrokenError,
    ReaderUnavailableError,
)
from bot.reading.document_reader import ReadingProcess
from bot.reading.limits import MIB
from tests.unit.reading.heavy_jobs import Break, Compute, CountBytes, Die, Refuse, TakeMemory

NAME = "the feed of podcast 7"


@pytest.fixture
async def reader() -> AsyncIterator[ReadingProcess]:
    made = ReadingProcess(100)
    yield made
    await made.close()


async def test_documents_are_read_one_after_the_other(reader: ReadingProcess) -> None:
    reader.start()
    found = await asyncio.gather(*(reader.read(CountBytes(), bytes(n), NAME) for n in range(10)))
    assert [length for length, _ in found] == list(range(10))
    assert {pid for _, pid in found} == {reader.pid}
    with pytest.raises(FeedError):
        await reader.read(Refuse(), b"", NAME)
    with pytest.raises(JobBrokenError):
        await reader.read(Break(), b"", NAME)


@pytest.mark.skipif(sys.platform != "linux", reason="only there can another process's memory be seen")
async def test_a_heavy_document_is_told_and_the_next_one_read(
    reader: ReadingProcess, caplog: pytest.LogCaptureFixture
) -> None:
    heavy = asyncio.create_task(reader.read(TakeMemory(500, item="abc"), b"", NAME))
    light = asyncio.create_task(reader.read(CountBytes(), b"123", NAME))
    with pytest.raises(DocumentTooHeavyError) as raised:
        await heavy
    assert (raised.value.status, raised.value.item) == (TAKES_TOO_MUCH_MEMORY(mib=100), "abc")
    assert (await light)[0] == 3
    assert caplog.messages == [
        "the feed of podcast 7: Reading it takes more than 100 MiB of memory. (in the notes of item abc)"
    ]


async def test_a_process_that_somebody_killed_gets_a_second_try(
    reader: ReadingProcess, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert await reader.read(Die(signal.SIGKILL, str(tmp_path / "once")), b"1234", NAME) == 4
    assert caplog.messages == [
        "the feed of podcast 7: the process that reads documents ended by SIGKILL (in the notes of item deadly)"
    ]
    assert reader.pid is not None
    os.kill(reader.pid, signal.SIGKILL)
    assert (await reader.read(CountBytes(), b"12", NAME))[0] == 2


async def test_a_document_that_ends_the_process_twice_is_to_blame(
    reader: ReadingProcess, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DocumentTooHeavyError) as raised:
        await reader.read(Die(signal.SIGSEGV), b"", NAME)
    assert (raised.value.status, raised.value.item) == (ENDS_THE_READER(), "deadly")
    assert [one.count("SIGSEGV") for one in caplog.messages] == [1, 1]
    assert (await reader.read(CountBytes(), b"12", NAME))[0] == 2


async def test_closing_drops_what_is_under_way_and_what_waits(tmp_path: Path) -> None:
    reader = ReadingProcess()
    begun = tmp_path / "begun"
    first = asyncio.create_task(reader.read(Compute(str(begun)), b"", NAME))
    second = asyncio.create_task(reader.read(CountBytes(), b"", NAME))
    while not begun.exists():  # noqa: ASYNC110 - a file tells nobody that it was made
        await asyncio.sleep(0.01)
    await reader.close()
    for task in (first, second):
        with pytest.raises(ReaderUnavailableError, match="was stopped"):
            await task
    assert reader.pid is None


async def test_a_bound_that_the_container_lowers_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for available, told in (
        (None, []),
        (90 * MIB, ["reading a document may take 64 MiB of memory instead of 100"]),
    ):
        caplog.clear()
        monkeypatch.setattr("bot.reading.document_reader.available_memory", lambda found=available: found)
        reader = ReadingProcess(100)
        reader.start()
        await reader.close()
        assert [one.partition(":")[0] for one in caplog.messages] == told


async def test_a_process_that_cannot_be_started_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr("bot.reading.child_process.sys.executable", str(tmp_path / "missing"))
    reader = ReadingProcess()
    reader.start()
    with pytest.raises(ReaderUnavailableError):
        await reader.read(CountBytes(), b"", NAME)
    await reader.close()
    assert [one.partition(": ")[0] for one in caplog.messages] == [
        "the process that reads documents can't be started"
    ]
