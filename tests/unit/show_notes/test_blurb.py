"""What an episode is about, out of notes that also want to sell."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.parsing.feed_parser import parse_feed, read_item_notes
from bot.show_notes.blurb import MOST_CHARACTERS, blurb
from bot.show_notes.reader import read_notes
from storage.models import FeedItem
from tests.paths import SHARED
from tests.unit.scaling import assert_linear
from tests.unit.show_notes.shared_data import DATA

ABOUT = (
    "Ada Lark talks with lamp maker Ben Finch about whale oil, candles and the first street lights of Hull."
)


@pytest.mark.parametrize(
    "other",
    [
        "Subscribe to our newsletter for a weekly letter about lamps and candles.",
        "Join our Discord to talk with other friends of old lamps and candles.",
        "Tickets for the lamp fair in Hull are on sale now, come and see us there.",
        "Use code LAMP20 for 20% off your first lantern at our favourite lamp shop.",
        "This episode is sponsored by Lantern, the lamp that burns all night long.",
        "Follow us on Instagram and leave us a review on Apple Podcasts!",
        "You can find the full transcript of this conversation at https://lamps.example/12.",
        "Support the show on Patreon to get episodes a day early and without breaks.",
        "Thanks to Carol for producing and editing this episode about lamps.",
        "We are hosting our first meetup for lamp makers in Hull this Thursday evening.",
        "Our guest next month is a secret, so please fill out the listener survey for lamps.",
        "Show notes",
        "Video on YouTube",
        "Links:\n• The lamp museum in Hull\n• Ben's shop",
        "00:00 Welcome\n12:30 Whale oil and candles",
        "Lantern - Sponsor\nLantern makes lamps that burn all night, and every sailor we know has one at home.",
        "---\ntitle: Lamps of Hull and the people who made them\nnumber: 12\n---",
        "Abonniere unseren Newsletter, damit du keine Folge über Lampen mehr verpasst.",
        "Hosts",
    ],
)
def test_promotions_and_lists_are_left_out(other: str) -> None:
    assert blurb(f"{ABOUT}\n{other}") == ABOUT
    assert blurb(f"{other}\nAbout this episode\n{ABOUT}") == ABOUT
    assert blurb(other) == ""


def test_a_promotion_inside_a_paragraph_is_left_out() -> None:
    more = "They also explain why gas light failed in 1890."
    assert blurb(f"Sign up for our lamp fair today! {ABOUT} {more} Tell a friend.") == f"{ABOUT} {more}"


def test_at_most_three_sentences_that_fit() -> None:
    sentences = [f"Lamp maker number {n} tells how the lights of Hull went out in winter." for n in range(9)]
    assert blurb(" ".join(sentences)) == " ".join(sentences[:3])
    long = [f"Lamp maker number {n} tells {'how the lights went out and ' * 4}came back." for n in range(9)]
    assert blurb(" ".join(long)) == " ".join(long[:2])


def test_the_paragraph_with_the_guest_is_taken() -> None:
    before = "Whale oil was the light of the world for more than a hundred years."
    assert blurb(f"{before}\n{ABOUT}") == ABOUT


def test_the_title_tells_what_it_is_about() -> None:
    lamps = "Oil lamps burned in every harbour of the North Sea for centuries."
    owls = "Barn owls hunt in every meadow of the North Sea coast at night."
    assert blurb(f"{owls}\n{lamps}", "Harbours and their oil lamps") == lamps
    assert blurb(f"{lamps}\n{owls}", "Barn owls in the meadow") == owls


def test_one_sentence_too_long_is_cut_at_a_clause() -> None:
    text = "Ada and Ben discuss " + ", ".join(f"the lamp of the year {1800 + n}" for n in range(20)) + "."
    found = blurb(text)
    assert found.endswith("…")
    assert text.startswith(found[:-1])
    assert len(found) <= MOST_CHARACTERS


def test_lines_that_a_file_broke_are_one_paragraph() -> None:
    text = "This episode tells how the lamps of Hull came to be, and\nwhy nobody lights them any more.\nEnd"
    assert (
        blurb(text)
        == "This episode tells how the lamps of Hull came to be, and why nobody lights them any more."
    )


@pytest.mark.parametrize(
    "text",
    [
        "Wir sprechen mit der Lampenmacherin Ada Lerche über Waltran und Kerzen. Am 10. März erlosch das Licht.",
        "Ada Lerche raconte comment l'huile de baleine a éclairé les ports de la mer du Nord.",
        "Mika kertoo, miten valaanöljy valaisi Pohjanmeren satamia yli sadan vuoden ajan.",
        "鯨油のランプが北海の港をどのように照らしたかを、ランプ職人の田中さんに聞きました。",
    ],
)
def test_other_languages_pass(text: str) -> None:
    assert blurb(text) == text


@pytest.mark.parametrize(
    "topic",
    [
        "Historian Ada Moore talks about how football clubs found their first shirt sponsors in a mill town.",
        "Bo Lind printed a newsletter for lighthouse keepers by hand, and nobody ever cancelled it.",
        "Cleo Park asks why sailors used to donate to churches that they had never seen.",
        "Ada Moore founded the first meetup of clockmakers, and eight people came.",
        "How a meet-up in a bakery became the largest hackathon in Wales, told by those who were there.",
        "Bo Lind explains how copyright came to protect maps, and who copied them anyway.",
        "Patreon changed how lamp makers earn a living, but three of them tell us what they gave up for it.",
        "Radio serials were brought to you by soap makers, which is how the soap opera got its name.",
        "Ada Moore looks at Patreon, Substack and the return of the patron to the harbour of Hull.",
        "Tickets for the last ferry sold out in nine seconds, and most of them went to one garage in Hull.",
        "The webinar that taught keepers to fake a logbook was hosted by a retired customs officer.",
        "Who inherits the copyright of a whale song is a question that lawyer Cleo Park has to answer.",
    ],
)
def test_what_promotions_name_may_be_what_an_episode_is_about(topic: str) -> None:
    assert blurb(topic, language="en") == topic
    assert blurb(f"{topic}\nSubscribe to our newsletter and follow us on Instagram.", language="en") == topic


@pytest.mark.parametrize(
    ("language", "sold"),
    [
        ("en", "Our new lamps are in the shop, so grab yours before they sell out."),
        ("en", "You can support independent lamp makers by becoming a member."),
        ("en", "We are a listener-supported show, and every donation keeps us going."),
        ("en", "Get your free quote from Lumen Insurance in less than five minutes."),
        ("en", "A rating or a short review helps other people find the show."),
        ("en", "The next meetup is on Thursday in Hull, and everyone is welcome."),
        ("de", "Mit dem Code LAMPE spart ihr zehn Prozent auf eure erste Bestellung."),
        ("de", "Wenn euch der Podcast gefällt, lasst gerne eine Bewertung da."),
        ("fr", "Avec le code LAMPE, profitez de dix pour cent de réduction."),
        ("es", "Si te gusta el programa, compártelo con tus amigos y déjanos una valoración."),
        ("fr", "Vous pouvez nous soutenir avec un don mensuel."),
        ("es", "Puedes apoyar este podcast con una donación mensual."),
        ("it", "Potete sostenere il podcast con una piccola donazione mensile."),
        ("nl", "Vond je dit een leuke aflevering? Laat dan een beoordeling achter."),
        ("pt", "Se você gostou, deixe sua avaliação e compartilhe com os amigos."),
        ("ru", "Этот выпуск вышел при поддержке сервиса «Маяк»."),
        # Disclaimers, warnings, credits, and when and where the show is heard.
        ("de", "Für die Inhalte haftet allein der Gast, seine Aussagen geben nicht unsere Meinung wieder."),
        ("de", "Neue Folgen erscheinen jeden zweiten Freitag, überall, wo es Podcasts gibt."),
        ("fr", "Les propos tenus dans cet épisode n'engagent que la personne qui les tient."),
        ("fr", "Écriture : Ada Roy, prise de son : Bo Petit, musique : Cleo Blanc."),
        ("es", "Nada de lo que oyes aquí sustituye el consejo de un médico."),
        ("es", "Producción: Ada Ruiz. Montaje: Bo Marín."),
        ("pt", "As opiniões expressas pelos convidados não representam as da rádio."),
        ("it", "Una nuova puntata ogni martedì su tutte le piattaforme di ascolto."),
        ("nl", "Let op: in deze aflevering wordt over geweld gesproken."),
        ("pl", "Nowy odcinek w każdy piątek, w Twojej ulubionej aplikacji."),
        ("ru", "Мнение гостей может не совпадать с мнением редакции."),
        ("ja", "番組での発言は個人の見解であり、所属する会社とは関係ありません。"),
        ("zh", "嘉宾观点仅代表个人，与本台无关。"),
        ("zh", "别忘了点赞、订阅并分享给朋友！"),
    ],
)
def test_what_asks_something_of_the_listener_is_left_out_beside_what_tells(language: str, sold: str) -> None:
    assert blurb(f"{ABOUT} {sold}", language=language) == ABOUT


FRAME = "The lamp hour is a show for people who look after lights of all kinds."
OTHERS = [f"{FRAME} Lamp number {n} burned for {n + 2} winters in the harbour of Hull." for n in range(4)]


def test_what_stands_in_most_episodes_tells_nothing_of_one() -> None:
    told = "Nobody has lit this lamp since the harbour closed."
    assert blurb(f"{FRAME} {told}") == f"{FRAME} {told}"
    assert blurb(f"{FRAME} {told}", others=OTHERS) == told
    # One other episode may say the same by chance, and numbers differ from episode to episode.
    assert blurb(f"{FRAME} {told}", others=OTHERS[:1]) == f"{FRAME} {told}"
    numbered = [f"This was the episode number {n} of the lamp hour, as it is every week." for n in range(9)]
    assert blurb(f"{numbered[0]} {told}", others=numbered[1:]) == told


def test_what_may_be_a_promotion_is_better_than_nothing() -> None:
    assert blurb(FRAME, others=OTHERS) == FRAME
    doubtful = "Ada Moore is on Patreon, where she draws a lamp of Hull for each of her readers."
    assert blurb(doubtful) == doubtful
    assert blurb(f"{doubtful}\n{ABOUT}") == ABOUT
    assert blurb("Support the show on Patreon, where we draw a lamp for each of you.") == ""


@pytest.mark.parametrize(
    ("language", "sold", "told"),
    [
        (
            "de",
            "Folgt uns auf Instagram und abonniert den Kanal.",
            "Ada Lerche hat dreißig Jahre das Licht gehütet.",
        ),
        (
            "fr",
            "Abonnez-vous à notre infolettre.",
            "Ada a vécu trente ans seule sur son rocher, entre les tempêtes.",
        ),
        (
            "ja",
            "番組のフォローと高評価をお願いします！",
            "今週は灯台守の田中さんと、嵐の夜について語り合いました。",
        ),
        ("xx", "Subscribe to our newsletter for more.", "Ada Lark kept the light of Hull for thirty years."),
    ],
)
def test_the_feeds_own_language(language: str, sold: str, told: str) -> None:
    assert blurb(f"{sold}\n{told}", language=language) == told
    assert blurb(sold, language=language) == ""


CASES = sorted((SHARED / "faults/transcripts/blurbs").glob("*.xml"))


@pytest.mark.skipif(not CASES, reason="shared data is missing: blurbs")
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_notes_that_were_read_wrongly(path: Path) -> None:
    expected = json.loads(path.with_suffix("").with_suffix(".expected.json").read_text())["episodes"]["e1"][
        "blurb"
    ]
    feed = parse_feed(path.read_bytes(), None)
    first, *others = [read_item_notes(item) for item in feed.entries if isinstance(item, FeedItem)]
    found = blurb(
        first.intro, first.title, others=[other.intro for other in others], language=feed.info.language
    )
    assert all(text in found for text in expected["must"])
    assert not any(text in found for text in expected["must_not"])


@pytest.mark.parametrize(
    ("language", "line", "told"),
    [
        (
            "fr",
            "durée : 00:31:07 - Les Voix - par : Ada - Qui rallume la lampe quand il dort ? - réalisé par : Bo",
            "Qui rallume la lampe quand il dort ?",
        ),
        (
            "en",
            "Host: Ada Lark | Guest: Ben Finch | They talk about the keepers who stayed when the light went out.",
            "They talk about the keepers who stayed when the light went out.",
        ),
        ("en", f"{ABOUT[:-1]} - and the wick: a history.", f"{ABOUT[:-1]} - and the wick: a history."),
    ],
)
def test_fields_strung_together_on_one_line(language: str, line: str, told: str) -> None:
    assert blurb(line, language=language) == told


def test_quotation_marks_stay_in_pairs() -> None:
    whole = "Ada says: “I kept the lamp of Hull for thirty winters, and nobody thanked me for it.”"
    half = "Ben answers: “Nobody asked you to do that, and the lamp was mine. It was never yours at all.”"
    assert blurb(f"{half} {whole}") in (f"{half} {whole}", whole, half)
    told = "“I kept the lamp of Hull for thirty winters, and nobody thanked me for it."
    assert blurb(told) == f"{told}”"


def _bare(text: str) -> str:
    return re.sub(r"[\s“”„‟\"«»「」『』《》〈〉〝〟｢｣]", "", text)


@given(st.text(max_size=400), st.text(max_size=40), st.lists(st.text(max_size=60), max_size=3))
def test_any_text_gives_what_stands_in_it(intro: str, title: str, others: list[str]) -> None:
    found = blurb(intro, title, others=others)
    assert len(found) <= MOST_CHARACTERS
    assert found == blurb(intro, title, others=others)
    # Nothing but the missing partner of a quotation mark is added.
    assert _bare(found.removesuffix("…")) in _bare(intro)


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "A b. " * 50_000, ", " * 100_000, "• x\n" * 50_000, "w.w" * 60_000]
)
def test_the_time_for_hostile_notes_grows_with_their_length(text: str) -> None:
    assert_linear(blurb, text[: len(text) // 4], text)


def test_real_notes() -> None:
    paths = sorted((DATA / "feeds").glob("latent-space-*.xml"))
    if not paths:
        pytest.skip("shared data is missing: feeds")
    found = []
    for path in paths:
        for item in parse_feed(path.read_bytes(), None).entries:
            assert isinstance(item, FeedItem)
            notes = read_item_notes(item)
            found.append(blurb(notes.intro, notes.title))
    assert sum(map(bool, found)) >= 28
    sold = ("subscribe", "rsvp", "survey", "sign up", "discord", "our youtube", "use code", "meetup")
    assert not [text for text in found if any(word in text.casefold() for word in sold)]


def test_real_descriptions_of_other_shows() -> None:
    paths = [path for path in sorted((DATA / "descriptions").glob("*")) if path.suffix != ".json"]
    if not paths:
        pytest.skip("shared data is missing: descriptions")
    found = [blurb(read_notes(path.read_text()).intro) for path in paths]
    assert sum(map(bool, found)) >= 18
    assert not [text for text in found if "http" in text or "sponsor" in text.casefold()]
