"""What sells, in speech and in notes: several signs together, and never one word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.advertisements import (
    DOUBTFUL,
    PROMOTION,
    AdSigns,
    ad_signs,
    hint_offsets,
    may_advertise,
    opens_or_offers,
    promotion_weight,
)


@pytest.mark.parametrize(
    "text",
    [
        "This episode is brought to you by Lamp Oil Weekly.",
        "But today’s episode is sponsored by the mill.",
        "A quick word from our sponsors.",
        "Use the code KEEPER at checkout for a lamp.",
        "You get 20% off your first lamp there.",
        "Diese Folge wird gesponsert von Lampenöl.",
        "Cet épisode vous est présenté par la Lampe.",
        "Este episodio está patrocinado por Aceite.",
    ],
)
def test_openings_and_offers(text: str) -> None:
    assert opens_or_offers(text)
    assert may_advertise(text)


@pytest.mark.parametrize(
    "text",
    [
        "We looked for a sponsor for years.",
        "You use the code that opens the door.",
        "The play was presented by children.",
        "Half off the boat he fell.",
        "",
    ],
)
def test_talk_that_only_sounds_like_it(text: str) -> None:
    assert not opens_or_offers(text)


def test_hints_stand_where_their_words_begin() -> None:
    text = "OUR SPONSOR is Wicks. Use a code. Sponsored by Wicks."
    assert hint_offsets(text) == [text.index("SPONSOR"), text.index(" code"), text.index("Sponsored")]
    assert hint_offsets("We talk of lamps.") == []


def test_signs_say_where_they_stand() -> None:
    text = "So. Our sponsor today is Wicks. Sign up at wicks.com slash mill. And now back to the show. Hello."
    signs = ad_signs(text)
    assert signs.opening == text.index("Our")
    assert signs.pitches >= 2
    assert signs.back == text.index(" Hello") - 1
    assert signs
    assert not ad_signs("We talk of lamps.")
    assert not ad_signs("Our sponsor is Wicks. " + "word " * 3_000)
    assert not AdSigns()


SOLD = [
    ("en", "Subscribe to our newsletter for a weekly letter about lamps."),
    ("en", "This episode is sponsored by Lantern, the lamp that burns all night."),
    ("en", "Use code LAMP20 for 20% off your first lantern."),
    ("en", "You can donate at lamps.example/give and keep us going, please."),
    ("en", "Your donation helps us to keep the lights on: donate here."),
    ("en", "Join our Discord to talk about lamps."),
    ("en", "Copyright 2024 by Lamp Media, all rights reserved."),
    ("en", "Come to our meetup in Hull on Thursday, RSVP here."),
    ("de", "Abonniert unseren Newsletter, damit ihr keine Folge verpasst."),
    ("de", "Dieser Podcast wird vermarktet von der Podcastbude."),
    ("fr", "Abonnez-vous à notre infolettre pour ne rien rater."),
    ("es", "Suscríbete a nuestro canal y síguenos en Instagram."),
    ("pt", "Contribua com o nosso apoia.se a partir de R$ 5 por mês."),
    ("it", "Iscriviti alla nostra newsletter e seguici su Instagram."),
    ("nl", "Volg ons op Instagram en steun ons via Petje Af."),
    ("pl", "Wesprzyj nas na Patronite i subskrybuj nasz kanał."),
    ("sv", "Följ oss på Instagram och stöd oss på Patreon."),
    ("ru", "Подписывайтесь на наш телеграм-канал."),
    ("ja", "番組のフォローと高評価をお願いします！"),
    ("zh", "欢迎关注我们的微信公众号「灯塔电台」。"),
    ("zh-TW", "小額贊助支持本節目。"),
]
TOPICS = [
    (
        "en",
        "Historian Ada Moore talks about how football clubs found their first shirt sponsors in a mill town.",
    ),
    ("en", "Bo Lind printed a newsletter for lighthouse keepers by hand, and nobody ever cancelled it."),
    ("en", "Cleo Park asks why sailors used to donate to churches that they had never seen."),
    ("en", "Ada Moore founded the first meetup of clockmakers, and eight people came."),
    ("en", "How a meet-up in a bakery became the largest hackathon in Wales."),
    ("en", "Bo Lind explains how copyright came to protect maps, and who copied them anyway."),
    ("en", "Who holds the copyright to a whale's song, asks lawyer Cleo Park."),
    ("en", "The subscription that paid for Samuel Johnson's dictionary never reached its goal."),
    ("en", "Where the tickets of the Titanic were printed, and who kept one."),
    ("de", "Ada Lerche erzählt, wie die erste Werbung auf Straßenbahnen kam."),
    ("fr", "Ada Moore raconte comment la publicité a éclairé les gares."),
]


@pytest.mark.parametrize(("language", "text"), SOLD)
def test_promotions_weigh_enough(language: str, text: str) -> None:
    assert promotion_weight(text, language) >= PROMOTION
    assert promotion_weight(text) >= PROMOTION


@pytest.mark.parametrize(("language", "text"), TOPICS)
def test_a_sentence_may_be_about_what_promotions_name(language: str, text: str) -> None:
    assert promotion_weight(text, language) < DOUBTFUL
    assert promotion_weight(text) < DOUBTFUL


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("https://lamps.example/12", 3),
        ("ada@lamps.example", 3),
        ("Ada Moore (@adamoore) came", 1.5),
        ("More #lamps", 1.5),
        ("It was the #1 lamp", 0),
        ("👉 more", 3),
        ("", 0),
    ],
)
def test_signs_of_every_language(text: str, weight: float) -> None:
    assert promotion_weight(text) == weight


def test_a_phrase_counts_once() -> None:
    assert promotion_weight("A newsletter and a newsletter") == promotion_weight("A newsletter")


@given(st.text(max_size=300), st.sampled_from([None, "en", "de", "ja", "xx"]))
def test_any_text_is_weighed(text: str, language: str | None) -> None:
    assert promotion_weight(text, language) >= 0
    signs = ad_signs(text)
    assert 0 <= signs.last <= len(text)
