"""Plans a session of encounters in another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.encounters.solver.model import Guest, Rules


def plan(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the payload with the `tables` of each seating, and how good they are (`score`, `bound`)."""
    from handlers.encounters.solver.pairing import make_plan

    guests = [
        Guest(person, territory, group, *map(frozenset, words))
        for person, territory, group, *words in payload["guests"]
    ]
    rules = Rules(*(frozenset((first, second) for first, second in payload[kind]) for kind in ("apart", "together")))
    made = make_plan(guests, seatings=payload["seatings"], rules=rules, seed=payload["seed"])
    tables = [[[list(table.people), sorted(table.broken)] for table in seating] for seating in made.seatings]
    return {**payload, "tables": tables, "score": made.score, "bound": made.bound}
