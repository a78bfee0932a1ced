"""A facilitator's panel while ideas pour in: one message, pinned once, edited every three seconds at most."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.content.texts import Reader
from bot.content.views import View
from bot.conversation import live_screens
from bot.conversation.live_screens import LiveScreen
from bot.conversation.routes import FACILITATOR
from bot.database.engine import Store, Transaction
from bot.delivery.platform import Address
from bot.delivery.worker import Delivery
from bot.people import facilitator_store, participant_store
from bot.people.audiences import Audience
from handlers.groups.model import Group
from handlers.groups.store.groups import add_group
from handlers.ideas.store.ideas import add_idea
from handlers.workshops.facilitator.panel import draw_panel
from handlers.workshops.store.changes import begin_runs
from tests.delivery.rig import Recorder, Rig
from tests.engines import on_one_engine
from tests.workshops.builders import PHASES
from tests.world import CONTRIBUTIONS, START, make_settings, seed

_GROUPS, _IDEAS, _BURST = 17, 1000, 50


@dataclass
class Watched(Recorder):
    """A platform that writes down when it was asked to edit."""

    edited: list[float] = field(default_factory=list)

    async def edit(self, address: Address, native_id: str, view: View, reader: Reader) -> str:
        self.edited.append((self.clock.now() - START).total_seconds())
        return await super().edit(address, native_id, view, reader)


@pytest.fixture
def rig(store: Store) -> Rig:
    rig = Rig(store)
    rig.settings = make_settings(phases=PHASES)
    rig.recorders = {"telegram": Watched("telegram", rig.clock)}
    rig.delivery = Delivery(
        rig.store, rig.recorders, rig.settings, rig.clock, CONTRIBUTIONS, {"panel": LiveScreen(draw_panel, FACILITATOR)}
    )
    return rig


async def _groups(rig: Rig) -> list[Group]:
    await seed(rig.store, rig.settings)

    async def unit(tx: Transaction) -> list[Group]:
        made = [await add_group(tx, 1, "school", number) for number in range(1, _GROUPS + 1)]
        ids, day = [group.id for group in made], timedelta(days=1)
        await begin_runs(tx, "stakes", ids, rig.clock.now(), day, warning=day, warned_beyond=day, by=None)
        return made

    return await rig.store.transact(unit)


async def _panel(rig: Rig, name: str, chat: str, audience: Audience) -> int:
    person = await rig.person(name, f"telegram:{chat}")

    async def unit(tx: Transaction) -> None:
        await facilitator_store.give(tx, person, [audience])
        account, _person = await participant_store.identify(tx, "telegram", chat)
        assert account is not None
        await live_screens.show(tx, f"panel:{person}:1:1", account, pinned=True)

    await rig.store.transact(unit)
    return person


@on_one_engine
async def test_a_thousand_ideas_are_a_few_edits_three_seconds_apart(rig: Rig) -> None:
    made = await _groups(rig)
    author = await rig.person("Zora", "telegram:1")
    await _panel(rig, "Maya", "2", Audience())
    platform = rig["telegram"]
    assert isinstance(platform, Watched)

    async def give(first: int) -> None:
        async def unit(tx: Transaction) -> None:
            for number in range(first, first + _BURST):
                group = made[number % _GROUPS]
                await add_idea(tx, author, group.id, "stakes", f"Idea {number}", rig.clock.now(), stems="")
                await facilitator_store.touch_panels(tx, [group.id])

        await rig.store.transact(unit)
        rig.delivery.wake()

    async with rig.running():
        rig.delivery.wake()
        await rig.passes(1)
        assert len(platform.arrived) == 1
        for first in range(0, _IDEAS, _BURST):
            await give(first)
            await rig.passes(0.5)
        await rig.passes(6)
    [shown] = platform.screen("2")
    assert "59 ideas" in shown  # 1,000 among 17
    assert 3 <= len(platform.edited) <= 6
    assert all(later - earlier >= 3 for earlier, later in zip(platform.edited, platform.edited[1:], strict=False))
    assert platform.pinned == [("2", "telegram-1")]


@on_one_engine
async def test_time_that_passes_edits_nothing(rig: Rig) -> None:
    await _groups(rig)
    await _panel(rig, "Maya", "2", Audience())
    platform = rig["telegram"]
    assert isinstance(platform, Watched)
    async with rig.running():
        rig.delivery.wake()
        await rig.passes(timedelta(minutes=20).total_seconds())
    assert platform.edited == []


async def test_it_goes_on_after_a_restart_in_the_same_message(rig: Rig) -> None:
    made = await _groups(rig)
    author = await rig.person("Zora", "telegram:1")
    await _panel(rig, "Maya", "2", Audience("group", str(made[0].id)))
    async with rig.running():
        rig.delivery.wake()
        await rig.passes(1)

    async def unit(tx: Transaction) -> None:
        await add_idea(tx, author, made[0].id, "stakes", "A bus", rig.clock.now(), stems="")
        await facilitator_store.touch_panels(tx, [made[0].id])

    await rig.store.transact(unit)
    async with rig.running():
        await rig.passes(6)
    [shown] = rig["telegram"].screen("2")
    assert "1 idea" in shown
