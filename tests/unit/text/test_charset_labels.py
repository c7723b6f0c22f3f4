from __future__ import annotations

import codecs

import pytest

from bot.text import charset_labels
from bot.text.charset_labels import codec_of


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("utf-8", "utf-8"),
        ("UTF8", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("us-ascii", "cp1252"),
        ("ISO-8859-1", "cp1252"),
        ("iso_8859-1:1987", "cp1252"),
        ("latin-1", "cp1252"),
        ("ISO-8859-9", "cp1254"),
        ("ISO-8859-10", "iso8859-10"),
        ("iso-8859-11", "cp874"),
        ("TIS-620", "cp874"),
        ("windows-874", "cp874"),
        ("ISO-8859-13", "iso8859-13"),
        ("iso8859-15", "iso8859-15"),
        ("ISO-8859-16", "iso8859-16"),
        ("windows-1251", "cp1251"),
        (" CP1251 ", "cp1251"),
        ("koi8-u", "koi8-u"),
        ("x-mac-cyrillic", "mac-cyrillic"),
        ("gb2312", "gb18030"),
        ("GB_2312-80", "gb18030"),
        ("x-gbk", "gb18030"),
        ("Big5", "big5hkscs"),
        ("Shift_JIS", "cp932"),
        ("x-sjis", "cp932"),
        ("Windows-31J", "cp932"),
        ("ks_c_5601-1987", "cp949"),
        ("EUC-KR", "cp949"),
        ("iso-2022-jp", "iso2022_jp"),
        # What makers and languages call the same.
        ("win-1251", "cp1251"),
        ("windows-936", "gb18030"),
        ("MS950", "big5hkscs"),
        ("uhc", "cp949"),
        ("eucJP-ms", "euc_jp"),
        ("latin10", "iso8859-16"),
    ],
)
def test_labels_mean_what_they_mean_on_the_web(label: str, codec: str) -> None:
    assert codec_of(label) == codec


@pytest.mark.parametrize(
    "label", ["", "nonsense", "zlib", "idna", "utf-7", "unicode_escape", "iso-8859-12", "cp037"]
)
def test_labels_of_no_document(label: str) -> None:
    assert codec_of(label) is None


def test_each_codec_is_one_of_pythons_own() -> None:
    for codec in charset_labels._CODECS.values():
        assert codecs.getincrementaldecoder(codec)("replace").decode(b"Keep", final=True)


def test_each_label_is_listed_once() -> None:
    rows = [row.split() for row in charset_labels._TABLE.strip().splitlines()]
    labels = [label for row in rows for label in row[1:]]
    assert len(labels) == len(set(labels)) == len(charset_labels._CODECS)
