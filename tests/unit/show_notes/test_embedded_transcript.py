from __future__ import annotations

import pytest

from bot.show_notes.reader import read_notes

Row = tuple[str | None, int | None, int | None, str]


def turns_of(notes: str, duration_s: float | None = None) -> list[Row]:
    return [
        (turn.speaker, turn.start_ms, turn.end_ms, turn.text) for turn in read_notes(notes, duration_s).turns
    ]


HEAD = "<p>* [00:00:00] Opening</p><p>* [00:00:30] Oil and wicks</p><p>Transcript</p>"
FLAT = "Lamps.Timestamps* 00:00:00 Opening* 00:00:30 Oil and wicks"

DIALECTS: list[tuple[str, str, list[Row]]] = [
    (
        "bold name, time",
        HEAD
        + "<p><strong>Ada</strong> [00:00:00]: Good evening.</p><p><strong>Bob Ray</strong> [00:00:12]: Hi.</p>",
        [("Ada", 0, 12_000, "Good evening."), ("Bob Ray", 12_000, None, "Hi.")],
    ),
    (
        "plain name, time",
        HEAD + "<p>Ada [00:00:00]: Good <a href='x'>evening</a>.</p><p>bob [1:00:12]: Hi.</p>",
        [("Ada", 0, 3_612_000, "Good evening."), ("bob", 3_612_000, None, "Hi.")],
    ),
    (
        "markdown",
        "Transcript\n\n**Ada [00:00:00]:** Good evening.\n\n**Bob [00:00:12]:** Hi.\n",
        [("Ada", 0, 12_000, "Good evening."), ("Bob", 12_000, None, "Hi.")],
    ),
    (
        "name, colon, time",
        HEAD
        + "<p><strong>Ada:</strong> [00:00:00] Good evening.</p><p><strong>Bob:</strong> [00:00:12] Hi.</p>",
        [("Ada", 0, 12_000, "Good evening."), ("Bob", 12_000, None, "Hi.")],
    ),
    (
        "the time ends the paragraph",
        HEAD
        + "<p><strong>Ada</strong>: Good evening. [00:00:20]</p><p><strong>Bob</strong>: Hi. [00:00:24]</p>"
        + "<p><strong>Ada</strong>: Well then.</p><p><strong>Bob</strong>: Well then. [00:00:28]</p>",
        [
            ("Ada", 0, 20_000, "Good evening."),
            ("Bob", 20_000, 24_000, "Hi."),
            ("Ada", 24_000, 26_000, "Well then."),
            ("Bob", 26_000, 28_000, "Well then."),
        ],
    ),
    (
        "time, name, and paragraphs that go on",
        HEAD
        + "<p>[00:00:00] <strong>ada:</strong> Good evening.</p><p>[00:00:30] Oil and Wicks</p><p>[00:00:30] \u200b</p>"  # noqa: E501
        + "<p>[00:00:30] Yes, oil.</p><p>[00:00:40] <strong>Bob Ray:</strong> Hi.</p>",
        [
            ("ada", 0, 30_000, "Good evening."),
            ("ada", 30_000, 40_000, "Yes, oil."),
            ("Bob Ray", 40_000, None, "Hi."),
        ],
    ),
    (
        "times alone",
        HEAD
        + "<p>[00:00:00] Good evening to all of you out there tonight.</p><p>[00:00:30] Oil and wicks</p>"
        + "<p>[00:00:30] And so: it burns, but it does not smoke.</p>",
        [
            (None, 0, 30_000, "Good evening to all of you out there tonight."),
            (None, 30_000, None, "And so: it burns, but it does not smoke."),
        ],
    ),
    (
        "a time now and then",
        HEAD
        + "<p><strong>Ada:</strong> [00:00:00] one two three four</p><p><strong>Bob: </strong>five six seven</p><p>eight</p>"  # noqa: E501
        + "<p><strong>Ada:</strong> nine [00:00:10] ten</p>",
        [
            ("Ada", 0, 4_444, "one two three four"),
            ("Bob", 4_444, 8_888, "five six seven eight"),
            ("Ada", 8_888, None, "nine ten"),
        ],
    ),
    (
        "names alone",
        "<p>Transcript</p><p><strong>Ada:</strong> Good evening.</p><p><strong>Bob:</strong> Hi.</p>",
        [("Ada", None, None, "Good evening."), ("Bob", None, None, "Hi.")],
    ),
    (
        "flattened",
        FLAT
        + "TranscriptAda [00:00:00]: Good evening.bob [00:00:12]: Hi. YesAda [00:00:20]: So.bob [00:00:24]: Bye",
        [
            ("Ada", 0, 12_000, "Good evening."),
            ("bob", 12_000, 20_000, "Hi. Yes"),
            ("Ada", 20_000, 24_000, "So."),
            ("bob", 24_000, None, "Bye"),
        ],
    ),
    (
        "flattened, names of several words, one of them said once",
        FLAT
        + "Full TranscriptAI Ada [00:00:00]: Good evening.Audience Q&A 2 [00:00:12]: Hi.Bob Ray [00:00:20]: I.Bob Ray [00:00:24]: II"  # noqa: E501
        + "Bob Ray [00:00:26]: III",
        [
            ("AI Ada", 0, 12_000, "Good evening."),
            ("Audience Q&A 2", 12_000, 20_000, "Hi."),
            ("Bob Ray", 20_000, 24_000, "I."),
            ("Bob Ray", 24_000, 26_000, "II"),
            ("Bob Ray", 26_000, None, "III"),
        ],
    ),
    (
        "flattened, a small letter behind the heading's plural",
        FLAT + "Transcriptswyn [00:00:00]: Good evening.Ada [00:00:12]: Hi.swyn [00:00:20]: Bye.",
        [
            ("swyn", 0, 12_000, "Good evening."),
            ("Ada", 12_000, 20_000, "Hi."),
            ("swyn", 20_000, None, "Bye."),
        ],
    ),
    (
        "flattened, the time ends the paragraph",
        FLAT + "TranscriptAda: Good evening [00:00:20]Bob: Hi. [00:00:24]Ada: So?Bob: So! [00:00:28]",
        [
            ("Ada", 0, 20_000, "Good evening"),
            ("Bob", 20_000, 24_000, "Hi."),
            ("Ada", 24_000, 26_000, "So?"),
            ("Bob", 26_000, 28_000, "So!"),
        ],
    ),
    (
        "flattened, time and name",
        FLAT
        + "Transcript[00:00:00] Ada: Good evening.[00:00:12] Bob: Hi.[00:00:20] Yes[00:00:24] Ada: So.[00:00:25] Bob: Bye.",  # noqa: E501
        [
            ("Ada", 0, 12_000, "Good evening."),
            ("Bob", 12_000, 20_000, "Hi."),
            ("Bob", 20_000, 24_000, "Yes"),
            ("Ada", 24_000, 25_000, "So."),
            ("Bob", 25_000, None, "Bye."),
        ],
    ),
]


