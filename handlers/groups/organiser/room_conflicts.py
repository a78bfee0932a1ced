"""Says which rooms are given twice on one day, before groups are published or their lists are printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bot.content.names import fold
from bot.content.texts import Listing, Span, _
from bot.database.engine import Transaction
from handlers.groups.hooks import sessions_in_rooms
from handlers.groups.messages.cards import room_name, short_title
from handlers.groups.model import Group, Round
from handlers.groups.store.groups import groups_with_themes
from handlers.themes.model import Theme


async def room_conflicts(tx: Transaction, round_: Round, new_rooms: Mapping[int, str] | None = None) -> Sequence[Span]:
    """Return a line for each room that on a day (in a round) is used by several groups, or by a group and a session.

    `new_rooms` holds rooms by group id that are about to be saved: then only these rooms are checked.
    """
    changed = new_rooms or {}
    rooms = defaultdict[str, list[tuple[Group, Theme]]](list)
    for stored, theme in await groups_with_themes(tx, round_.number):
        group = replace(stored, room=changed.get(stored.id, stored.room))
        if group.room:
            rooms[fold(group.room)].append((group, theme))
    looked_at = {fold(room) for room in changed.values()} if new_rooms is not None else rooms.keys()
    return [
        *(_shared(rooms[room]) for room in rooms if room in looked_at and len(rooms[room]) > 1),
        *await _beside_sessions(tx, round_, {room: rooms[room] for room in rooms if room in looked_at}),
    ]


def _names(groups: Collection[tuple[Group, Theme]]) -> Listing:
    return Listing(tuple(short_title(group, theme) for group, theme in groups))


def _shared(groups: Sequence[tuple[Group, Theme]]) -> Span:
    room = room_name(groups[0][0].room)
    return _("⚠ {room} has several groups: {groups}.", room=room, groups=_names(groups))


async def _beside_sessions(
    tx: Transaction, round_: Round, rooms: Mapping[str, Sequence[tuple[Group, Theme]]]
) -> Sequence[Span]:
    return [
        _("⚠ {session}: the room of {groups}.", session=session, groups=_names(rooms[room]))
        for room, session in await sessions_in_rooms(tx, round_.day, tuple(rooms))
    ]
