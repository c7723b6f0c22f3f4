from __future__ import annotations

import pytest

from bot.show_notes.reader import read_notes
from tests.unit.show_notes.shared_data import description

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
        "20:15 Uhr Lamps\n21:45 Uhr Oil\n22:45 Uhr Wicks",
        "20h15 Lamps\n22h00 Oil\n23h30 Wicks",
        "00:00 UTC\n06:00 UTC\n12:00 UTC\n18:00 UTC",
        "Open\nMon 10:00 - 18:00\nTue 10:00 - 18:00",
        "10:00 Doors\n10:30 Welcome\n11:00 Lamps\n12:00 Lunch",
        "Saturday\n6:30 Rise\n7:00 Row\n8:15 Eat\n18:00 Lamps",
        "1. Dark Sea – 3:45\n2. Lamp – 4:12\n3. Bells – 2:58\n4. Rust – 5:03\n5. Home – 3:30",
        "Dark Sea (3:45)<br>Lamp (4:12)<br>Bells (2:58)<br>Rust (5:03)",
        "John 3:16\nPsalm 23:10\nRomans 8:28\nGenesis 1:26",
        "They won 3:2, lost 21:14, and a 16:9 picture of 1:10 was taken on 2024-05-06T12:34:56Z.",
        "12.05.24 Lamps\n13.05.24 Oil\n15.05.24 Wicks",
        "3.50 Lamps\n4.20 Oil\n5.00 Wicks",
        "- 1.02.03 Lamps\n- 1.02.04 Oil\n- 1.03.00 Wicks",
        "00:00:01,000 --> 00:00:02,000\nHello\n00:00:03,000 --> 00:00:04,000\nthere",
        "[00:01] Yes.\n[00:03] Now.\n[00:06] So?\n[00:08] I.\n[00:11] We.\n[00:13] Oil.\n[00:16] Oil!\n[00:18] No.",
        "Full Transcript and show notes: https://example.org/lamp",
        "",
    ],
)
def test_times_that_are_no_chapters(notes: str) -> None:
    assert chapters_of(notes) == ()


THREE = ((0, "Opening bells"), (232_000, "Why lighthouses blink"), (4_502_000, "Oil & wicks"))


