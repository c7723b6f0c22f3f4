from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import APIC, CHAP, CTOC, ID3, TIT2, CTOCFlags, Encoding

from bot.chapters.id3 import read_id3_chapters, tag_size
from bot.chapters.json_file import ChaptersError

Listed = list[tuple[int, str]]
CHAPTERS = [("c0", 0, "The lamp"), ("c1", 61_500, "Öl — 油"), ("c2", 3_600_000, "Wicks")]


def tag(
    chapters: Sequence[tuple[str, int, str]] = CHAPTERS,
    *,
    tables: Sequence[tuple[str, int, Sequence[str]]] = (),
    version: int = 4,
    picture: int = 0,
) -> bytes:
    """A tag as a publisher's tool writes it."""
    tags = ID3()
    tags.add(TIT2(encoding=Encoding.UTF8, text=["The episode"]))
    for key, start_ms, title in chapters:
        inner = (
            [TIT2(encoding=Encoding.UTF16 if version == 3 else Encoding.UTF8, text=[title])] if title else []
        )
        if picture:
            inner.append(
                APIC(encoding=Encoding.LATIN1, mime="image/png", type=3, desc="", data=b"\xff" * picture)
            )
        tags.add(CHAP(element_id=key, start_time=start_ms, end_time=0, sub_frames=inner))
    for key, flags, children in tables:
        tags.add(CTOC(element_id=key, flags=flags, child_element_ids=list(children), sub_frames=[]))
    file = io.BytesIO()
    tags.save(file, v2_version=version, padding=lambda _: 64)
    return file.getvalue()


def read(raw: bytes) -> Listed:
    return [(one.start_ms, one.title) for one in read_id3_chapters(raw)]


def synchsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def made(frames: bytes, *, version: int = 4, flags: int = 0) -> bytes:
    return b"ID3" + bytes([version, 0, flags]) + synchsafe(len(frames)) + frames


def frame(name: bytes, data: bytes, *, flags: int = 0, plain: bool = False) -> bytes:
    size = len(data).to_bytes(4, "big") if plain else synchsafe(len(data))
    return name + size + bytes([0, flags]) + data


def chapter(key: bytes, start_ms: int, inner: bytes = b"") -> bytes:
    return key + b"\0" + start_ms.to_bytes(4, "big") * 2 + b"\xff" * 8 + inner


WANTED: Listed = [(start_ms, title) for _, start_ms, title in CHAPTERS]
TOP, ORDERED = int(CTOCFlags.TOP_LEVEL), int(CTOCFlags.ORDERED)


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("picture", [0, 300_000])
def test_chapters(version: int, picture: int) -> None:
    raw = tag(version=version, picture=picture)
    assert tag_size(raw[:10]) == len(raw)
    assert read(raw) == WANTED
    assert read(raw + b"\xff\xfb" * 500) == WANTED


def test_without_a_table_of_contents_chapters_are_ordered_by_start() -> None:
    assert read(tag(CHAPTERS[::-1])) == WANTED


@pytest.mark.parametrize(
    ("tables", "titles"),
    [
        ([("toc", TOP | ORDERED, ["c0", "c1", "c2"])], ["The lamp", "Öl — 油", "Wicks"]),
        ([("toc", TOP | ORDERED, ["c0", "c2"])], ["The lamp", "Wicks"]),
        ([("toc", TOP | ORDERED, ["c2", "c0", "c2"])], ["The lamp", "Wicks"]),
        ([("toc", ORDERED, ["c0", "c2"])], ["The lamp", "Wicks"]),
        ([("toc", TOP, ["part", "c2"]), ("part", 0, ["c1", "toc"])], ["Öl — 油", "Wicks"]),
        ([("a", 0, ["b"]), ("b", 0, ["c1"])], ["Öl — 油"]),
        ([("toc", TOP, ["gone"])], ["The lamp", "Öl — 油", "Wicks"]),
    ],
)
def test_the_table_of_contents_selects_chapters_and_time_orders_them(
    tables: list[tuple[str, int, list[str]]], titles: list[str]
) -> None:
    assert [title for _, title in read(tag(tables=tables))] == titles


def test_chapters_without_a_title_or_a_time_are_left_out() -> None:
    assert read(tag([("a", 0, ""), ("b", 0xFFFFFFFF, "Nowhen"), ("c", 5, "Oil")])) == [(5, "Oil")]


def test_a_tag_without_chapters() -> None:
    assert read(tag([])) == []
    assert read(made(b"\0" * 64)) == []
    assert read(made(b"TT2\0\0\5\0Oil", version=2)) == []


TITLE = frame(b"TIT2", b"\3Oil")


