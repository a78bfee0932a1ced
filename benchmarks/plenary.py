"""Measures a plenary in a full room, and under kill -9: votes, steps, cards and clocks.

    python -m benchmarks plenary [load|kills|all] [--people 100,1000] [--groups 17] [--kills 50] [--seed 1] [--postgres]

Aims, with 50 ms of round trip on three platforms and 30 votes a second: 95 of 100 votes on the screen within a second,
presenters told within 2 s of «Next», replies within 5 round trips for 99 of 100 meanwhile, no violation of Telegram's
strictest limits, the group on stage on everybody's card within 5 s among 100 people and 40 s among 1,000, and none lost
of 400 votes in a second. Reply times for the same votes before the plenary begins are printed for comparison. After 50
kills in the middle of a group's turn: clocks right to a second, no doubled message, no vote lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import plenary_kills, plenary_load
from benchmarks.programs import postgres
from benchmarks.report import arguments


@contextlib.contextmanager
def _stores(on_postgres: bool) -> Iterator[Callable[[], str | None]]:
    """What returns the URL of an empty PostgreSQL database each time, or None, for a new SQLite file."""
    if not on_postgres:
        yield lambda: None
        return
    with tempfile.TemporaryDirectory() as folder, postgres(Path(folder)) as running:
        yield running.database


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("part", nargs="?", choices=("load", "kills", "all"), default="all")
    parser.add_argument("--people", default="100,1000", help="sizes of rooms, separated by commas")
    parser.add_argument("--groups", type=int, default=17)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    options = parser.parse_args()
    failed = 0
    with _stores(options.postgres) as new_store:
        if options.part != "kills":
            for people in map(int, options.people.split(",")):
                asyncio.run(plenary_load.measure(people, options.groups, new_store()))
        if options.part != "load":
            failed = plenary_kills.measure(options.kills, options.seed, new_store())
    sys.exit(failed)