@pytest.mark.parametrize(
    ("notes", "rows"), [case[1:] for case in DIALECTS], ids=[case[0] for case in DIALECTS]
)
def test_dialects(notes: str, rows: list[Row]) -> None:
    assert turns_of(notes) == rows


def test_the_dialect_may_change_and_come_back() -> None:
    notes = (
        "<p>Transcript</p><p>Ada [00:00:00]: One two.</p><p>Bob [00:00:10]: Three four.</p>"
        "<p>Ada: Five [00:00:19] six.</p><p>Bob: Seven.</p><p>Ada [00:00:30]: Eight.</p>"
    )
    rows = turns_of(notes)
    assert [row[0] for row in rows] == ["Ada", "Bob", "Ada", "Bob", "Ada"]
    assert [row[3] for row in rows] == ["One two.", "Three four.", "Five six.", "Seven.", "Eight."]
    starts = [row[1] for row in rows]
    assert starts[:2] == [0, 10_000]
    assert starts[2] == 16_000
    assert starts[4] == 30_000


def test_a_transcript_without_a_heading() -> None:
    speech = "".join(
        f"<p>{'Ada' if n % 2 else 'Bob'} [00:01:{n:02d}]: The lamp number {n} is lit.</p>"
        for n in range(10, 20)
    )
    notes = "<p>Lamps.</p><p>* 00:00 Opening</p><p>* 00:30 Oil</p>" + speech
    assert len(turns_of(notes)) == 10
    assert read_notes(notes).intro == "Lamps."


def test_a_pull_quote_above_the_chapters_is_no_turn() -> None:
    notes = "<p>“Light it.” Ada [00:31:00]</p><p>Bob [00:40:00]: Lamps are late.</p>" + DIALECTS[0][1]
    assert turns_of(notes) == DIALECTS[0][2]
    assert len(read_notes(notes).chapters) == 2


