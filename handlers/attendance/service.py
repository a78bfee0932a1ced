"""Decides who takes attendance: organisers mark everybody, facilitators mark the groups that they run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.database.engine import Transaction
from bot.people import participant_store
from bot.people.participants import Participant
from handlers.attendance import hooks
from handlers.attendance.model import GroupsOfDay


async def who_takes(tx: Transaction, day: date) -> frozenset[int]:
    """Return the ids of the people who take attendance on a day: all organisers, and the facilitators of its groups."""
    return frozenset((*await participant_store.organisers(tx), *await hooks.run_on(tx, day)))


async def meets_on(tx: Transaction, day: date) -> bool:
    """Return whether groups are formed for exactly this day, so that attendance is taken group by group."""
    return (await hooks.groups_on(tx, day)).day == day


async def groups_to_mark(tx: Transaction, person: Participant, day: date) -> GroupsOfDay:
    """Return the groups of a day whose members a person may mark: all for organisers, otherwise the groups they run."""
    of_day = await hooks.groups_on(tx, day)
    if person.organises:
        return of_day
    run = (await hooks.run_on(tx, day)).get(person.id, frozenset())
    return replace(of_day, groups=[group for group in of_day.groups if group.id in run], unplaced=frozenset())
