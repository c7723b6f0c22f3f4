"""How a poll of a feed ended, as codes: their sentences stand in `bot.status_messages`."""

from __future__ import annotations

from dataclasses import dataclass

from bot.feeds.changes.decide import Decision
from storage.models import Status, StatusCode

UNCHANGED = StatusCode("feed.unchanged")
NOTHING_NEW = StatusCode("feed.nothing_new")
ADDED = StatusCode("feed.added", "count")
CHANGES = StatusCode("feed.changes", "changes")
NEW = StatusCode("feed.new", "count")
CHANGED = StatusCode("feed.changed", "count")
MOVED = StatusCode("feed.moved", "count")
HELD = StatusCode("feed.held", "count")
LEFT_UNREAD = StatusCode("feed.left_unread", "count", "most")
NOTES_UNREAD = StatusCode("feed.notes_unread", "count")
WITH_REMARKS = StatusCode("feed.with_remarks", "outcome", "remarks")
NEW_ADDRESS_FAILS = StatusCode("feed.new_address_fails", "address", "failure")
NEW_ADDRESS_EMPTY = StatusCode("feed.new_address_empty", "address")
NEW_ADDRESS_OTHER = StatusCode("feed.new_address_other", "address", "title")
NEW_ADDRESS_KEYLESS = StatusCode("feed.new_address_keyless", "address")
ANOTHER_SHOW = StatusCode("feed.another_show", "title")
FALSE_304 = StatusCode("feed.false_304")
PAGES_READ = StatusCode("feed.pages_read", "count")
PAGES_LEFT = StatusCode("feed.pages_left")
PAGE_FAILS = StatusCode("feed.page_fails", "page", "failure")
PAGE_ELSEWHERE = StatusCode("feed.page_elsewhere", "address")
NO_EPISODES = StatusCode("feed.no_episodes", "title")
NO_READABLE_EPISODES = StatusCode("feed.no_readable_episodes", "title", "remarks")
NO_EPISODES_ANY_MORE = StatusCode("feed.no_episodes_any_more")
NO_READABLE_EPISODES_ANY_MORE = StatusCode("feed.no_readable_episodes_any_more", "remarks")
READ_AT_ONCE = StatusCode("feed.read_at_once")
FAULT = StatusCode("feed.fault")
GONE = StatusCode("feed.gone")
PAUSED_AS_GONE = StatusCode("feed.paused_as_gone", "failure")
PAUSED_AS_FAILING = StatusCode("feed.paused_as_failing", "failure", "days")

MAX_SHOWN_TITLE = 40
# What is told of a document for as long as it stays the same.
_ABOUT_MOVES = frozenset({NEW_ADDRESS_FAILS, NEW_ADDRESS_EMPTY, NEW_ADDRESS_OTHER, NEW_ADDRESS_KEYLESS})


@dataclass(frozen=True, slots=True)
class Poll:
    """How a poll of one podcast ended. `announced` counts the new episodes that are to be announced."""

    podcast_id: int
    title: str
    outcome: Status
    new: int = 0
    changed: int = 0
    announced: int = 0
    held: int = 0
    failed: bool = False


def found(decision: Decision, remarks: tuple[Status, ...], *, baseline: bool) -> Status:
    """What a poll found, with what was left out as remarks."""
    new = sum(change.episode_id is None for change in decision.changes)
    if baseline:
        return with_remarks(ADDED(count=new), remarks)
    counts = {
        NEW: new,
        CHANGED: len(decision.changes) - new - decision.moved,
        MOVED: decision.moved,
        HELD: len(decision.held),
    }
    changes = tuple(code(count=count) for code, count in counts.items() if count)
    return with_remarks(CHANGES(changes=changes) if changes else NOTHING_NEW(), remarks)


def about_moves(outcome: Status | None) -> tuple[Status, ...]:
    """Of what was told before, why the feed is not followed to the address that it names."""
    return tuple(one for one in remarks_of(outcome) if one.code in _ABOUT_MOVES)


def remarks_of(outcome: Status | None) -> tuple[Status, ...]:
    """What else an outcome tells."""
    remarks = outcome.args["remarks"] if outcome is not None and outcome.code == WITH_REMARKS else ()
    return tuple(one for one in remarks if isinstance(one, Status)) if isinstance(remarks, tuple) else ()


def shows_another(outcome: Status) -> bool:
    """Whether a poll failed because the feed shows another show, perhaps for so long that it is paused."""
    failure = outcome.args.get("failure")
    return outcome.code == ANOTHER_SHOW or (isinstance(failure, Status) and failure.code == ANOTHER_SHOW)


def shown_title(title: str) -> str:
    """A show's title as an outcome names it."""
    return title if len(title) <= MAX_SHOWN_TITLE else f"{title[:MAX_SHOWN_TITLE]}…"


def with_remarks(outcome: Status, remarks: tuple[Status, ...]) -> Status:
    """The outcome with what else there is to tell, if anything."""
    if outcome.code == WITH_REMARKS and isinstance(plain := outcome.args["outcome"], Status):
        outcome, remarks = plain, (*remarks_of(outcome), *remarks)
    return WITH_REMARKS(outcome=outcome, remarks=remarks) if remarks else outcome
