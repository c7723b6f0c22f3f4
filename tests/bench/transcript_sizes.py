"""Reads twelve hours of speech, word by word, in each format: `python -m tests.bench.transcript_sizes`.

For 3, 6 and 12 hours it prints the file's size, the CPU seconds of reading it, those as a multiple of what parsing
alone takes (`json.loads` for JSON, else decoding and splitting into lines), the peak memory of the process, and the
words found. Each file is read in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.transcripts.reader import MAX_BYTES, read_transcript
from bot.transcripts.turns.cues import TranscriptError
from tests.paths import ROOT

WORDS_AN_HOUR = 12_500
HOURS = (3, 6, 12)
PHRASE, MONOLOGUE = 12, 120
SPOKEN = (
    "the", "lamp", "and", "keeper", "of", "light", "storm", "wreck", "gulls", "were", "on", "rocks", "when", "we",
    "went", "out", "to", "sea", "that", "night", "in", "small", "boats",
)  # fmt: skip
KIB_A_MIB = 1024


@dataclass(frozen=True, slots=True)
class Word:
    """One word, in seconds; `who` is the speaker's number."""

    text: str
    start: float
    end: float
    who: int


def speech(hours: int) -> list[Word]:
    """So many hours of two people, a sentence every twelve words."""
    choose = random.Random(hours)
    count = WORDS_AN_HOUR * hours
    words = []
    for number in range(count):
        text = choose.choice(SPOKEN) + ("." if number % PHRASE == PHRASE - 1 else "")
        start = round(number * 3600 * hours / count, 3)
        words.append(Word(text, start, round(start + 0.25, 3), number // MONOLOGUE % 2))
    return words


def groups(words: list[Word], size: int) -> Iterable[list[Word]]:
    """The words, so many at a time."""
    return (words[at : at + size] for at in range(0, len(words), size))


def text_of(words: Iterable[Word]) -> str:
    """What is said."""
    return " ".join(word.text for word in words)


def whisper(words: list[Word]) -> Any:
    """What Whisper writes with word_timestamps."""
    segments = [
        {
            "id": number, "seek": 0, "start": said[0].start, "end": said[-1].end,
            "text": f" {text_of(said)}",
            "tokens": [50_364 + place for place in range(len(said))], "temperature": 0.0, "avg_logprob": -0.21,
            "compression_ratio": 1.4, "no_speech_prob": 0.01,
            "words": [{"word": f" {w.text}", "start": w.start, "end": w.end, "probability": 0.987} for w in said],
        }
        for number, said in enumerate(groups(words, PHRASE))
    ]  # fmt: skip
    return {"text": text_of(words), "segments": segments, "language": "en"}


def google(words: list[Word]) -> Any:
    """Results of 120 words."""
    return {"results": [
        {"alternatives": [{"transcript": text_of(said), "words": [
            {"startTime": f"{w.start}s", "endTime": f"{w.end}s", "word": w.text, "speakerTag": w.who + 1}
            for w in said
        ]}]}
        for said in groups(words, MONOLOGUE)
    ]}  # fmt: skip


def aws(words: list[Word]) -> Any:
    """Items with alternatives, and who spoke when apart."""
    items: list[dict[str, Any]] = []
    for word in words:
        spoken = {"start_time": str(word.start), "end_time": str(word.end), "type": "pronunciation"}
        items.append(spoken | {"alternatives": [{"confidence": "0.998", "content": word.text.rstrip(".")}]})
        if word.text.endswith("."):
            items.append({"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": "."}]})
    segments = [
        {"start_time": str(said[0].start), "end_time": str(said[-1].end),
         "speaker_label": f"spk_{said[0].who}",
         "items": [
            {"start_time": str(w.start), "end_time": str(w.end), "speaker_label": f"spk_{w.who}"}
             for w in said]}
        for said in groups(words, MONOLOGUE)
    ]  # fmt: skip
    labels = {"speakers": 2, "segments": segments}
    transcripts = [{"transcript": text_of(words)}]
    return {"jobName": "j", "results": {"transcripts": transcripts, "speaker_labels": labels, "items": items}}


def podcast(words: list[Word]) -> Any:
    """Podcasting 2.0, a segment for each word."""
    keys = ("speaker", "startTime", "endTime", "body")
    rows = ((f"Speaker {word.who}", word.start, word.end, word.text) for word in words)
    return {"version": "1.0.0", "segments": [dict(zip(keys, row, strict=True)) for row in rows]}


