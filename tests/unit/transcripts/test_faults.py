"""All files of the shared faults that are read as single files, as expected beside each."""

from __future__ import annotations

import pytest

from tests.unit.transcripts.expectations import FAULTS, Fault, read_faults

# Those that are still to be mended, a line each: whoever mends one takes its line out.
NOT_YET = frozenset(
    {
        "12-highlight-words.srt",
        "16-apple.ttml",
        "16-ms.ttml",
        "16-ns.ttml",
        "16-styled.ttml",
        "16-ticks.ttml",
        "17a-podlove-simple-transcripts.xml",
        "17b-youtube-srv3.xml",
        "17c-ass.ass",
        "17d-storage-error.xml",
        "17e-soft-404.html",
        "17f-srt-unicode-arrow.srt",
        "17g-srt-endash-arrow.srt",
        "17h-srt-frames.srt",
        "17i-srt-in-pre.html",
        "17j-microdvd.sub",
        "17k-rtf.rtf",
        "17l-premiere-csv.csv",
        "17m-whisper-tsv.tsv",
        "17n-sign-in.html",
        "17o-statistics.csv",
        "17p-lrc.lrc",
        "18s-bracket-name.vtt",
        "18t-voice-tags.srt",
        "18u-voice-and-label.vtt",
    }
)
READ = [
    pytest.param(fault, id=fault.path.name, marks=[pytest.mark.xfail] if fault.path.name in NOT_YET else [])
    for fault in read_faults()
]


@pytest.mark.skipif(not READ, reason=f"the shared faults are not at {FAULTS}")
@pytest.mark.parametrize("fault", READ)
def test_a_file_is_read_as_expected(fault: Fault) -> None:
    assert fault.problems() == []
