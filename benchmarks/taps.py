"""How many taps the commonest acts cost somebody who opens the bot, goes by its buttons, and never takes a wrong one.

    python -m benchmarks taps

A table: what one taps and writes, how many screens are seen and how many words stand on them, the first screen
included. The ways are looked for by `tests/ways.py`; `tests/test_taps.py` holds them as short as they are.
"""

from __future__ import annotations

import asyncio

from benchmarks.report import options
from tests.ways import ACTS, measured


async def measure() -> None:
    """Print the shortest way of each act."""
    print(f"{'':38}  taps  lines  screens  words  way")
    for act in ACTS:
        way = await measured(act)
        counted = f"{way.taps:4}  {way.lines:5}  {len(way.steps) + 1:7}  {way.words:5}"
        print(f"{act.name:38}  {counted}  {' › '.join(way.labels)}", flush=True)


def main() -> None:
    options(__doc__)
    asyncio.run(measure())


if __name__ == "__main__":
    main()
