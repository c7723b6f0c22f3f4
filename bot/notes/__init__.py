"""Show notes: what they say as HTML or text, read into chapters, turns and an introduction."""

from bot.notes.reading import Notes, read_notes
from bot.notes.video import own_video, video_address

__all__ = ["Notes", "own_video", "read_notes", "video_address"]
