"""Participants as the store has them, and what a test makes of them by no screen: facts, roles, accounts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.database.engine import Transaction
from bot.people import participant_store, secret_store
from handlers.registration.store import everyone_listed, find_listed, rewrite_people
from tests.drivers.neutral import NeutralChat
from tests.world import World


async def number(world: World, given_name: str) -> int:
    """The id of whoever has this first name."""
    if (known := world.ids.get(given_name)) is not None:
        return known
    people = await world.read(everyone_listed)
    return next(listed.id for listed in people.values() if listed.person.given_name == given_name)


async def ids(world: World, *refs: str) -> list[int]:
    """The ids of the people with these references."""
    people = await world.read(everyone_listed)
    return [people[ref].id for ref in refs]


async def rewrite(world: World, *participant_ids: int, **facts: Any) -> None:
    """Have it said otherwise of people what they are, as a list would: `gender`, `territory`, `email` …"""
    for participant_id in participant_ids:
        await world.change(rewrite_facts, participant_id, **facts)


async def rewrite_facts(tx: Transaction, /, participant_id: int, **facts: Any) -> None:
    """The same of one person, in a transaction."""
    listed = await find_listed(tx, participant_id)
    assert listed is not None
    await rewrite_people(tx, [(participant_id, replace(listed.person, **facts))])


async def put_on_list(world: World, *given_names: str) -> None:
    """Have people on the list whose invitations are still to be sent."""
    for given_name in given_names:
        await world.invite(given_name)
        await world.change(secret_store.revoke, await number(world, given_name), "invitation")


async def block(world: World, chat: NeutralChat) -> None:
    """Have a platform find that the account of this chat cannot be written to any more."""

    async def unit(tx: Transaction) -> None:
        account, _person = await participant_store.identify(tx, chat.platform, chat.sender.native_id)
        assert account
        assert account.id
        await participant_store.mark_reachable(tx, account.id, False)

    await world.store.transact(unit)
