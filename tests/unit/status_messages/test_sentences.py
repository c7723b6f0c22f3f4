"""From a status to its sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.status_messages.english import ENGLISH
from bot.status_messages.sentences import StatusError, sentence
from storage.models.status import Status, StatusCode, as_text, from_json
from tests.unit.storage.models.test_status import arguments, statuses

GERMAN = replace(
    ENGLISH,
    sentences={
        "text": "{text}",
        "schedule.every": "alle {wait:span}",
        "schedule.host_asks": "der Host bittet um {wait:span} Abstand",
        "feed.new": {"one": "{count} neue Folge", "other": "{count} neue Folgen"},
        "feed.changes": "{changes:, }",
    },
    span=lambda span: f"{span // timedelta(minutes=1)} Min.",
)
EVERY = StatusCode("schedule.every", "wait")
NEW = StatusCode("feed.new", "count")
CHANGES = StatusCode("feed.changes", "changes")
WITH_REMARKS = StatusCode("feed.with_remarks", "outcome", "remarks")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (as_text("As it {was} written: {0} {"), "As it {was} written: {0} {"),
        (EVERY(wait=600), "every 10 min"),
        (NEW(count=1), "1 new episode"),
        (NEW(count=2), "2 new episodes"),
        (
            WITH_REMARKS(outcome=CHANGES(changes=(NEW(count=1), "1 changed")), remarks=(as_text("a."), "b.")),
            "1 new episode, 1 changed; a.; b.",
        ),
        # What another version stored.
        (Status("feed.unheard_of"), '{"code":"feed.unheard_of"}'),
        (Status("schedule.every", {"minutes": 10}), '{"code":"schedule.every","args":{"minutes":10}}'),
        (Status("schedule.every", {"wait": "long"}), '{"code":"schedule.every","args":{"wait":"long"}}'),
        (
            from_json('{"code":"schedule.every","args":{"wait":null}}'),
            '{"code":"schedule.every","args":{"wait":null}}',
        ),
        (
            from_json('{"code":"schedule.every","args":{"wait":{}}}'),
            '{"code":"schedule.every","args":{"wait":{}}}',
        ),
        (Status("feed.new", {}), '{"code":"feed.new"}'),
        (Status("feed.new", {"count": "two"}), '{"code":"feed.new","args":{"count":"two"}}'),
    ],
)
def test_sentences(status: Status, told: str) -> None:
    assert sentence(status) == told


@given(statuses)
def test_whatever_is_stored_can_be_shown(status: Status) -> None:
    assert isinstance(sentence(status), str)


@given(st.data(), st.sampled_from(sorted(ENGLISH.sentences)))
def test_a_known_code_with_any_arguments_can_be_shown(data: st.DataObject, code: str) -> None:
    template = ENGLISH.sentences[code]
    templates = [template] if isinstance(template, str) else template.values()
    names = {name for one in templates for _, name, _, _ in Formatter().parse(one) if name is not None}
    args = data.draw(st.fixed_dictionaries(dict.fromkeys(names, arguments)))
    assert isinstance(sentence(Status(code, args)), str)


def test_another_language_is_another_table() -> None:
    assert sentence(CHANGES(changes=(NEW(count=1), EVERY(wait=600))), GERMAN) == "1 neue Folge, alle 10 Min."


def test_an_exception_tells_its_status_as_a_sentence() -> None:
    error = StatusError(EVERY(wait=600))
    assert str(error) == "every 10 min"
    assert error.status == EVERY(wait=600)
