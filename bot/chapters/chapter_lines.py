"""One line of notes as an entry of a list of chapters, in the dialects of the world.

    [00:03:39] Title      03:39 - Title      1. (3:39) Title      ▶ 00:00 – 03:39 | Title      3m39s Title
    Title [3:39]          Title ..... 3:39   03：39 标题           【3:39】タイトル

A line is read without its neighbours: whether the entries of some notes are chapters is decided by all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.text.markdown import trimmed, without_markup
from bot.text.timecodes import CHAPTER_COLONS, CHAPTER_DOTS, CHAPTER_UNITS, Form, names_hours, to_ms

MAX_LINE = 2_000

# Digits and colons of other scripts, one for one, so that places in the line stay what they are.
_ASCII = {
    **{base + digit: ord("0") + digit for base in (0xFF10, 0x0660, 0x06F0, 0x0966) for digit in range(10)},
    **dict.fromkeys(map(ord, "：﹕꞉ː∶"), ord(":")),
    **dict.fromkeys(map(ord, "‐‑‒−﹣－"), ord("-")),
    **dict.fromkeys(map(ord, "．"), ord(".")),
}

# The end of a range is told by the next entry.
_UNTIL = rf"(?:\s?(?:[-–—~〜>→]{{1,3}}|to|bis|hasta|до)\s?(?:{CHAPTER_COLONS}|{CHAPTER_UNITS}))?"
_TIME = rf"(?:(?P<colons>{CHAPTER_COLONS})|(?P<units>{CHAPTER_UNITS})){_UNTIL}"

# What may stand before a time and is no part of the title: a bullet, an emoji, a number.
_MARK = r"[^\w\s\[\](){}<>（）【】「」『』〔〕〈〉《》［］＜＞@#~\"'“”‘’«»„.,;!?$%&=/+]{1,8}"
_NUMBER = r"\d\ufe0f?\u20e3|\(?\d{1,3}[.)\]](?=[\s\[(])|\#\d{1,3}[.:)]?|\d{1,3}\s?[-–—|](?=\s)"
_PART = (
    r"(?i:chapter|ch\.?|kapitel|chapitre|cap[ií]tulo|capitolo|part|parte|teil|section|topic|segment|track|глава)"
    r"\s?\d{1,3}\s?[-–—:.|)]?"
)
_DECOR = rf"(?:(?:{_MARK}|{_NUMBER}|{_PART})\s*){{0,3}}"
_LEFT, _RIGHT = r"\[({<【〔〈《「『［（＜｛", r"\])}>】〕〉》」』］）＞｝"
_PREFIX = r"(?i:@\s?|[~≈]\s?|t=|(?:min(?:\.|uto|ute|uta)?|time(?:\s?-?code|\s?-?stamp)?|tc)\s?:?\s)?"
_SUFFIX = rf"(?:\s?(?:[Mm]in[s.]?|minut(?:es?|i|os|en)|Std\.?|hrs?)(?=\s?(?:[{_RIGHT}\-–—:|]|$)))?"
# A time of day: "10:30am", "20:15 Uhr". "18:00 UTC", "19:00 h" and "7:30 am" may be the beginning of a title too.
_CLOCK = (
    r"(?P<clock>(?P<sure>[ap]\.?m\b\.?|[AP]\.?M\b\.?|\s?(?:pm|PM|[ap]\.\s?m\.|[AP]\.\s?M\.|[Uu]hr|o['’]clock|часов)(?!\w))"
    r"|\s?(?:am|AM|[hH]|hs|[Hh]rs|[Hh]eures?|ч|Z|UTC|GMT|(?:[CEMP][SD]?|A[EW][SD]|[BIJKMW]S|CES|WES)T|MES?Z)(?!\w))?"
)
# Not the sign that a title begins with: ":has", "-50%", "--verbose".
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
# Dots lead from the title to its time where there are many; three and fewer are the title's.
_BEFORE_LAST = re.compile(r"(?:[\s\-–—―:：|│·•→_,;@~=]|\.{4,}|(?:\s\.){2,}|…{2,})+$")
# A number or mark that lists put before their items.
_ITEM_NUMBER = re.compile(r"(?P<number>\d{1,3})[.)]\s+(?=\S)")
_LETTER = re.compile(r"[^\W_]")
_QUOTED = re.compile(r"(?:>\s)+")
_WRAPPED = re.compile(r"[\[(]([^\[\]()]{6,300}[^\d\s:\[\]()])[\])]")
_GLUED = re.compile(r"[a-z0-9_%]")
_DIGITS = re.compile(r"\d\d")
_BRACKETS = frozenset(_LEFT) - {"\\"}


@dataclass(frozen=True, slots=True)
class ChapterLine:
    """A time and a title in one line; the title is empty where the time stands alone.

    `first`: the time stands before the title. `bracketed`: between brackets. `hours`: it names hours. `clock`,
    `surely_clock`: it is, perhaps or surely, a time of day. `number`: that of the item, where the list is numbered
    and the time stands last.
    """

    start_ms: int
    title: str
    first: bool
    bracketed: bool
    form: Form
    hours: bool
    clock: bool = False
    surely_clock: bool = False
    number: int | None = None

    @property
    def is_certain(self) -> bool:
        """Whether this is a chapter wherever it stands."""
        return not self.clock and self.form is Form.COLONS and (self.first or self.bracketed)


class ChapterScanner:
    """Scans the lines of some notes for chapters, each text once, however often it is asked for."""

    def __init__(self) -> None:
        self._scanned: dict[str, ChapterLine | None] = {}

    def scan(self, text: str) -> ChapterLine | None:
        """`text`, a line without its bullet, as a chapter; None where no time stands at its beginning or its end."""
        if text not in self._scanned:
            self._scanned[text] = scan_chapter_line(text)
        return self._scanned[text]

    def is_chapter(self, text: str) -> bool:
        """Whether `text` is a chapter wherever it stands."""
        found = self.scan(text)
        return found is not None and found.is_certain


def scan_chapter_line(text: str) -> ChapterLine | None:
    """`text`, a line without its bullet, as a chapter; None where no time stands at its beginning or its end."""
    if not 3 < len(text) <= MAX_LINE or "-->" in text or not _DIGITS.search(text):
        return None
    text = _unwrapped(without_markup(_without_quote(text)))
    shadow = text.translate(_ASCII)
    if found := _FIRST.match(shadow):
        return _first(text, shadow, found)
    window = max(0, len(shadow) - _LAST_WINDOW)
    if found := _LAST.search(shadow, window):
        return _last(text, found)
    return None


def _without_quote(text: str) -> str:
    found = _QUOTED.match(text)
    return text[found.end() :] if found else text


def _unwrapped(text: str) -> str:
    """`text` without the brackets that hold both time and title: `[00:00 Title]`."""
    if found := _WRAPPED.fullmatch(text):
        return found[1]
    return text


def _first(text: str, shadow: str, found: re.Match[str]) -> ChapterLine | None:
    bracketed = bool(found["open"])
    clock = bool(found["clock"])
    rest = shadow[found.end("end") : found.end("end") + 1]
    if not bracketed and not clock and _GLUED.match(rest):
        # "00:00Title" and "00:00开场" lost their space; "3:20th" and "12:30%" never had one.
        return None
    behind = found.end()
    if clock and not found["sure"] and not bracketed:
        # Whether "12:30 ET" is a time of day or begins a title is told by the other lines.
        behind = found.start("clock")
    title = trimmed(text[behind:])
    if title and not _LETTER.search(title) and title.isascii():
        return None
    return _entry(found, title, first=True, bracketed=bracketed, clock=clock, sure=bool(found["sure"]))


def _last(text: str, found: re.Match[str]) -> ChapterLine | None:
    title = text[: found.start()]
    number = None
    if item := _ITEM_NUMBER.match(title):
        number = int(item["number"])
    title = trimmed(_BEFORE_LAST.sub("", title))
    if not _LETTER.search(title):
        return None
    bracketed = bool(_BRACKETS.intersection(found["open"])) and bool(found["close"])
    return _entry(
        found,
        title,
        first=False,
        bracketed=bracketed,
        clock=bool(found["clock"]),
        number=number,
        sure=bool(found["sure"]),
    )


def without_number(title: str) -> str:
    """`title` without the number of its item."""
    return _ITEM_NUMBER.sub("", title, count=1)


def _entry(
    found: re.Match[str],
    title: str,
    *,
    first: bool,
    bracketed: bool,
    clock: bool,
    sure: bool,
    number: int | None = None,
) -> ChapterLine:
    if found["colons"]:
        form, written = Form.COLONS, found["colons"]
    elif found["units"]:
        form, written = Form.UNITS, found["units"]
    else:
        form, written = Form.DOTS, found["dots"]
    hours = names_hours(written, form)
    return ChapterLine(to_ms(written, form), title, first, bracketed, form, hours, clock, sure, number)
