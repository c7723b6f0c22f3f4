"""What is done in the reading process with the parts of an audio file that may hold chapters."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chapters.id3 import read_id3_chapters
from bot.chapters.mp4 import ChapterTrack, Mp4Chapters, read_moov, read_track
from bot.chapters.vorbis_comments import read_comments, read_ogg_chapters
from bot.reading.jobs import About, Body
from storage.models import Chapter


@dataclass(frozen=True, slots=True)
class TagJob:
    """The ID3 tag at the beginning of an audio file. Raises ChaptersError."""

    def read(self, body: Body, _about: About) -> tuple[Chapter, ...]:
        """Read its chapters."""
        return read_id3_chapters(bytes(body))


@dataclass(frozen=True, slots=True)
class MoovJob:
    """The tables of an MP4 file."""

    def read(self, body: Body, _about: About) -> Mp4Chapters:
        """Read Nero's list, and where the titles of a track of texts are."""
        return read_moov(bytes(body))


@dataclass(frozen=True, slots=True)
class TrackJob:
    """The titles of a track of texts, one range of the file behind the other."""

    track: ChapterTrack

    def read(self, body: Body, _about: About) -> tuple[Chapter, ...]:
        """Read its chapters."""
        return read_track(self.track, bytes(body))


@dataclass(frozen=True, slots=True)
class CommentsJob:
    """The beginning of an Ogg file, or the comments alone of a FLAC file."""

    ogg: bool

    def read(self, body: Body, _about: About) -> tuple[Chapter, ...]:
        """Read the chapters in its comments."""
        return read_ogg_chapters(bytes(body)) if self.ogg else read_comments(bytes(body))
