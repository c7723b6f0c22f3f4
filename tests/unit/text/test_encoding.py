from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import encoding
from bot.text.encoding import TextTooLargeError, to_text, to_utf8

ISO_8859 = {
    2: "Žluťoučký kůň",
    3: "Ĉiuĵaŭde",
    4: "Ķēniņš",
    5: "Маяк",
    6: "منارة",
    7: "Φάρος",
    8: "מגדלור",
    10: "Ųja ŧ",
    11: "พอดแคสต์",
    13: "Žąsų švyturys",
    14: "Ŵyneb",
    15: "10 € - cœur Šibenik",
    16: "Știri și țări",
}


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
        # What the labels mean on the web is more than what Python's codecs of these names know.
        ("gb2312", "gbk", None, "朱镕基"),
        ("gbk", "gb18030", None, "𠮷野家"),
        ("shift_jis", "cp932", None, "髙橋①ラジオ"),
        ("utf-8", "cp932", "text/xml; charset=x-sjis", "髙橋①ラジオ"),
        ("euc-kr", "cp949", None, "똠방각하"),
        ("windows-874", "cp874", None, "“พอดแคสต์”"),
        ("tis-620", "cp874", None, "พอดแคสต์ …"),
        ("iso-8859-9", "cp1254", None, "“Işık”"),
        ("big5", "big5hkscs", None, "粵語播客嘅"),
        ("x-mac-cyrillic", "mac-cyrillic", None, "Маяк"),
        ("koi8-u", "koi8-u", None, "Подкаст про їжу"),
        *((f"iso-8859-{part}", f"iso-8859-{part}", None, text) for part, text in ISO_8859.items()),
        # A default of servers and templates does not outweigh what the document says.
        ("iso-8859-15", "iso-8859-15", "text/xml; charset=ISO-8859-1", "10 € - cœur Šibenik"),
        ("iso-8859-2", "iso-8859-2", "text/xml; charset=utf-8", "Žluťoučký kůň"),
        # Neither does a charset that the bytes contradict.
        ("windows-1251", "windows-1251", "text/xml; charset=shift_jis", "Ещё маяк"),
        ("shift_jis", "koi8-r", "text/xml; charset=koi8-r", "Русский подкаст"),
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


def test_a_few_invalid_bytes_are_read_as_windows_1252() -> None:
    body = _document("utf-8", "Größe 日本語").encode() + b"caf\xe9 \x93x\x94 \x81"
    assert bytes(to_utf8(body, None)).decode().endswith("Größe 日本語</rss>café “x” \x81")


@pytest.mark.parametrize(
    ("codec", "pair", "character"),
    [
        ("euc_jp", b"\xad\xa1", "①"),
        ("euc_jp", b"\xfc\xe2", "髙"),
        ("euc_jp", b"\xa9\xa1", "\ufffd"),
        ("euc_jp", b"\xff\xff", "\ufffd\ufffd"),
        ("iso2022_jp", b"\x1b$B\x2d\x21\x1b(B", "①"),
    ],
)
def test_characters_that_only_some_japanese_codecs_know(codec: str, pair: bytes, character: str) -> None:
    body = "灯台 ".encode(codec) + pair + " 灯台".encode(codec)
    assert to_text(body, f"text/plain; charset={codec.replace('_', '-')}") == f"灯台 {character} 灯台"


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        ('<meta charset="windows-1251">', "cp1251"),
        ("<META CHARSET=windows-1251>", "cp1251"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r" />', "koi8-r"),
        ("<script>let a = 1</script>" + " " * 3_000 + "<meta charset='windows-1251'>", "cp1251"),
        ('<?xml version="1.0" encoding="windows-1251"?>', "cp1251"),
    ],
)
def test_a_page_declares_its_encoding(head: str, codec: str) -> None:
    page = f"<!DOCTYPE html><html><head>{head}<title>Маяк</title></head>"
    assert to_text(page.encode(codec), "text/html") == page
    assert to_text(page.encode(codec), "text/html; charset=utf-8") == page
    # What the host says outweighs it.
    assert to_text(page.encode("iso8859-5"), "text/html; charset=iso-8859-5") == page


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (codecs.BOM_UTF8 + "Été\r\nà\rla plage".encode(), None, "Été\nà\nla plage"),
        ("Été".encode("utf-16"), "text/plain; charset=utf-8", "Été"),
        ("Ещё один маяк".encode("utf-16-le"), "text/plain; charset=utf-16le", "Ещё один маяк"),
        ("Ещё один маяк".encode("utf-16-be"), "text/plain; charset=utf-16", "Ещё один маяк"),
        ("Ещё маяк".encode("cp1251"), "text/plain; charset=utf-16", "Åù¸ ìàÿê"),
        ("Été à la plage".encode("utf-16-be"), None, "Été à la plage"),
        ("Маяк".encode("cp1251"), "text/plain; charset=windows-1251", "Маяк"),
        ("Маяк".encode(), "text/plain; charset=windows-1251", "Маяк"),
        ("“Été”".encode("cp1252"), "text/plain; charset=iso-8859-1", "“Été”"),
        ("“Été”".encode("cp1252"), "text/plain; charset=klingon", "“Été”"),
        ("20 °F, “naïve”".encode() + b" caf\xe9", None, "20 °F, “naïve” café"),
        (b"a\0b", None, "a\ufffdb"),
        (b"", "text/plain", ""),
    ],
)
def test_texts_of_files(body: bytes, content_type: str | None, text: str) -> None:
    assert to_text(body, content_type) == text
    assert to_text(bytearray(body), content_type) == text


@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_utf8_is_not_copied(kind: type[bytes]) -> None:
    body = kind(_document("latin-1", "Été").encode())
    assert to_utf8(body, "text/xml; charset=latin-1") is body


def test_characters_on_the_border_of_two_chunks_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "CHUNK", 3)
    for text, written in (("aé😀" * 9, "utf-8"), ("aé😀" * 9, "utf-16"), ("日本語" * 9, "shift_jis")):
        body = _document(written, text).encode(written)
        assert text in bytes(to_utf8(body, None)).decode()


def test_converted_size_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "MAX_CONVERTED_BYTES", 2**20)
    assert len(to_utf8("é".encode() * 2**20, None)) == 2 * 2**20
    with pytest.raises(
        TextTooLargeError,
        match=r"^The feed is larger than 1 MiB and not in UTF-8; it is not converted\.$",
    ):
        to_utf8(b"\xe9 " * 2**20, None)


@given(st.binary(max_size=200), st.none() | st.text(max_size=40), st.text(max_size=12))
def test_any_bytes_become_utf8(body: bytes, content_type: str | None, declared: str) -> None:
    bytes(to_utf8(body, content_type)).decode()
    head = f'<?xml version="1.0" encoding="{declared}"?>'.encode("utf-8", "replace")
    bytes(to_utf8(head + body, content_type)).decode()


@given(
    st.binary(max_size=200),
    st.sampled_from(["utf-16", "gb2312", "shift_jis", "euc-jp", "iso-2022-jp", "big5"]),
)
def test_any_bytes_become_text(body: bytes, charset: str) -> None:
    text = to_text(body, f"text/plain; charset={charset}")
    assert "\r" not in text
    text.encode()


@given(st.text(max_size=100))
def test_utf8_is_kept_whatever_is_declared(text: str) -> None:
    body = _document("iso-8859-1", text.replace("\x1b", "")).encode("utf-8", "replace")
    assert bytes(to_utf8(body, "text/xml; charset=windows-1252")) == body
