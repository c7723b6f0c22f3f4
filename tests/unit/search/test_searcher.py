"""Whole searches: however a quote is remembered, the right moment comes first."""

import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.calibration import SAID
from bot.search.candidates.query import parse_query
from bot.search.index.index_view import Filter, SegmentView
from bot.search.searcher import search
from bot.text.tokenizer import normal_words
from storage.models import Quote, SpokenTurn, TurnMark
from tests.unit.search.material import Indexed, invented_turns

_TALK = [
    (
        "Mira Holt",
        "Welcome back. Today we ask why the lighthouse at Port Elsin went dark for eleven winters.",
    ),
    (
        "Tomás Vrel",
        "It’s a state-of-the-art lamp, you know. The keeper’s café burnt 20% more oil than planned!",
    ),
    ("Mira Holt", "And then the smol ai box counted three hundred herons before breakfast"),
    ("Tomás Vrel", "which nobody believed until the harbour master counted them twice himself."),
    (
        "Mira Holt",
        "Right. So what would you tell a young engineer who wants to build a foghorn from scratch?",
    ),
    (
        "Tomás Vrel",
        "Start with the dataset of fragments, a rag will not help. I think that it is what it is.",
    ),
]
_REPEATED = "We always close with the same line: keep the lamp burning and the kettle warm."
_TURN_MS = 10_000


def _turns() -> list[SpokenTurn]:
    turns = []
    for episode in (1, 2, 3):
        talk = _TALK if episode == 2 else [("Old Host", f"Episode {episode} has little to say of boats.")]
        for place, (speaker, text) in enumerate([*talk, ("Mira Holt", _REPEATED)]):
            start = place * _TURN_MS
            turns.append(SpokenTurn(episode, place, speaker, start, start + _TURN_MS, text))
    return turns


_INDEX = Indexed(_turns())


def _find(words: str, episode_id: int | None = None, speaker: str | None = None) -> list[Quote]:
    episodes = None if episode_id is None else {episode_id}
    return [quote for quote in _INDEX.find(words, episodes, speaker) if quote.score >= SAID]


def _said(quote: Quote) -> str:
    return quote.text[slice(*quote.match)]


@pytest.mark.parametrize(
    ("words", "position", "said"),
    [
        ("WHY THE LIGHTHOUSE AT PORT ELSIN", 0, "why the lighthouse at Port Elsin"),
        ("why, the light-house: at port 'Elsin'", 0, "why the lighthouse at Port Elsin"),
        ("went dark for 11 winters", 0, "went dark for eleven winters"),
        ("its a state of the art lamp", 1, "It’s a state-of-the-art lamp"),
        ("it's a state‑of‑the‑art lamp", 1, "It’s a state-of-the-art lamp"),
        ("the keepers cafe burnt twenty percent more oil", 1, "The keeper’s café burnt 20% more oil"),
        ("the keeper's cafe\u0301 burnt", 1, "The keeper’s café burnt"),
        ("the smolai box counted 300 herons", 2, "the smol ai box counted three hundred herons"),
        ("nobody beleived untill the harbor master", 3, "nobody believed until the harbour master"),
        ("tell a young enginer who wnats to build", 4, "tell a young engineer who wants to build"),
        (
            "would you tell young engineer who to build",
            4,
            "would you tell a young engineer who wants to build",
        ),
        ("what would you really tell a very young engineer", 4, "what would you tell a young engineer"),
        ("build a fog horn fromscratch", 4, "build a foghorn from scratch"),
        ("i think that it is what it is", 5, "I think that it is what it is"),
        ("rag", 5, "rag"),
        ("herons", 2, "herons"),
        ("hernos", 2, "herons"),
        ("foghorn engineer", 4, "engineer who wants to build a foghorn"),
        ("oil lamp keeper", 1, "lamp, you know. The keeper’s café burnt 20% more oil"),
    ],
)
def test_a_quote_is_found_however_it_is_remembered(words: str, position: int, said: str) -> None:
    first = _find(words)[0]
    assert (first.episode_id, first.position, _said(first)) == (2, position, said)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "🎉🎉🎉",
        ".*+?(){}[]|\\^$",
        "'; DROP TABLE turns; --",
        "submarine",
        "how do I bake sourdough bread",
        "the moon landing was in nineteen sixty nine",
        "submarine volcano",
        "a " * 200,
        "x" * 100_000,
        "the and of to " * 25_000,
    ],
)
def test_what_was_never_said_is_not_found(words: str) -> None:
    assert _find(words) == []


