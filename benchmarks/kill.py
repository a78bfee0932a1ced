"""Kills the program (-9) while updates arrive, groups are published or an announcement is sent.

    python -m benchmarks kill updates [--kills 50] [--updates 1000] [--seed 1]
    python -m benchmarks kill publishing [--kills 50] [--people 60] [--seed 1]
    python -m benchmarks kill broadcast [--kills 50] [--people 1000] [--seed 1]
    python -m benchmarks kill desk [--kills 50] [--seed 1]

No update may be lost or applied twice, and each must be answered; everyone must be told exactly their group; everyone
must get the announcement, and rows must tell who may have it twice; no edit of two at the desk may be lost. The code is
in `tests/killed/`; `tests/test_kill.py` does the same with three kills.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from argparse import Namespace
from pathlib import Path

from benchmarks.report import arguments
from tests.killed.broadcast import Sent, survive_broadcast
from tests.killed.desk import Edited, survive_editing
from tests.killed.publishing import survive_publishing
from tests.killed.updates import Toll, survive

_KILLS_A_RUN = 5


async def measure(asked: Namespace, folder: Path) -> bool:
    """Kill the program as the options `asked` say, and print the results; return if nothing was lost or done twice."""
    ended: Sent | Edited | Toll
    if asked.what == "publishing":
        well = True
        for seed in range(asked.seed, asked.seed + max(1, asked.kills // _KILLS_A_RUN)):
            told = await survive_publishing(_KILLS_A_RUN, asked.people or 60, seed, folder)
            print(told, flush=True)
            well &= told.well
        return well
    if asked.what == "broadcast":
        ended = await survive_broadcast(asked.kills, asked.people or 1000, asked.seed, folder)
    elif asked.what == "desk":
        ended = await survive_editing(asked.kills, asked.seed, folder)
    else:
        ended = await survive(asked.kills, asked.updates, asked.seed, folder)
    print(ended)
    return ended.well


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("what", choices=["updates", "publishing", "broadcast", "desk"])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--updates", type=int, default=1000)
    parser.add_argument("--people", type=int)
    parser.add_argument("--seed", type=int, default=1)
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(not asyncio.run(measure(parser.parse_args(), Path(folder))))
