"""Workshops on the organisers' screen: the phase to start, those that run, who calls."""

from __future__ import annotations

from datetime import timedelta

from handlers.groups.store.groups import groups_of_round
from handlers.team import store
from handlers.workshops.store.calls import set_taken
from tests.drivers.menus import stand_of, steps_of
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group
from tests.live_screens import live_screens
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.workshops.builders import PHASES, ended, published, settings, started
from tests.world import make_settings, open_world

TODAY = make_settings(
    organisers={"telegram": [900]}, phases=PHASES, gathering={"starts": "2027-03-01", "ends": "2027-03-01"}
)


@on_one_engine
async def test_phases_are_started_followed_and_over(store_url: str) -> None:
    async with open_world(store_url, TODAY) as world:
        await published(world)
        ines = await world.organiser()
        steps = await steps_of(ines)
        assert steps[-1] == "Understand the stakes, to start in 2 groups"
        await ines.press("Start: Understand the stakes")
        assert ines.text.startswith("Understand the stakes: 40 minutes, for 2 groups")
        school, civic = await world.store.read(lambda tx: groups_of_round(tx, 1))
        run = await started(world, school)
        await world.clock.advance(timedelta(hours=4))  # past noon, when nobody is checked in any more
        assert await steps_of(ines) == [
            "“Understand the stakes” is running in 1 group.",
            "Understand the stakes, to start in 1 group",
        ]
        assert "Workshops" not in await stand_of(ines), "it is said above"
        assert ines.buttons[0] == "Manage: Understand the stakes"
        await ines.press("Workshops")
        assert ines.text.splitlines() == ["Workshops", "“Understand the stakes” is running in 1 group."]
        await ended(world, run)
        await ended(world, await started(world, civic))
        assert await steps_of(ines) == ["Formulate a challenge, to start in 2 groups"]
        assert "Workshops" not in await stand_of(ines)
        for phase in PHASES[1:]:
            for team in (school, civic):
                await ended(world, await started(world, team, phase["key"]))
        assert not [step for step in await steps_of(ines) if "to start" in step or "runs" in step]
        assert (await stand_of(ines))["Workshops"] == "Every group has finished every phase."


@on_one_engine
async def test_a_call_that_nobody_has_taken_comes_before_all_else(store_url: str) -> None:
    async with open_world(store_url, TODAY) as world:
        people = await crowd(world, "Zora", "Tim")
        await started(world, await group(world, [*people]))
        await world.clock.advance(timedelta(minutes=5))
        await people["Zora"].command("alaide")
        await world.clock.advance(timedelta(minutes=1))
        ines = await world.organiser()
        yesterday = world.clock.now() - timedelta(days=1)
        await world.change(store.add_question, await number(world, "Tim"), "When is lunch?", yesterday)
        assert (await steps_of(ines))[:2] == ["1 group is calling for help", "1 question without an answer"]
        await ines.press("My panel")
        assert [screen.pinned for screen in await live_screens(world)] == [True]
        [call] = (await stored_rows(world.store))["calls"]
        await world.change(set_taken, call["id"], await number(world, "Inès"), world.clock.now())
        assert "1 group is calling for help" not in await steps_of(ines)


async def test_a_call_that_nobody_took_does_not_outlive_the_gathering(sqlite_url: str) -> None:
    async with open_world(sqlite_url, TODAY) as world:
        people = await crowd(world, "Zora", "Tim")
        await started(world, await group(world, [*people]))
        await people["Zora"].command("alaide")
        ines = await world.organiser()
        assert (await steps_of(ines))[0] == "1 group is calling for help"
        await world.clock.advance(timedelta(days=1))
        assert "1 group is calling for help" not in await steps_of(ines)


async def test_before_groups_are_published_there_is_nothing_to_run(sqlite_url: str) -> None:
    async with open_world(sqlite_url, settings()) as world:
        ines = await world.organiser()
        await ines.command("organiser")
        offered = [*ines.buttons, *ines.options]
        while "More…" in ines.buttons:
            await ines.press("More…")
            offered += ines.buttons
        assert "Who runs the workshops" in offered
        assert not {"Workshops", "Run the workshops", "The results"} & {*offered}
        await published(world)
        await ines.command("organiser")
        await ines.press("Workshops")
        assert ines.text == "Workshops"
        assert ines.buttons == (
            "Run the workshops",
            "Who runs the workshops",
            "The results",
            "Slides of the groups",
            "The plenary",
            "Organise",
        )
        assert not [step for step in await steps_of(ines) if "to start" in step], "their day is to come"
