"""Gatherings whose steps have ended: women and men in groups, who gave ideas."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest

from bot.background.jobs import Runner
from bot.background.side_process import SideProcess, Work
from bot.config.settings import Settings
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people import participant_store
from bot.people.listed import Gender
from handlers.groups.model import Group
from handlers.groups.store.groups import add_group
from handlers.groups.store.members import put_in_group
from handlers.ideas.store.ideas import add_idea, ideas_of_group
from handlers.ideas.store.votes import cast_votes
from handlers.themes.store import add_choices
from tests.groups.builders import mark_published
from tests.workshops.builders import PHASES, ended, started
from tests.world import DECLARED, ROUTER, World, make_settings

WOMEN_AND_MEN = (Gender.WOMAN, Gender.MAN)
A_DAY: dict[str, Any] = {"gathering": {"starts": "2027-03-01", "ends": "2027-03-05"}, "phases": PHASES}
"""Sections of a configuration whose first day is that on which the tests' clock begins."""


def settings() -> Settings:
    return make_settings(organisers={"telegram": [900], "discord": [900]}, **A_DAY)


@dataclass
class Gathered:
    """People by their ids, and the group of each."""

    people: list[int] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)


async def gather(world: World, count: int, genders: Sequence[Gender | None] = WOMEN_AND_MEN) -> Gathered:
    """So many people who joined, of these genders in turn, in groups of five of one published day."""

    async def unit(tx: Transaction) -> Gathered:
        gathered, now = Gathered(), world.clock.now()
        for place in range(count):
            gender = genders[place % len(genders)]
            person = await participant_store.add(
                tx, ref=f"E-{place}", given_name=f"P{place}", family_name="", now=now, gender=gender
            )
            await participant_store.join(tx, person.id, now)
            await add_choices(tx, [(person.id, "school", None)], now)
            group = gathered.groups[-1] if place % 5 else await add_group(tx, 1, "school", place // 5 + 1)
            await put_in_group(tx, person.id, group)
            gathered.people.append(person.id)
            gathered.groups.append(group)
        return gathered

    gathered = await world.store.transact(unit)
    await mark_published(world)
    return gathered


async def give_ideas(world: World, gathered: Gathered, ideas: Sequence[int], phase: str = "stakes") -> None:
    """A phase begins and ends in all groups, in which these people give so many ideas each, in turn."""
    runs = [await started(world, group, phase) for group in gathered.groups[::5]]

    async def unit(tx: Transaction) -> None:
        for place, (person, group) in enumerate(zip(gathered.people, gathered.groups, strict=True)):
            for _idea in range(ideas[place % len(ideas)]):
                await add_idea(tx, person, group.id, phase, "Yes", world.clock.now(), stems="")

    await world.store.transact(unit)
    for run in runs:
        await ended(world, run)


async def vote(world: World, gathered: Gathered, phase: str, dice: Random) -> None:
    """Each votes for up to three ideas of their group in a phase, and now and then builds on one."""

    async def unit(tx: Transaction) -> None:
        for person, group in zip(gathered.people, gathered.groups, strict=True):
            ideas = [idea for idea in await ideas_of_group(tx, group.id, phase) if idea.author_id != person]
            chosen = dice.sample(ideas, min(len(ideas), dice.randrange(4)))
            await cast_votes(tx, person, group.id, phase, [idea.id for idea in chosen])
            if chosen and dice.random() < 0.5:
                now = world.clock.now()
                await add_idea(tx, person, group.id, phase, "And", now, stems="", parent_id=chosen[0].id)

    await world.store.transact(unit)


async def later(world: World, **time: float) -> None:
    """Let time pass."""
    await world.clock.advance(timedelta(**time))


class Seeded(SideProcess):
    """Does its work here, with the same draws each time: the word about women and men has noise."""

    async def do(self, work: Work, payload: Mapping[str, Any], seconds: float | None = None) -> Mapping[str, Any]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(random, "SystemRandom", partial(random.Random, 2))
            return work(payload)


async def compute(world: World) -> None:
    """What was asked for is done."""
    await Runner(world.store, ROUTER.jobs, DECLARED, outbox.notify, lambda: None, world.clock, Seeded).catch_up()
