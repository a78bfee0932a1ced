"""A day of three groups on which some are absent: who is marked, what a repair proposes, and who is where."""

from __future__ import annotations

from functools import partial

from bot.database.engine import Transaction
from handlers.attendance.store.marks import mark_attendance
from handlers.groups.service.membership import publish_round
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.members import members_of
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.groups.builders import crowd, found_round, group
from tests.outbox import forget
from tests.participants import number
from tests.world import World, make_settings

SETTINGS = make_settings(
    organisers={"telegram": [900, 901], "discord": [900]}, groups={"smallest": 3, "target": 4, "largest": 5}
)


EVERYONE = ("Ana", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gil", "Hugo", "Ida")


async def three_groups(world: World) -> dict[str, NeutralChat]:
    """Nine people in three groups of three, published; none has read anything since."""
    chats = await crowd(world, *EVERYONE)
    for place in range(3):
        await group(world, EVERYONE[place * 3 : place * 3 + 3], number_=place + 1)
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))
    await forget(world)
    return chats


async def mark(world: World, name: str, present: bool) -> None:
    person, team = await number(world, name), await number(world, "Inès")
    await world.store.transact(
        partial(
            mark_attendance,
            participant_ids=[person],
            day="2027-06-10",
            present=present,
            by=team,
            now=world.clock.now(),
        )
    )


async def proposed(world: World, team: NeutralChat) -> None:
    """Ask for a repair, and wait for what is found."""
    await team.follow("gi")
    await team.press("Adjust the groups")
    assert team.text.startswith("I am looking for the fewest moves")
    await catch_up_with(world, team)


async def where(world: World) -> dict[str, list[str]]:
    async def unit(tx: Transaction) -> dict[str, list[str]]:
        found = {}
        for each in await groups_of_round(tx, 1):
            found[f"{each.theme} {each.number}"] = [member.given_name for member in await members_of(tx, each)]
        return found

    return await world.store.read(unit)


async def absent(world: World, *names: str) -> None:
    for name in names:
        await mark(world, name, False)
