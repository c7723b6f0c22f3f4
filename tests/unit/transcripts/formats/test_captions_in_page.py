"""Captions that a host shows inside of a page."""

from __future__ import annotations

import pytest

from tests.unit.transcripts.material import rows_of, subrip


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><h1>Lamps</h1><pre>{}</pre></body></html>",
        "<!DOCTYPE html><html><body><textarea>{}</textarea></body></html>",
    ],
)
def test_captions_inside_of_a_page(page: str) -> None:
    captions = subrip("Ada: The lamp is lit.", "Bo: At last.", "Ada: Yes.")
    expected = rows_of(captions)
    assert rows_of(page.format(captions.replace(">", "&gt;"))) == expected
    assert rows_of(page.format(captions)) == expected


def test_captions_in_the_paragraphs_of_a_page() -> None:
    captions = subrip("Ada: The lamp is lit.", "Bo: At last.", "Ada: Yes.")
    page = "".join(f"<p>{line.replace('>', '&gt;')}</p>" for line in captions.split("\n"))
    assert rows_of(f"<html><body>{page}</body></html>") == rows_of(captions)
    assert rows_of(
        "<html><body><p>Ada: From 1:00 --&gt; 2:00.</p><p>Bo: Yes.</p><p>Ada: So.</p></body></html>"
    )
