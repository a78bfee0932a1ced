"""Marks that tests of attendance, and of what hangs on it, begin with."""

from __future__ import annotations

from handlers.attendance.store.marks import mark_attendance
from tests.participants import number
from tests.world import World


async def mark_absent(world: World, name: str, day: str) -> None:
    """Have an organiser mark someone absent on a day."""
    person = await number(world, name)
    await world.change(mark_attendance, [person], day, False, person, world.clock.now())
