"""Scan one line of show notes for a chapter: a time and a title, in the notations seen in the wild.

    [00:03:39] Title      03:39 - Title      1. (3:39) Title      ▶ 00:00 – 03:39 | Title      3m39s Title
    Title [3:39]          Title ..... 3:39   03：39 标题           【3:39】タイトル

A line is scanned without its neighbours. Whether such lines are the episode's chapters is decided over all of them,
in `chapter_lists`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.text.lexicons import any_word, every_language
from bot.text.markdown import trimmed, without_markup
from bot.text.timecodes import CHAPTER_COLONS, CHAPTER_DOTS, CHAPTER_UNITS, Form, names_hours, to_ms

MAX_LINE = 2_000

# Digits and punctuation of other scripts, one character for one, so that offsets stay valid.
_ASCII = {
    **{base + digit: ord("0") + digit for base in (0xFF10, 0x0660, 0x06F0, 0x0966) for digit in range(10)},
    **dict.fromkeys(map(ord, "：﹕꞉ː∶"), ord(":")),
    **dict.fromkeys(map(ord, "‐‑‒−﹣－"), ord("-")),
    **dict.fromkeys(map(ord, "．"), ord(".")),
}

# The end of a range is ignored: the next chapter gives it.
_UNTIL = rf"(?:\s?(?:[-–—~〜>→]{{1,3}}|to|bis|hasta|до)\s?(?:{CHAPTER_COLONS}|{CHAPTER_UNITS}))?"
_TIME = rf"(?:(?P<colons>{CHAPTER_COLONS})|(?P<units>{CHAPTER_UNITS})){_UNTIL}"

# What may precede the time without being part of the title: a bullet, an emoji, a number.
_SYMBOL = r"[^\w\s\[\](){}<>（）【】「」『』〔〕〈〉《》［］＜＞@#~\"'“”‘’«»‹›„.,;!?$%&=/+]{1,8}"
_NUMBER = (
    r"\d\ufe0f?\u20e3|\(?\d{1,3}[.)\]](?=[\s\[(])|\#\d{1,3}[.:)]?|\d{1,3}\s?[-–—|](?=\s)"
    r"|\d{1,3}(?=\s+\d{1,2}:\d\d)|[①-⑳]"
)
_PART = (
    r"(?i:chapter|ch\.?|kapitel|chapitre|cap[ií]tulo|capitolo|part|parte|teil|section|topic|segment|track|глава)"
    r"\s?\d{1,3}\s?[-–—:.|)]?"
)
_DECOR = rf"(?:(?:{_SYMBOL}|{_NUMBER}|{_PART})\s*){{0,3}}"
_LEFT, _RIGHT = r"\[({<«‹【〔〈《「『［（＜｛", r"\])}>»›】〕〉》」』］）＞｝"
_LEAD_IN = rf"(?:{any_word(every_language().time_lead_ins)})"
_PREFIX = (
    r"(?i:@\s?|[~≈]\s?|t=|(?:min(?:\.|uto|ute|uta)?|time(?:\s?-?code|\s?-?stamp)?|tc)\s?:?\s"
    rf"|{_LEAD_IN}\s(?:min\.?\s|{_LEAD_IN}\s)?)?"
)
_SUFFIX = rf"(?:\s?(?:[Mm]in[s.]?|minut(?:es?|i|os|en)|Std\.?|hrs?)(?=\s?(?:[{_RIGHT}\-–—:|]|$)))?"
# A time of day. "10:30am" and "20:15 Uhr" surely are; in "18:00 UTC", "19:00 h" and "7:30 am" the title may begin
# behind the digits.
_CLOCK = (
    r"(?P<clock>(?P<sure>[ap]\.?m\b\.?|[AP]\.?M\b\.?|\s?(?:pm|PM|[ap]\.\s?m\.|[AP]\.\s?M\.|[Uu]hr|o['’]clock|часов)(?!\w))"
    r"|\s?(?:am|AM|[hH]|hs|[Hh]rs|[Hh]eures?|ч|Z|UTC|GMT|(?:[CEMP][SD]?|A[EW][SD]|[BIJKMW]S|CES|WES)T|MES?Z)(?!\w))?"
)
# A separator between time and title, but not punctuation that the title begins with: ":has", "-50%", "--verbose".
_SIGN = (
    r"(?:[|│¦•·‧・∙▪►▶→➜➔⇒»]|(?<!\s):|:(?=\s)|[–—―]+|-+>?(?=\s)|(?<!\s)-+>?|-(?=[^\W\d_])|=?>(?=\s)"
    r"|[.,;/=](?=\s))"
)
_SEPARATOR = rf"\s*(?:{_SIGN}\s*(?:{_SIGN}\s+)?)?"
_FIRST = re.compile(
    rf"{_DECOR}(?P<open>[{_LEFT}|]{{1,2}}\s?)?{_PREFIX}(?:{_TIME}|(?P<dots>{CHAPTER_DOTS})){_SUFFIX}{_CLOCK}"
    rf"(?(open)\s?[{_RIGHT}|]{{1,2}})(?P<end>){_SEPARATOR}"
)
_LAST = re.compile(
    rf"(?P<open>[{_LEFT}]|(?<![^\W_])(?<![.:,/+$#])(?<!\w-))\s?{_PREFIX}{_TIME}{_SUFFIX}{_CLOCK}"
    rf"\s?(?P<close>[{_RIGHT}]?)\s?[.:,;]?\s?$"
)
_LAST_WINDOW = 48
# Four dots or more are a leader between title and time; up to three belong to the title.
_BEFORE_LAST = re.compile(r"(?:[\s\-–—―:：|│·•→_,;@~=]|\.{4,}|(?:\s\.){2,}|…{2,})+$")
# The number of a list item.
_ITEM_NUMBER = re.compile(
    r"^#?(?P<number>\d{1,3})(?:[.)]\s+|\s+[|–—:-]\s+|\s*:\s+|\s+)(?=[^\W\d_]|[\"“„«'(])"
)
_LETTER = re.compile(r"[^\W_]")
_QUOTED = re.compile(r"(?:>\s)+")
_WRAPPED = re.compile(r"[\[(]([^\[\]()]{6,300}[^\d\s:\[\]()])[\])]")
_GLUED = re.compile(r"[a-z0-9_%]")
_DIGIT = re.compile(r"\d")
# The line of a caption's times, without a title.
_CUE = re.compile(r"[\d:.,\s]+-->[\d:.,\s]+")
# As French typography spaces its colons.
_SPACED = re.compile(r"(?<![\w:])\d{1,2} : [0-5]\d(?: : [0-5]\d)?(?![\w:])")
_BRACKETS = frozenset(_LEFT) - {"\\"}


@dataclass(frozen=True, slots=True)
class ChapterLine:
    """A time and a title in one line; the title is empty where the time stands alone.

    `time_first`: the time precedes the title. `bracketed`: it is in brackets. `has_hours`: it has an hours part.
    `may_be_clock`, `is_clock`: it may be, or surely is, a time of day. `number`: the number in front of the title.
    """

    start_ms: int
    title: str
    time_first: bool
    bracketed: bool
    form: Form
    has_hours: bool
    may_be_clock: bool = False
    is_clock: bool = False
    number: int | None = None

    @property
    def is_certain(self) -> bool:
        """Whether this is a chapter wherever it stands."""
        return not self.may_be_clock and self.form is Form.COLONS and (self.time_first or self.bracketed)


class ChapterScanner:
    """Scans the lines of one episode's notes, each text once, however often it is asked for."""

    def __init__(self) -> None:
        self._scanned: dict[str, ChapterLine | None] = {}

    def scan(self, text: str) -> ChapterLine | None:
        """The chapter in `text`, a line without its bullet; None where it neither begins nor ends with a time."""
        if text not in self._scanned:
            self._scanned[text] = scan_chapter_line(text)
        return self._scanned[text]

    def is_chapter(self, text: str) -> bool:
        """Whether `text` is a chapter wherever it stands."""
        found = self.scan(text)
        return found is not None and found.is_certain


