"""Which of the files that an item links is the episode: audio, video, or what may be one. Pure.

The word of a host is one sign, the name of the file another: feeds call an MP3 `image/jpeg`, `file`, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import unquote, urljoin, urlsplit

from bot.text.web_addresses import is_web_address

MAX_ADDRESS = 2_000
MAX_TYPE = 100
_SOUNDING_SUFFIXES = """
3g2 3gp aac aif aiff alac amr ape asf au avi caf dsf flac flv m1v m2a m3u m3u8 m4a m4b m4p m4r m4v mid mka mkv mov mp1
mp2 mp3 mp4 mpa mpc mpeg mpg mpga oga ogg ogm ogv ogx opus pls qt ra ram rm rmvb spx tta wav weba webm wma wmv wv
"""
_SILENT_SUFFIXES = """
avif bmp gif heic ico jfif jpe jpeg jpg png svg tif tiff webp
azw3 csv doc docx epub key md mobi odp ods odt pdf ppt pptx ps rtf txt xls xlsx
htm html shtml xhtml css js ics json opml rss srt vtt xml
7z apk bz2 dmg exe gz iso rar swf tar torrent vcf xz zip
"""
_SOUNDING_TYPES = ("audio", "video")
_SILENT_TYPES = ("image", "text", "font", "model", "message", "document", "executable")
# Of "application/…", those that are known; "octet-stream" and "force-download" say nothing.
_SOUNDING_APPLICATIONS = """
dash+xml itunes m4a mp3 mp4 mpeg mpegurl ogg vnd.apple.mpegurl vnd.rn-realmedia x-flac x-m4a x-matroska x-mpeg
x-mpegurl x-ogg
"""
_SILENT_APPLICATIONS = """
atom+xml calendar+json epub+zip feed+json gzip javascript json json+chapters msword pdf postscript rss+xml rtf srt
ttml+xml vnd.android.package-archive x-apple-diskimage x-bittorrent x-gzip x-iso9660-image x-javascript x-msdownload
x-pdf x-rar-compressed x-shockwave-flash x-subrip x-tar x-zip-compressed xhtml+xml xml zip
"""
_SILENT_FAMILIES = ("vnd.openxmlformats", "vnd.ms-", "vnd.oasis.", "x-mobipocket", "vnd.amazon", "x-font")
_SOUNDING = frozenset(_SOUNDING_SUFFIXES.split())
_SILENT = frozenset(_SILENT_SUFFIXES.split())
_SOUNDING_KINDS = _SOUNDING | frozenset(_SOUNDING_APPLICATIONS.split())
_SILENT_KINDS = _SILENT | frozenset(_SILENT_APPLICATIONS.split())
# Of a query, so many parts are looked at.
MAX_PARTS = 30


class Sound(IntEnum):
    """What an address and its type say of a file."""

    SILENT = 0
    UNKNOWN = 1
    CERTAIN = 2


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """A file that an item links: in an `enclosure`, or as `media` that may be a picture as well."""

    url: str
    mime_type: str = ""
    media: bool = False


def episode_file(files: Iterable[LinkedFile], bases: Sequence[str]) -> tuple[str, str | None] | None:
    """The address and type of the episode: the first file that surely sounds, else the first that may.

    Relative addresses are those of the first of the `bases` that makes an address on the web of them.
    """
    best: tuple[Sound, str, str | None] | None = None
    for one in files:
        url = web_address(one.url, bases)
        if url is None:
            continue
        kind = " ".join(one.mime_type.lower().split())[:MAX_TYPE]
        sound = sound_of(url, kind)
        if sound is Sound.SILENT or (sound is Sound.UNKNOWN and (one.media or _is_word(one.url))):
            continue
        if best is None or sound > best[0]:
            best = (sound, url, kind or None)
    return None if best is None else best[1:]


def web_address(written: object, bases: Iterable[str] = ()) -> str | None:
    """An address on the web, resolved where it is relative; None where it is none, or too long."""
    text = str(written or "").strip()
    if not text or len(text) > MAX_ADDRESS:
        return None
    if is_web_address(text):
        return text
    found = (_resolved(text, base) for base in bases)
    return next((one for one in found if len(one) <= MAX_ADDRESS and is_web_address(one)), None)


def _resolved(written: str, base: str) -> str:
    """A relative address beside another one; empty where it has a scheme or can't be read."""
    try:
        return "" if urlsplit(written).scheme else urljoin(base, written)
    except ValueError:
        return ""


def page_address(written: object, bases: Iterable[str] = ()) -> str | None:
    """The same for a page: feeds put ids and words there, too, so a relative one has to begin as one."""
    return None if _is_word(str(written or "")) else web_address(written, bases)


def _is_word(address: str) -> bool:
    """Whether this may be a word or an id as well: it has neither a scheme nor a slash before it."""
    address = address.strip()
    return not address.startswith(("/", "./", "../", "?")) and not is_web_address(address)


def sound_of(url: str, mime_type: str) -> Sound:
    """Weigh the type that is told and the name of the file: against a type, names of folders don't count.

    Pages and pictures name in their queries what they are of. Plain text is what hosts call what they don't know.
    """
    told = _of_type(mime_type)
    silent = told is Sound.SILENT
    named = _of_name(url, query=not silent or mime_type.startswith("text/plain"), folders=not silent)
    if Sound.CERTAIN in (told, named):
        return Sound.CERTAIN
    return min(told, named)


def _of_type(mime_type: str) -> Sound:
    family, _, kind = mime_type.partition(";")[0].strip().partition("/")
    if family in _SOUNDING_TYPES:
        return Sound.CERTAIN
    if family in _SILENT_TYPES:
        return Sound.SILENT
    # Some write "mp3" or "pdf" alone.
    kind = kind or family
    if kind in _SOUNDING_KINDS:
        return Sound.CERTAIN
    if kind in _SILENT_KINDS or kind.startswith(_SILENT_FAMILIES):
        return Sound.SILENT
    return Sound.UNKNOWN


def _of_name(url: str, *, query: bool, folders: bool) -> Sound:
    """By the suffix of the file, else by one in the query or of an earlier folder, where those count."""
    parts = urlsplit(url)
    *earlier, last = parts.path.split("/")
    values = [pair.partition("=")[2] or pair for pair in parts.query.replace(";", "&").split("&")[:MAX_PARTS]]
    own = _of_suffix(last)
    if own is not Sound.UNKNOWN or not query:
        return own
    others = [_of_suffix(one) for one in (*values, *(earlier[-MAX_PARTS:] if folders else ()))]
    if Sound.CERTAIN in others:
        return Sound.CERTAIN
    return Sound.SILENT if Sound.SILENT in (_of_suffix(one) for one in values) else Sound.UNKNOWN


def _of_suffix(name: str) -> Sound:
    path = unquote(name).partition("?")[0].rstrip("/ ").rpartition("/")[2]
    _, dot, suffix = path.rpartition(".")
    suffix = suffix.lower().strip() if dot else ""
    if suffix in _SOUNDING:
        return Sound.CERTAIN
    return Sound.SILENT if suffix in _SILENT else Sound.UNKNOWN
