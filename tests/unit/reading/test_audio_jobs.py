"""The jobs of audio files travel to the reading process, and so does what they bring."""

from __future__ import annotations

import pickle

from bot.chapters.mp4 import read_moov
from bot.reading.audio_jobs import CommentsJob, MoovJob, TrackJob
from storage.models import Chapter
from tests.unit.chapters.audio_material import REEF, atom, comments, m4a, nero, ogg

CHAPTERS = tuple(Chapter(at, title) for at, title in REEF)


def test_what_each_reads() -> None:
    packet = comments(REEF)
    assert CommentsJob(ogg=False).read(packet, print) == CHAPTERS
    assert CommentsJob(ogg=True).read(bytearray(ogg(b"OpusTags" + packet)), print) == CHAPTERS
    assert MoovJob().read(bytearray(atom(b"moov", nero(REEF))), print).nero == CHAPTERS


def test_a_track_of_titles_is_read_from_its_ranges() -> None:
    file = m4a()
    found = pickle.loads(pickle.dumps(read_moov(file[file.index(b"moov") - 4 :])))
    assert found.track is not None
    job = pickle.loads(pickle.dumps(TrackJob(found.track)))
    body = b"".join(file[first : last + 1] for first, last in found.track.ranges)
    assert job.read(body, print) == CHAPTERS
