"""Slides to confirm and results to take away, as the organisers' screen says it."""

from __future__ import annotations

from datetime import timedelta

from handlers.groups.store.groups import groups_of_round
from handlers.results.store.confirmations import put_confirmation
from tests.drivers.menus import steps_of
from tests.engines import on_one_engine
from tests.participants import number
from tests.workshops.builders import PHASES, ended, published, started
from tests.world import make_settings, open_world

TODAY = make_settings(
    organisers={"telegram": [900]}, phases=PHASES[:2], gathering={"starts": "2027-03-01", "ends": "2027-03-01"}
)


async def test_slides_wait_for_the_last_phase_and_results_for_both(store_url: str) -> None:
    async with open_world(store_url, TODAY) as world:
        await published(world)
        ines = await world.organiser()
        await world.clock.advance(timedelta(hours=4))
        school, civic = await world.store.read(lambda tx: groups_of_round(tx, 1))
        await ended(world, await started(world, school))
        assert await steps_of(ines) == ["Understand the stakes, to start in 1 group"]
        await ended(world, await started(world, civic))
        for team in (school, civic):
            await ended(world, await started(world, team, "challenge"))
        assert await steps_of(ines) == ["2 groups have not confirmed their slides", "The results of 2 groups are ready"]
        await ines.press("Slides of the groups")
        assert ines.text.startswith("0 of 2 groups have confirmed their slides.")
        await world.change(put_confirmation, school.id, "digest", await number(world, "Léa"), 0)
        assert (await steps_of(ines))[0] == "1 group has not confirmed its slides"
        await world.clock.advance(timedelta(days=1))
        over, *steps = await steps_of(ines)
        assert over == "The gathering is over."
        assert steps == ["The results of 2 groups are ready"], "there is no plenary any more"
        await ines.press("The results")
        assert ines.text.startswith("What came out of the workshops so far")


@on_one_engine
async def test_a_day_that_is_over_has_results_whatever_phases_it_had(store_url: str) -> None:
    async with open_world(store_url, TODAY) as world:
        await published(world)
        ines = await world.organiser()
        school, _civic = await world.store.read(lambda tx: groups_of_round(tx, 1))
        run = await started(world, school)
        await world.clock.advance(timedelta(days=1))
        assert "The results of 1 group are ready" not in await steps_of(ines), "a phase still runs"
        await ended(world, run)
        assert (await steps_of(ines))[1:] == ["The results of 1 group are ready"]