@pytest.mark.parametrize(
    "notes",
    [
        "{00:00} Opening bells\n{03:52} Why lighthouses blink\n{1:15:02} Oil & wicks",
        "【00:00】Opening bells\n【03：52】Why lighthouses blink\n【1：15：02】Oil & wicks",
        "００：００　Opening bells\n０３：５２　Why lighthouses blink\n１：１５：０２　Oil & wicks",
        "&lt;00:00&gt; Opening bells<br>&lt;03:52&gt; Why lighthouses blink<br>&lt;75:02&gt; Oil &amp; wicks",
        "1. 00:00 Opening bells\n2. 03:52 Why lighthouses blink\n3. 75:02 Oil & wicks",
        "1) 00:00 - Opening bells\n2) 03:52 - Why lighthouses blink\n3) 75:02 - Oil & wicks",
        "01 - 00:00 Opening bells\n02 - 03:52 Why lighthouses blink\n03 - 75:02 Oil & wicks",
        "#1 00:00 | Opening bells\n#2 03:52 | Why lighthouses blink\n#3 75:02 | Oil & wicks",
        "1️⃣ 00:00 Opening bells\n2️⃣ 03:52 Why lighthouses blink\n3️⃣ 75:02 Oil & wicks",
        "Chapter 1: 00:00 Opening bells\nChapter 2: 03:52 Why lighthouses blink\nChapter 3: 75:02 Oil & wicks",
        "⌨️ (0:00) Opening bells\n⌨️ (3:52) Why lighthouses blink\n⌨️ (1:15:02) Oil & wicks",
        "▶ 00:00 → Opening bells\n▶ 03:52 → Why lighthouses blink\n▶ 75:02 → Oil & wicks",
        "00:00 – 03:52 Opening bells\n03:52 – 75:02 Why lighthouses blink\n75:02 – 80:00 Oil & wicks",
        "~0:00 Opening bells\n~3:52 Why lighthouses blink\n~75:02 Oil & wicks",
        "@0:00 Opening bells\n@3:52 Why lighthouses blink\n@75:02 Oil & wicks",
        "Min. 0:00: Opening bells\nMin. 3:52: Why lighthouses blink\nMin. 75:02: Oil & wicks",
        "0h00m00s Opening bells\n0h03m52s Why lighthouses blink\n1h15m02s Oil & wicks",
        "00.00.00 Opening bells\n00.03.52 Why lighthouses blink\n01.15.02 Oil & wicks",
        "00:00:00.000 Opening bells\n00:03:52.000 Why lighthouses blink\n01:15:02.000 Oil & wicks",
        "00:00Opening bells\n03:52Why lighthouses blink\n75:02Oil & wicks",
        "Opening bells ..... 0:00\nWhy lighthouses blink ..... 3:52\nOil & wicks ..... 75:02",
        "Opening bells - 0:00\nWhy lighthouses blink - 3:52\nOil & wicks - 1:15:02",
        "1. Opening bells (0:00)\n2. Why lighthouses blink (3:52)\n3. Oil & wicks (75:02)",
        "00:00\nOpening bells\n\n03:52\nWhy lighthouses blink\n\n75:02\nOil & wicks",
        "Opening bells\n00:00\n\nWhy lighthouses blink\n03:52\n\nOil & wicks\n75:02",
        "[00:00 Opening bells]\n[03:52 Why lighthouses blink]\n[75:02 Oil & wicks]",
        "- **[00:00](#t=00:00)** Opening bells\n- **[03:52](#t=03:52)** Why lighthouses blink\n- **[75:02](#t=75:02)** Oil & wicks",  # noqa: E501
        "[(0:00) Opening bells](#a)  \n[(3:52) Why lighthouses blink](#b)  \n[(75:02) Oil & wicks](#c)",
        "- *0:00* **Opening** bells\n- *3:52* Why `lighthouses` blink\n- *75:02* _Oil_ & wicks",
        "- Opening bells - *00:00:00*.\n- [Why lighthouses blink](https://a.example/b_(c)) - *00:03:52*.\n- Oil & wicks - *01:15:02*.",  # noqa: E501
        "> 00:00 Opening bells\n> 03:52 Why lighthouses blink\n> 75:02 Oil & wicks",
        "| Time | Topic |\n|---|---|\n| 00:00 | Opening bells |\n| 03:52 | Why lighthouses blink |\n| 75:02 | Oil & wicks |",  # noqa: E501
        "<table><tr><td>0:00</td><td>Opening bells</td></tr><tr><td>3:52</td><td>Why lighthouses blink</td></tr><tr><td>75:02</td><td>Oil &amp; wicks</td></tr></table>",  # noqa: E501
        "<dl><dt>0:00</dt><dd>Opening bells</dd><dt>3:52</dt><dd>Why lighthouses blink</dd><dt>75:02</dt><dd>Oil &amp; wicks</dd></dl>",  # noqa: E501
        "<ul><li>0:00 Opening bells<ul><li>a book, 2:1</li></ul></li><li>3:52 Why lighthouses blink</li><li>75:02 Oil &amp; wicks</li></ul>",  # noqa: E501
        "<p>A talk.</p><p>0:00 Opening bells\n3:52 Why lighthouses blink\n75:02 Oil &amp; wicks</p>",
        "Chapters: 0:00 Opening bells / 3:52 Why lighthouses blink / 75:02 Oil & wicks",
        "0:00 Opening bells | 3:52 Why lighthouses blink | 75:02 Oil & wicks",
        "Timestamps: 0:00 Opening bells, 3:52 Why lighthouses blink, 75:02 Oil & wicks",
        "(0:00) Opening bells (3:52) Why lighthouses blink (75:02) Oil & wicks",
        "Kapitelmarken:\n3:52 Vorher\n\nKapitel\n0:00 Opening bells\n3:52 Why lighthouses blink\n75:02 Oil & wicks",
    ],
)
def test_more_dialects(notes: str) -> None:
    assert chapters_of(notes) == THREE


@pytest.mark.parametrize(
    "heading",
    [
        "⏱️ TIMESTAMPS:",
        "Kapitelmarken",
        "Chapitres :",
        "Capítulos",
        "Таймкоды:",
        "目次",
        "【时间轴】",
        "목차",
        "فصول الحلقة:",
        "Minutado:",
    ],
)
def test_headings_speak_for_what_alone_might_be_a_schedule(heading: str) -> None:
    listed = "10:00 Türen\n11:30 Öl\n14:15 Ende"
    assert chapters_of(listed) == ()
    assert [title for _, title in chapters_of(f"{heading}\n{listed}")] == ["Türen", "Öl", "Ende"]


