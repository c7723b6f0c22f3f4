"""Published transcripts: the formats that `podcast:transcript` links to, read into turns."""

from bot.transcripts.cues import TranscriptError
from bot.transcripts.reading import Transcript, announced, read_transcript, reads_type

__all__ = ["Transcript", "TranscriptError", "announced", "read_transcript", "reads_type"]
