"""How the process begins and ends: Ctrl-C at any moment, what is still buffered, the parser's exit."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.paths import ROOT

BEGIN = """
import os, signal, sys, types
import bot.__main__ as program
from bot.cli.streams import drop
"""


def ended(script: str) -> subprocess.CompletedProcess[str]:
    # Unbuffered, nothing would be left to write at the end.
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        [sys.executable, "-c", BEGIN + script],
        cwd=ROOT,
        env=buffered,
        capture_output=True,
        text=True,
        check=False,
    )


def fake_main(body: str) -> str:
    """A command of the test's own in place of the command line's."""
    return f"""
class Main(types.ModuleType):
    def __getattr__(self, name):
        if name == "main":
            {body}
        if name == "output_failed":
            return lambda error: print(error, file=sys.stderr) or drop(sys.stdout) or 1
        raise AttributeError(name)
sys.modules["bot.cli.main"] = Main("bot.cli.main")
program.program()
"""


@pytest.mark.parametrize(
    ("body", "code", "err"),
    [
        ("return lambda: 0", 0, ""),
        ("return lambda: 78", 78, ""),
        ("return lambda: sys.exit(2)", 2, ""),
        ("return lambda: sys.exit('no number')", 1, ""),
        ("return lambda: 130", 130, ""),
        # While the command's modules are imported.
        ("signal.raise_signal(signal.SIGINT)", 130, ""),
        ("return lambda: sys.stdout.write('x') and os.close(1) or 0", 1, "stdout is closed"),
        ("return lambda: sys.stderr.write('x') and os.close(2) or 0", 0, ""),
    ],
)
def test_the_process_ends_with_the_commands_code(body: str, code: int, err: str) -> None:
    done = ended(fake_main(body))
    assert done.returncode == code, done.stderr
    assert err in done.stderr
    assert len(done.stderr.splitlines()) == bool(err)


def test_ctrl_c_stays_switched_off_where_it_was() -> None:
    script = "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    assert ended(script + fake_main("signal.raise_signal(signal.SIGINT); return lambda: 7")).returncode == 7


def test_an_interrupted_command_does_not_wait_for_its_threads() -> None:
    thread = "import threading; threading.Thread(target=threading.Event().wait).start()"
    assert ended(fake_main(f"{thread}; return lambda: 130")).returncode == 130
