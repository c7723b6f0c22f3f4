"""What a file is instead of a transcript: a page that asks to sign in, an error, a table, program code. Pure.

One sign never decides alone: a page is an error by what its heading says and by how little stands below it, since
people also talk about errors.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

from selectolax.lexbor import LexborNode

from bot.text.html_lines import parse_html, read_lines
from bot.text.lexicons import compiled, small_letters
from bot.text.timecodes import TIMELIKE
from bot.transcripts.formats.html import looks_like
from bot.transcripts.formats.xml_events import root_name
from storage.models import Status, StatusCode

PDF = StatusCode("found.pdf")
RTF = StatusCode("found.rtf")
ARCHIVE = StatusCode("found.archive")
MEDIA = StatusCode("found.media")
SIGN_IN = StatusCode("found.sign_in")
NOT_FOUND = StatusCode("found.not_found")
ERROR = StatusCode("found.error")
XML = StatusCode("found.xml", "root")
TABLE = StatusCode("found.table", "columns")
CODE = StatusCode("found.code")
PLAYLIST = StatusCode("found.playlist")
FRAME_CAPTIONS = StatusCode("found.frame_captions")
ENCODED = StatusCode("found.encoded")

# What files of other kinds begin with.
_MAGIC: tuple[tuple[bytes, StatusCode], ...] = (
    (b"%PDF-", PDF),
    (b"{\\rtf", RTF),
    (b"PK\x03\x04", ARCHIVE),
    (b"PK\x05\x06", ARCHIVE),
    (b"\x1f\x8b", ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (b"Rar!\x1a", ARCHIVE),
    (b"BZh", ARCHIVE),
    (b"\xfd7zXZ", ARCHIVE),
    (b"\x28\xb5\x2f\xfd", ARCHIVE),
    (b"\xd0\xcf\x11\xe0", ARCHIVE),
    (b"ID3\x02", MEDIA),
    (b"ID3\x03", MEDIA),
    (b"ID3\x04", MEDIA),
    (b"OggS", MEDIA),
    (b"RIFF", MEDIA),
    (b"fLaC", MEDIA),
    (b"\x89PNG", MEDIA),
    (b"\xff\xd8\xff", MEDIA),
    (b"GIF8", MEDIA),
)
_BEGINNINGS: tuple[tuple[re.Pattern[str], StatusCode], ...] = (
    (re.compile(r"\{\\rtf"), RTF),
    (re.compile(r"%!PS-Adobe"), PDF),
    (re.compile(r"#EXTM3U|\[playlist\]", re.IGNORECASE), PLAYLIST),
    (re.compile(r"\{\d{1,9}\}\{\d{0,9}\}|\[\d{1,9}\]\[\d{1,9}\]"), FRAME_CAPTIONS),
    (
        re.compile(
            r"<\?php|#!/|diff --git |version https://git-lfs|BEGIN:V(?:CALENDAR|CARD)|\\documentclass|@charset "
        ),
        CODE,
    ),
)
# Of an error little else stands on its page; a longer one is one only where title and heading both say so.
_FEW_WORDS = 150
_MANY_WORDS = 600
_PLAIN_WORDS = 60
_HEAD = 400
# So many lines with a name or a time are speech.
_SPOKEN_LINES = 3
_SPOKEN = re.compile(rf"\W{{0,3}}(?:{TIMELIKE}|[^\W\d_][^\n:：]{{0,40}}[:：]\s*\S)")
_WHAT_ERRORS_SAY = re.compile(
    r"(?:[a-z-]*code|request|host|ray|trace|status|error|id|message|http)[\w -]{0,12}[:：]", re.IGNORECASE
)
_FORMS = "input[type=password], form[action*=login], form[action*=signin], form[action*=sign_in]"
_XML_ERRORS = frozenset({"error", "errors", "errorresponse", "exception", "fault", "problem", "envelope"})
_JSON_ERRORS = frozenset(
    {"error", "errors", "error_description", "errormessage", "error_message", "exception", "fault"}
)
_JSON_BESIDE = _JSON_ERRORS | {
    "code", "detail", "details", "documentation_url", "instance", "message", "msg", "ok", "path", "reason",
    "request_id", "requestid", "status", "statuscode", "status_code", "success", "timestamp", "title",
    "trace", "type",
}  # fmt: skip
_JSON_WORDS = frozenset({"detail", "details", "message", "msg", "reason", "title"})
_JSON = re.compile(r"\{|\[\s*[\[{]")
_MAX_ERROR = 20_000
_SAMPLE_LINES = 60
_SAMPLE = 20_000
_MIN_ROWS = 3
_MANY_ROWS = 8
_CLOCK = re.compile(rf"\s*[\[(【]?\s*{TIMELIKE}\s*[\])】]?\s*")
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff]")
_IS_NUMBER = re.compile(r"\s*[-+]?[\d.,:/%€$£ -]*\d[\d.,:/%€$£ -]*")
_SAME_WIDTH = 0.9
# Words that a column of speech has in each cell.
_SPEECH_WORDS = 4
_SINGLE_WORDS = 1.5
_CODE_LINE = re.compile(
    r"""\s*(?:
    (?: // | /\* | \*/ | \#include\b | import\s+[\w.{*"']+ | from\s+[\w.]+\s+import\b | function\b | @media\b
      | (?:var|let|const)\s+\w+\s*= | (?:public|private|static)\s | (?:if|for|while)\s*\( | [.\#]?[\w-]+\s*\{
      | (?:select|insert|update|create)\s.*; ).*
    | (?:def|class)\s.*: | return\b.* | [\w.$\[\]'"-]+\s*[+-]?=\s*\S.* | \[[\w. -]+\] | .*[;{}] | [)\]}]+[;,]?
    )\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_BASE64 = re.compile(r"[A-Za-z0-9+/=_-]")
_CODE_SIGNS = re.compile(r"[{}();=<>]")
_LOG_LINE = re.compile(
    r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\S+ \S+ \S+ \[\d\d/\w{3}/\d{4}:|\w{3} +\d{1,2} \d\d:\d\d:\d\d "
)


def foreign_bytes(body: bytes) -> Status | None:
    """What the file is by its first bytes; None where those tell nothing."""
    head = bytes(body[:16]).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[4:8] == b"ftyp" or (head[:1] == b"\xff" and head[1:2] in b"\xfb\xf3\xf2\xf1\xf9"):
        return MEDIA()
    return next((code() for magic, code in _MAGIC if head.startswith(magic)), None)


def foreign_text(text: str) -> Status | None:
    """What the text is; None where it may be a transcript. Raises MarkupError."""
    text = text.lstrip("\ufeff\x1e \t\n")
    for pattern, code in _BEGINNINGS:
        if pattern.match(text):
            return code()
    if looks_like(text):
        return _foreign_page(text)
    if _JSON.match(text):
        return _json_error(text)
    return _foreign_xml(text) or _plain_error(text) or _foreign_lines(text)


def _foreign_xml(text: str) -> Status | None:
    root = root_name(text)
    if root is None:
        return XML(root="!DOCTYPE") if text[:9].upper() == "<!DOCTYPE" else None
    # "<ada> Hello" begins a chat: XML says that it is some, or ends with the end of its root.
    told = text[:5].lower() == "<?xml"
    if not told and (
        not re.search(rf"</(?:[\w.-]+:)?{re.escape(root)}\s*>\s*$", text[-300:], re.IGNORECASE) or root == "v"
    ):
        return None
    return ERROR() if root in _XML_ERRORS else XML(root=root)


def _json_error(text: str) -> Status | None:
    if len(text) > _MAX_ERROR:
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    keys = {key.lower() for key in data}
    told = any(value for key, value in data.items() if key.lower() in _JSON_ERRORS)
    lists = any(
        isinstance(value, list) and value for key, value in data.items() if key.lower() not in _JSON_ERRORS
    )
    if told and not lists and len(keys - _JSON_BESIDE) <= len(keys) // 2:
        return ERROR()
    return ERROR() if keys and keys <= _JSON_BESIDE and keys & _JSON_WORDS and not lists else None


def _foreign_page(text: str) -> Status | None:
    tree = parse_html(text)
    body = tree.body
    if body is None:
        return None
    lines = [" ".join(line.text.split()) for line in read_lines(text)]
    words = sum(len(line.split()) for line in lines)
    if words > _MANY_WORDS or _is_spoken(lines):
        return None
    title = _words_of(tree.css_first("title"))
    heading = _words_of(tree.css_first("h1") or tree.css_first("h2"))
    if words <= _FEW_WORDS and body.css_first(_FORMS) is not None:
        return SIGN_IN()
    found = _says(heading or " ".join(lines)[:_HEAD]), _says(title)
    if words <= _FEW_WORDS:
        return found[0] or found[1]
    return found[0] if found[0] and found[1] else None


def _plain_error(text: str) -> Status | None:
    head = text[:_SAMPLE]
    if len(head.split()) > _PLAIN_WORDS:
        return None
    lines = head.split("\n")
    return None if _is_spoken(lines) else _says(lines[0][:_HEAD], whole=True)


def _is_spoken(lines: Sequence[str]) -> bool:
    """Whether several lines begin with a name or a time; what errors tell of themselves doesn't count."""
    spoken = (line for line in lines if _SPOKEN.match(line) and not _WHAT_ERRORS_SAY.match(line))
    return len(list(islice(spoken, _SPOKEN_LINES))) == _SPOKEN_LINES


def _words_of(node: LexborNode | None) -> str:
    return " ".join(node.text().split())[:_HEAD] if node is not None else ""


def _says(words: str, *, whole: bool = False) -> Status | None:
    """What kind of error these words tell of. `whole`: they have to begin with it."""
    said = small_letters(words).strip(" \t!.:*#<>'\"“”")
    for code, pattern in _errors().items():
        if pattern.match(said) if whole else pattern.search(said):
            return code()
    return None


@cache
def _errors() -> Mapping[StatusCode, re.Pattern[str]]:
    told = tomllib.loads(Path(__file__).with_name("error_pages.toml").read_text(encoding="utf-8"))
    return {
        NOT_FOUND: compiled(told["not_found"]),
        ERROR: compiled(told["error"]),
        SIGN_IN: compiled(told["sign_in"]),
    }


def _foreign_lines(text: str) -> Status | None:
    head = text[:_SAMPLE]
    lines = [line for line in head.split("\n")[:_SAMPLE_LINES] if line.strip()]
    if (columns := _table_columns(lines)) is not None:
        return TABLE(columns=columns)
    if len(lines) >= _MIN_ROWS and sum(bool(_LOG_LINE.match(line)) for line in lines) > 0.8 * len(lines):
        return CODE()
    code = sum(bool(_CODE_LINE.match(line[:500])) for line in lines)
    dense = len(_CODE_SIGNS.findall(head)) > 0.05 * len(head)
    if (len(lines) >= _MIN_ROWS and code > 0.6 * len(lines)) or (dense and code > 0.3 * len(lines)):
        return CODE()
    return ENCODED() if len(head) > 500 and len(_BASE64.findall(head)) > 0.98 * len(head) else None


def _table_columns(lines: Sequence[str]) -> int | None:
    """How many columns the table of these lines has; None where they are none, or one that may hold speech."""
    for delimiter in ",;\t":
        rows = _cells(lines, delimiter)
        if len(rows) < _MIN_ROWS:
            continue
        width, count = Counter(map(len, rows)).most_common(1)[0]
        if width < 3 or count < _SAME_WIDTH * len(rows):
            continue
        longest = max(
            sum(_words(row[place]) for row in rows if len(row) == width) / count for place in range(width)
        )
        if delimiter == "\t" and any(_CLOCK.fullmatch(cell) for cell in rows[1]):
            continue
        # A column of sentences beside names and times may be speech; lines of speech have no columns of numbers.
        counts = any(
            sum(_IS_NUMBER.fullmatch(row[place]) is not None for row in rows if len(row) == width)
            > count // 2
            for place in range(width)
        )
        single = longest < _SINGLE_WORDS and len(rows) > _MIN_ROWS
        if longest < _SPEECH_WORDS and (counts or single or len(rows) >= _MANY_ROWS):
            return width
        if delimiter != "\t" and longest >= _SPEECH_WORDS and _is_quoted(lines):
            return width
    return None


def _cells(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The rows that are not empty; none where the lines are no such table."""
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True) if row]
    except csv.Error:
        return []


def _words(cell: str) -> int:
    """About how many words a cell has; of scripts without spaces, two letters are one."""
    return max(len(cell.split()), len(_SPACELESS.findall(cell)) // 2)


def _is_quoted(lines: Sequence[str]) -> bool:
    """Whether cells stand in quotation marks beside a delimiter, as in CSV and in no speech."""
    return sum(bool(re.search(r'(?:^|[,;])"|"(?:[,;]|$)', line)) for line in lines) >= 0.5 * len(lines)
