"""kill -9 while updates arrive, groups are published, an announcement goes out and people are erased, in small.

`benchmarks/kill.py` does the same fifty times.
"""

from __future__ import annotations

from pathlib import Path

from tests.killed.broadcast import survive_broadcast
from tests.killed.desk import survive_editing
from tests.killed.encounters import survive_encounters
from tests.killed.letters import survive_posting
from tests.killed.publishing import survive_publishing
from tests.killed.retention import Swept, survive_retention
from tests.killed.updates import Toll, survive


async def test_three_kills_lose_nothing_do_nothing_twice_and_leave_nobody_without_an_answer(tmp_path: Path) -> None:
    toll = await survive(kills=3, updates=60, seed=7, folder=tmp_path)
    assert toll == Toll(kills=3, updates=60, lost=0, twice=0, unanswered=0)


async def test_groups_published_under_kills_are_told_to_everyone_once(tmp_path: Path) -> None:
    told = await survive_publishing(kills=3, people=24, seed=3, folder=tmp_path)
    assert (told.people, told.without, told.wrong, told.twice) == (24, 0, 0, 0), told


async def test_an_announcement_under_kills_reaches_everyone_and_says_who_may_have_it_twice(tmp_path: Path) -> None:
    sent = await survive_broadcast(kills=3, people=60, seed=5, folder=tmp_path)
    assert (sent.lost, sent.beyond, sent.twice_on_discord) == (0, 0, 0), sent
    assert sent.twice <= sent.kills * sent.window, sent


async def test_invitations_sent_under_kills_reach_everyone_and_each_double_is_listed(tmp_path: Path) -> None:
    posted = await survive_posting(kills=3, people=60, seed=4, folder=tmp_path)
    assert (posted.people, posted.lost, posted.unlisted) == (60, 0, 0), posted


async def test_an_end_of_taking_part_under_kills_erases_everybody_it_should_once(
    store_url: str, tmp_path: Path
) -> None:
    swept = await survive_retention(lives=12, people=60, seed=9, folder=tmp_path / "files", url=store_url)
    assert swept == Swept(kills=12, people=24, choices=0, unfinished=0, noted=36, twice=0, warnings=2)


async def test_two_who_edit_on_the_desk_under_kills_lose_nothing_and_overwrite_nothing(tmp_path: Path) -> None:
    edited = await survive_editing(kills=4, seed=2, folder=tmp_path)
    assert (edited.lost, edited.overwritten, edited.wrong) == (0, 0, 0), edited
    assert edited.edits > 4


async def test_encounters_under_kills_keep_each_table_each_clock_and_each_yes(store_url: str, tmp_path: Path) -> None:
    held = await survive_encounters(people=8, seed=37, url=store_url, folder=tmp_path)
    assert (held.lost, held.moved, held.clocks, held.contacts, held.untold) == (0, 0, 0, 0, 0), held
    assert held.yeses > 8  # of 16 answers in 8 pairs: somebody has a contact
