"""What rotates in an address is told from what names another place."""

from __future__ import annotations

import random
from base64 import urlsafe_b64encode
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.lasting_addresses import lasting_address, lasting_file, lasting_text
from bot.text.web_addresses import is_web_address
from tests.unit.text.key_shapes import KEY_SHAPES

ROTATING = [
    ("https://cdn.example/ep1.mp3?token=t17", "https://cdn.example/ep1.mp3?token=t18"),
    ("https://cdn.example/t17/ep1.mp3", "https://cdn.example/t18/ep1.mp3"),
    ("https://cdn.example/8f3a2b9c1d4e/ep1.mp3", "https://cdn.example/99ab17c03f5d/ep1.mp3"),
    ("https://cdn.example/t/1764500000/ep1.mp3", "https://cdn.example/t/1764500600/ep1.mp3"),
    ("https://cdn.example/ep1-1764500000.mp3", "https://cdn.example/ep1-1764500600.mp3"),
    ("https://cdn.example/ep1_8f3a2b9c.mp3", "https://cdn.example/ep1_77aa01bc.mp3"),
    ("https://cdn.example/ep1.mp3;key=17", "https://cdn.example/ep1.mp3;key=18"),
    ("https://cdn1.media.example/ep1.mp3", "https://cdn22.media.example/ep1.mp3"),
    ("http://media.example/ep1.mp3", "https://media.example/ep1.mp3#t=0"),
    (
        "https://x.cloudfront.example/ep1.mp3?Expires=1764500000&Signature=aB3-x~9&Key-Pair-Id=APKA1",
        "https://x.cloudfront.example/ep1.mp3?Expires=1764509999&Signature=Zz9-q~1&Key-Pair-Id=APKA1",
    ),
    (
        "https://show.example/s17/the-pumpkin?utm_source=a1",
        "https://show.example/s18/the-pumpkin?utm_source=b2",
    ),
    (
        "https://cdn.example/9f86d081-884c-4d65-9a2f-eaa0c55ad015/ep1.mp3",
        "https://cdn.example/60303ae2-2b99-4861-bce3-b28f85200542/ep1.mp3",
    ),
    (
        "https://cdn.example/a/9f86d081-884c-4d65-9a2f-eaa0c55ad015.jpg",
        "https://cdn.example/a/60303AE2-2B99-4861-BCE3-B28F85200542.jpg",
    ),
    (
        "https://cdn.example/ep1_9f86d081-884c-4d65-9a2f-eaa0c55ad015.mp3",
        "https://cdn.example/ep1_60303ae2-2b99-4861-bce3-b28f85200542.mp3",
    ),
    ("https://cdn.example/Qz-pN4t_Lm0xVb8sRk2W.jpg", "https://cdn.example/a7GhT2-wEr9qXcV-3nYuPz.jpg"),
]
OTHER = [
    ("https://cdn.example/ep1.mp3", "https://cdn.example/ep1-fixed.mp3"),
    ("https://cdn.example/ep1.mp3", "https://cdn.example/ep2.mp3"),
    ("https://cdn.example/ep1.mp3", "https://other.example/ep1.mp3"),
    ("https://show.example/the-pumpkin", "https://show.example/the-great-pumpkin"),
    ("https://show.example/episodes/41", "https://show.example/episodes/42"),
    ("https://show.example/shows/pumpkin", "https://show.example/podcast/pumpkin"),
    ("https://show.example/?p=41", "https://show.example/?p=42"),
    ("https://video.example/watch?v=abc", "https://video.example/watch?v=xyz"),
    ("https://art.example/old/cover.jpg", "https://art.example/new/cover.jpg"),
    ("https://art.example/cover.jpg", "https://art.example/cover.png"),
    ("https://art.example/The_Great-Pumpkin-S02E05.jpg", "https://art.example/The_Great-Pumpkin-S02E06.jpg"),
    (
        "https://art.example/NPR_Politics-DailyShow2026.jpg",
        "https://art.example/NPR_Politics-DailyShow2027.jpg",
    ),
]


@pytest.mark.parametrize(("one", "other"), ROTATING)
def test_a_token_is_no_other_place(one: str, other: str) -> None:
    assert lasting_address(one) == lasting_address(other)
    assert lasting_file(one) == lasting_file(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_host_folder_or_name_is(one: str, other: str) -> None:
    assert lasting_address(one) != lasting_address(other)


@pytest.mark.parametrize("form", ["a/{}.jpg", "ep1-{}.mp3", "{}_ep1.mp3", "ep/{}", "{}/ep1.mp3"])
def test_tokens_of_all_forms_rotate(form: str) -> None:
    rng = random.Random(form)
    for draw in (KEY_SHAPES["uuid"], KEY_SHAPES["22 of 62"], KEY_SHAPES["12 hex"], _base64):
        found = Counter(lasting_file(f"https://cdn.example/{form.format(draw(rng))}") for _ in range(300))
        assert found.most_common(1)[0][1] >= 297


def _base64(rng: random.Random) -> str:
    return urlsafe_b64encode(rng.randbytes(24)).decode()


def test_of_a_file_the_query_says_nothing() -> None:
    assert lasting_file("https://art.example/cover.jpg?v=1") == lasting_file(
        "https://art.example/cover.jpg?v=2"
    )


def test_a_text_stays_beside_its_addresses() -> None:
    one = '<p>About <a href="https://a.example/t1/x?sig=1&amp;p=4">it</a>, <img src="https://a.example/p.png?t=5"></p>'
    other = one.replace("/t1/", "/t2/").replace("sig=1", "sig=2").replace("t=5", "t=6")
    assert lasting_text(one) == lasting_text(other)
    assert lasting_text(one) != lasting_text(one.replace("About", "Of"))
    assert lasting_text(one) != lasting_text(one.replace("p.png", "q.png"))


@given(st.text(max_size=80))
def test_it_takes_whatever_stands_in_a_feed(text: str) -> None:
    for url in (text, f"https://a.example/{text}"):
        found = lasting_address(url)
        assert found == url or found.startswith("https://")
    assert lasting_text(text) is not None


@given(st.from_regex(r"https://[a-z]{1,9}\.example/[a-zA-Z0-9/._-]{0,40}", fullmatch=True))
def test_it_has_the_form_of_an_address_and_lasts(url: str) -> None:
    assert is_web_address(lasting_address(url))
    assert lasting_address(lasting_address(url)) == lasting_address(url)
