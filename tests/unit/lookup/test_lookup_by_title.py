"""Which one is meant."""

from __future__ import annotations

import pytest

from bot.lookup import MAX_CANDIDATES, LookupFailedError, Named, find

SHOWS = (
    Named(1, "Night  Radio"),
    Named(2, "Night Radio Extra"),
    Named(3, "99"),
    Named(99, "Straße"),
    Named(4, "Ελλάδα"),
    Named(5, "100% Night"),
)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("1", 1),
        (" 2 ", 2),
        # An id wins over a title, but an unknown one may still be a title or a part of one.
        ("99", 99),
        ("100", 5),
        ("night radio", 1),
        ("  NIGHT   radio ", 1),
        ("Extra", 2),
        ("STRASSE", 99),
        ("ελλάδΑ", 4),
        ("0% N", 5),
        ("٣", None),
        ("01", None),
        ("", None),
        ("   ", None),
        ("daylight", None),
        ("9" * 5000, None),
        ("Night", None),
    ],
)
def test_the_one_that_is_meant(wanted: str, found: int | None) -> None:
    if found is None:
        with pytest.raises(LookupFailedError):
            find("podcast", wanted, SHOWS)
    else:
        assert find("podcast", wanted, SHOWS).id == found


def test_nothing_that_fits_is_said_with_what_was_wanted() -> None:
    with pytest.raises(LookupFailedError) as caught:
        find("episode", "  day \n light ", SHOWS)
    assert str(caught.value) == "No episode is called “day light”."


def test_several_that_fit_are_named_with_their_ids() -> None:
    with pytest.raises(LookupFailedError) as caught:
        find("podcast", "night r", SHOWS)
    assert str(caught.value) == "Several podcasts fit “night r”: “Night  Radio” (1), “Night Radio Extra” (2)."


def test_several_with_the_very_same_title_are_told_apart_by_id() -> None:
    twins = (Named(7, "Twin"), Named(8, "twin"), Named(9, "Twin peaks"))
    with pytest.raises(LookupFailedError, match=r"“Twin” \(7\), “twin” \(8\)\.$"):
        find("podcast", "TWIN", twins)
    assert find("podcast", "8", twins).id == 8


def test_of_many_that_fit_some_are_named() -> None:
    last = MAX_CANDIDATES - 1
    many = [Named(number, f"Part {number}") for number in range(MAX_CANDIDATES + 3)]
    with pytest.raises(LookupFailedError, match=rf"“Part {last}” \({last}\) and 3 more\.$"):
        find("episode", "part", many)
    with pytest.raises(LookupFailedError, match=rf"\({last}\)\.$"):
        find("episode", "part", many[:MAX_CANDIDATES])
