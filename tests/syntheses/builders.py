"""Groups that write down what they make: a world with phases, ideas and votes straight in the store."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from bot.database.engine import Transaction
from handlers.groups.model import Group
from handlers.ideas.store.ideas import add_idea
from handlers.ideas.store.votes import cast_votes
from handlers.syntheses.model import Content, Synthesis
from handlers.syntheses.store import current_version
from handlers.workshops.model import Category, Idea, PhaseRun
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import crowd, group
from tests.participants import number
from tests.workshops.builders import PHASES, revealed, started
from tests.world import World, make_settings

SETTINGS = make_settings(organisers={"telegram": [900], "discord": [900]}, phases=PHASES)


@dataclass
class Table:
    """A group at its table, in a phase."""

    world: World
    chats: dict[str, NeutralChat]
    group: Group
    run: PhaseRun

    async def say(self, name: str, words: str, category: Category = "", *, voters: tuple[str, ...] = ()) -> Idea:
        """An idea of someone, with the votes of some, who have no other."""
        author, ids = await number(self.world, name), [await number(self.world, voter) for voter in voters]

        async def unit(tx: Transaction) -> Idea:
            idea = await add_idea(
                tx, author, self.group.id, self.run.phase, words, self.world.clock.now(), stems="", category=category
            )
            for id_ in ids:
                await cast_votes(tx, id_, self.group.id, self.run.phase, [idea.id])
            return idea

        return await self.world.store.transact(unit)

    async def reveal(self) -> None:
        """Let the group read its ideas."""
        await revealed(self.world, self.run)

    async def kept(self) -> Content:
        """What the group keeps."""
        found = await self.current()
        return found.content if found else {}

    async def current(self) -> Synthesis | None:
        """The version that stands."""
        return await self.world.store.read(partial(current_version, group_id=self.group.id, phase=self.run.phase))

    async def open(self, name: str) -> NeutralChat:
        """Someone opens what the group writes down."""
        code = "wca" if self.run.phase == "solutions" else "wsy"
        await self.chats[name].follow(f"{code}-{base36(self.run.id)}")
        return self.chats[name]


def base36(number_: int) -> str:
    """A number as it travels in a button."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return base36(number_ // 36) + digits[number_ % 36] if number_ >= 36 else digits[number_]


async def table(world: World, phase: str, *names: str, modal: bool = False) -> Table:
    """People in one group, in a phase; `modal` opens forms whole, so that several can be open at once."""
    chats = await crowd(world, *names)
    for chat in chats.values():
        chat.modal = modal
    made = await group(world, names)
    return Table(world, chats, made, await started(world, made, phase))
