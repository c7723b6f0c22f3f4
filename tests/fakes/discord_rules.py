"""A violation of Discord's rules: as a sentence for the test, and as Discord's answer to the bot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.fakes.discord_messages import Json

Path = tuple[str | int, ...]
INVALID_FORM = 50035


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong, where in the body, and Discord's name for it."""

    path: Path
    kind: str
    message: str
    code: int = INVALID_FORM

    def sentence(self) -> str:
        """The violation in one line."""
        place = ".".join(str(step) for step in self.path) or "body"
        return f"{place}: {self.message}"


def invalid_form(violations: Iterable[Violation]) -> Json:
    """The body of Discord's 400 for these violations."""
    errors: Json = {}
    for violation in violations:
        if violation.code != INVALID_FORM:
            return {"message": violation.message, "code": violation.code}
        node = errors
        for step in violation.path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": violation.kind, "message": violation.message})
    return {"message": "Invalid Form Body", "code": INVALID_FORM, "errors": errors}


def wrong_length(value: Any, path: Path, most: int, least: int = 0) -> Iterator[Violation]:
    """Check a text's length in characters; what is no text passes."""
    if isinstance(value, str) and not least <= len(value) <= most:
        wanted = (
            f"Must be between {least} and {most} in length" if least else f"Must be {most} or fewer in length"
        )
        yield Violation(path, "BASE_TYPE_BAD_LENGTH", f"{wanted}, is {len(value)}.")


def too_many(value: Any, path: Path, most: int) -> Iterator[Violation]:
    """Check a list's length."""
    if isinstance(value, list) and len(value) > most:
        yield Violation(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length, is {len(value)}.")


def missing(value: Any, path: Path) -> Iterator[Violation]:
    """Check that something is there."""
    if value in (None, "", []):
        yield Violation(path, "BASE_TYPE_REQUIRED", "This field is required.")


def unknown_fields(body: Json, known: Iterable[str], path: Path = ()) -> Iterator[Violation]:
    """Check that no field is sent that Discord does not know here."""
    for name in sorted(set(body) - set(known)):
        yield Violation((*path, name), "UNKNOWN_FIELD", "This field is not known here.")


def repeated(values: Iterable[tuple[Path, Any]], kind: str, what: str) -> Iterator[Violation]:
    """Check that no value appears twice."""
    seen: set[Any] = set()
    for path, value in values:
        if value in seen:
            yield Violation(path, kind, f"{what} {value!r} cannot be duplicated.")
        seen.add(value)


def items(body: Json, name: str) -> list[Json]:
    """The objects in a list; the schema reports anything else in it."""
    value = body.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
