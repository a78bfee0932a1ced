"""The rules of a plenary without a store: turns and clocks, the order of groups, the rank of questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from bot.content.texts import Reader, plain
from handlers.plenary.messages import ordinal
from handlers.plenary.model.order import Entrant, balanced, draw_order, split_by_theme
from handlers.plenary.model.questions import least_seen, wilson
from handlers.plenary.model.turns import Lengths, Plenary, PlenaryState, StageTurn, TalkClock
from tests.plenary.builders import themes_in_a_row

_USUAL = Lengths(180, 60, 60)
NOW = datetime(2027, 6, 12, 13, 30, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def plenary(groups: int = 3, lengths: Lengths = _USUAL) -> PlenaryState:
    turns = tuple(StageTurn(group, 1, group) for group in range(1, groups + 1))
    return PlenaryState(Plenary(1, 1, 1, 1, lengths), turns)


def begun(groups: int = 3, lengths: Lengths = _USUAL) -> PlenaryState:
    state = plenary(groups, lengths)
    return state.begin(NOW, state.planned_end(NOW))


def standing(state: PlenaryState) -> list[tuple[int, str]]:
    return [(turn.group_id, turn.state) for turn in state.turns]


def test_a_turn_is_a_change_a_talk_and_questions() -> None:
    state = begun()
    assert standing(state) == [(1, "talk"), (2, "waiting"), (3, "waiting")]
    assert state.clock(NOW) == TalkClock(180, 60, paused=False)
    assert state.clock(after(60)) == TalkClock(180, 0, paused=False)
    assert state.clock(after(79)) == TalkClock(161, 0, paused=False)
    assert state.clock(after(263)) == TalkClock(-23, 0, paused=False)
    state = state.advance(after(263))
    assert standing(state)[0] == (1, "questions")
    assert state.clock(after(263)) == TalkClock(60, 0, paused=False)
    state = state.advance(after(300))
    assert standing(state) == [(1, "done"), (2, "talk"), (3, "waiting")]


def test_a_step_during_the_change_starts_the_clock_at_once() -> None:
    state = begun().advance(after(20))
    assert standing(state)[0] == (1, "talk")
    assert state.clock(after(20)) == TalkClock(180, 0, paused=False)


@pytest.mark.parametrize(
    ("lengths", "declining"), [(Lengths(180, 0, 60), frozenset[int]()), (Lengths(180, 60, 60), frozenset({1}))]
)
def test_without_questions_the_next_group_follows_the_talk(lengths: Lengths, declining: frozenset[int]) -> None:
    state = begun(2, lengths).advance(after(200), declining)
    assert standing(state) == [(1, "done"), (2, "talk")]


def test_a_pause_moves_the_clock_and_counts_as_no_overrun() -> None:
    state = begun(2).pause(after(100))
    assert state.clock(after(100)) == state.clock(after(500)) == TalkClock(140, 0, paused=True)
    assert state.pause(after(120)) == state
    state = state.resume(after(500))
    assert state.clock(after(510)) == TalkClock(130, 0, paused=False)
    assert state.resume(after(520)) == state
    state = state.advance(after(640)).advance(after(700))
    assert state.predicted_end(after(700)) == after(700 + 300)
    assert state.delay(after(700)) == timedelta(seconds=400)


def test_a_step_ends_a_pause() -> None:
    state = begun().pause(after(100)).advance(after(160))
    assert (state.plenary.paused_at, state.turns[0].state) == (None, "questions")


def test_half_a_minute_more_counts_from_now_once_the_time_is_over() -> None:
    state = begun()
    assert state.extend(after(100)).clock(after(100)) == TalkClock(170, 0, paused=False)
    assert state.extend(after(300)).clock(after(300)) == TalkClock(30, 0, paused=False)
    assert state.pause(after(230)).extend(after(900)).clock(after(900)) == TalkClock(40, 0, paused=True)


def test_an_absent_group_comes_last_once() -> None:
    state = begun().skip(after(70))
    assert standing(state) == [(2, "talk"), (3, "waiting"), (1, "waiting")]
    for seconds in (400, 500, 800, 900):
        state = state.advance(after(seconds))
    assert standing(state) == [(2, "done"), (3, "done"), (1, "talk")]
    state = state.skip(after(1000))
    assert standing(state) == [(2, "done"), (3, "done"), (1, "absent")]
    assert state.plenary.ended_at == after(1000)


def test_the_last_group_is_not_put_last_again() -> None:
    state = begun(1).skip(after(70))
    assert (standing(state), state.plenary.ended_at) == ([(1, "absent")], after(70))


def test_nothing_happens_after_the_end() -> None:
    state = begun(1).advance(after(240)).advance(after(260))
    assert state.plenary.ended_at == after(260)
    assert state.advance(after(300)) == state.extend(after(300)) == state.skip(after(300)) == state
    assert state.pause(after(300)) == state
    assert (state.clock(after(300)), state.next_tick(after(300))) == (None, None)


def test_clocks_change_every_ten_seconds_before_and_after_the_end() -> None:
    state = begun()
    assert state.next_tick(NOW) == after(10)
    assert state.next_tick(after(10)) == after(20)
    assert state.next_tick(after(234)) == after(240)
    assert state.next_tick(after(245)) == after(250)
    assert state.next_tick(after(240 + 901)) is None
    assert state.pause(after(5)).next_tick(after(6)) is None


def test_only_waiting_groups_change_places() -> None:
    state = begun()
    assert standing(state.swap(2, 3)) == [(1, "talk"), (3, "waiting"), (2, "waiting")]
    assert state.swap(1, 2) == state
    assert state.swap(2, 9) == state


def test_lengths_stay_within_their_bounds() -> None:
    lengths = Lengths(60, 0, 300)
    assert lengths.changed("talk", -30) == lengths.changed("questions", -30) == lengths.changed("change", 30) == lengths
    assert lengths.changed("talk", 30) == Lengths(90, 0, 300)
    assert lengths.changed("questions", 30) == Lengths(60, 30, 300)
    assert lengths.changed("change", -30) == Lengths(60, 0, 270)


def test_the_arithmetic_of_seventeen_groups() -> None:
    assert plenary(17, Lengths(240, 120, 60)).planned_end(NOW) == NOW + timedelta(minutes=119)
    assert plenary(17).planned_end(NOW) == NOW + timedelta(minutes=85)
    assert split_by_theme(["a"] * 7 + ["b"] * 5 + ["c"] * 5) == (frozenset("a"), frozenset("bc"))


def test_the_predicted_end_learns_from_overruns() -> None:
    state, now = begun(10), 0
    for _group in range(4):
        state = state.advance(after(now + 60 + 240)).advance(after(now + 60 + 240 + 60))
        now += 360
    # Four turns of 60 seconds more, and sixteen that are assumed to be as planned: five groups still wait.
    assert state.predicted_end(after(now)) == after(now + 60 + 180 + 60 + 5 * (300 + 12))
    assert state.delay(after(now)) == timedelta(seconds=4 * 60 + 5 * 12)


# --- the order


def entrants(themes: str, **facts: str) -> list[Entrant]:
    """A group for each letter, which is its theme; `facts` name the places (from 0) for which they hold."""
    return [
        Entrant(
            place + 1,
            theme,
            "en" if str(place) in facts.get("english", "") else "fr",
            str(place) in facts.get("remote", ""),
            "woman" if str(place) in facts.get("women", "") else "man" if str(place) in facts.get("men", "") else "",
        )
        for place, theme in enumerate(themes)
    ]


def by_id(groups: list[Entrant], order: list[int]) -> list[Entrant]:
    known = {entrant.group_id: entrant for entrant in groups}
    return [known[group_id] for group_id in order]


@pytest.mark.parametrize("themes", ["aaaaaabbbbbbccccc", "aaaabbb", "aaaaaaaaabbbbcccc", "aabb", "abc"])
def test_no_theme_follows_itself_where_that_is_possible(themes: str) -> None:
    groups = entrants(themes)
    for seed in range(50):
        order = draw_order(groups, seed)
        assert sorted(order) == [entrant.group_id for entrant in groups]
        assert themes_in_a_row([entrant.theme for entrant in by_id(groups, order)]) == 0


def test_a_theme_with_too_many_groups_follows_itself_as_rarely_as_it_can() -> None:
    groups = entrants("aaaaaabb")
    assert {themes_in_a_row([e.theme for e in by_id(groups, draw_order(groups, seed))]) for seed in range(50)} == {3}


def test_a_seed_draws_the_same_order_again_and_others_draw_others() -> None:
    groups = entrants("aaaaaabbbbbbccccc")
    assert draw_order(groups, 4821) == draw_order(list(reversed(groups)), 4821)
    assert len({tuple(draw_order(groups, seed)) for seed in range(100)}) == 100
    assert sorted(draw_order(groups[:2], 1)) == [1, 2]
    assert draw_order([], 1) == []


def test_remote_groups_and_rare_languages_are_spread() -> None:
    groups = entrants("abcabcabcabc", remote="0369", english="258")
    for seed in range(60):
        order = by_id(groups, draw_order(groups, seed))
        remote = [place for place, entrant in enumerate(order) if entrant.remote]
        english = [place for place, entrant in enumerate(order) if entrant.language == "en"]
        assert min(second - first for first, second in pairwise(remote)) >= 2
        assert min(second - first for first, second in pairwise(english)) >= 2


def test_women_and_men_alternate_where_they_agreed() -> None:
    groups = entrants("abcabcab", women="0246", men="1357")
    alternations = []
    for seed in range(60):
        order = by_id(groups, draw_order(groups, seed))
        alternations.append(sum(one.gender != other.gender for one, other in pairwise(order)))
    assert sum(alternations) / len(alternations) > 6


# --- questions


def test_those_whom_fewest_saw_are_shown_first() -> None:
    assert least_seen({1: 3, 2: 0, 3: 1, 4: 0, 5: 9}, 3) == [2, 4, 3]
    assert least_seen({}) == []


def test_a_question_that_many_wanted_ranks_before_an_early_vote() -> None:
    assert wilson(0, 0) == 0
    assert wilson(1, 1) < wilson(30, 40) < wilson(39, 40) < 1
    assert wilson(0, 40) == 0
    assert wilson(9, 4) == wilson(4, 4)
    assert wilson(50, 100) == pytest.approx(0.4038, abs=1e-4)


def of_women_and_men(*genders: str) -> list[Entrant]:
    """Groups of three themes, presented by two people each of these genders."""
    return [
        Entrant(place, "abc"[place % 3], gender=gender, presenters=2) for place, gender in enumerate(genders, start=1)
    ]


def test_as_many_groups_of_women_as_of_men_alternate_and_the_others_stand_anywhere() -> None:
    entrants = of_women_and_men("woman", "woman", "", "man", "woman", "man")
    assert [entrant.gender for entrant in balanced(entrants)] == ["woman", "woman", "", "man", "", "man"]
    alone = [replace(entrants[0], presenters=1), *entrants[3:]]
    assert [entrant.gender for entrant in balanced(alone)] == ["", "man", "woman", ""]


@pytest.mark.parametrize("seed", range(1, 41))
def test_with_women_and_men_the_other_way_round_the_order_is_the_same(seed: int) -> None:
    other = {"woman": "man", "man": "woman", "": ""}
    dice = Random(seed)
    entrants = of_women_and_men(*(dice.choice(["woman", "man", ""]) for _group in range(17)))
    swapped = [replace(entrant, gender=other[entrant.gender]) for entrant in balanced(entrants)]
    assert draw_order(balanced(entrants), seed) == draw_order(swapped, seed)


@pytest.mark.parametrize(
    ("number", "written"),
    [(2, "2nd 2ᵉ 2."), (3, "3rd 3ᵉ 3."), (8, "8th 8ᵉ 8."), (11, "11th 11ᵉ 11."), (12, "12th 12ᵉ 12."),
     (21, "21st 21ᵉ 21."), (112, "112th 112ᵉ 112.")],
)  # fmt: skip
def test_a_rank_is_written_as_each_language_does(number: int, written: str) -> None:
    rank = ordinal(number)
    assert " ".join(plain(rank, Reader(locale, "Europe/Paris")) for locale in ("en", "fr", "de")) == written
