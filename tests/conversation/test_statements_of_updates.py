"""How many statements an update asks of the store: in the transaction that answers it, and behind the answer.

More of them make every press dearer, most of all where the store is a server. Whoever needs one more raises the number
here and says why; whoever spares one lowers it.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from bot.config.settings import OrganiserSettings
from bot.conversation.incoming import Actor, Called, Content, Incoming, Picked, Pressed, Typed
from handlers.groups.store.rounds import mark_round_published
from tests.conversation.statement_counter import CountedStore
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group
from tests.workshops.builders import PHASES, started
from tests.world import START, World, make_settings, open_world

SETTINGS = make_settings(phases=PHASES, gathering={"starts": "2027-03-01"})


class Counting:
    """Someone's chat, over a store that counts; `message` is the one they press on."""

    def __init__(self, world: World, native_id: str) -> None:
        self._store = CountedStore(world.store)
        self._dispatcher = world.dispatcher_over(self._store)
        self._sender = Actor(native_id, "Zoé", "en", f"chat-{native_id}")
        self._numbers = itertools.count(1)
        self.message = "0"

    async def act(self, content: Content) -> None:
        """Do something, its answer left and what is done behind that included."""
        incoming = Incoming("telegram", f"counted-{next(self._numbers)}", self._sender, content)
        answered = await self._dispatcher.handle(incoming)
        assert answered.reply is not None
        if answered.reply.mark and not answered.reply.card:
            self._dispatcher.sent(answered)
        else:
            self.message = self.message if answered.in_place else str(next(self._numbers))
            self._dispatcher.sent(answered, self.message)
        await self._dispatcher.close()

    async def costs(self, most: int, content: Content) -> None:
        """Do something that asks for exactly so many statements."""
        self._store.statements.clear()
        await self.act(content)
        asked = self._store.statements
        listed = "\n".join(f"{number:3}  {' '.join(sql.split())}" for number, sql in enumerate(asked, 1))
        assert len(asked) == most, f"{content} asked for {len(asked)} statements, not {most}:\n{listed}"


@asynccontextmanager
async def newcomer(store_url: str) -> AsyncIterator[Counting]:
    """Someone who has joined and called for their screen once."""
    async with open_world(store_url, SETTINGS) as world:
        await world.join("Zoé", "1")
        zoe = Counting(world, "1")
        await zoe.act(Called("start"))
        yield zoe


@on_one_engine
async def test_a_screen_called_for_again(store_url: str) -> None:
    async with newcomer(store_url) as zoe:
        await zoe.costs(12, Called("start"))  # two of them for the older copy, which says that it is one


@on_one_engine
@pytest.mark.parametrize(
    ("command", "most"), [("moi", 10), ("theme", 9), ("programme", 7), ("aide", 10), ("reglages", 7)]
)
async def test_a_press_that_leads_to_a_screen(store_url: str, command: str, most: int) -> None:
    async with newcomer(store_url) as zoe:
        await zoe.costs(most, Pressed(f"go-{command}"))


@on_one_engine
async def test_the_organisers_screen(store_url: str) -> None:
    settings = SETTINGS.model_copy(update={"organisers": OrganiserSettings(telegram=(900,))})
    async with open_world(store_url, settings) as world:
        await crowd(world, "Zoé", "Ali")
        made = await group(world, ["Zoé", "Ali"])
        ines = Counting(world, "900")
        await ines.act(Called("start"))
        # one for each capability, for the rounds, for all settings, and for the sessions that a plenary could have
        await ines.costs(17, Pressed("go-organiser"))
        await started(world, made)
        await ines.costs(20, Pressed("go-organiser"))


@on_one_engine
async def test_the_organisers_screen_before_the_gathering(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.join("Zoé", "1")
        ines = Counting(world, "900")
        await ines.act(Called("start"))
        # three for what is to prepare: sections, trusted people and who facilitates; sessions to confirm cost one more
        await ines.costs(20, Pressed("go-organiser"))


@on_one_engine
async def test_choosing_a_theme_and_another(store_url: str) -> None:
    async with newcomer(store_url) as zoe:
        await zoe.act(Pressed("go-theme"))
        await zoe.costs(7, Picked("tl", ("school",)))
        await zoe.costs(12, Pressed("tt-school"))
        await zoe.costs(14, Pressed("tt-civic"))
        await zoe.costs(6, Pressed("tt-civic"))  # nothing changes


@on_one_engine
async def test_an_idea_in_a_phase(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        await crowd(world, "Zoé", "Ali")
        made = await group(world, ["Zoé", "Ali"])
        await world.store.transact(partial(mark_round_published, number=1, now=START))
        await started(world, made)
        zoe = Counting(world, "100")
        await zoe.act(Called("start"))
        # with all there is: plenary, phase, session, group and who is in it, theme
        await zoe.costs(14, Pressed("go-moi"))
        await zoe.costs(9, Pressed("go-phase"))
        await zoe.act(Typed("The last bus leaves at nine in the evening", message="m1"))
        # one for whether ideas are to have no names, one for the sections of practical information; four for the card;
        # one for how many ideas she gave, where she is; one for whether a plenary runs
        await zoe.costs(16, Typed("Schools close at six already in winter", message="m2"))
