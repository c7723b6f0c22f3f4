"""Published transcripts: the formats that `podcast:transcript` links to, read into turns."""

from bot.transcripts.cues import TranscriptError
from bot.transcripts.reading import MAX_BYTES, Transcript, announced, read_transcript, reads_type

__all__ = ["MAX_BYTES", "Transcript", "TranscriptError", "announced", "read_transcript", "reads_type"]
