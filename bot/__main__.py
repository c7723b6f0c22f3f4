"""The program's entry point: the standard streams and Ctrl-C, before and after the command that is run."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from bot.cli.output import output_error
from bot.cli.streams import drop, open_closed_streams, use_utf8

FAILED = 1
INTERRUPTED = 130


def program() -> NoReturn:
    """Run the command that was typed, and end the process."""
    # Who starts the program in the background may have switched Ctrl-C off.
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heard:
        signal.signal(signal.SIGINT, _leave)
    open_closed_streams()
    use_utf8()
    # This takes a second on a slow machine, and Ctrl-C in it would show where in the imports it was.
    from bot.cli.main import main, output_failed  # noqa: PLC0415

    if heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = main()
    except SystemExit as ended:  # the parser's
        code = ended.code if isinstance(ended.code, int) else FAILED
    if heard:
        signal.signal(signal.SIGINT, _leave)
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code or output_failed(output_error(error))
    try:
        sys.stderr.flush()
    except OSError:
        drop(sys.stderr)
    if code == INTERRUPTED:
        # A thread that still indexes would hold the process up; what it writes is made again where it is missing.
        os._exit(code)
    sys.exit(code)


def _leave(_number: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    program()
