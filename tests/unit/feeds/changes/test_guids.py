"""Ids that tell an episode from others, and those that say nothing."""

from __future__ import annotations

import pytest

from bot.feeds.changes.guids import telling_guid

PAGE = "https://www.show.example/talks/"


@pytest.mark.parametrize(
    "guid",
    [
        None, "", "  ", "0", "000", "-", "#", "undefined", "Null", "NONE", "(null)", "[object Object]", "{guid}",
        "${id}", "N/A", "nan", "-1", "00000000-0000-0000-0000-000000000000", "https://show.example", "http://show.example/",
        PAGE,
        "http://show.example/talks", "HTTPS://SHOW.example/Talks/",
    ],
)  # fmt: skip
def test_what_says_nothing_is_no_id(guid: str | None) -> None:
    assert telling_guid(guid, PAGE) is None


@pytest.mark.parametrize(
    "guid",
    [
        "1", "w-6", "nullpunkt", "tag:show.example,2026:1", "https://show.example/?p=17", "https://show.example/#e9",
        "https://show.example/talks/17", "4f1d2c0e-77aa-4a59-8f5e-0d2ab1b7c001", "эпизод", "第三集",
    ],
)  # fmt: skip
def test_any_other_id_is_kept_as_it_is(guid: str) -> None:
    assert telling_guid(f" {guid} ", PAGE) == guid
    assert telling_guid(guid) == guid
