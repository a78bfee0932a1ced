"""Plans a session of encounters, and draws the list for its door, in another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.content.branding import branding_of
from handlers.encounters.drawing import draw_door_list
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


def draw_list(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the list for the door as a PDF file (`content`); the payload has its `title`, `columns` and `rows`."""
    branding, locale = branding_of(payload), payload["locale"]
    return {"content": draw_door_list(payload["title"], payload["columns"], payload["rows"], branding, locale)}
