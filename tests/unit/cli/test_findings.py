"""What `doctor` finds."""

from __future__ import annotations

from bot.cli.findings import Finding


def test_a_finding_is_about_a_host_unless_it_says_that_a_setting_is_wrong() -> None:
    assert Finding("disk", ok=False, message="It is full.").configured
