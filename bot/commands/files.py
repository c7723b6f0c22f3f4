"""The commands that read one file and need no database: transcript read, notes."""

from __future__ import annotations

import asyncio

from bot.commands.opening import Options
from bot.commands.transcript_file import read_transcript_file, transcript_lines, transcript_record
from bot.config import Settings
from bot.printing import print_json, print_text


async def transcript_read(options: Options, _settings: Settings) -> int:
    """Read a published transcript's file."""
    transcript = await asyncio.to_thread(read_transcript_file, options.file, options.type)
    if options.json:
        print_json(transcript_record(transcript))
    else:
        print_text("\n".join(transcript_lines(transcript)))
    return 0
