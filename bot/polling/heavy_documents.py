"""Reads a feed around what is too much for the reading process: notes of some items, or all notes at once."""

from __future__ import annotations

from dataclasses import replace

from bot.feeds.errors import FeedError
from bot.reading.child_process import TAKES_TOO_MUCH_MEMORY, DocumentTooHeavyError
from bot.reading.document_reader import DocumentReader
from bot.reading.jobs import Body, FeedJob, FeedReading

# So many items of a feed may be too much for the reading process, one after the other; then the feed as a whole is.
MAX_TOO_HEAVY = 5
# Read in parts of this, the longest feed takes about 80 MiB of memory instead of 190.
FEWER_NOTES_BYTES = 2 * 1024 * 1024


async def read_around(documents: DocumentReader, job: FeedJob, body: Body, name: str) -> FeedReading:
    """Have a feed read, without the notes of items that are too much for the process. Raises FeedError.

    A long feed that takes too much memory as a whole is read in smaller parts, a part at each poll.
    """
    while True:
        try:
            return await documents.read(job, body, name)
        except DocumentTooHeavyError as error:
            large = error.status.code == TAKES_TOO_MUCH_MEMORY
            if error.item is not None and len(job.too_heavy) < MAX_TOO_HEAVY:
                job = replace(job, too_heavy={**job.too_heavy, error.item: error.status})
            elif error.item is None and large and job.notes_bytes > FEWER_NOTES_BYTES:
                job = replace(job, notes_bytes=FEWER_NOTES_BYTES)
            else:
                raise FeedError(error.status) from error
