from __future__ import annotations

import pytest

from bot.notes import read_notes
from tests.unit.notes.shared_data import description

MINUTE = 60_000
TWO = ((0, "Opening bells"), (232_000, "Why lighthouses blink"))


def chapters_of(notes: str, duration_s: float | None = None) -> tuple[tuple[int, str], ...]:
    return tuple((chapter.start_ms, chapter.title) for chapter in read_notes(notes, duration_s).chapters)


@pytest.mark.parametrize(
    "notes",
    [
        "<p>* [00:00:00] Opening bells</p><p>* [00:03:52] Why lighthouses blink</p>",
        "<p>* 00:00:00: Opening bells</p><p>* 00:03:52: Why lighthouses blink</p>",
        "<p>00:00:00 Opening bells</p><p>00:03:52 Why lighthouses blink</p>",
        "<p>* Opening bells [00:00:00]</p><p>* Why lighthouses blink [0:03:52]</p>",
        "<ul><li>0:00 Opening bells</li><li>3:52 Why lighthouses blink</li></ul>",
        "<p>Chapters:<br />(00:00) &#8211; Opening bells<br />\n(03:52) &#8211; Why lighthouses blink</p>",
        "00:00 - Opening bells\n\n03:52 — Why lighthouses blink\n",
        "- [@0:00](https://example.org) - Opening bells\n- [@03:52] - Why lighthouses blink",
        '<ul><li><a href="#t=0">00:00</a> Opening bells</li><li><a href="#t=232">03:52</a> Why lighthouses blink</li></ul>',  # noqa: E501
        "<p><strong>[00:00:00] Opening bells</strong></p><p>[00:03:52 - 00:09:00] Why <em>lighthouses</em> blink</p>",
        "00:00\n* Opening bells\n* More\n\n03:52\n* Why lighthouses blink",
        "Hello there.Timestamps* 00:00:00 Opening bells* 00:03:52 Why lighthouses blink* 00:09:00 Rest",
        "An odd day. Chapters* 00:00:00: Opening bells* 00:03:52: Why lighthouses blink* 00:09:00: Rest",
        "A talk.Timestamps[00:00:00] Opening bells[00:03:52] Why lighthouses blink[00:09:00] Rest",
        "A talk.Timestamps* Opening bells [00:00:00]* Why lighthouses blink [00:03:52]* Rest [00:09:00]",
        "A talk.Timestamps00:00 Opening bells03:52 Why lighthouses blink09:00 Rest",
    ],
)
def test_dialects(notes: str) -> None:
    assert chapters_of(notes)[:2] == TWO


@pytest.mark.parametrize(
    ("after", "title"),
    [
        ("TranscriptAda [00:00:00]: Hello.Bob [00:00:05]: Hi.Ada [00:00:07]: So.", "Closing"),
        (" Get full access to Lamp Post at www.example.org/subscribe", "Closing"),
        ("Show Notes* One thing* Another thing", "Closing"),
        ("The Rise of Lamp OilIt began in a small town, where nobody had thought of it before.", "Closing"),
        (" words?Oil lamps came late to this coast, and left early.", "Closing words?"),
        ("", "Closing"),
    ],
)
def test_last_title_of_a_flattened_list_ends_where_the_next_block_begins(after: str, title: str) -> None:
    notes = f"Lamps.Timestamps* 00:00:00 Opening* 00:03:52 OilLamp prices* 00:09:00 OilLamp makers* 00:20:00 Closing{after}"  # noqa: E501
    assert chapters_of(notes)[-1] == (20 * MINUTE, title)


def test_a_title_keeps_its_signs() -> None:
    notes = "<p>* [00:10] Ann <3 Bob <3 Cy? >$20m => more</p><p>* [01:10] M &amp; N</p>"
    assert chapters_of(notes) == ((10_000, "Ann <3 Bob <3 Cy? >$20m => more"), (70_000, "M & N"))


def test_equal_and_falling_times_stay_in_the_order_of_the_text() -> None:
    notes = "<p>* 0:00 Hello</p><p>* 0:00 Guests</p><p>* 12:30 Late</p><p>* 11:00 Earlier</p><p>* 66:21 Minutes</p>"
    assert [start for start, _ in chapters_of(notes)] == [0, 0, 750_000, 660_000, 3_981_000]


def test_a_number_before_a_time_that_lost_its_space_stays_with_the_title() -> None:
    notes = "A.Timestamps00:00:00 Hello00:01:00 Lamp 200:02:00 Lamp 300:03:00 End"
    assert [title for _, title in chapters_of(notes)] == ["Hello", "Lamp 2", "Lamp 3", "End"]


@pytest.mark.parametrize(
    "notes",
    [
        "<p>A record of 100 miles at 11:40:55.</p>",
        "<p>From 2:00 to 4:00 to 7:00 in one year.</p>",
        "<ul><li>10:30am Doors</li><li>11:59 PM Offer ends</li></ul>",
        "<p>12:30 Once</p>",
        "Full Transcript and show notes: https://example.org/lamp",
        "",
    ],
)
def test_times_that_are_no_chapters(notes: str) -> None:
    assert chapters_of(notes) == ()


def test_times_behind_the_end_belong_to_another_recording() -> None:
    notes = "<p>0:00 Hello</p><p>40:00 Middle</p><p>1:50:00 End</p>"
    assert len(chapters_of(notes, 7_000)) == 3
    assert chapters_of(notes, 1_200) == ()


@pytest.mark.parametrize(
    "number",
    "01 03 05 09 11 13 15 17 19 21 23 25 27 29 31 33 35 37 41 43 45 47 51".split(),  # noqa: SIM905
)
def test_real_descriptions(number: str) -> None:
    known = description(number)
    assert list(chapters_of(known.text, known.duration_s)) == known.chapters


def test_real_description_with_one_chapter_that_was_not_counted() -> None:
    """07: the list's last line is missing from the count."""
    known = description("07")
    found = chapters_of(known.text, known.duration_s)
    assert list(found[:-1]) == known.chapters
    assert found[-1] == (4_761_000, "Wrapping up")
