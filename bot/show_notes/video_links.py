"""The address of the episode's own video, where the notes leave no doubt which it is."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from bot.text.html_bounds import MarkupError
from bot.text.html_lines import parse_html, plain

_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_HOSTS = frozenset({"youtube.com", "m.youtube.com", "music.youtube.com", "youtube-nocookie.com"})
_PATHS = frozenset({"embed", "live", "v", "shorts"})
_TIMES = frozenset({"t", "start", "time_continue", "list"})
# An anchor of the episode's video uses these words and no others: "watch the keynote" is about another video.
_ALLOWED_WORDS = """
    a along and at available check complete conversation entire episode episode's full here in interview is it live
    now of on our out pod podcast show the this to uncut version video watch watching with you youtube
"""
_WORDS = frozenset(_ALLOWED_WORDS.split())
_SAYS_SO = re.compile(
    r"\bwatch\b.*\b(?:youtube|episode|podcast|pod|conversation|interview|show)\b|\bfull\b.*\b(?:video|youtube)\b"
    r"|\bfull (?:episode|podcast|conversation|interview)\b|\bvideo (?:version|podcast|episode)\b|\bepisode video\b"
    r"|\b(?:podcast|episode|pod|conversation|interview)\b.*\b(?:on youtube|video)\b"
)


def own_video(html: str) -> str | None:
    """`https://www.youtube.com/watch?v=...` of the episode; None where the notes name no video or several."""
    if "youtu" not in html.lower():
        return None
    try:
        body = parse_html(html).body
    except MarkupError:
        return None
    if body is None:
        return None
    found = {video_address(frame.attributes.get("src")) for frame in body.css("iframe")}
    for anchor in body.css("a"):
        if names_the_episode(anchor.text()[:200]):
            found.add(video_address(anchor.attributes.get("href")))
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def names_the_episode(text: str) -> bool:
    """Whether a link's words say that it leads to the episode itself: "Watch the full episode on YouTube"."""
    said = plain(text).casefold().replace("’", "'")
    words = re.findall(r"[\w']+", said)
    return bool(words) and _WORDS.issuperset(words) and _SAYS_SO.search(" ".join(words)) is not None


def video_address(address: str | None) -> str | None:
    """The canonical address of a YouTube video; None for a moment in a video, a playlist or a channel."""
    if not address:
        return None
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    query = parse_qs(parts.query)
    if _TIMES.intersection(query) or _TIMES.intersection(parse_qs(parts.fragment)):
        return None
    host = (parts.hostname or "").removeprefix("www.")
    path = [part for part in parts.path.split("/") if part]
    if host == "youtu.be" and len(path) == 1:
        video = path[0]
    elif host in _HOSTS and path == ["watch"]:
        video = query.get("v", [""])[0]
    elif host in _HOSTS and len(path) == 2 and path[0] in _PATHS:
        video = path[1]
    else:
        return None
    return (
        f"https://www.youtube.com/watch?v={video}"
        if _ID.fullmatch(video) and video != "videoseries"
        else None
    )
