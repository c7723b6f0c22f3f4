"""A person on a terminal is asked; nobody else is, and then nothing is done."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading

import pytest

from bot.cli.confirmation import confirmed


class Terminal(io.StringIO):
    """A stdin that is a terminal on which this is typed."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("y\n", True),
        ("  Yes \n", True),
        ("YES", True),
        ("n\n", False),
        ("\n", False),
        ("yess\n", False),
        ("", False),
    ],
)
def test_only_a_yes_is_one(
    typed: str, expected: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    before = signal.getsignal(signal.SIGINT)
    assert confirmed("Remove it?", done="removed", yes=False) is expected
    out, err = capsys.readouterr()
    assert (out, err.startswith("Remove it? [y/N]")) == ("", True)
    assert ("Nothing was removed." in err) is not expected
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("stdin", [io.StringIO("y\n"), None])
def test_without_a_terminal_only_the_option_is_a_yes(
    stdin: io.StringIO | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    assert not confirmed("Remove it?", done="removed", yes=False)
    told = "Nothing was removed: there is no terminal to ask on, so --yes has to say so.\n"
    assert capsys.readouterr() == ("", told)
    assert confirmed("Remove it?", done="removed", yes=True)
    assert capsys.readouterr() == ("", "")


def test_ctrl_c_ends_the_wait_for_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()

    class Silent:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
            # Nobody types: without the signal this waits for ever.
            return os.read(read, 1).decode()

    monkeypatch.setattr(sys, "stdin", Silent())
    # As asyncio does it: the first Ctrl-C only asks the running task to stop.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        with pytest.raises(KeyboardInterrupt):
            confirmed("Remove it?", done="removed", yes=False)
    finally:
        signal.signal(signal.SIGINT, before)
        os.close(read)
        os.close(write)
