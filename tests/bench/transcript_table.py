"""What all shared transcripts are read as: `python -m tests.bench.transcript_table`.

A line each: format, cues, turns, speakers, named words, words, and turns with a time. With a table of before as the
argument, only the lines that differ are printed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from tests.paths import SHARED, SHARED_DATA

FOLDERS = (SHARED_DATA / "transcripts", SHARED / "faults" / "transcripts" / "transcripts")


def line_of(path: Path) -> str:
    """What is found in one file."""
    try:
        found = read_transcript(path.read_bytes(), None)
    except TranscriptError as error:
        return f"refused: {error}"
    turns = found.turns
    speakers = {turn.speaker for turn in turns} - {None}
    words = [len(turn.text.split()) for turn in turns]
    named = sum(count for count, turn in zip(words, turns, strict=True) if turn.speaker)
    timed = sum(turn.start_ms is not None for turn in turns)
    return (
        f"{found.source} cues={found.cues} turns={len(turns)} speakers={len(speakers)} named={named} "
        f"words={sum(words)} timed={timed}"
    )


def main(arguments: list[str]) -> int:
    """Print the table, or what differs from one. Returns the exit code."""
    before = set(Path(arguments[0]).read_text().splitlines()) if arguments else set()
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.endswith(".expected.json"):
                line = f"{path.relative_to(SHARED)}\t{line_of(path)}"
                if line not in before:
                    print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
