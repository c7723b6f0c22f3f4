"""Whether a quote may be shared in a channel now: not while it stands there, nor too many a minute. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.text.plurals import counted
from storage.models import Quote, Share, WantedShare

# So long a quote is linked instead of posted again.
STANDS_FOR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MEMBER_A_MINUTE = 3
CHANNEL_A_MINUTE = 10


@dataclass(frozen=True, slots=True)
class ReachedLimit:
    """As many quotes as may be shared in a minute, by the member or in the channel; another may be in `wait_s`."""

    by_member: bool
    wait_s: int

    def __str__(self) -> str:
        """The sentence for the member."""
        wait = counted(self.wait_s, "second")
        if self.by_member:
            return f"You have shared {MEMBER_A_MINUTE} quotes within a minute; the next one can follow in {wait}."
        return (
            f"{CHANNEL_A_MINUTE} quotes were shared here within a minute; the next one can follow in {wait}."
        )


def asked_since(now: datetime) -> tuple[datetime, datetime]:
    """Since when quotes may still stand, and since when they count for the limits."""
    return now - STANDS_FOR, now - MINUTE


def objection(wanted: WantedShare, recent: Sequence[Share], now: datetime) -> Share | ReachedLimit | None:
    """What speaks against sharing a quote now: that it stands there already, or a limit."""
    return next(iter(standing(wanted, recent, now)), None) or _reached_limit(wanted, recent, now)


def standing(wanted: WantedShare, recent: Sequence[Share], now: datetime) -> list[Share]:
    """Those of the shares that show the same words in the same channel, as far as is known."""
    return [
        one
        for one in recent
        if one.channel_id == wanted.channel_id
        and one.gone_at is None
        and abs(now - one.shared_at) < STANDS_FOR
        and same_words(one.quote, wanted.quote)
    ]


def _reached_limit(wanted: WantedShare, recent: Sequence[Share], now: datetime) -> ReachedLimit | None:
    """The limit that lasts longer. What was taken back counts: it was posted."""
    # A clock that was wrong must not keep anybody from sharing for long.
    lately = [one for one in recent if abs(now - one.shared_at) < MINUTE]
    by_member = [one.shared_at for one in lately if one.member_id == wanted.member_id]
    in_channel = [one.shared_at for one in lately if one.channel_id == wanted.channel_id]
    reached = [
        ReachedLimit(by_member=mine, wait_s=_wait_s(sorted(moments)[-most], now))
        for moments, most, mine in (
            (by_member, MEMBER_A_MINUTE, True),
            (in_channel, CHANNEL_A_MINUTE, False),
        )
        if len(moments) >= most
    ]
    return max(reached, key=lambda one: one.wait_s, default=None)


def _wait_s(oldest: datetime, now: datetime) -> int:
    return math.ceil((min(oldest, now) + MINUTE - now).total_seconds())


def same_words(one: Quote, other: Quote) -> bool:
    """Whether what two quotes met overlaps, or one shows nothing that the other does not show.

    Times are interpolated within a turn, and a transcript may have none: then the texts tell, which are cut from the
    same turns.
    """
    if one.episode_id != other.episode_id:
        return False
    if one.position == other.position and _overlap(_times(one), _times(other)):
        return True
    return _overlap_in_text(one, other) or _overlap_in_text(other, one)


def _times(quote: Quote) -> tuple[int, int]:
    """From when to when its words were said; nothing where that is not known."""
    return (quote.start_ms or 0, quote.end_ms) if quote.start_ms is not None and quote.end_ms else (0, 0)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def _overlap_in_text(one: Quote, other: Quote) -> bool:
    """Whether the words that `other` met are found in the text of `one`, amid the same words."""
    text, met = _bare(one)
    part, (start, end) = _bare(other)
    words = part[start:end]
    at = text.find(words) if words else -1
    while at >= 0:
        # Where `part` begins in `text`.
        begin = at - start
        low, high = max(0, begin), min(len(text), begin + len(part))
        if text[low:high] == part[low - begin : high - begin] and (
            high - low == min(len(text), len(part)) or _overlap(met, (at, at + len(words)))
        ):
            return True
        at = text.find(words, at + 1)
    return False


def _bare(quote: Quote) -> tuple[str, tuple[int, int]]:
    """The text without the signs of what was cut off, and the words that were met in it."""
    text = quote.text.removeprefix("…")
    by = len(quote.text) - len(text)
    return text.removesuffix("…"), (quote.match[0] - by, quote.match[1] - by)
