"""Imports wait for the organiser who sent them: each is taken once, and after a day it is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.files.pending_import_store import PendingImport, PendingImports, digest_of
from tests.participants import number
from tests.world import World, open_world

IMPORTS: PendingImports[dict[str, Any]] = PendingImports("pending_imports", "people", list, list)
LIST = PendingImport([{"ref": "R-1", "given_name": "Zoé"}, {"ref": "R-2", "given_name": ""}], "0123456789abcdef")


async def added(world: World) -> int:
    """The id of an import that waits from now on."""
    await world.invite("Ines")
    author = await number(world, "Ines")
    return await world.change(IMPORTS.add, author, LIST, world.clock.now())


async def test_an_import_is_taken_once(store_url: str) -> None:
    async with open_world(store_url) as world:
        pending = await added(world)
        await world.clock.advance(timedelta(days=1))
        assert await world.change(IMPORTS.take, pending, world.clock.now()) == LIST
        assert await world.change(IMPORTS.take, pending, world.clock.now()) is None


async def test_an_import_waits_a_day(store_url: str) -> None:
    async with open_world(store_url) as world:
        pending = await added(world)
        assert await world.change(IMPORTS.forget_old, world.clock.now() + timedelta(days=1)) == 0
        await world.clock.advance(timedelta(days=1, microseconds=1))
        assert await world.change(IMPORTS.take, pending, world.clock.now()) is None
        assert await world.change(IMPORTS.forget_old, world.clock.now()) == 1
        assert await world.change(IMPORTS.forget_old, world.clock.now()) == 0


def test_a_digest_tells_changes_apart() -> None:
    assert digest_of(("A1",), ()) == digest_of(("A1",), ())
    assert digest_of(("A1",), ()) != digest_of((), ("A1",))