def scan_chapter_line(text: str) -> ChapterLine | None:
    """The chapter in `text`, a line without its bullet; None where it neither begins nor ends with a time."""
    if not 3 < len(text) <= MAX_LINE or not _DIGIT.search(text) or _CUE.fullmatch(text):
        return None
    text = _unwrapped(without_markup(_without_quote(text)))
    text = _SPACED.sub(lambda found: found[0].replace(" ", ""), text)
    shadow = text.translate(_ASCII)
    if found := _FIRST.match(shadow):
        return _time_first(text, shadow, found)
    window = max(0, len(shadow) - _LAST_WINDOW)
    if found := _LAST.search(shadow, window):
        return _time_last(text, found)
    return None


def _without_quote(text: str) -> str:
    found = _QUOTED.match(text)
    return text[found.end() :] if found else text


def _unwrapped(text: str) -> str:
    """`text` without brackets around both time and title: `[00:00 Title]`."""
    if found := _WRAPPED.fullmatch(text):
        return found[1]
    return text


def _time_first(text: str, shadow: str, found: re.Match[str]) -> ChapterLine | None:
    bracketed = bool(found["open"])
    behind = shadow[found.end("end") : found.end("end") + 1]
    if not bracketed and not found["clock"] and _GLUED.match(behind):
        # "00:00Title" and "00:00开场" lost a space and are chapters; "3:20th" and "12:30%" are not.
        return None
    title_at = found.end()
    if found["clock"] and not found["sure"] and not bracketed:
        # Only the other lines can tell whether "12:30 ET" is a time of day or the title begins with "ET".
        title_at = found.start("clock")
    title = trimmed(text[title_at:])
    if title and not _LETTER.search(title) and title.isascii():
        return None
    return _chapter_line(found, title, time_first=True, bracketed=bracketed)


def _time_last(text: str, found: re.Match[str]) -> ChapterLine | None:
    title = text[: found.start()]
    title = trimmed(_BEFORE_LAST.sub("", title))
    if not _LETTER.search(title):
        return None
    return _chapter_line(
        found,
        title,
        time_first=False,
        bracketed=bool(_BRACKETS.intersection(found["open"])) and bool(found["close"]),
    )


def without_number(title: str) -> str:
    """`title` without the number of its list item."""
    return _ITEM_NUMBER.sub("", title, count=1)


def _chapter_line(found: re.Match[str], title: str, *, time_first: bool, bracketed: bool) -> ChapterLine:
    item = _ITEM_NUMBER.match(title)
    if found["colons"]:
        form, written = Form.COLONS, found["colons"]
    elif found["units"]:
        form, written = Form.UNITS, found["units"]
    else:
        form, written = Form.DOTS, found["dots"]
    return ChapterLine(
        to_ms(written, form),
        title,
        time_first,
        bracketed,
        form,
        has_hours=names_hours(written, form),
        may_be_clock=bool(found["clock"]),
        is_clock=bool(found["sure"]),
        number=int(item["number"]) if item else None,
    )
