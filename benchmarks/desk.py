"""Measures the desk with many people in Chromium: scrolling, sorting, filtering, and an edit seen on another desk.

    python -m benchmarks desk [--people 1000] [--turns 40]

The code is in `tests/platforms/web/desk_speed.py`.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from benchmarks.report import options
from tests.platforms.web.desk_speed import measure_desk


def main() -> None:
    asked = options(__doc__, people=1000, turns=40)
    with tempfile.TemporaryDirectory() as folder:
        speed = asyncio.run(measure_desk(asked.people, asked.turns, Path(folder)))
    print(speed)
    sys.exit(not speed.well)
