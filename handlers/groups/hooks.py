"""Hooks by which groups ask other capabilities: what a new member may take along, what else uses a room, what is on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from bot.content.hooks import collecting_hook, hook
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


@collecting_hook
async def on_now(tx: Transaction, people: Collection[int], now: datetime) -> Sequence[tuple[int, Span]]:
    """Return what takes place now or next for these participants, as pairs of an id and a line for a bar.

    The first line of a participant counts. By default there are none.
    """
    return ()
