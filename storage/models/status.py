"""State as a code with arguments, such as why a feed is paused. The sentence is made where it is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

Argument: TypeAlias = "str | int | float | Status | tuple[str | Status, ...]"


@dataclass(frozen=True, slots=True)
class Status:
    """What happened, or why: a code, and the values that its sentence names.

    An argument may be a status itself (the failure that led to a pause), or several of them.
    """

    code: str
    # The code alone makes a hash; two statuses are equal only with the same arguments.
    args: Mapping[str, Argument] = field(default_factory=dict, hash=False)


class StatusCode(str):
    """A code and the names of its arguments; called with their values, it makes a status.

    Each is a constant in the module that uses it: `EVERY = StatusCode("schedule.every", "wait")`, `EVERY(wait=600)`.
    """

    __slots__ = ("args",)
    args: frozenset[str]

    def __new__(cls, code: str, *args: str) -> Self:
        """Name the code and its arguments."""
        self = super().__new__(cls, code)
        self.args = frozenset(args)
        return self

    def __call__(self, **args: Argument) -> Status:
        """Make a status. Raises TypeError unless exactly the code's arguments are given."""
        if args.keys() != self.args:
            raise TypeError(f"{self} takes {sorted(self.args)}, not {sorted(args)}")
        return Status(str(self), args)


# A plain sentence: stored by an older version, which knew no codes, or made by other software.
TEXT = StatusCode("text", "text")


def as_text(sentence: str) -> Status:
    """A status that is nothing but a sentence."""
    return TEXT(text=sentence)


class DatabaseUnavailableError(Exception):
    """The transaction was not made, and may be tried again. `status` says why."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.code)
        self.status = status


def to_json(status: Status) -> str:
    """The status as it is stored: `{"code":"schedule.every","args":{"wait":600}}`, args only where there are any."""
    return json.dumps(_record(status), ensure_ascii=False, separators=(",", ":"))


def from_json(stored: str) -> Status:
    """A stored status. Anything else is taken for a sentence: a process of an older version may still write those."""
    try:
        value = json.loads(stored)
    except ValueError:
        return as_text(stored)
    return _status(value) if _is_record(value) else as_text(stored)


def _record(value: Argument) -> Any:
    if isinstance(value, Status):
        args = {name: _record(one) for name, one in value.args.items()}
        return {"code": value.code, "args": args} if args else {"code": value.code}
    return [_record(one) for one in value] if isinstance(value, tuple) else value


def _is_record(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("code"), str)
        and isinstance(value.get("args", {}), dict)
    )


def _status(record: Mapping[str, Any]) -> Status:
    return Status(record["code"], {name: _argument(one) for name, one in record.get("args", {}).items()})


def _argument(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_argument(one) for one in value)
    return _status(value) if _is_record(value) else value
