"""`quote --batch`: questions answered line by line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli.sample import SAMPLE_QUESTIONS
from tests.unit.cli.command_line import CommandLine

NO_OBJECT = {"id": None, "error": 'expected a JSON object {"id", "query"}'}


async def test_a_batch_is_answered_line_by_line(cli: CommandLine, tmp_path: Path) -> None:
    await cli("add", cli.publish())
    asked = [
        json.dumps({"id": "b", "query": SAMPLE_QUESTIONS[1]}),
        "",
        json.dumps({"id": 1, "query": SAMPLE_QUESTIONS[0]}),
        json.dumps({"id": None, "query": ""}),
    ]
    good = await cli("quote", "--batch", "-", "--limit", "2", stdin="\n".join(asked))
    answers = [json.loads(line) for line in good.out.splitlines()]
    assert good.code == 0
    assert [one["id"] for one in answers] == ["b", 1, None]
    assert all(set(one) == {"id", "took_ms", "hits", "guess"} for one in answers)
    assert [len(one["hits"]) for one in answers[2:]] == [0]
    assert answers[0]["hits"][0]["guid"] == "screws-left-over-2"

    bad = ["{", "[]", "7", '{"id": 1}', '{"query": "x"}', '{"id": 1, "query": 5}', "[" * 5000, asked[0]]
    (tmp_path / "batch").write_text("\n".join(bad), encoding="utf-8")
    mixed = await cli("quote", "--batch", str(tmp_path / "batch"), "--json")
    lines = [json.loads(line) for line in mixed.out.splitlines()]
    assert (mixed.code, mixed.err) == (1, "")
    assert lines[:7] == [NO_OBJECT] * 7
    assert lines[7]["id"] == "b"
    missing = await cli("quote", "--batch", str(tmp_path / "nothing"))
    assert missing.code == 1
    assert len(missing.err.splitlines()) == 1


async def test_odd_ids_of_a_batch_come_back_as_they_came_or_are_refused(
    cli: CommandLine, tmp_path: Path
) -> None:
    await cli("add", cli.publish(3))
    good: list[Any] = ["\ud800", "ü\u2028", {"a": [1, None]}, 2**70, 1.5, False]
    asked = [json.dumps({"id": one, "query": "screw"}) for one in good]
    bad = [f'{{"id": {one}, "query": "x"}}' for one in ("NaN", "1e400", "-Infinity", "[NaN]", "9" * 5000)]
    batch = tmp_path / "batch"
    batch.write_text("\ufeff" + "\n".join(asked + bad), encoding="utf-8")
    for arguments, stdin in ((str(batch), ""), ("-", batch.read_text(encoding="utf-8"))):
        ended = await cli("quote", "--batch", arguments, stdin=stdin)
        ended.out.encode()
        lines = [json.loads(line) for line in ended.out.splitlines()]
        assert (ended.code, ended.err) == (1, "")
        assert [one["id"] for one in lines] == good + [None] * len(bad)
        assert lines[len(good) :] == [NO_OBJECT] * len(bad)
    surrogate = await cli("quote", "--batch", "-", stdin=json.dumps({"id": 1, "query": "\udfff screw"}))
    assert (surrogate.code, json.loads(surrogate.out)["id"]) == (0, 1)


async def test_a_line_that_is_too_long_is_answered_once(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.quote_batch.MAX_BATCH_LINE", 100)
    await cli("add", cli.publish(3))
    fitting, long = (json.dumps({"id": n, "query": "screw " * n}) for n in (1, 200))
    exactly = json.dumps({"id": 2, "query": "s"}).ljust(99)
    lines = f"{fitting}\n{long}\n{exactly}\n{long}\n{fitting}"
    for end in ("", "\n"):
        (tmp_path / "batch").write_text(f"{lines}{end}", encoding="utf-8")
        ended = await cli("quote", "--batch", str(tmp_path / "batch"))
        assert ended.code == 1
        assert [json.loads(line)["id"] for line in ended.out.splitlines()] == [1, None, 2, None, 1]
    ended = await cli("quote", "--batch", "-", stdin=long)
    assert [json.loads(line) for line in ended.out.splitlines()] == [NO_OBJECT]
