"""What a language model wrote about chapters, and what is still to be asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from storage.models.status import Status


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """What a model wrote of the chapter at `position`.

    `basis`: a hash of what it was made of. `rejected`: why there is no line.
    """

    position: int
    model: str
    basis: str
    line: str | None = None
    rejected: str | None = None


@dataclass(frozen=True, slots=True)
class StoredSummary:
    """What a model wrote of an episode: lines by the position of their chapter, and two sentences of the whole."""

    lines: dict[int, SummaryLine] = field(default_factory=dict)
    overview: str | None = None
    overview_basis: str = ""


@dataclass(frozen=True, slots=True)
class SummaryJob:
    """An episode whose summary is to be made. `asked` counts the requests for it."""

    episode_id: int
    attempts: int
    asked: int


@dataclass(frozen=True, slots=True)
class SummaryCandidate:
    """An announced episode without a summary that is up to date.

    `switched_on`: a server's moderator wants summaries of its podcast. `by_default`: a server has said nothing.
    """

    episode_id: int
    feed_url: str
    switched_on: bool
    by_default: bool


@dataclass(frozen=True, slots=True)
class SummaryState:
    """Whether a summary is made; `problem`: what it waits for."""

    done: bool
    problem: Status | None
