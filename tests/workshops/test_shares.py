"""Who speaks, women or men: numbers of five people or more, or none at all."""

from __future__ import annotations

import pytest

from bot.database.engine import Transaction
from bot.people.listed import Gender
from handlers.ideas.store import add_idea
from handlers.workshops.model import IdeaCount, Shares, shares
from tests.groups.builders import crowd, group
from tests.participants import number, rewrite
from tests.workshops.builders import facilitator, settings
from tests.world import World, open_world


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"woman": IdeaCount(12, 5), "man": IdeaCount(8, 5)}, Shares(60, 40, 0)),
        ({"woman": IdeaCount(1, 5), "man": IdeaCount(2, 6)}, Shares(33, 67, 0)),
        ({"woman": IdeaCount(5, 5), "man": IdeaCount(5, 5), "": IdeaCount(10, 7)}, Shares(25, 25, 50)),
        (
            {"woman": IdeaCount(5, 5), "man": IdeaCount(5, 5), "other": IdeaCount(6, 3), "": IdeaCount(4, 2)},
            Shares(25, 25, 50),
        ),
        ({"woman": IdeaCount(90, 4), "man": IdeaCount(8, 5)}, None),
        ({"woman": IdeaCount(12, 5), "man": IdeaCount(8, 4)}, None),
        # One person more could be had by subtraction from all ideas: nothing is told.
        ({"woman": IdeaCount(12, 9), "man": IdeaCount(8, 9), "other": IdeaCount(1, 1)}, None),
        ({"woman": IdeaCount(12, 9)}, None),
        ({}, None),
    ],
)
def test_shares_are_told_of_five_people_or_more(said: dict[str, IdeaCount], told: Shares | None) -> None:
    assert shares(said) == told


async def speaking(world: World, theme: str, *, women: int, men: int, start: int = 0) -> None:
    """So many people in a group of a theme, who each gave an idea, men two."""
    names = [f"{theme}{n}" for n in range(women + men)]
    for place, name in enumerate(names):
        await world.join(name, f"{start + place + 200}")
    made = await group(world, names, theme=theme)
    people = [await number(world, name) for name in names]

    async def unit(tx: Transaction) -> None:
        for person in (*people, *people[women:]):
            await add_idea(tx, person, made.id, "stakes", "Yes", world.clock.now(), stems="")

    await world.store.transact(unit)
    await rewrite(world, *people[:women], gender=Gender.WOMAN)
    await rewrite(world, *people[women:], gender=Gender.MAN)


async def test_theme_by_theme_for_who_runs_groups_of_it(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await speaking(world, "school", women=5, men=5)
        await speaking(world, "civic", women=5, men=4, start=50)
        maya = await facilitator(world, audiences=("theme:school",))
        ines = await world.organiser()
        for chat in (maya, ines):
            await chat.follow("wkw")
        told = "Shown once 5 women and 5 men have given ideas."
        assert maya.text.splitlines() == ["Who speaks, in 100 ideas", "Education: women 33, men 67", told]
        assert ines.text.splitlines() == [
            "Who speaks, in 100 ideas",
            "Culture: too few people to tell",
            "Education: women 33, men 67",
            "CivicTech: too few people to tell",
            told,
        ]


async def test_who_says_nothing_counts_for_nothing(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await speaking(world, "school", women=4, men=5)
        silent = await crowd(world, "Zora")
        await rewrite(world, await number(world, "Zora"), gender=Gender.WOMAN)
        ines = await world.organiser()
        await ines.follow("wkw")
        assert "Education: too few people to tell" in ines.text
        assert silent
