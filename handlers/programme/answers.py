"""Answers hooks of lower capabilities about the programme: which sessions use the rooms of groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.content.names import fold
from bot.content.texts import Localised, Moment, Span, _
from bot.database.engine import Transaction
from handlers.programme import store
from handlers.programme.model import beside_workshops


async def sessions_in_rooms(tx: Transaction, day: date, rooms: Sequence[str]) -> Sequence[tuple[str, Span]]:
    """Return the sessions of a day that use one of `rooms` at a time when groups work.

    `rooms` are names without accents and capitals. The result has pairs: the room, and a line that describes the
    session.
    """
    sessions = [session.plan for session in await store.confirmed_sessions(tx)]
    return [
        (room, _("{title}, {time}", title=Localised(plan.title), time=Moment(plan.starts, "time")))
        for plan in beside_workshops(sessions, day)
        for room in sorted({fold(venue) for venue in plan.venue.values()}.intersection(rooms))
    ]
