"""The command line as processes of their own: streams, exit codes, the demo."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from bot.cli.sample import SAMPLE_QUESTIONS
from tests.e2e.bot_process import environment, run, run_json
from tests.e2e.stage import NEWEST, Stage
from tests.paths import ROOT

ALLOWED: dict[str, Any] = {"EARMARK_ALLOW_PRIVATE_FEEDS": "127.0.0.1/32"}


async def test_the_demo_does_the_main_job_without_token_or_network(tmp_path: Path) -> None:
    code, out, _ = await run(tmp_path / "data", "demo", stdin=b"")
    assert code == 0
    assert "│ Screws Left Over" in out
    assert f"│ {NEWEST}  → http://127.0.0.1:" in out
    assert "8:10 Counting the screws  → http://127.0.0.1:" in out
    answers = out.split("/quote ")[1:]
    assert [answer.splitlines()[0] for answer in answers] == list(SAMPLE_QUESTIONS)
    for answer, speaker in zip(answers, ("Ingrith Sallow", "Odo Brambley", "Lucasta Fenn"), strict=True):
        _, words, place, link = answer.strip().splitlines()[:4]
        assert words.startswith("“")
        assert "[" in words
        assert place.startswith(f"  — {speaker}, about ")
        assert "#t=" in link
    # It leaves nothing behind.
    assert not (tmp_path / "data" / "earmark.db").exists()


async def test_the_streams_are_apart_and_the_log_goes_to_stderr(stage: Stage) -> None:
    feed = stage.publish(3)
    data = stage.data_dir
    added = await run_json(data, "add", feed, **ALLOWED)
    assert (added["episodes"], added["transcripts"], added["warnings"]) == (3, 2, [])
    stage.publish(4)
    code, out, err = await run(data, "poll", "--json", **ALLOWED)
    assert code == 0
    assert json.loads(out)[0]["outcome"] == "1 new episode"
    assert "announced: it is new in the feed" in err

    asked = "".join(json.dumps({"id": n, "query": words}) + "\n" for n, words in enumerate(SAMPLE_QUESTIONS))
    code, out, err = await run(data, "quote", "--batch", "-", stdin=f"{asked}nonsense\n".encode())
    answers = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (1, "")
    assert [one["id"] for one in answers] == [0, 1, 2, None]
    assert [one["hits"][0]["guid"][-1] for one in answers[:3]] == ["1", "2", "4"]

    code, out, err = await run(data, "add", stage.host.url("/nothing"), "--json", **ALLOWED)
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        f"{stage.host.url('/nothing')} can't be read: the host answered 404 Not Found."
    ]
    assert (await run(data, "fly"))[0] == 2


async def test_bytes_that_are_no_text_do_not_end_a_batch(stage: Stage) -> None:
    await run_json(stage.data_dir, "add", stage.publish(3), **ALLOWED)
    asked = (
        b'\xef\xbb\xbf{"id": 1, "query": "screw"}\n\xff\xfe\n{"id": "\xe9", "query": "\xc3\xa9 \xff screw"}\n'
        b'{"id": "\\ud800", "query": "screw"}\n'
    )
    # Whatever the locale of the machine says.
    code, out, err = await run(
        stage.data_dir, "quote", "--batch", "-", stdin=asked, LC_ALL="C", PYTHONUTF8="0"
    )
    assert (code, err) == (1, "")
    assert [json.loads(line)["id"] for line in out.splitlines()] == [1, None, "\ufffd", "\ud800"]


async def test_a_bot_announces_what_the_command_line_polled(stage: Stage) -> None:
    feed = stage.publish(3)
    async with stage.bot(EARMARK_POLL_INTERVAL="3600") as bot:
        await stage.bot_ready()
        await stage.follow(feed)
        stage.publish(4)
        code, _, err = await run(stage.data_dir, "poll", **ALLOWED)
        assert code == 0, err
        await stage.announced(stage.channel, NEWEST)
    assert "Traceback" not in bot.log


async def test_a_reader_that_goes_early_is_no_failure_worth_a_traceback(stage: Stage) -> None:
    await run_json(stage.data_dir, "add", stage.publish(4), **ALLOWED)
    process = await asyncio.create_subprocess_shell(
        f'"{sys.executable}" -m bot transcript show thirteen | true',
        cwd=ROOT,
        env=environment(stage.data_dir),
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await process.communicate()
    assert err == b""