@pytest.mark.parametrize(
    "raw",
    [
        made(frame(b"CHAP", chapter(b"a", 5, TITLE))),
        # Sizes as iTunes wrote them, where they differ.
        made(frame(b"CHAP", chapter(b"a", 5, TITLE + frame(b"WXXX", b"x" * 300, plain=True)), plain=True)),
        # Behind an extended header, in both versions.
        made(synchsafe(6) + b"\1\0" + frame(b"CHAP", chapter(b"a", 5, TITLE)), flags=0x40),
        made(
            (6).to_bytes(4, "big") + bytes(6) + frame(b"CHAP", chapter(b"a", 5, TITLE), plain=True),
            version=3,
            flags=0x40,
        ),
        # With a length in front, and unsynchronised: one frame, then a whole tag.
        made(frame(b"CHAP", bytes(4) + chapter(b"a", 5, TITLE), flags=1)),
        made(frame(b"CHAP", chapter(b"a", 5, TITLE).replace(b"\xff", b"\xff\0"), flags=2)),
        made(
            frame(b"CHAP", chapter(b"a", 5, TITLE), plain=True).replace(b"\xff", b"\xff\0"),
            version=3,
            flags=0x80,
        ),
        # In a group.
        made(frame(b"CHAP", b"\7" + chapter(b"a", 5, TITLE), flags=0x40)),
        made(frame(b"CHAP", b"\7" + chapter(b"a", 5, TITLE), plain=True, flags=0x20), version=3),
    ],
)
def test_variants_of_frames(raw: bytes) -> None:
    assert read(raw) == [(5, "Oil")]


@pytest.mark.parametrize("version", [3, 4])
def test_compressed_frames_are_not_decompressed(version: int) -> None:
    bomb = zlib.compress(b"\0" * 30_000_000)
    flags, plain = (0x80, True) if version == 3 else (0x09, False)
    outer = frame(b"CHAP", bytes(4) + bomb, flags=flags, plain=plain)
    inner = frame(
        b"CHAP", chapter(b"a", 5, frame(b"TIT2", bytes(4) + bomb, flags=flags, plain=plain)), plain=plain
    )
    good = frame(b"CHAP", chapter(b"b", 7, frame(b"TIT2", b"\3Oil", plain=plain)), plain=plain)
    assert read(made(outer + inner + good, version=version)) == [(7, "Oil")]


def test_very_many_frames_take_little_time() -> None:
    """Enough to take hours where each costs a copy of the rest."""
    assert read(made(frame(b"COMM", b"x") * 1_000_000)) == []
    many = b"".join(frame(b"CHAP", chapter(b"%d" % n, n, TITLE)) for n in range(50_000))
    assert len(read(made(many))) == 1_000
    nested = chapter(b"a", 5)
    for _ in range(2_000):
        nested = chapter(b"a", 5, frame(b"CHAP", nested, plain=True))
    assert read(made(frame(b"CHAP", nested, plain=True))) == []


@pytest.mark.parametrize(
    "raw", [b"", b"ID3", b"\xff\xfb" * 10, b"ID3\5\0\0\0\0\0\0", b"ID3\4\0\0\x80\0\0\0", b"<html></html>"]
)
def test_no_tag(raw: bytes) -> None:
    assert tag_size(raw) is None
    with pytest.raises(ChaptersError, match="does not begin"):
        read_id3_chapters(raw)


def test_the_size_includes_a_footer() -> None:
    assert tag_size(b"ID3\4\0\x10\0\0\1\0") == 10 + 128 + 10
    assert tag_size(b"ID3\3\0\x10\0\0\1\0") == 10 + 128


def test_a_truncated_tag_gives_the_chapters_that_it_has() -> None:
    raw = tag(tables=[("toc", TOP, ["c0", "c1", "c2"])])
    found = [read(raw[:length]) for length in range(10, len(raw))]
    assert found[0] == []
    assert found[-1] == WANTED
    assert all(all(one in WANTED for one in listed) for listed in found)


@given(st.binary(max_size=300), st.integers(0, 1_000), st.integers(0, 255))
def test_broken_tags_are_read_or_refused(junk: bytes, at: int, byte: int) -> None:
    whole = tag(tables=[("toc", TOP, ["c0", "c1"])])
    at %= len(whole)
    for raw in (
        junk,
        made(junk),
        whole[:at] + bytes([byte]) + whole[at + 1 :],
        whole[:at] + junk + whole[at:],
    ):
        try:
            chapters = read_id3_chapters(raw)
        except ChaptersError:
            continue
        assert all(one.title and one.start_ms >= 0 for one in chapters)
