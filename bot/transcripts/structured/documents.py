"""JSON as it is published: one document, or one value after the other, and what a file is that has no speech."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from bot.transcripts.turns.cues import TranscriptError
from storage.models import Status, StatusCode

INVALID_JSON = StatusCode("transcript.invalid_json")
NO_SEGMENTS = StatusCode("transcript.no_segments")
ERROR_DOCUMENT = StatusCode("transcript.error_document", "said")
NOT_DONE = StatusCode("transcript.not_done", "said")
OTHER_DOCUMENT = StatusCode("transcript.other_document", "keys")

# What stands between the values of JSON Lines, and of JSON text sequences (RFC 7464).
_BETWEEN = re.compile(r"[\s,\x1e]*")
_MAX_SAID = 80
_MAX_KEYS = 5
_ERROR_KEYS = (
    "error",
    "errors",
    "exception",
    "fault",
    "errmsg",
    "errormessage",
    "errcode",
    "errorcode",
    "failure",
)
_MESSAGE_KEYS = ("message", "errmsg", "errormessage", "detail", "reason")
_OTHER_MESSAGE_KEYS = ("description", "title", "text", "code")
_STATUS_KEYS = ("status", "code", "statuscode", "httpstatus", "state", "jobstatus", "transcriptionjobstatus")
_WAITING = frozenset(
    {"queued", "processing", "inprogress", "pending", "running", "submitted", "waiting", "notstarted", "created"}
)  # fmt: skip
_FAILED = frozenset({"failed", "error", "failure", "notfound", "forbidden", "unauthorized"})


def values_in(text: str) -> object:
    """The document; of JSON Lines a list of all values. Raises TranscriptError."""
    text = text.lstrip("\x1e")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise TranscriptError(INVALID_JSON()) from None
    except (ValueError, RecursionError):
        raise TranscriptError(INVALID_JSON()) from None
    return _lines(text)


def _lines(text: str) -> list[Any]:
    decoder = json.JSONDecoder()
    values: list[Any] = []
    at = _end_of(_BETWEEN.match(text))
    try:
        while at < len(text):
            value, at = decoder.raw_decode(text, at)
            values.append(value)
            at = _end_of(_BETWEEN.match(text, at))
    except (ValueError, RecursionError):
        raise TranscriptError(INVALID_JSON()) from None
    return values


def _end_of(found: re.Match[str] | None) -> int:
    return 0 if found is None else found.end()


def is_error(data: object) -> bool:
    """Whether a document says that something went wrong."""
    if isinstance(data, list):
        return len(data) == 1 and is_error(data[0])
    if not isinstance(data, dict):
        return False
    known = _by_plain(data)
    if (
        any(known.get(key) for key in _ERROR_KEYS)
        or known.get("success") is False
        or known.get("ok") is False
    ):
        return True
    return any(_is_failure(known.get(key)) for key in _STATUS_KEYS)


def why_no_speech(data: object) -> Status:
    """What a document without speech is instead."""
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        return NO_SEGMENTS()
    known = _by_plain(data)
    message = _message(known, ("error", "errors", *_MESSAGE_KEYS))
    if is_error(data) or (message and len(data) <= _MAX_KEYS):
        return ERROR_DOCUMENT(
            said=message or _message(known, _OTHER_MESSAGE_KEYS) or _status(known) or "error"
        )
    waiting = _status(known)
    if waiting.casefold().replace("_", "").replace(" ", "") in _WAITING:
        return NOT_DONE(said=waiting)
    keys = [_short(key) for key in data][:_MAX_KEYS]
    return OTHER_DOCUMENT(keys=", ".join(keys)) if keys else NO_SEGMENTS()


def _by_plain(data: dict[str, Any]) -> dict[str, Any]:
    return {key.casefold().replace("_", "").replace("-", ""): data[key] for key in list(data)[:200]}


def _is_failure(value: object) -> bool:
    if isinstance(value, str):
        return value.casefold().replace("_", "").replace(" ", "") in _FAILED or (
            value.isdecimal() and len(value) == 3 and int(value) >= 400
        )
    return isinstance(value, int) and not isinstance(value, bool) and 400 <= value < 600


def _message(known: dict[str, Any], keys: Sequence[str]) -> str:
    for key in keys:
        value = known.get(key)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            inner = _by_plain(value) if len(value) < 50 else {}
            value = (
                _message(inner, (*_MESSAGE_KEYS, *_OTHER_MESSAGE_KEYS))
                if key in ("error", "errors")
                else None
            )
        if isinstance(value, str) and value.strip():
            return _short(value)
    return ""


def _status(known: dict[str, Any]) -> str:
    return next(
        (_short(value) for key in _STATUS_KEYS if isinstance(value := known.get(key), str) and value), ""
    )


def _short(text: str) -> str:
    said = " ".join(text[: 4 * _MAX_SAID].split())
    return said if len(said) <= _MAX_SAID else f"{said[: _MAX_SAID - 1]}…"
