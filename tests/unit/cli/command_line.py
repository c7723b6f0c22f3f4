"""The command line, called in the test's own process."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from bot.cli.main import main
from bot.cli.sample import EPISODES, FEED_PATH, TRANSCRIPT_PATHS, sample_feed, sample_file
from tests.fakes.feed_host import FeedHost


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, which must be JSON alone."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The program, with a data folder of its own."""

    capture: pytest.CaptureFixture[str]
    host: FeedHost
    now: datetime

    async def __call__(self, *arguments: str, stdin: str = "") -> Ended:
        """Run one command in a thread: this one serves the feed."""

        def run() -> int:
            try:
                return main(arguments)
            except SystemExit as ended:
                return int(ended.code or 0)

        self.capture.readouterr()
        before, sys.stdin = sys.stdin, io.StringIO(stdin)
        try:
            code = await asyncio.to_thread(run)
        finally:
            sys.stdin = before
        return Ended(code, *self.capture.readouterr())

    def publish(self, episodes: int = EPISODES) -> str:
        """Serve the sample; the address of its feed."""
        for path, name in TRANSCRIPT_PATHS.items():
            body, content_type = sample_file(name)
            self.host.put(path, body, content_type=content_type)
        body = sample_feed(self.host.base_url, episodes, now=self.now)
        return self.host.put(FEED_PATH, body)
