"""Crawls and prints figures; exits with 1 if problems were found, or a capability was not reached.

Run by `python -m tools.crawl`. The same seed leads to the same presses, even on a slow machine
(`tools/crawl/time_of_crawls.py::CrawlClock`); only the program's random values, such as codes, differ.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable
from contextlib import nullcontext
from pathlib import Path

from bot.rehearsal.demo import end_when_told
from tools.crawl.crawling import PLATFORMS, ROLES, crawl
from tools.crawl.engines import postgres
from tools.crawl.reach import reach_of
from tools.crawl.watching import Findings

_BESIDE_A_SERVER = ("telegram", "web")
"""Who crawls over a database server: Discord in memory moves its own time on while it waits for the bot, and knows
nothing of an answer that is on its way from another process."""


def main() -> int:
    """Press buttons in a simulated gathering, print the figures, and return 1 if something went wrong, else 0."""
    parser = argparse.ArgumentParser(prog="make crawl ARGS=…", description=__doc__)
    parser.add_argument("--presses", type=int, default=60, help="by each person at each step (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another one presses other things (default: %(default)s)")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--database", default="", metavar="URL", help="an empty one; a new SQLite file by default")
    where.add_argument("--postgres", action="store_true", help="on a PostgreSQL server started for it, without Discord")
    asked = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets must not differ from run to run
        same = {**os.environ, "PYTHONHASHSEED": "0"}
        os.execve(sys.executable, [sys.executable, "-m", "tools.crawl", *sys.argv[1:]], same)  # noqa: S606
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a server that is started for it ends with it
    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(prefix="rencontres-crawl-") as folder,
        postgres() if asked.postgres else nullcontext(asked.database) as url,
    ):
        crawling = crawl(
            Path(folder),
            presses=asked.presses,
            seed=asked.seed,
            platforms=_BESIDE_A_SERVER if url.startswith("postgres") else PLATFORMS,
            url=url,
            forum=True,
            tell=_tell,
        )
        try:
            found = asyncio.run(_until_told(crawling))
        except asyncio.CancelledError:
            return 1
    _tell(f"\n{'presses':12}" + "".join(f"{role:>13}" for role in ROLES))
    for platform in PLATFORMS:
        _tell(f"{platform:12}" + "".join(f"{found.presses[platform, role]:13}" for role in ROLES))
    _tell(
        f"{found.presses.total()} presses of {len(found.codes)} kinds in {time.perf_counter() - began:.0f} s,"
        f" seed {asked.seed}: {found.defects.total()} defects, {found.violations.total()} violations"
    )
    reach = reach_of(found.codes, found.unseen)
    for line in reach.lines:
        _tell(line)
    return 0 if found.clean and not reach.missed else 1


async def _until_told(crawling: Awaitable[Findings]) -> Findings:
    """Crawl; a signal ends it where it waits.

    One that is raised wherever the program happens to be leaves tasks that wait for others, which ended in its midst.
    """
    end_when_told()
    return await crawling


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
