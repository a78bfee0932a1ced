"""What capabilities bring to a rehearsal is put in its order: by day and hour, and each stage after what it needs."""

from __future__ import annotations

from datetime import time

import pytest

from bot.rehearsal.contributions import Stage, in_order, rehearsals
from bot.rehearsal.playing import Play

NOON = time(12)


async def nothing(_play: Play) -> None: ...


def stage(name: str, day: int, *needs: str, at: time | None = None) -> Stage[Play]:
    return Stage(name, day, nothing, at=at, needs=needs)


def names(*stages: Stage[Play]) -> list[str]:
    return [stage.name for stage in in_order(stages)]


def test_stages_come_by_day_and_hour_and_else_as_they_are_given() -> None:
    assert names(stage("c", 0, at=NOON), stage("d", 1), stage("b", 0), stage("a", -2)) == ["a", "b", "c", "d"]
    assert names(stage("b", 0), stage("a", 0)) == ["b", "a"]


def test_days_begin_at_ten_before_the_gathering_and_at_eight_while_it_lasts() -> None:
    assert names(stage("ten", -1, at=time(10)), stage("before", -1)) == ["ten", "before"]
    assert names(stage("nine", 0, at=time(9)), stage("first", 0)) == ["first", "nine"]


def test_a_stage_waits_for_what_it_needs_of_the_same_hour() -> None:
    assert names(stage("kept", 0, "voted"), stage("voted", 0, "said"), stage("said", 0)) == ["said", "voted", "kept"]


@pytest.mark.parametrize(
    "stages",
    [
        (stage("kept", 0, "said"),),
        (stage("kept", 0, "said"), stage("said", 0, at=NOON)),
        (stage("kept", 0, "said"), stage("said", 0, "kept")),
    ],
)
def test_what_is_needed_and_does_not_happen_before_is_refused(stages: tuple[Stage[Play], ...]) -> None:
    with pytest.raises(ValueError, match="«kept» needs what has not happened by then: said"):
        in_order(stages)


def test_two_stages_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two stages are called «said»"):
        in_order((stage("said", 0), stage("said", 1)))


def test_groups_are_formed_only_once_themes_are_chosen_and_results_leave_last() -> None:
    played = names(*(stage for rehearsal in rehearsals().values() for stage in rehearsal.stages))
    assert played.index("come in") < played.index("themes chosen") < played.index("groups published")
    assert played[-1] == "results asked for"
