"""kill -9 while updates arrive, in small; `benchmarks/kill.py` does the same fifty times."""

from __future__ import annotations

from pathlib import Path

from benchmarks.kill import Toll, survive


async def test_five_kills_lose_nothing_do_nothing_twice_and_leave_nobody_without_an_answer(tmp_path: Path) -> None:
    toll = await survive(kills=5, updates=100, seed=7, folder=tmp_path)
    assert toll == Toll(kills=5, updates=100, lost=0, twice=0, unanswered=0)
