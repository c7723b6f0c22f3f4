"""What the name of an encoding means on the web: labels of the WHATWG Encoding Standard → Python's codecs.

<https://encoding.spec.whatwg.org/#names-and-labels>. Browsers read each label as the superset that its documents are
written in: "gb2312" as GB 18030, "shift_jis" as Windows-31J, "iso-8859-1" as Windows-1252. Python's own codecs of
these names are the narrow ones.
"""

from __future__ import annotations

import re

# Python's codec, then its labels without their hyphens, underscores and years. ISO 2022-KR is read beyond the
# standard, which gives it up. So are names that the programs of one maker or language write ("windows-936", "uhc",
# "win-1251"), each like the web's name of the same encoding. "iso-8859-8-i" and "-e" differ in the direction of
# their lines alone.
_TABLE = """
    utf-8         utf8 unicode11utf8 unicode20utf8 xunicode20utf8 cp65001 utf8mb4
    utf-16-le     utf16 utf16le ucs2 unicode csunicode iso10646ucs2 unicodefeff
    utf-16-be     utf16be unicodefffe
    cp866         866 cp866 csibm866 ibm866
    iso8859-2     iso88592 csisolatin2 isoir101 l2 latin2
    iso8859-3     iso88593 csisolatin3 isoir109 l3 latin3
    iso8859-4     iso88594 csisolatin4 isoir110 l4 latin4
    iso8859-5     iso88595 csisolatincyrillic cyrillic isoir144
    iso8859-6     iso88596 iso88596e iso88596i csiso88596e csiso88596i csisolatinarabic
    iso8859-6     arabic asmo708 ecma114 isoir127
    iso8859-7     iso88597 csisolatingreek greek greek8 ecma118 elot928 isoir126 suneugreek
    iso8859-8     iso88598 iso88598e iso88598i csiso88598e csiso88598i csisolatinhebrew hebrew isoir138 visual logical
    iso8859-10    iso885910 csisolatin6 isoir157 l6 latin6
    iso8859-13    iso885913 l7 latin7
    iso8859-14    iso885914 l8 latin8
    iso8859-15    iso885915 csisolatin9 l9 latin9
    iso8859-16    iso885916 l10 latin10
    koi8-r        koi8r koi koi8 cskoi8r
    koi8-u        koi8u koi8ru
    mac-roman     macintosh csmacintosh mac xmacroman
    mac-cyrillic  xmaccyrillic xmacukrainian
    cp874         windows874 dos874 iso885911 tis620 tis6202533
    cp1250        windows1250 cp1250 xcp1250 win1250
    cp1251        windows1251 cp1251 xcp1251 win1251
    cp1252        windows1252 cp1252 xcp1252 win1252 iso88591 latin1 l1 csisolatin1 isoir100
    cp1252        ascii usascii ansix3.41968 cp819 ibm819
    cp1253        windows1253 cp1253 xcp1253 win1253
    cp1254        windows1254 cp1254 xcp1254 win1254 iso88599 latin5 l5 csisolatin5 isoir148
    cp1255        windows1255 cp1255 xcp1255 win1255
    cp1256        windows1256 cp1256 xcp1256 win1256
    cp1257        windows1257 cp1257 xcp1257 win1257
    cp1258        windows1258 cp1258 xcp1258 win1258
    gb18030       gb18030 gbk xgbk cp936 gb2312 gb231280 csgb2312 csiso58gb231280 chinese isoir58
    gb18030       windows936 ms936 euccn xeuccn
    big5hkscs     big5 big5hkscs cnbig5 csbig5 xxbig5 windows950 cp950 ms950
    euc_jp        eucjp xeucjp cseucpkdfmtjapanese ujis eucjpms cp51932
    iso2022_jp    iso2022jp csiso2022jp
    cp932         shiftjis sjis xsjis csshiftjis windows31j ms932 mskanji cp932
    cp932         cswindows31j windows932
    cp949         euckr cseuckr windows949 cp949 korean ksc56011987 ksc56011989 ksc5601 csksc56011987 isoir149
    cp949         uhc ms949
    iso2022_kr    iso2022kr csiso2022kr
"""
_CODECS = {label: row.split()[0] for row in _TABLE.strip().splitlines() for label in row.split()[1:]}
_PUNCTUATION = re.compile(r":\d{4}$|[-_\s]")


def codec_of(label: str) -> str | None:
    """Python's name of the codec that `label` means; None where no document is written in such an encoding."""
    return _CODECS.get(_PUNCTUATION.sub("", label.strip().lower()))
