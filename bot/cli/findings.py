"""What `doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `configured` is False where a setting is wrong, True where only a host failed."""

    check: str
    ok: bool
    message: str
    configured: bool = True
