"""What is known of an episode: chapters, turns, people, files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from storage.models.status import Status

# Where the turns of an episode come from: the name of a format in `bot.transcripts.formats`. It is no enum, as a new
# format is to be one new file, and a database may hold sources that an older version doesn't know.
TranscriptSource = NewType("TranscriptSource", str)
NOTES_TRANSCRIPT: Final = TranscriptSource("notes")


class ChapterSource(StrEnum):
    """Where the chapters of an episode were read, the most official first."""

    PODCAST = "podcast:chapters"
    PSC = "psc"
    NOTES = "notes"
    # The tag of an audio file, of whatever format.
    ID3 = "id3"


class EpisodeKind(StrEnum):
    """What the feed says an episode is (`itunes:episodeType`)."""

    FULL = "full"
    TRAILER = "trailer"
    BONUS = "bonus"


class TurnMark(StrEnum):
    """What a turn is if it is not plain talk: it stays in the text, and the search treats it differently.

    SPONSOR: an advertisement; SOUND: nothing but a note such as "[music]"; BREAK: what a pseudo-speaker ("Break:")
    names; GHOST: what nobody said: a transcriber's credit, a line that a machine repeats over silence.
    """

    SPONSOR = "sponsor"
    SOUND = "sound"
    BREAK = "break"
    GHOST = "ghost"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A titled start inside an episode."""

    start_ms: int
    title: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says without interruption; a field is None if the source does not give it."""

    speaker: str | None
    start_ms: int | None
    end_ms: int | None
    text: str
    mark: TurnMark | None = None


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """A stored turn with its place: the `position`th of its episode, counted from 0."""

    episode_id: int
    position: int
    speaker: str | None
    start_ms: int | None
    end_ms: int | None
    text: str
    mark: TurnMark | None = None

    def as_turn(self) -> Turn:
        """The turn without its place."""
        return Turn(self.speaker, self.start_ms, self.end_ms, self.text, self.mark)


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file published beside an episode, as `podcast:transcript` and `podcast:chapters` name it."""

    url: str
    mime_type: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part, from `podcast:person`; `role` is in lower case ("host", "guest")."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many episodes of a podcast have chapters and transcripts, by their source."""

    episodes: int = 0
    chapters: Mapping[ChapterSource, int] = field(default_factory=dict)
    transcripts: Mapping[TranscriptSource, int] = field(default_factory=dict)
    transcripts_missing: int = 0

    @property
    def with_chapters(self) -> int:
        """How many episodes have chapters."""
        return sum(self.chapters.values())

    @property
    def with_turns(self) -> int:
        """How many episodes have a transcript."""
        return sum(self.transcripts.values())


@dataclass(frozen=True, slots=True)
class Episode:
    """One item of a feed that has audio or video, as it is stored.

    `feed_url`: its feed's address, with the key of a keyed one. `audio_linked`: a moderator lets its audio be linked
    where it is shown now, although its address holds a key.
    """

    id: int
    podcast_id: int
    podcast_title: str
    guid: str | None
    title: str
    link: str | None
    published: datetime | None
    duration_s: float | None
    image_url: str | None
    enclosure_url: str | None
    video_url: str | None
    intro: str
    chapter_count: int
    turn_count: int
    transcript_source: TranscriptSource | None
    transcript_choice: Status | None = None
    chapters_source: ChapterSource | None = None
    kind: EpisodeKind = EpisodeKind.FULL
    season: int | None = None
    number: float | None = None
    feed_url: str = field(default="", repr=False)
    audio_linked: bool = False


class FileKind(StrEnum):
    """What a file holds that is published beside an episode."""

    TRANSCRIPT = "transcript"
    CHAPTERS = "chapters"


@dataclass(frozen=True, slots=True)
class PendingFile:
    """A linked file that is still to be read: the `position`th of its kind. `duration_s`: the episode's length."""

    episode_id: int
    episode_title: str
    kind: FileKind
    position: int
    link: FileLink
    attempts: int
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class FileProblems:
    """How many linked files and notes of a podcast can't be read, and why the newest episode's can't."""

    count: int
    newest: Status


@dataclass(frozen=True, slots=True)
class UntaggedEpisode:
    """An episode without chapters whose audio file may hold some."""

    id: int
    title: str
    enclosure_url: str
    duration_s: float | None = None
