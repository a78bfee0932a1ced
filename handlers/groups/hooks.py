"""Hooks by which groups ask other capabilities: what a new member may take along, and what else uses a room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.content.hooks import hook
from bot.content.texts import Span
from bot.content.views import Button
from bot.database.engine import Transaction
from handlers.groups.model import Group


@hook
async def left_behind(tx: Transaction, participant_id: int, left: Group | None) -> tuple[Button, ...]:
    """Return buttons for a participant who has just changed group, to bring things such as ideas from the former group.

    `left` is the former group, None if the participant had none. Other capabilities implement this hook; by default
    there are no buttons.
    """
    return ()


@hook
async def sessions_in_rooms(tx: Transaction, day: date, rooms: Sequence[str]) -> Sequence[tuple[str, Span]]:
    """Return what else takes place in `rooms` on a day, as pairs of a room and a line that describes it.

    The names of rooms are in the form for comparisons (`bot/content/names.py::fold`). Other capabilities implement this
    hook; by default nothing takes place.
    """
    return ()
