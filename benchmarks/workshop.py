"""Measures workshops: many ideas at once, and the export of results.

    python -m benchmarks workshop [intake|export|all]

Aims, with 50 ms of round trip: an answer within 5 round trips for 99 of 100 people (a hundred within a second and a
thousand within ten, on three platforms) and no idea lost; an export of 100 groups and 5,000 ideas within 8 s, with no
stall of the event loop over 25 ms.
"""

from __future__ import annotations

import asyncio

from benchmarks import workshop_export, workshop_intake
from benchmarks.report import arguments

_PARTS = ("intake", "export")


async def _measure(part: str) -> None:
    match part:
        case "intake":
            for people in (100, 1_000):
                await workshop_intake.measure(people)
        case "export":
            for busy in (False, True):
                await workshop_export.measure(busy=busy)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("part", nargs="?", choices=(*_PARTS, "all"), default="all")
    part = parser.parse_args().part
    for each in _PARTS if part == "all" else (part,):
        asyncio.run(_measure(each))
