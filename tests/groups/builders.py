"""Groups as organisers keep them, made straight in the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from bot.database.engine import Transaction
from bot.delivery import channel_store
from bot.delivery.channels import CreatedChannel
from bot.people import participant_store
from handlers.groups.model import Group, Round
from handlers.groups.service.membership import change_groups
from handlers.groups.store.groups import add_group, set_room
from handlers.groups.store.members import members_of, put_in_group
from handlers.groups.store.rounds import add_round, find_round, mark_round_published
from handlers.themes.service import choose_theme
from handlers.themes.store import choice_of
from tests.drivers.neutral import NeutralChat
from tests.participants import number
from tests.world import World


async def choose(world: World, name: str, theme: str = "school") -> None:
    """Give someone a theme."""
    await world.change(_choose, await number(world, name), theme, world.clock.now())


async def _choose(tx: Transaction, person_id: int, theme: str, now: datetime) -> None:
    person = await participant_store.find(tx, person_id)
    assert person is not None
    await choose_theme(tx, person, theme, now, beyond=True)


async def group(
    world: World, names: Sequence[str], *, theme: str = "school", number_: int = 1, round_: int = 1, room: str = ""
) -> Group:
    """Put people, who get the theme if they have none, into a new group."""
    ids = [await number(world, name) for name in names]

    async def unit(tx: Transaction) -> Group:
        for person_id in ids:
            if (await choice_of(tx, person_id)).theme is None:
                await _choose(tx, person_id, theme, world.clock.now())
        made = await add_group(tx, round_, theme, number_)
        if room:
            await set_room(tx, made.id, room)
        for person_id in ids:
            await put_in_group(tx, person_id, made)
        return made

    return await world.store.transact(unit)


async def found_round(world: World, number_: int = 1) -> Round:
    """A round as it stands."""
    found = await world.store.read(partial(find_round, number=number_))
    assert found is not None
    return found


async def members(world: World, made: Group) -> list[str]:
    """The first names in a group."""
    return [each.given_name for each in await world.store.read(partial(members_of, group=made))]


async def crowd(world: World, *names: str, **how: Any) -> dict[str, NeutralChat]:
    """People who joined, by first name; on Telegram unless `how` their chats are names another `platform`."""
    return {name: await world.join(name, str(100 + place), **how) for place, name in enumerate(names)}


async def regroup(world: World, name: str, target: Group | None) -> None:
    """Put someone into another group, of which they are told if groups are published."""
    who = await number(world, name)

    async def unit(tx: Transaction) -> None:
        round_ = await find_round(tx, target.round if target else 1)
        assert round_ is not None
        await change_groups(tx, round_, {who: target}, world.clock.now())

    await world.store.transact(unit)


async def add_day(world: World, number: int, day: str, *, published: bool = True) -> None:
    """A round of groups for one more day, which counts as published; nobody is told."""
    await world.change(add_round, number, date.fromisoformat(day), None)
    if published:
        await mark_published(world, number)


async def open_channel(world: World, made: Group, platform: str = "discord") -> None:
    """Give a group, whose round counts as published, a channel of its own on a platform."""

    async def unit(tx: Transaction) -> None:
        now = world.clock.now()
        await mark_round_published(tx, made.round, now)
        await channel_store.set_offered(tx, platform, True, now)
        while (stored := await channel_store.next_channel(tx, platform)) and stored.group_id != made.id:
            await channel_store.mark_synchronised(tx, stored, now, now + timedelta(days=9))
        assert stored is not None
        await channel_store.note_created(tx, stored.id, CreatedChannel("Group", "-1", "7"))
        await channel_store.mark_synchronised(tx, stored, now, now + timedelta(days=9))

    await world.store.transact(unit)


async def mark_published(world: World, *rounds: int) -> None:
    """Have rounds (the first, if none is named) count as published; nobody is told."""
    for round_number in rounds or (1,):
        await world.change(mark_round_published, round_number, world.clock.now())