@pytest.mark.parametrize(
    "notes",
    [
        "<p>[00:00:00] Opening</p><p>[00:00:30] Bob: what about oil?</p><p>[00:01:30] Bob: and wicks?</p>",
        "<p>Full Transcript and show notes: <a href='https://example.org/a'>https://example.org/a</a></p>",
        "<p>Transcript</p><p>Read it on our site.</p>",
        "<p>Takeaway: Lamps!</p><p>Request: More lamps!</p>",
        FLAT,
    ],
)
def test_no_turns_out_of_what_is_no_transcript(notes: str) -> None:
    assert turns_of(notes) == []


def test_editors_notes_headings_and_the_trailer_are_not_speech() -> None:
    notes = (
        "<p>Transcript</p><p><em>Editor’s note: all times are late.</em></p><h3>Opening</h3>"
        "<p><strong>Ada</strong> [00:00:00]: Good evening.</p><p><strong>Bob</strong> [00:00:12]: Hi.</p> <br/><br/>"
        "Get full access to Lamp Post at <a href='x'>www.example.org/subscribe</a>"
    )
    assert [row[3] for row in turns_of(notes)] == ["Good evening.", "Hi."]


def test_mathematical_letters_become_plain_and_masked_words_stay() -> None:
    notes = "<p>Transcript</p><p>Ada [00:00]: It cost 15\U0001d458, \U0001d44f\U0001d462\U0001d461 s**t and s**t.</p><p>Bob [00:09]: \u210e.</p>"  # noqa: E501
    assert [row[3] for row in turns_of(notes)] == ["It cost 15k, but s**t and s**t.", "h."]


def test_a_time_that_goes_back_is_a_slip_between_its_neighbours() -> None:
    notes = "<p>Transcript</p>" + "".join(
        f"<p>Ada [00:00:{second}]: Lamp.</p><p>Bob [00:00:{second}]: Oil.</p>"
        for second in ("10", "30", "20", "40")
    )
    rows = turns_of(notes)
    starts = [row[1] or 0 for row in rows]
    assert starts == sorted(starts)
    assert [starts[place] for place in (0, 1, 4, 5, 6, 7)] == [10_000, 10_000, 20_000, 20_000, 40_000, 40_000]
    assert all(row[2] is None or (row[1] or 0) <= row[2] for row in rows)


def test_the_last_words_are_timed_up_to_the_end_of_the_episode() -> None:
    notes = "<p>Transcript</p><p>Ada: [00:00:00] one two [00:00:10] three</p><p><b>Bob</b>: four</p>"
    assert [row[1] for row in turns_of(notes, 20.0)] == [0, 15_000]


def test_the_introduction_is_plain_text_without_lists_of_chapters() -> None:
    notes = (
        "<p>About <b>lamps</b>, x <3 y.</p><p></p><p>And oil.</p><ul><li>One</li></ul><p>Timestamps</p>"
        + HEAD
        + "<p>Ada [00:00:00]: Good evening.</p><p>Bob [00:00:12]: Hi.</p>"
    )
    assert read_notes(notes).intro == "About lamps, x <3 y.\nAnd oil.\n• One"
    assert read_notes("Lamps.\n\nGet full access to Lamp Post at www.example.org/subscribe").intro == "Lamps."


@pytest.mark.parametrize(
    "written",
    [
        "<p>{name}: 00:00:{s:02}</p><p>{text}</p>",
        "<p><strong>{name}:</strong> 00:00:{s:02} {text}</p>",
        "<p>[{name}] 00:00:{s:02}<br>{text}</p>",
        "<p>{name}（00:00:{s:02}）：{text}</p>",
        "<p>{name} [00:{s:02}] {text}</p>",
    ],
)
def test_the_notations_of_tools(written: str) -> None:
    talk = [
        ("Ada Moore", 3, "The mill stands."),
        ("Bo Lind", 9, "Since when?"),
        ("Ada Moore", 14, "Since the frost."),
    ]
    lines = "".join(written.format(name=name, s=start, text=text) for name, start, text in talk)
    turns = read_notes(f"<p>On mills.</p><h2>Transcript</h2>{lines}").turns
    assert [(turn.speaker, (turn.start_ms or 0) // 1_000, turn.text) for turn in turns] == talk
