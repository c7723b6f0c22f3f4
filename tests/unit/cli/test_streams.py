"""Streams that the caller closed, and what is said of those that can't be read."""

from __future__ import annotations

import errno
import subprocess
import sys

import pytest

from bot.cli.streams import end_line, unreadable, use_utf8
from tests.paths import ROOT


@pytest.mark.parametrize(
    ("name", "error", "sentence"),
    [
        ("-", OSError(errno.EBADF, "Bad file descriptor"), "stdin can't be read: it is closed."),
        ("-", OSError(errno.EIO, "Input/output error"), "stdin can't be read: Input/output error."),
        (
            "a",
            OSError(errno.ENOENT, "No such file or directory"),
            "a can't be read: No such file or directory.",
        ),
        ("a\0", ValueError("embedded null byte"), "a\0 can't be read: that is no name of a file."),
    ],
)
def test_why_a_file_cannot_be_read_is_one_sentence(
    name: str, error: OSError | ValueError, sentence: str
) -> None:
    assert unreadable(name, error) == sentence


def test_a_long_name_is_shortened() -> None:
    assert len(unreadable("n" * 5000, OSError(errno.ENAMETOOLONG, "File name too long"))) < 300


@pytest.mark.parametrize(
    ("closed", "script", "out"),
    [
        ("<&-", "print(sys.stdin.fileno(), sys.stdin.isatty())", "0 False\n"),
        ("<&-", "print(type(tried(sys.stdin.readline)).__name__)", "OSError\n"),
        (
            ">&-",
            "print(sys.stdout.fileno(), tried(lambda: print('x', flush=True)).errno, file=sys.stderr)",
            "1 9\n",
        ),
        ("2>&-", "print('x', file=sys.stderr, flush=True); print(sys.stderr.fileno())", "2\n"),
        ("<&- >&- 2>&-", "print(open('/dev/null').fileno(), file=open('/dev/fd/3', 'w'))", "4\n"),
    ],
)
def test_a_closed_stream_fails_as_one_and_its_number_goes_to_no_file(
    closed: str, script: str, out: str
) -> None:
    tried = (
        "def tried(call):\n    try:\n        call()\n    except Exception as error:\n        return error\n"
    )
    code = (
        f"import sys\nfrom bot.cli.streams import *\n{tried}open_closed_streams()\n{script}\ndrop(sys.stdout)"
    )
    # The numbers 3 and up are the shell's to give: 3 is where the last case prints.
    shell = f'exec 3>&1; "$0" -c "$1" {closed}' if "/dev/fd/3" in script else f'"$0" -c "$1" {closed}'
    done = subprocess.run(
        ["sh", "-c", shell, sys.executable, code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout + done.stderr == out


def test_without_a_terminal_no_line_is_ended(capsys: pytest.CaptureFixture[str]) -> None:
    end_line()
    use_utf8()  # what stands in for a stream in a test is left as it is
    assert capsys.readouterr() == ("", "")
