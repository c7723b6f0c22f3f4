"""What reaches a terminal, and what reaches a script."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli.output import print_error, print_json, print_text
from tests.unit.cli.command_line import CommandLine


async def test_titles_steer_no_terminal(cli: CommandLine, tmp_path: Path) -> None:
    # XML has no way to say ESC; C1 controls steer terminals, too.
    steering = "\x9b31m\x7f\x85"
    titles = (f"Red {steering} tea", f"Blue {steering} tea")
    items = "".join(
        f"<item><title>{one}</title><guid>{one}</guid>"
        f"<enclosure url='https://a.example/{place}.mp3' type='audio/mp4' length='1'/></item>"
        for place, one in enumerate(titles)
    )
    (tmp_path / "a.xml").write_text(
        f"<rss version='2.0'><channel><title>Show {steering}</title>{items}</channel></rss>",
        encoding="utf-8",
    )
    for arguments in (
        ("add", "a.xml"),
        ("podcasts",),
        ("episodes",),
        ("poll",),
        ("chapters", "tea"),
        ("episodes", "--json"),
    ):
        ended = await cli(*arguments)
        assert "tea" in ended.out + ended.err or "Show" in ended.out
        for one in ended.out + ended.err:
            assert one == "\n" or not (ord(one) < 32 or 127 <= ord(one) < 160), arguments


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"id": 1, "title": "Öl"}, '{"id": 1, "title": "Öl"}'),
        ([{"a": None}], '[{"a": null}]'),
        ({"a": "x\x85y\u2028z\x1b"}, '{"a": "x\\u0085y\\u2028z\\u001b"}'),
        ({"a": "\ud800ü"}, '{"a": "\\ud800\\u00fc"}'),
    ],
)
def test_json_is_one_line_that_reads_back(
    record: dict[str, Any] | list[dict[str, Any]], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_json(record)
    out = capsys.readouterr().out
    assert out == expected + "\n"
    assert json.loads(out) == record


def test_text_goes_to_its_stream_without_what_steers(capsys: pytest.CaptureFixture[str]) -> None:
    print_text("a\x1b[31m\tb\nc")
    print_error("d\x9be")
    assert capsys.readouterr() == ("a\ufffd[31m\tb\nc\n", "d\ufffde\n")