def clock(seconds: float, point: str) -> str:
    """00:01:11.000."""
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1_000 % 60:02}{point}{ms % 1_000:03}"


def vtt(words: list[Word]) -> str:
    """A cue for each word."""
    return "WEBVTT\n\n" + "".join(
        f"{clock(w.start, '.')} --> {clock(w.end, '.')}\n{w.text}\n\n" for w in words
    )


def srt(words: list[Word]) -> str:
    """A cue for each word."""
    return "".join(
        f"{n + 1}\n{clock(w.start, ',')} --> {clock(w.end, ',')}\n{w.text}\n\n" for n, w in enumerate(words)
    )


def ttml(words: list[Word]) -> str:
    """A paragraph for each phrase, with a span for each word."""
    said = "".join(
        f'<p begin="{clock(some[0].start, ".")}" end="{clock(some[-1].end, ".")}">'
        + " ".join(
            f'<span begin="{clock(w.start, ".")}" end="{clock(w.end, ".")}">{w.text}</span>' for w in some
        )
        + "</p>\n"
        for some in groups(words, PHRASE)
    )
    return f'<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml"><body><div>\n{said}</div></body></tt>'


def plain(words: list[Word]) -> str:
    """A labelled paragraph for each monologue."""
    return "\n\n".join(
        f"Speaker {said[0].who + 1} [{clock(said[0].start, '.')[:8]}]: {text_of(said)}"
        for said in groups(words, MONOLOGUE)
    )


def html(words: list[Word]) -> str:
    """A page with a paragraph for each monologue."""
    said = "".join(
        f"<p><b>Speaker {some[0].who + 1}</b> [{clock(some[0].start, '.')[:8]}]: {text_of(some)}</p>\n"
        for some in groups(words, MONOLOGUE)
    )
    return f"<html><body>\n{said}</body></html>"


def as_json(make: Callable[[list[Word]], Any], indent: int | None = None) -> Callable[[list[Word]], str]:
    """The document as text."""
    return lambda words: json.dumps(make(words), indent=indent)


FORMATS: dict[str, Callable[[list[Word]], str]] = {
    "whisper.json": as_json(whisper),
    "whisper-indented.json": as_json(whisper, 1),
    "google.json": as_json(google),
    "aws-indented.json": as_json(aws, 2),
    "podcast.json": as_json(podcast),
    "lines.jsonl": lambda words: "\n".join(json.dumps(one) for one in podcast(words)["segments"]),
    "words.vtt": vtt,
    "words.srt": srt,
    "spans.ttml": ttml,
    "labelled.txt": plain,
    "page.html": html,
}


def measure(path: Path) -> dict[str, Any]:
    """Read one file, in this process."""
    body = path.read_bytes()
    begun = time.process_time()
    if path.suffix == ".json":
        json.loads(body)
    else:
        len(body.decode().split("\n"))
    parsed = time.process_time()
    try:
        turns = read_transcript(body, None).turns
        found = f"{sum(len(turn.text.split()) for turn in turns)}"
    except TranscriptError as error:
        found = str(error)
    read = time.process_time()
    # What getrusage tells begins with the memory of the process that started this one.
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) // KIB_A_MIB
    return {"parse_s": parsed - begun, "read_s": read - parsed, "found": found, "peak_mib": peak}


def main() -> int:
    """Print the table. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", type=Path, help="measure this file in this process")
    parser.add_argument("formats", nargs="*", default=list(FORMATS))
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
        return 0
    print(f"{'format':22} {'hours':>5} {'MB':>6} {'read s':>7} {'x parse':>8} {'MiB':>5}  words")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.formats:
            for hours in HOURS:
                path = Path(folder) / name
                path.write_text(FORMATS[name](speech(hours)))
                size = path.stat().st_size
                if size > MAX_BYTES:
                    print(f"{name:22} {hours:5} {size / 1e6:6.1f} is more than is read")
                    continue
                command = [sys.executable, "-m", "tests.bench.transcript_sizes", "--one", str(path)]
                done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
                one = json.loads(done.stdout)
                ratio = one["read_s"] / max(one["parse_s"], 0.001)
                figures = f"{one['read_s']:7.2f} {ratio:8.1f} {one['peak_mib']:5}"
                print(f"{name:22} {hours:5} {size / 1e6:6.1f} {figures}  {one['found']}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
