"""Plans a session of encounters, and draws the list for its door, in another process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.content.branding import branding_of
from bot.drawing.typeset import typeset_pdf
from handlers.encounters.solver.model import Guest, Rules

_TEMPLATE = Path(__file__).with_name("encounters.typ")


def plan(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Plan who sits with whom: return the payload with the `tables` of each seating and their quality."""
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
    """Draw the list for the door, a PDF file on A4 (`content`), from the payload's `title`, `columns` and `rows`."""
    content = {key: payload[key] for key in ("title", "columns", "rows")}
    return {"content": typeset_pdf(_TEMPLATE, content, branding_of(payload), payload["locale"])}
