"""Whatever bytes claim to be, they become UTF-8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import encoding
from bot.text.encoding import TextTooLargeError, to_utf8


def _document(declared: str, text: str) -> str:
    return f'<?xml version="1.0" encoding="{declared}"?><rss>{text}</rss>'


@pytest.mark.parametrize(
    ("declared", "written", "content_type", "text"),
    [
        ("utf-8", "utf-8", None, "Été “quoted” 😀"),
        ("utf-8", "utf-8", "text/xml", "Été"),
        ("utf-8", "latin-1", None, "Été à la plage"),
        ("utf-8", "cp1252", "application/xml; charset=utf-8", "“Été” …"),
        ("iso-8859-1", "utf-8", "text/xml; charset=iso-8859-1", "Été “quoted”"),
        ("iso-8859-1", "iso-8859-1", None, "Été"),
        ("us-ascii", "utf-8", None, "Été"),
        ("windows-1251", "windows-1251", None, "Русский подкаст"),
        ("windows-1251", "windows-1251", "text/xml; charset=ISO-8859-1", "Русский подкаст"),
        ("utf-8", "koi8-r", 'text/xml; charset="koi8-r"', "Русский подкаст"),
        ("shift_jis", "shift_jis", None, "日本語のポッドキャスト"),
        ("iso-2022-jp", "iso-2022-jp", None, "日本語のポッドキャスト"),
        ("gb2312", "gb2312", None, "中文播客"),
        ("utf-16", "utf-16", None, "Été 😀"),
        ("utf-8", "utf-16", None, "Été 😀"),
        ("utf-16", "utf-16-le", None, "Été 😀"),
        ("utf-16", "utf-16-be", None, "Été 😀"),
        ("utf-16", "utf-8", None, "Été 😀"),
        ("utf-32", "utf-32", None, "Été 😀"),
        ("nonsense", "utf-8", "text/xml; charset=zlib", "Été"),
        ("nonsense", "cp1252", "text/xml; charset=idna", "Été"),
        ("unicode_escape", "cp1252", None, "Été \\x41"),
    ],
)
def test_encodings(declared: str, written: str, content_type: str | None, text: str) -> None:
    body = _document(declared, text).encode(written)
    assert bytes(to_utf8(body, content_type)).decode().partition("<rss>")[2] == f"{text}</rss>"


def test_a_few_bytes_of_another_text_spoil_nothing() -> None:
    body = _document("utf-8", "Größe 日本語").encode() + b"caf\xe9 \x93x\x94 \x81"
    assert bytes(to_utf8(body, None)).decode().endswith("Größe 日本語</rss>café “x” \ufffd")


@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_utf8_is_not_copied(kind: type[bytes]) -> None:
    body = kind(_document("latin-1", "Été").encode())
    assert to_utf8(body, "text/xml; charset=latin-1") is body


def test_characters_on_the_border_of_two_pieces_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "CHUNK", 3)
    for text, written in (("aé😀" * 9, "utf-8"), ("aé😀" * 9, "utf-16"), ("日本語" * 9, "shift_jis")):
        body = _document(written, text).encode(written)
        assert text in bytes(to_utf8(body, None)).decode()


def test_what_would_stand_in_memory_twice_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "MAX_CONVERTED_BYTES", 2**20)
    assert len(to_utf8("é".encode() * 2**20, None)) == 2 * 2**20
    with pytest.raises(
        TextTooLargeError,
        match=r"^The feed is not in UTF-8 and larger than 1 MiB; so much is not converted\.$",
    ):
        to_utf8(b"\xe9 " * 2**20, None)


@given(st.binary(max_size=200), st.none() | st.text(max_size=40), st.text(max_size=12))
def test_any_bytes_become_utf8(body: bytes, content_type: str | None, declared: str) -> None:
    bytes(to_utf8(body, content_type)).decode()
    head = f'<?xml version="1.0" encoding="{declared}"?>'.encode("utf-8", "replace")
    bytes(to_utf8(head + body, content_type)).decode()


@given(st.text(max_size=100))
def test_text_in_utf8_stays_what_it_is(text: str) -> None:
    body = _document("iso-8859-1", text.replace("\x1b", "")).encode("utf-8", "replace")
    assert bytes(to_utf8(body, "text/xml; charset=windows-1252")) == body
