"""Summaries: which are to be made, and what was asked and answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from storage.engine.database import Database
from storage.models import Chapter, FollowUpKind, GuildPodcast, Sent, SummaryLine, as_text
from storage.tables.deliveries import plan_delivery
from storage.tables.delivery_outcomes import finish_deliveries
from storage.tables.destinations import add_destination
from storage.tables.episodes import read_announced_episode
from storage.tables.follow_ups import FollowUpQueue, finish_follow_up
from storage.tables.guild_podcasts import configure_guild_podcast
from storage.tables.model_budget import tokens_used
from storage.tables.summaries import (
    INTERRUPTED,
    SummaryQueue,
    begin_line,
    begin_overview,
    checked_lines,
    end_line,
    end_overview,
    finish_summary,
    forget_lines,
    keep_chapters,
    plan_summary,
    postpone_summary,
    stored_summary,
    summary_candidates,
    summary_state,
    take_line_back,
)
from tests.unit.storage.material import FEED, NOW, edited, ids, item, poll, stored, turn

MODEL = "teller"
CHAPTERS = (Chapter(0, "Flour"), Chapter(60_000, "Jam"))
SCONES = item("scones", chapters=CHAPTERS, turns=(turn("We bake."),))
LINE = SummaryLine(0, MODEL, "basis")
LATER = NOW + timedelta(hours=1)


async def _announced(db: Database, *, guild_id: int = 1) -> tuple[int, int, int]:
    """A podcast, its episode and a planned announcement."""
    podcast_id = await stored(
        db, SCONES, item("mute", chapters=CHAPTERS), item("plain", turns=(turn("Hm."),))
    )
    known = await ids(db, podcast_id)
    to, _ = await add_destination(db, podcast_id, guild_id=guild_id, channel_id=10, added_by=5, now=NOW)
    planned = [(await plan_delivery(db, to.id, known[name], NOW))[0] for name in ("scones", "mute", "plain")]
    return podcast_id, known["scones"], planned[0].id


async def test_what_is_announced_with_chapters_and_a_transcript_is_a_candidate(db: Database) -> None:
    podcast_id, episode_id, _ = await _announced(db)
    [one] = await summary_candidates(db, MODEL, NOW, 9)
    assert (one.episode_id, one.feed_url, one.switched_on, one.by_default) == (episode_id, FEED, False, True)
    await configure_guild_podcast(db, 1, podcast_id, lambda now: replace(now, summaries=False))
    assert await summary_candidates(db, MODEL, NOW, 9) == []
    now = await configure_guild_podcast(db, 1, podcast_id, lambda now: replace(now, summaries=True))
    assert now == GuildPodcast(1, podcast_id, summaries=True)
    [one] = await summary_candidates(db, MODEL, NOW, 9)
    assert (one.switched_on, one.by_default) == (True, False)
    assert await summary_candidates(db, MODEL, NOW + timedelta(days=15), 9) == []
    await plan_summary(db, episode_id, MODEL, NOW)
    assert await summary_candidates(db, MODEL, NOW, 9) == []
    # Another model makes it anew.
    assert len(await summary_candidates(db, "other", NOW, 9)) == 1


async def test_one_process_makes_it_at_a_time(db: Database) -> None:
    _, episode_id, _ = await _announced(db)
    await plan_summary(db, episode_id, MODEL, NOW)
    queue, until = SummaryQueue(db, MODEL), NOW + timedelta(seconds=20)
    [job] = await queue.claim("first", now=NOW, until=until, limit=5)
    assert (job.episode_id, job.attempts) == (episode_id, 1)
    assert await queue.claim("second", now=NOW, until=until, limit=5) == []
    assert await queue.next_due_at(NOW) == until
    assert await SummaryQueue(db, "other").next_due_at(NOW) is None
    await postpone_summary(db, job, as_text("later"), LATER)
    state = await summary_state(db, episode_id)
    assert (state.done, state.problem) == (False, as_text("later"))
    assert await queue.claim("second", now=NOW, until=until, limit=5) == []
    only = SummaryQueue(db, MODEL, episode_id)
    [job] = await only.claim("second", now=LATER, until=LATER + timedelta(minutes=1), limit=5)
    await finish_summary(db, job, LATER, changed=False)
    assert (await summary_state(db, episode_id)).done
    assert await queue.next_due_at(NOW) is None


async def test_what_changes_meanwhile_is_looked_at_once_more(db: Database) -> None:
    podcast_id, episode_id, _ = await _announced(db)
    await plan_summary(db, episode_id, MODEL, NOW)
    queue = SummaryQueue(db, MODEL)
    [job] = await queue.claim("first", now=NOW, until=LATER, limit=5)
    await poll(db, podcast_id, edited(replace(SCONES, title="Better scones"), episode_id))
    await finish_summary(db, job, NOW, changed=False)
    assert not (await summary_state(db, episode_id)).done
    [again] = await queue.claim("first", now=LATER, until=LATER + timedelta(hours=1), limit=5)
    await finish_summary(db, again, LATER, changed=False)
    assert (await summary_state(db, episode_id)).done
    # A finished one is made again when its episode changes.
    await poll(db, podcast_id, edited(replace(SCONES, title="Best scones"), episode_id), now=LATER)
    assert not (await summary_state(db, episode_id)).done


async def test_a_line_is_noted_before_it_is_asked_for(db: Database) -> None:
    _, episode_id, _ = await _announced(db)
    await plan_summary(db, episode_id, MODEL, NOW)
    assert await begin_line(db, episode_id, LINE, NOW, tokens=100, most_tokens=150)
    assert (await stored_summary(db, episode_id)).lines == {0: replace(LINE, rejected=INTERRUPTED)}
    assert not await begin_line(db, episode_id, replace(LINE, position=1), NOW, tokens=100, most_tokens=150)
    assert 1 not in (await stored_summary(db, episode_id)).lines
    told = replace(LINE, line="Ada bakes scones.")
    await end_line(db, episode_id, told, NOW, more_tokens=-20)
    assert (await stored_summary(db, episode_id)).lines == {0: told}
    assert await tokens_used(db, NOW) == 80
    shown = await read_announced_episode(db, episode_id, NOW)
    assert shown is not None
    assert shown.lines == ("Ada bakes scones.", None)


async def test_what_the_server_did_not_do_is_forgotten(db: Database) -> None:
    _, episode_id, _ = await _announced(db)
    await begin_line(db, episode_id, LINE, NOW, tokens=100, most_tokens=None)
    await take_line_back(db, episode_id, LINE, NOW, tokens=100)
    assert (await stored_summary(db, episode_id)).lines == {}
    assert await tokens_used(db, NOW) == 0


async def test_an_answer_to_what_has_changed_since_is_dropped(db: Database) -> None:
    _, episode_id, _ = await _announced(db)
    await begin_line(db, episode_id, LINE, NOW, tokens=1, most_tokens=None)
    newer = replace(LINE, basis="another")
    await begin_line(db, episode_id, newer, NOW, tokens=1, most_tokens=None)
    await end_line(db, episode_id, replace(LINE, line="Too late."), NOW, more_tokens=0)
    assert (await stored_summary(db, episode_id)).lines == {0: replace(newer, rejected=INTERRUPTED)}


async def test_an_episode_has_two_sentences(db: Database) -> None:
    _, episode_id, _ = await _announced(db)
    await plan_summary(db, episode_id, MODEL, NOW)
    assert not await begin_overview(db, episode_id, "b", NOW, tokens=2, most_tokens=1)
    assert await begin_overview(db, episode_id, "b", NOW, tokens=2, most_tokens=9)
    await end_overview(db, episode_id, "They bake. It is good.", NOW, more_tokens=1)
    whole = await stored_summary(db, episode_id)
    assert (whole.overview, whole.overview_basis) == ("They bake. It is good.", "b")
    shown = await read_announced_episode(db, episode_id, NOW)
    assert shown is not None
    assert shown.overview == "They bake. It is good."
    await forget_lines(db, episode_id)
    assert (await stored_summary(db, episode_id)).overview is None


async def test_lines_of_chapters_that_are_gone_go(db: Database) -> None:
    _, episode_id, _ = await _announced(db)
    for position in range(3):
        await begin_line(db, episode_id, replace(LINE, position=position), NOW, tokens=1, most_tokens=None)
    await keep_chapters(db, episode_id, 2)
    assert sorted((await stored_summary(db, episode_id)).lines) == [0, 1]


async def test_a_model_is_judged_by_its_newest_lines(db: Database) -> None:
    _, episode_id, _ = await _announced(db)
    answers = [
        ("It is.", None),
        (None, "link"),
        (None, "none"),
        (None, INTERRUPTED),
        (None, "loop"),
        ("Yes.", None),
    ]
    for position, (line, rejected) in enumerate(answers):
        one = replace(LINE, position=position)
        asked_at = NOW + timedelta(seconds=position)
        await begin_line(db, episode_id, one, asked_at, tokens=1, most_tokens=None)
        await end_line(db, episode_id, replace(one, line=line, rejected=rejected), asked_at, more_tokens=0)
    assert await checked_lines(db, MODEL, 50) == (2, 4)
    assert await checked_lines(db, MODEL, 2) == (1, 2)
    assert await checked_lines(db, "other", 50) == (0, 0)


async def test_a_summary_is_shown_by_one_edit_that_counts_for_itself(db: Database) -> None:
    _, episode_id, delivery_id = await _announced(db)
    await finish_deliveries(db, [Sent(delivery_id, 77, NOW, form="card", shown="before")])
    for shown in ("first", "second"):
        await plan_summary(db, episode_id, MODEL, NOW)
        [job] = await SummaryQueue(db, MODEL).claim("me", now=LATER, until=LATER, limit=5)
        await finish_summary(db, job, NOW, changed=True)
        due = await FollowUpQueue(db).claim("me", now=LATER, until=LATER, limit=5)
        assert [one.kind for one in due] == ([FollowUpKind.SUMMARY] if shown == "first" else [])
        for one in due:
            await finish_follow_up(db, one, shown=shown)
