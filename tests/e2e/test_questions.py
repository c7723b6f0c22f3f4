"""Commands that ask first, on a terminal: what is answered is done, and Ctrl-C ends the wait."""

from __future__ import annotations

import asyncio
import os
import pty
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.e2e.bot_process import environment, run_json
from tests.e2e.stage import Stage
from tests.fakes.watch import TIMEOUT_S
from tests.paths import ROOT

ALLOWED: dict[str, Any] = {"EARMARK_ALLOW_PRIVATE_FEEDS": "127.0.0.1/32"}


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal of a person's: what is typed into `typed` is read from `name`."""

    typed: int
    name: str


@contextmanager
def _terminal() -> Iterator[Terminal]:
    typed, shown = pty.openpty()
    try:
        yield Terminal(typed, os.ttyname(shown))
    finally:
        os.close(typed)
        os.close(shown)


# Each answer with the exit code, what is said and how many podcasts are left: the end of the input is no yes, and
# Ctrl-C is an end of its own.
ANSWERS = [
    (b"n\n", 1, "Nothing was removed.", 1),
    (b"\x04", 1, "Nothing was removed.", 1),
    (b"\x03", 130, "", 1),
    (b"y\n", 0, "", 0),
]


async def test_a_podcast_is_removed_when_a_person_says_so(stage: Stage) -> None:
    await run_json(stage.data_dir, "add", stage.publish(3), **ALLOWED)
    for answer, code, told, left in ANSWERS:
        with _terminal() as terminal:
            process = await asyncio.create_subprocess_exec(
                # In a session of its own the first terminal that is opened is the one that signals come from.
                *("sh", "-c", f'exec "$0" -m bot remove screws < {terminal.name}', sys.executable),
                cwd=ROOT,
                env=environment(stage.data_dir),
                start_new_session=True,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            assert process.stderr is not None
            async with asyncio.timeout(TIMEOUT_S):
                question = await process.stderr.readline()
                os.write(terminal.typed, answer)
                out, err = await process.communicate()
        assert question.decode().startswith(
            "Screws Left Over (1), with 3 episodes, is followed by the command line"
        )
        assert question.decode().endswith("Remove it? [y/N]\n")
        assert (process.returncode, err.decode().strip()) == (code, told)
        assert ("It is removed." in out.decode()) == (code == 0)
        assert len(await run_json(stage.data_dir, "podcasts")) == left
