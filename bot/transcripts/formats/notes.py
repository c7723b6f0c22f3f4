"""Show notes that hold the transcript itself: a source of turns, but never a file of its own."""

from __future__ import annotations

from bot.transcripts.formats.registry import TranscriptFormat
from storage.models import NOTES_TRANSCRIPT

FORMATS = (TranscriptFormat(source=NOTES_TRANSCRIPT, label="notes", trust=10, read=None),)