def test_an_exact_quote_scores_1_and_each_error_less() -> None:
    queries = [
        "the harbour master counted them twice himself",
        "the harbuor master counted them twice himself",
        "the harbuor master conted them twice himself",
        "the harbuor master conted them twise himself",
    ]
    scores = [_find(query)[0].score for query in queries]
    assert scores[0] == pytest.approx(1)
    assert scores == sorted(set(scores), reverse=True)


def test_a_quote_over_two_turns_starts_in_the_first_and_ends_in_the_last() -> None:
    first = _find("counted three hundred herons before breakfast which nobody believed until")[0]
    assert first.score == pytest.approx(1)
    assert (first.position, first.speaker) == (2, "Mira Holt")
    assert _said(first) == "counted three hundred herons before breakfast — which nobody believed until"
    assert first.start_ms == round(20_000 + 10_000 * 6 / 12)
    assert first.end_ms == round(30_000 + 10_000 * 4 / 11)


def test_a_quote_never_runs_over_two_episodes() -> None:
    found = _find("keep the lamp burning and the kettle warm Welcome back")
    assert {_said(quote) for quote in found} == {"keep the lamp burning and the kettle warm"}


def test_of_equal_quotes_the_newer_episode_comes_first() -> None:
    found = _find("keep the lamp burning and the kettle warm")
    assert [quote.episode_id for quote in found] == [3, 2, 1]
    assert {quote.score for quote in found} == {1.0}


def test_an_episode_limits_what_is_seen() -> None:
    assert [quote.episode_id for quote in _find("keep the lamp burning", episode_id=1)] == [1]
    assert _find("the harbour master counted them", episode_id=1) == []
    assert _find("keep the lamp burning", episode_id=99) == []


@pytest.mark.parametrize("speaker", ["Tomás Vrel", "tomas", "VREL", "vrel, tomás"])
def test_a_speaker_is_found_by_each_name(speaker: str) -> None:
    assert _find("the harbour master counted them", speaker=speaker)[0].position == 3


@pytest.mark.parametrize("speaker", ["Mira", "Tom", "nobody", "", "?"])
def test_what_others_said_is_not_seen(speaker: str) -> None:
    assert _find("the harbour master counted them", speaker=speaker) == []


def test_of_a_quote_over_two_turns_only_the_speakers_part_is_found() -> None:
    found = _find("three hundred herons before breakfast which nobody believed", speaker="mira")
    assert [(_said(quote), quote.position) for quote in found] in (
        [],
        [("three hundred herons before breakfast", 2)],
    )


def test_one_moment_is_one_hit() -> None:
    turn = SpokenTurn(1, 0, None, None, None, "kettle, kettle, kettle! " + "so it went on " * 30 + "kettle.")
    found = Indexed([turn]).find("kettle", limit=5)
    assert len(found) == 2


def test_of_a_thousand_places_with_common_words_the_right_one_is_found() -> None:
    turns = [
        SpokenTurn(n, 0, None, None, None, f"it is what it is and so on to {n}. " * 4) for n in range(500)
    ]
    turns[7] = SpokenTurn(7, 0, None, None, None, "so it is and on what it is to")
    found = Indexed(turns).find("so it is and on what it is to", limit=3)
    assert found[0].episode_id == 7
    assert found[0].score == pytest.approx(1)


