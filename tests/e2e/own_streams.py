"""The program on a terminal of its own, or with streams redirected as a shell does it, for a process that is forked.

`python -m tests.e2e.own_streams terminal COMMAND ...` makes the terminal that is its stdin the one that controls it.
`python -m tests.e2e.own_streams "2>/dev/full <&-" COMMAND ...` opens and closes streams first.
"""

from __future__ import annotations

import fcntl
import os
import re
import runpy
import sys
import termios

TERMINAL = "terminal"
_NAMES = ("stdin", "stdout", "stderr")


def control_terminal() -> None:
    """Only this makes a signal of the Ctrl-C that is typed there."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def redirect(streams: str) -> None:
    """Do what a shell does for redirections, and what an interpreter does when it finds a stream closed."""
    for number, sign, target in re.findall(r"(\d?)([<>])(\S+)", streams):
        stream = int(number or sign == ">")
        if target == "&-":
            os.close(stream)
            setattr(sys, _NAMES[stream], None)
            continue
        opened = os.open(target, os.O_WRONLY if sign == ">" else os.O_RDONLY)
        os.dup2(opened, stream)
        os.close(opened)


if __name__ == "__main__":
    surroundings = sys.argv.pop(1)
    if surroundings == TERMINAL:
        control_terminal()
    else:
        redirect(surroundings)
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