@pytest.mark.parametrize(
    "title",
    [
        "16 : 8 lamps",
        "Lamps (part 2) – oil",
        "“Why?” she asked…",
        ":has() and -50%",
        "--verbose",
        "Vec<T> and <Lamp />",
        "am Anfang war das Licht",
        "ET phones home",
        "snake_case and __init__",
        "1. Lamps: 2001",
        ">20 m high",
        "灯台·守り：夜",
        "The end.",
    ],
)
def test_words_and_signs_of_a_title_stay(title: str) -> None:
    notes = f"00:00 - Hello\n03:00 - {title}\n09:00 - Bye"
    assert chapters_of(notes)[1] == (180_000, title)


def test_a_forgotten_hour_and_a_slip_stay_in_their_list() -> None:
    forgotten = "0:35 Hello\n20:00 Lamps\n40:00 Wicks\n54:00 Rust\n0:36 Oil\n3:10 Bye"
    assert [start // 1000 for start, _ in chapters_of(forgotten)] == [35, 1200, 2400, 3240, 36, 190]
    slip = "0:00 Hello\n10:00 Lamps\n0:00 Oil\n31:00 Wicks\n45:00 Bye"
    assert [start // 1000 for start, _ in chapters_of(slip)] == [0, 600, 0, 1860, 2700]


def test_of_several_lists_the_one_that_fits_the_duration_is_taken() -> None:
    notes = (
        "Audio\n0:00 Hello\n3:10 Lamps\n40:00 Bye\n\nNext week\n0:00 Bees\n2:40 Hives\n86:30 Honey\n90:00 Wax"
    )
    assert [title for _, title in chapters_of(notes, 2_500)] == ["Hello", "Lamps", "Bye"]


def test_the_same_list_for_sound_and_video_is_taken_once() -> None:
    notes = "Audio chapters\n0:00 Hello\n3:10 Lamps\n40:00 Bye\n\nVideo\n0:00 Hello\n2:40 Lamps\n36:00 Bye"
    assert chapters_of(notes) == ((0, "Hello"), (190_000, "Lamps"), (2_400_000, "Bye"))


OTHERS = """
- [{words}](https://www.youtube.com/watch?v=AAAAAAAAAAA)
    - [00:00](https://www.youtube.com/watch?v={video}&t=0s) - Hello
    - [03:15](https://www.youtube.com/watch?v={video}&t=195s) - Lamps
    - [07:04](https://www.youtube.com/watch?v={video}&t=424s) - Bye
"""


def test_moments_in_a_video_that_the_notes_only_tell_of_are_no_chapters() -> None:
    assert chapters_of(OTHERS.format(words="A history of lamps", video="AAAAAAAAAAA")) == ()
    assert len(chapters_of(OTHERS.format(words="Watch this episode", video="AAAAAAAAAAA"))) == 3
    assert len(chapters_of(OTHERS.format(words="A history of lamps", video="BBBBBBBBBBB"))) == 3


def test_long_questions_are_chapters_and_speech_is_none() -> None:
    question = "How would you trim a wick that burns too high when the wind is from the west and rising? "
    asked = "\n".join(f"{minute:02d}:10 - No. {minute}: {question * 4}" for minute in range(4, 40, 4))
    assert len(chapters_of(asked)) == 9
    said = "\n".join(f"00:{second:02d} No. {second}: {question}" for second in range(0, 60, 6))
    assert chapters_of(said) == ()


def test_times_behind_the_end_belong_to_another_recording() -> None:
    notes = "<p>0:00 Hello</p><p>40:00 Middle</p><p>1:50:00 End</p>"
    assert len(chapters_of(notes, 7_000)) == 3
    assert chapters_of(notes, 1_200) == ()


@pytest.mark.parametrize(
    "number",
    "01 03 05 09 11 13 15 17 19 21 23 25 27 31 33 35 37 41 43 45 47 51".split(),  # noqa: SIM905
)
def test_real_descriptions(number: str) -> None:
    known = description(number)
    assert list(chapters_of(known.text, known.duration_s)) == known.chapters


@pytest.mark.parametrize("number", ["29", "39", "49"])
def test_real_descriptions_that_are_a_matter_of_judgement(number: str) -> None:
    """29: times alone above their points; 39: four recordings; 49: moments in somebody else's video."""
    known = description(number)
    assert list(chapters_of(known.text, known.duration_s)) == known.chapters


def test_real_description_with_one_chapter_that_was_not_counted() -> None:
    """07: the list's last line is missing from the count."""
    known = description("07")
    found = chapters_of(known.text, known.duration_s)
    assert list(found[:-1]) == known.chapters
    assert found[-1] == (4_761_000, "Wrapping up")
