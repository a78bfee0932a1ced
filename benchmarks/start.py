"""Measures how soon the program is ready, and its memory while nobody writes.

    python -m benchmarks start

Three figures: `rencontres --help` (≤ 0.15 s), ready to answer with 100,000 participants (≤ 1 s from start to the first
reply), idle memory (≤ 90 MB, Telegram and the page on).
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.programs import BOT_CORE, SILENT, bot_api, memory, process
from benchmarks.report import options
from bot.rehearsal.botapi import TOKEN
from tests.crowds import FIRST, fill

_PEOPLE = 100_000


def help_seconds(runs: int = 9) -> float:
    """Return the median time of `rencontres --help` as a process, in seconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bot", "--help"], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def ready_seconds_and_megabytes(store: Path) -> tuple[float, float]:
    """Return the seconds from start to the reply to a waiting message, and the resident memory in MB once idle."""
    with bot_api() as peer:
        peer("people", count=1)
        peer("act", acts=[[FIRST, "start", ""]])
        environment = {
            **os.environ,
            "RENCONTRES_TELEGRAM__TOKEN": TOKEN,
            "RENCONTRES_TELEGRAM__API_BASE": peer.root,
            "RENCONTRES_WEB__PUBLIC_URL": "http://127.0.0.1:1",
            "RENCONTRES_WEB__PORT": "0",
            "RENCONTRES_STORAGE__URL": f"sqlite:///{store}",
        }
        started = time.perf_counter()
        with process(["-m", "bot", "run"], BOT_CORE, env=environment, **SILENT) as program:
            peer("wait", replied=1, timeout=120)
            ready = time.perf_counter() - started
            time.sleep(3)
            return ready, memory(program.pid) / 1024


def main() -> None:
    options(__doc__)
    print(f"rencontres --help: {help_seconds():.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "crowd.db"
        fill(f"sqlite:///{store}", _PEOPLE, 1)
        readied = [ready_seconds_and_megabytes(Path(shutil.copy(store, Path(folder) / f"{n}.db"))) for n in range(3)]
    print(f"ready to answer with {_PEOPLE:,} participants: {statistics.median(r for r, _ in readied):.2f} s")
    print(f"idle memory: {statistics.median(m for _, m in readied):.0f} MB")
