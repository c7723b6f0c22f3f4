"""Names of workers, and which of them are dead."""

from __future__ import annotations

import os

import pytest

from bot.workers.worker_identity import RUNNING, is_dead, process_name


def test_each_name_is_another_and_none_of_them_is_running_by_itself() -> None:
    one, other = process_name(), process_name()
    assert one != other
    assert is_dead(one, other)
    RUNNING.add(one)
    assert not is_dead(one, other)
    RUNNING.discard(one)


@pytest.mark.parametrize(
    ("owner", "dead"),
    [
        ("here:1/4194305/abc", True),
        ("here:1/{mine}/another", True),
        ("here:1/{mine}/me", False),
        ("here:1/{parent}/abc", False),
        ("there:1/4194305/abc", False),
        ("here:2/4194305/abc", False),
        ("here:1/99999999999999999999/abc", False),
        ("here:1/x/abc", False),
        ("nonsense", False),
    ],
)
def test_only_of_this_machine_it_is_known_who_is_dead(owner: str, *, dead: bool) -> None:
    named = owner.format(mine=os.getpid(), parent=os.getppid())
    assert is_dead(named, f"here:1/{os.getpid()}/me") is dead