def _turn(episode: int, text: str, mark: TurnMark | None = None) -> SpokenTurn:
    return SpokenTurn(episode, 0, None, 0, 10_000, text, mark)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("東京都の天気は", "東京都の天気は"),
        ("ﾎﾟｯﾄﾞｷｬｽﾄ", "ポッドキャスト"),
        ("天气非常好", "天气非常好"),
        ("สวัสดีครับ", "สวัสดีครับ"),
        ("मौसम अच्छा है", "मौसम अच्छा है"),
        ("wie spat ist es in munchen", "Wie spät ist es in München"),
        ("КАКАЯ СЕГОДНЯ ПОГОДА", "какая сегодня погода"),
    ],
)
def test_other_scripts_are_found(words: str, said: str) -> None:
    index = Indexed(
        [
            _turn(1, "今日の東京都の天気は晴れ、ポッドキャストを始めます。"),
            _turn(2, "今天的天气非常好，我们开始吧。"),
            _turn(3, "สวัสดีครับ วันนี้อากาศดี"),
            _turn(4, "आज मौसम अच्छा है"),
            _turn(5, "Wie spät ist es in München?"),
            _turn(6, "Скажи, какая сегодня погода?"),
        ]
    )
    assert _said(index.find(words)[0]) == said


def test_words_in_quotation_marks_are_matched_exactly() -> None:
    index = Indexed(
        [
            _turn(1, "We painted the lanterns green before the winter came."),
            _turn(2, "They painted a lantern green before some winters came."),
        ]
    )

    def said(words: str) -> list[int]:
        return [quote.episode_id for quote in index.find(words) if quote.score >= SAID]

    assert said("painted the lantern green before") == [1, 2]
    assert said('painted "a lantern" green before') == [2]
    assert said('"lantern green"') == [2]
    assert said('"lantern"') == [2]
    assert said('"green lantern"') == []
    assert said("“the lanterns green”") == [1]


def test_advertisements_and_noise_rank_lower_than_talk() -> None:
    text = "The kettle that never boils over, only from Brassworks."
    marks = [None, TurnMark.SPONSOR, TurnMark.GHOST, TurnMark.BREAK]
    index = Indexed([_turn(episode, text, mark) for episode, mark in enumerate(marks, start=1)])
    found = index.find("the kettle that never boils over")
    assert [quote.episode_id for quote in found] == [1, 4, 2, 3]
    assert {quote.score for quote in found} == {1.0}


def test_the_same_words_in_many_episodes_come_newest_first() -> None:
    index = Indexed(
        [_turn(episode, "Keep the lamp burning and the kettle warm.") for episode in range(1, 200)]
    )
    found = index.find("lamp burning and the kettle", limit=10)
    assert [quote.episode_id for quote in found] == list(range(199, 189, -1))
    assert [quote.episode_id for quote in index.find("kettle lamp", limit=3)] == [199, 198, 197]
    assert [quote.episode_id for quote in index.find("kettle", limit=3)] == [199, 198, 197]


def test_keywords_belong_to_one_turn() -> None:
    turns = [
        _turn(1, "A heron stood on the roof."),
        SpokenTurn(1, 1, None, None, None, "The foghorn was silent."),
    ]
    apart = Indexed(turns).find("heron foghorn")[0]
    together = Indexed([*turns, _turn(2, "That foghorn was louder than any other heron.")]).find(
        "heron foghorn"
    )[0]
    assert apart.score < SAID <= together.score
    assert together.episode_id == 2


def test_a_keyword_in_the_same_turn_is_preferred_to_a_nearer_one() -> None:
    turns = [
        SpokenTurn(1, 0, None, None, None, "There was a heron, grey and very still, on top of the foghorn."),
        SpokenTurn(1, 1, None, None, None, "A heron? I see."),
    ]
    found = Indexed(turns).find("foghorn heron")[0]
    assert found.score >= SAID
    assert _said(found) == "heron, grey and very still, on top of the foghorn"


def test_keywords_belong_to_one_episode() -> None:
    index = Indexed([_turn(1, "a grey heron"), _turn(2, "foghorn")])
    found = index.hits("heron foghorn")
    assert found
    assert all(hit.matched == (0,) and hit.score < SAID for hit in found)


