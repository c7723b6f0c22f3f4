"""JSON as it is published, and what is said of a document without speech."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.status_messages.sentences import sentence
from bot.transcripts.structured.documents import is_error, values_in, why_no_speech
from bot.transcripts.turns.cues import TranscriptError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": NaN}', None),
        ('{"a": 1}\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        ('{"a": 1},\n{"a": 2}', [{"a": 1}, {"a": 2}]),
        ('\x1e{"a": 1}\n\x1e{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        ("[1]", [1]),
    ],
)
def test_values(text: str, values: object) -> None:
    assert values is None or values_in(text) == values


@pytest.mark.parametrize("text", ['{"a": ', '{"a": 1}\n{"a": ', "[" * 100_000, '{"a": 1} b', ""])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(TranscriptError, match="not valid JSON"):
        values_in(text)


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (
            {"error": {"code": 403, "message": "Access is denied"}},
            True,
            "an error in JSON .*“Access is denied”",
        ),
        ({"status": 404, "title": "Not Found"}, True, "Not Found"),
        ({"detail": "No such file"}, False, "an error .*No such file"),
        ([{"errors": ["Too many calls"]}], True, "Too many calls"),
        ({"success": False, "data": {}}, True, "an error"),
        ({"status": "FAILED", "id": "x"}, True, "FAILED"),
        (
            {"status": "in_progress", "id": "x", "error": None},
            False,
            "no transcript yet; it says “in_progress”",
        ),
        ({"chapters": [], "version": "1.2"}, False, "it has chapters, version"),
        ({}, False, "no list of segments"),
        ([1], False, "no list of segments"),
        ({"error": "x" * 900}, True, "x…”"),
    ],
)
def test_what_a_document_is_instead(data: Any, error: bool, words: str) -> None:
    assert is_error(data) is error
    with pytest.raises(TranscriptError, match=words) as caught:
        raise TranscriptError(why_no_speech(data))
    assert len(sentence(caught.value.status)) < 200
    assert json.dumps(data)
