"""Numbers in figures and in words: "2,000", "2000" and "two thousand" are one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<figures>\d{1,3}(?:[,.'’\u00a0\u202f\u2009]\d{3})+(?![\d])|\d+(?:[.,]\d+)?)(?P<ending>[A-Za-z]*)"
    r"|(?P<kanji>[〇零一二三四五六七八九十百千万億兆两兩亿萬]+)|(?P<word>[^\W\d_]+)"
)
_GROUPED = re.compile(r"\d{1,3}(?:[,.'’\u00a0\u202f\u2009]\d{3})+")
_BETWEEN = re.compile(r"[\s\u00a0‐‑-]*")
_ENDINGS = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "t": 10**12}
_ENDINGS |= {"tsd": 10**3, "mio": 10**6, "mrd": 10**9}
# "a 7 B model"
_LETTER_BEHIND = re.compile(r"(?<![\w.,])(\d{1,4})[ -]([KMBT])\b")
_KANJI = dict(zip("〇零一二三四五六七八九两兩", (0, 0, *range(1, 10), 2, 2), strict=True))
_KANJI_TENS = {"十": 10, "百": 100, "千": 1000}
_KANJI_SCALES = {"万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8, "兆": 10**12}

# From nought to nineteen, then the tens from twenty; "/" parts other forms of the same number.
_SMALL = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen",
    "de": "null ein/eins/eine/einen/einem/einer/eines zwei/zwo drei vier fünf sechs sieben acht neun zehn elf zwölf"
    " dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "fr": "zéro un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "es": "cero un/uno/una dos/dós tres/trés cuatro cinco seis/séis siete ocho nueve diez once doce trece catorce"
    " quince dieciséis diecisiete dieciocho diecinueve",
    "it": "zero un/uno/una due tre/tré quattro cinque sei sette otto nove dieci undici dodici tredici quattordici"
    " quindici sedici diciassette diciotto diciannove",
    "pt": "zero um/uma dois/duas três quatro cinco seis sete oito nove dez onze doze treze catorze/quatorze quinze"
    " dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove",
    "nl": "nul een/één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien"
    " zeventien achttien negentien",
    "sv": "noll en/ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton"
    " nitton",
    "da": "nul en/et to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten sytten atten"
    " nitten",
    "no": "null en/ett to tre fire fem seks sju/syv åtte ni ti elleve tolv tretten fjorten femten seksten sytten"
    " atten nitten",
    "tr": "sıfır bir iki üç dört beş altı yedi sekiz dokuz on",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig/dreissig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt/vingts trente quarante cinquante soixante septante huitante nonante",
    "es": "veinte/veinti treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "it": "venti/vent trenta/trent quaranta/quarant cinquanta/cinquant sessanta/sessant settanta/settant"
    " ottanta/ottant novanta/novant",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "sv": "tjugo trettio fyrtio femtio sextio sjuttio åttio nittio",
    "da": "tyve tredive fyrre halvtreds tres halvfjerds firs halvfems",
    "no": "tjue tretti førti femti seksti sytti åtti nitti",
    "tr": "yirmi otuz kırk elli altmış yetmiş seksen doksan",
}
_SCALES = {
    "en": "hundred/hundreds thousand/thousands million/millions billion/billions trillion/trillions",
    "de": "hundert/hunderte/hunderten tausend/tausende/tausenden million/millionen milliarde/milliarden"
    " billion/billionen",
    "fr": "cent/cents mille/milliers million/millions milliard/milliards billion/billions",
    "es": "cien/ciento/cientos mil/miles millón/millones millardo/millardos billón/billones",
    "it": "cento/centinaia mille/mila/migliaia milione/milioni miliardo/miliardi bilione/bilioni",
    "pt": "cem/cento/centenas mil/milhares milhão/milhões bilhão/bilhões trilhão/trilhões",
    "nl": "honderd/honderden duizend/duizenden miljoen/miljoenen miljard/miljarden biljoen/biljoenen",
    "sv": "hundra/hundratals tusen/tusentals miljon/miljoner miljard/miljarder biljon/biljoner",
    "da": "hundrede/hundreder tusind/tusinde/tusinder million/millioner milliard/milliarder billion/billioner",
    "no": "hundre/hundrevis tusen/tusenvis million/millioner milliard/milliarder billion/billioner",
    "tr": "yüz/yüzlerce bin/binlerce milyon/milyonlarca milyar/milyarlarca trilyon",
}
_ORDINALS = {
    "en": "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    "de": "dritte vierte fünfte sechste siebte achte neunte zehnte elfte zwölfte",
}
# Inside a number: "one hundred and two", "dreiundzwanzig", "vingt et un".
_JOINING = {
    "en": "and",
    "de": "und",
    "fr": "et",
    "es": "y",
    "pt": "e",
    "nl": "en",
    "sv": "och",
    "da": "og",
    "no": "og",
}
_POINTS = {"en": "point", "de": "komma", "nl": "komma", "fr": "virgule", "es": "coma", "it": "virgola"}
# Where numbers are written as one word, and where "three and twenty" are 23 in it.
_GLUED = frozenset(("de", "it", "nl", "sv", "da", "no", "es"))
_UNITS_FIRST = frozenset(("de", "nl", "da", "no"))
_LONGEST_GLUED = 60


def numbers_in(text: str, language: str | None) -> list[Fraction]:
    """The numbers that a text states, in their order. "One" alone is none, as it mostly is an article."""
    found: list[_Number] = []
    for run in _runs(text, language):
        for number in run:
            before = found[-1] if found and number is not run[0] else None
            if before is not None and _is_century(before) and _joins(before, number):
                found[-1] = _Number(before.value * 100 + number.value, word=True)
            else:
                found.append(number)
    return [one.value for one in found if not (one.word and one.value == 1)]


def numbers_said(text: str, language: str | None) -> set[Fraction]:
    """Every number that somebody who said this may have meant: "one twenty-eight" is 1, 28 and 128."""
    said: set[Fraction] = set()
    for run in _runs(text, language):
        said.update(one.value for one in run)
        said.update(
            first.value * 100 + second.value for first, second in pairwise(run) if _joins(first, second)
        )
    said.update(
        Fraction(figures) * _ENDINGS[letter.lower()] for figures, letter in _LETTER_BEHIND.findall(text)
    )
    return said


class _Number(NamedTuple):
    value: Fraction
    word: bool


def _is_century(number: _Number) -> bool:
    return 11 <= number.value <= 20


def _joins(first: _Number, second: _Number) -> bool:
    """Whether "nineteen ninety-five" and the like may be one number."""
    return first.word and second.word and first.value < 100 and 10 <= second.value < 100


class _Part(NamedTuple):
    """A piece of a number: what it counts, whether it is a word, and what it does."""

    value: Fraction
    word: bool
    joining: bool = False
    point: bool = False
    touching: bool = False


@dataclass(frozen=True, slots=True)
class _Numerals:
    words: Mapping[str, int]
    joining: str
    point: str
    glued: re.Pattern[str] | None
    units_first: bool


@lru_cache(maxsize=32)
def _numerals(language: str) -> _Numerals:
    values = [
        *zip(_SMALL[language].split(), range(20), strict=False),
        *zip(_TENS[language].split(), range(20, 100, 10), strict=True),
        *zip(_SCALES[language].split(), (100, 10**3, 10**6, 10**9, 10**12), strict=True),
        *zip(_ORDINALS.get(language, "").split(), range(3, 13), strict=False),
    ]
    words = {form: value for forms, value in values for form in forms.split("/")}
    joining = _JOINING.get(language, "")
    pieces = sorted(filter(None, (*words, joining)), key=len, reverse=True)
    glued = re.compile("|".join(pieces)) if language in _GLUED else None
    return _Numerals(words, joining, _POINTS.get(language, ""), glued, language in _UNITS_FIRST)


def _runs(text: str, language: str | None) -> Iterator[list[_Number]]:
    """The numbers of a text; those with nothing between them together."""
    code = (language or "en").lower().replace("_", "-").partition("-")[0]
    numerals = _numerals(code if code in _SMALL else "en")
    text = unicodedata.normalize("NFKC", text)
    run: list[_Part] = []
    end = 0
    for found in _TOKEN.finditer(text):
        parts = _parts(found, numerals)
        if run and (not parts or not _BETWEEN.fullmatch(text, end, found.start())):
            yield _numbers(run)
            run = []
        if parts and found.start() == end:
            parts[0] = parts[0]._replace(touching=True)
        end = found.end()
        if parts and (run or not (parts[0].joining or parts[0].point)):
            run += parts
    if run:
        yield _numbers(run)


def _parts(found: re.Match[str], numerals: _Numerals) -> list[_Part]:
    """What a token counts; [] where it counts nothing."""
    if figures := found["figures"]:
        return [_Part(_value(figures) * _ENDINGS.get(found["ending"].lower(), 1), word=False)]
    if kanji := found["kanji"]:
        return [_Part(Fraction(_kanji(kanji)), word=True)]
    word = found["word"].lower()
    if word in numerals.words:
        return [_Part(Fraction(numerals.words[word]), word=True)]
    if word == numerals.joining:
        return [_Part(Fraction(0), word=True, joining=True)]
    if word == numerals.point:
        return [_Part(Fraction(0), word=True, point=True)]
    return _glued(word, numerals)


def _value(figures: str) -> Fraction:
    if _GROUPED.fullmatch(figures):
        return Fraction("".join(sign for sign in figures if sign.isdecimal()))
    return Fraction(figures.replace(",", "."))


def _kanji(signs: str) -> int:
    if not any(sign in _KANJI_TENS or sign in _KANJI_SCALES for sign in signs):
        # "二〇二四"
        return int("".join(str(_KANJI[sign]) for sign in signs))
    total = below = digit = 0
    for sign in signs:
        if sign in _KANJI:
            digit = _KANJI[sign]
        elif sign in _KANJI_TENS:
            below += (digit or 1) * _KANJI_TENS[sign]
            digit = 0
        else:
            total += ((below + digit) or 1) * _KANJI_SCALES[sign]
            below = digit = 0
    return total + below + digit


def _glued(word: str, numerals: _Numerals) -> list[_Part]:
    """The parts of a number that is written as one word; [] where it is no number to its end."""
    if numerals.glued is None or numerals.glued.match(word) is None or len(word) > _LONGEST_GLUED:
        return []
    found = numerals.glued.findall(word)
    if len(found) < 2 or "".join(found) != word or numerals.joining in (found[0], found[-1]):
        return []
    values = [numerals.words.get(piece, 0) for piece in found]
    parts: list[_Part] = []
    place = 0
    while place < len(found):
        joined = place + 2 < len(found) and found[place + 1] == numerals.joining
        if numerals.units_first and joined and values[place] < 10 <= values[place + 2] < 100:
            parts.append(_Part(Fraction(values[place] + values[place + 2]), word=True))
            place += 3
            continue
        if found[place] != numerals.joining:
            parts.append(_Part(Fraction(values[place]), word=True))
        place += 1
    return parts


def _numbers(parts: Sequence[_Part]) -> list[_Number]:
    """The numbers that parts in a row make: "two thousand twenty three, four" is 2023 and 4."""
    found: list[_Number] = []
    total, current, word = Fraction(0), None, True
    behind_point = 0
    for part in parts:
        value = part.value
        if part.point:
            behind_point = 1
            continue
        if part.joining:
            behind_point = 0
            continue
        if current is not None and behind_point and part.word and value < 10:
            current += value / 10**behind_point
            behind_point += 1
            continue
        if value >= 1000 and part.word and (current is not None or not total):
            total += (1 if current is None else current) * value
            current = None
        elif current is None and (part.word or part.touching or not total):
            current = value
        elif current is not None and value == 100 and part.word and current < 100:
            current *= 100
        elif current is not None and word and part.word and _goes_on(current, value):
            current += 76 if current % 100 == 4 and value == 20 else value
        else:
            found.append(_Number(total + (current or 0), word))
            total, current, word = Fraction(0), value, True
        behind_point = 0
        word = word and part.word
    return [*found, _Number(total + (current or 0), word)] if parts else found


def _goes_on(current: Fraction, value: Fraction) -> bool:
    """Whether a number goes on with this one: "twenty" with "three", "two hundred" with "six"."""
    below = current % 100
    if below < 20:
        return (current >= 100 and below == 0 and value < 100) or (below == 4 and value == 20)
    # "soixante-dix", "quatre-vingt-dix"
    return (below % 10 == 0 and 0 < value < 10) or (below in (60, 80) and 10 <= value < 20)
