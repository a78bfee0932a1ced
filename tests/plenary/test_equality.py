"""Women and men in a plenary: steps counted once it is over, an order that alternates, and an attack on both."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.database.engine import Transaction
from bot.people.listed import Gender
from handlers.equality import service as equality
from handlers.equality.model.steps import PublishedStep, StepTally
from handlers.equality.store import genders, published_steps
from handlers.plenary.model.order import balanced, draw_order
from handlers.plenary.model.turns import PlenaryState
from handlers.plenary.service.conducting import begun, store_step
from handlers.plenary.service.presenting import set_presenters
from handlers.plenary.store.order import entrants_of, tied_people
from handlers.plenary.store.participation import questions_asked, questions_written
from handlers.plenary.store.plenaries import save_state
from handlers.plenary.store.presenters import set_alternates
from handlers.plenary.store.questions import add_question, merge_questions, set_asked, set_hidden
from tests.drivers.neutral import NeutralChat
from tests.equality.attack import Attack
from tests.equality.builders import Gathered, compute, gather, give_ideas, later, settings
from tests.plenary.builders import prepared, present_state, state_of
from tests.world import World, open_world

KEYS = ("presenters:1", "minutes:1", "questions:1", "asked:1")


async def present(world: World, gathered: Gathered, *, alternates: bool, most: int = 2) -> None:
    """Let the first people of each group, women or men in turn, present for it."""

    async def unit(tx: Transaction) -> None:
        by_id = await genders(tx)
        for place, group in enumerate(gathered.groups[::5]):
            wanted = ("woman", "man")[place % 2]
            members = [person for person, own in zip(gathered.people, gathered.groups, strict=True) if own == group]
            presenters = [person for person in members if by_id[person] == wanted][:most]
            await set_presenters(tx, group.id, presenters)
            for person in presenters:
                await set_alternates(tx, group.id, person, alternates)

    await world.store.transact(unit)


async def hold(world: World, gathered: Gathered, dice: random.Random) -> PlenaryState:
    """A plenary from its beginning to its end, its talks of any length, in which the room writes and asks questions."""
    state = await present_state(world)
    now = world.clock.now()
    await world.change(store_step, state, begun(state, now, now), now)
    state = await state_of(world, state.plenary.id)
    while state.plenary.running:
        turn = state.current
        assert turn is not None
        for person in dice.sample(gathered.people, 6) if turn.state == "questions" else ():
            question = await world.change(add_question, turn.group_id, person, "Who pays?", "pay", now)
            if dice.random() < 0.4:
                await world.change(set_asked, question, now)
        await later(world, seconds=dice.randint(40, 260))
        now = world.clock.now()
        await world.change(save_state, state, state.advance(now), now)
        state = await state_of(world, state.plenary.id)
    return state


async def look(world: World, chat: NeutralChat) -> dict[str, PublishedStep]:
    """Look at the figures, which are computed first; what is published."""
    await chat.command("egalite")
    await compute(world)
    return {step.key: step for step in await world.read(published_steps)}


async def tallies(world: World) -> tuple[list[StepTally], Mapping[int, str]]:
    read: Mapping[str, Any] = await world.read(equality.read_tallies, world.clock.now())
    return [StepTally(key, "", dict(done)) for key, _title, done in read["steps"]], dict(read["genders"])


async def test_steps_of_a_plenary_are_counted_once_its_end_cannot_be_undone(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        team, gathered = await world.organiser(), await gather(world, 60)
        await prepared(world)
        await present(world, gathered, alternates=False)
        state = await hold(world, gathered, random.Random(3))
        assert await world.read(equality.ended_steps, world.clock.now()) == []
        await later(world, minutes=10)
        published = await look(world, team)
        steps = {step.key: step.done for step in (await tallies(world))[0]}
        assert tuple(steps) == KEYS
        assert (len(steps["presenters:1"]), sum(steps["presenters:1"].values())) == (60, 24)
        lengths = {
            turn.group_id: (turn.over_at - turn.began_at) / timedelta(minutes=1)
            for turn in state.turns
            if turn.over_at and turn.began_at
        }
        groups = {person: group.id for person, group in zip(gathered.people, gathered.groups, strict=True)}
        assert steps["minutes:1"] == {
            person: max(1, round(lengths[groups[person]]))
            for person in gathered.people
            if steps["presenters:1"][person]
        }
        assert (len(steps["questions:1"]), sum(steps["questions:1"].values())) == (60, 72)
        assert {person for person, times in steps["questions:1"].items() if times} == set(steps["asked:1"])
        assert 0 < sum(steps["asked:1"].values()) < 72
        presenters = published["presenters:1"]
        assert (presenters.people, presenters.done, presenters.side) == (60, 24, "within")


async def test_a_question_that_became_a_part_of_another_is_asked_with_it(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        gathered = await gather(world, 10)
        await prepared(world)
        group, now = gathered.groups[0].id, world.clock.now()
        first, second, third = [
            await world.change(add_question, group, person, "Who?", "who", now) for person in gathered.people[:3]
        ]
        await world.change(merge_questions, [second], first)
        await world.change(set_asked, first, now)
        await world.change(set_hidden, third, gathered.people[9], now, hidden=True)
        await hold(world, Gathered(gathered.people, gathered.groups), random.Random(1))
        asked = await world.read(questions_asked, 1)
        written = await world.read(questions_written, 1)
        assert [asked[person] >= 1 for person in gathered.people[:2]] == [True, True]
        assert sum(written.values()) == 2 + 2 * 6


async def test_an_attack_on_all_tables_and_on_the_order_recovers_nobody(sqlite_url: str) -> None:
    """Everybody who presents agreed to alternate, and questions, turns and presenters are public."""
    async with open_world(sqlite_url, settings()) as world:
        dice, team, gathered = random.Random(11), await world.organiser(), await gather(world, 60)
        for phase in ("stakes", "challenge"):
            await give_ideas(world, gathered, [dice.choice((0, 1, 2, 3, 5)) for _person in gathered.people], phase)
            await later(world, minutes=10)
            await look(world, team)
        await prepared(world)
        await present(world, gathered, alternates=True)
        await team.command("pleniere")
        await team.press("Draw the order")
        await team.press("Draw with a number")
        await team.fill("17")
        tied = await world.read(tied_people)
        assert len(tied) == 24
        state = await present_state(world)
        entrants = balanced(await world.read(entrants_of, state.plenary.id))
        kinds = {entrant.group_id: entrant.gender for entrant in entrants}
        order = [kinds[turn.group_id] for turn in state.turns]
        assert sum(one != other for one, other in pairwise(order)) >= 10
        await hold(world, gathered, dice)
        await later(world, minutes=10)
        await look(world, team)
        await later(world, days=2)
        published = await look(world, team)
        assert {*published} >= {*KEYS, "ideas:1:stakes", "groups:1"}
        steps, known = await tallies(world)
        assert Attack(known, steps, [*published.values()], list(tied)).recovered() == []


async def test_the_order_alternates_nobody_whom_a_table_would_give_away(store_url: str) -> None:
    """Six women and six men present, of whom a table told already that women gave fewer ideas; nobody else is known."""
    half = (Gender.WOMAN, Gender.WOMAN, None, None, Gender.WOMAN, Gender.MAN, Gender.MAN, None, None, None)
    async with open_world(store_url, settings()) as world:
        team, gathered = await world.organiser(), await gather(world, 30, half)
        await give_ideas(world, gathered, [1, 1, 1, 1, 1, 5, 5, 1, 1, 1])
        await later(world, minutes=10)
        assert (await look(world, team))["ideas:1:stakes"].side == "below"
        await prepared(world)
        await present(world, gathered, alternates=True)
        await team.command("pleniere")
        await team.press("Draw the order")
        state = await present_state(world)
        assert state.plenary.seed is not None
        plain = await world.read(entrants_of, state.plenary.id)
        assert {entrant.gender for entrant in plain} == {"woman", "man"}
        without = draw_order([type(entrant)(entrant.group_id, entrant.theme) for entrant in plain], state.plenary.seed)
        assert [turn.group_id for turn in state.turns] == without
        assert await world.read(tied_people) == []


@pytest.mark.parametrize("agreed", [True, False])
async def test_who_was_tied_stays_so_whatever_is_drawn_later(sqlite_url: str, agreed: bool) -> None:
    async with open_world(sqlite_url, settings()) as world:
        team, gathered = await world.organiser(), await gather(world, 20)
        await prepared(world)
        await present(world, gathered, alternates=agreed)
        await team.command("pleniere")
        await team.press("Draw the order")
        await present(world, gathered, alternates=False)
        await team.press("Draw again")
        tied = await world.read(equality.read_tallies, world.clock.now())
        assert len(tied["tied"]) == (8 if agreed else 0)


async def test_the_order_is_drawn_from_a_difference_in_one_press(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        team, gathered = await world.organiser(), await gather(world, 40)
        await give_ideas(world, gathered, [1, 3])
        await later(world, minutes=10)
        await look(world, team)
        await team.command("egalite")
        assert "Draw the order" not in team.buttons
        await prepared(world, hours=1)
        await team.command("egalite")
        await team.press("Draw the order")
        assert team.text.splitlines()[0] == "The order of the plenary"
        assert (await present_state(world)).plenary.seed is not None
        await team.command("egalite")
        assert "Draw the order" not in team.buttons