def test_common_words_are_found_in_an_old_episode() -> None:
    filler = "you know what it is and so on "
    index = Indexed([_turn(1, "you know it"), *(_turn(episode, filler * 3_000) for episode in range(2, 15))])
    found = index.find("know you", {1})
    assert [quote.episode_id for quote in found] == [1]


def test_queries_of_stop_words_are_answered() -> None:
    index = Indexed([_turn(1, "you know what it is " * 2_000), _turn(2, "so it is what you know")])
    assert index.find("so")[0].episode_id == 2
    assert index.find("it is")
    assert index.find("you")
    assert index.find("know you it")
    assert index.find("what it is you know what it is")


def _holds(quotes: Sequence[Quote]) -> None:
    assert [quote.score for quote in quotes] == sorted((quote.score for quote in quotes), reverse=True)
    for quote in quotes:
        start, end = quote.match
        assert 0 <= start < end <= len(quote.text)
        assert 0 < quote.score <= 1
        assert quote.start_ms is not None
        assert quote.end_ms is not None
        assert quote.start_ms <= quote.end_ms


_WORDS = sorted({word for turn in _turns() for word in turn.text.split()})


@given(st.lists(st.sampled_from(_WORDS) | st.text(max_size=5), max_size=50), st.sampled_from(["mira", None]))
def test_any_query_is_answered_in_order(words: list[str], speaker: str | None) -> None:
    _holds(_find(" ".join(words), speaker=speaker))


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    _holds(_find(text))


@given(
    st.lists(st.text(alphabet="ab é\u0301'’日…🎉.", max_size=40), max_size=8), st.text("ab é日", max_size=12)
)
def test_any_turns_are_searched(texts: list[str], query: str) -> None:
    turns = [SpokenTurn(place // 3, place, None, 0, 1_000, text) for place, text in enumerate(texts)]
    _holds(Indexed(turns).find(query, limit=5))


def test_words_said_in_every_episode_count_as_said_even_if_misspelt() -> None:
    """The same words elsewhere are no background."""
    talk = invented_turns(30, 400)
    line = "thanks to our listeners who keep the lamp burning through the winter"
    index = Indexed([_turn(30 + episode, line) for episode in range(12)] + talk)
    found = index.find("thanks to our lisners who keep teh lamp burnin through winter")
    assert [quote.episode_id for quote in found] == [41, 40, 39, 38, 37]
    assert all(quote.score >= SAID for quote in found)


_INVENTED = invented_turns(episodes=12, words=600)


def test_every_five_words_that_were_said_are_found() -> None:
    one, many = Indexed(_INVENTED), Indexed(_INVENTED, max_words=1_500)
    for turn in _INVENTED[::3]:
        words = normal_words(turn.text)
        for at in range(0, len(words) - 4, 7):
            said = words[at : at + 5]
            for index in (one, many):
                first = index.hits(" ".join(said), limit=1)[0]
                assert first.score == 1.0
                assert normal_words(index.quote(first).text[slice(*index.quote(first).match)]) == said


def test_outdated_episodes_are_not_found() -> None:
    index = Indexed(_INVENTED)
    words = " ".join(normal_words(_INVENTED[0].text)[:6])
    [view] = index.views
    views = [SegmentView(1, view.segment, frozenset({_INVENTED[0].episode_id}))]
    assert index.hits(words)[0].episode_id == _INVENTED[0].episode_id
    assert all(hit.episode_id != _INVENTED[0].episode_id for hit in search(views, parse_query(words)))
    assert search(views, parse_query(words), Filter(episode_ids={_INVENTED[0].episode_id})) == []


def test_simultaneous_searches_find_the_same() -> None:
    index = Indexed(_INVENTED)
    queries = [" ".join(turn.text.split()[2:9]).replace("e", "") for turn in _INVENTED[:40]]
    alone = [index.hits(query) for query in queries]
    found: list[list[object]] = [[] for _ in range(4)]

    def ask(into: list[object]) -> None:
        into.extend(index.hits(query) for query in queries)

    threads = [threading.Thread(target=ask, args=(into,)) for into in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answers == alone for answers in found)
