"""Counts the taps of the commonest acts for somebody who goes by buttons, and what every screen shows.

    python -m benchmarks taps

It prints the taps, written lines, screens, words and visible buttons (`bot/content/folding.py`) of the commonest acts
(`tests/ways.py`) and of an organiser's tasks from an empty gathering on (`tests/first_month.py`), then, by role, all
screens of somebody who presses everything at a few stages of a gathering (`tests/walking.py`), with their rows of keys
on Telegram. `tests/test_taps.py` fails if a way becomes longer.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.report import options
from bot.content.folding import in_sight
from bot.content.texts import Reader
from bot.platforms.telegram.render import draw_keyboards
from tests import first_month
from tests.walking import STAGES, walks
from tests.ways import ACTS, measured, words_of

_READER = Reader("fr", "Europe/Paris")


async def measure() -> None:
    """Print the shortest way to do each act, and what each screen shows."""
    print(f"{'':38}  taps  lines  screens  words  buttons  way")
    for act in ACTS:
        way = await measured(act)
        counted = f"{way.taps:4}  {way.lines:5}  {len(way.steps) + 1:7}  {way.words:5}  {max(way.buttons):7}"
        print(f"{act.name:38}  {counted}  {' › '.join(way.labels)}", flush=True)
    print(f"\n{'':38}  presses  words")
    for task in first_month.TASKS:
        month = await first_month.measured(task)
        print(f"{task:38}  {month.presses:7}  {month.words:5}", flush=True)
    screens: dict[str, dict[str, list[tuple[int, int, int]]]] = {}
    with TemporaryDirectory() as folder:
        async for walk in walks(f"sqlite:///{folder}/walked.sqlite3", Path(folder), STAGES, migrate=True):
            for screen, view in walk.shown:
                of_role = screens.setdefault(walk.role, {})
                keys = sum(len(keyboard["inline_keyboard"]) for keyboard in draw_keyboards(view, _READER))
                of_role.setdefault(screen, []).append((in_sight(view), keys, words_of(view, _READER)))
    print(f"\n{'':16}  screens  buttons: median  most  rows: median  most  words: median  the fullest")
    for role, shown in screens.items():
        fullest = {screen: max(seen) for screen, seen in shown.items()}
        buttons, rows, words = zip(*fullest.values(), strict=True)
        last = sorted((-seen[0], screen) for screen, seen in fullest.items())[:3]
        named = ", ".join(f"{screen} {-count}" for count, screen in last)
        counted = f"{median(buttons):15}  {max(buttons):4}  {median(rows):12}  {max(rows):4}  {median(words):13}"
        print(f"{role:16}  {len(shown):7}  {counted}  {named}")


def main() -> None:
    options(__doc__)
    asyncio.run(measure())
