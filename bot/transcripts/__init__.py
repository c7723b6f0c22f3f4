"""Published transcripts: the formats that `podcast:transcript` links to, read into turns."""

from bot.transcripts.cues import TranscriptError
from bot.transcripts.reading import Transcript, read_transcript, reads_type

__all__ = ["Transcript", "TranscriptError", "read_transcript", "reads_type"]
