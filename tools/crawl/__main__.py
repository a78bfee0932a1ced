"""`python -m tools.crawl`: crawl, tell the figures, end with 1 where anything was found.

The same seed presses the same, on a slow machine too (`tools/crawl/time_of_crawls.py::CrawlClock`); what the program
draws by chance, such as codes, differs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import nullcontext
from pathlib import Path

from bot.capability import load, make_router
from handlers import CAPABILITIES
from tools.crawl.crawling import PLATFORMS, ROLES, crawl
from tools.crawl.engines import postgres

_BESIDE_A_SERVER = ("telegram", "web")
"""Who crawls over a database server: Discord in memory moves its own time on while it waits for the bot, and knows
nothing of an answer that is on its way from another process."""


def main() -> int:
    """The exit code."""
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
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a server that was started for it ends with it
    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(prefix="rencontres-crawl-") as folder,
        postgres() if asked.postgres else nullcontext(asked.database) as url,
    ):
        found = asyncio.run(
            crawl(
                Path(folder),
                presses=asked.presses,
                seed=asked.seed,
                platforms=_BESIDE_A_SERVER if url.startswith("postgres") else PLATFORMS,
                url=url,
                forum=True,
                tell=_tell,
            )
        )
    _tell(f"\n{'presses':12}" + "".join(f"{role:>13}" for role in ROLES))
    for platform in PLATFORMS:
        _tell(f"{platform:12}" + "".join(f"{found.presses[platform, role]:13}" for role in ROLES))
    _tell(
        f"{found.presses.total()} presses of {len(found.codes)} kinds in {time.perf_counter() - began:.0f} s,"
        f" seed {asked.seed}: {found.defects.total()} defects, {found.violations.total()} violations"
    )
    for line in _reached(found.codes):
        _tell(line)
    return 0 if found.clean else 1


def _reached(kinds: Collection[str]) -> Iterator[str]:
    """How much of all that buttons lead to was pressed, of every capability, and what was not."""
    routes = make_router(load(CAPABILITIES)).routes
    pressed = {kind.removesuffix("?") for kind in kinds} & routes.keys()
    declared: defaultdict[str, set[str]] = defaultdict(set)
    for code, route in routes.items():
        declared[".".join(route.handler.__module__.split(".")[:2])].add(code)
    met = sum(bool(codes & pressed) for codes in declared.values())
    yield f"{len(pressed)} of {len(routes)} routes were reached, in {met} of {len(declared)} capabilities; not reached:"
    for capability, codes in sorted(declared.items()):
        if left := sorted(codes - pressed):
            yield f"  {capability}: {', '.join(left)}"


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
