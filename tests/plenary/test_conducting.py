"""A plenary that is conducted: one card, each step and its undoing, two conductors, over time, a restart."""

from __future__ import annotations

from handlers.equality.service import ended_steps
from handlers.groups.store.groups import remove_group
from handlers.plenary.service.preparing import rooms_of_round
from handlers.plenary.store.plenaries import groups_of_plenary
from handlers.plenary.store.wishes import set_declines
from handlers.programme.store import remove_session
from tests.drivers.gestures import words
from tests.drivers.menus import steps_of
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.plenary.builders import (
    card,
    clock_of,
    groups_on_stage,
    plenary_session,
    prepared,
    present_state,
    running,
    screens_of,
    state_of,
    wait,
)
from tests.world import World, open_world


async def second_organiser(world: World) -> NeutralChat:
    """Another organiser, Maya, on Telegram."""
    chat = world.chat("901", name="Maya")
    await chat.follow(f"j-{await world.invite('Maya', attends=False, organises=True)}")
    return chat


@on_one_engine
async def test_a_plenary_from_its_beginning_to_its_end(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 2)
        state = await prepared(world)
        ines = await world.organiser()
        await ines.command("pleniere")
        await ines.press("Begin")
        assert ines.text == "The plenary begins. Everything is below."
        assert not ines.fresh, "in place of the preparation"
        assert await screens_of(world, "plenary") == [f"plenary:{state.plenary.id}"]
        assert (await card(world, ines, state)).splitlines() == [
            "Culture 1",
            "Coming on stage: the clock begins in 1:00",
            "Then: Education 1",
            "On time · ends about 10:10",
        ]
        assert ines.buttons == ("Start the clock", "Pause", "+30 s", "Undo this change", "More…")
        await ines.press("Start the clock")
        assert ines.text.splitlines()[:2] == ["Culture 1", "3:00 left"]
        assert "1 min early · ends about 10:09" in ines.text
        await wait(world, seconds=203)
        assert (await card(world, ines, state)).splitlines()[1] == "Over time: +0:23"
        await ines.press("Next: questions")
        assert ines.text.splitlines()[:2] == ["Questions to Culture 1", "1:00 left"]
        await ines.press("Next group")
        assert ines.text.splitlines()[0] == "Education 1"
        assert "This is the last group." in ines.text
        await ines.press("Start the clock")
        await wait(world, seconds=180)
        await ines.press("Next: questions")
        await wait(world, seconds=60)
        await ines.press("Next: the end")
        over = ["The plenary · 2 groups", "It is over: from 10:00 to 10:07.", "Every group has presented."]
        assert ines.text.splitlines() == over
        await ines.command("pleniere")
        assert ines.text.splitlines() == over


@on_one_engine
async def test_each_step_is_undone_for_ten_minutes(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 3)
        states = [await running(world)]
        ines = await world.organiser()
        await card(world, ines, states[0])
        for label in (
            "Start the clock",
            "Pause",
            "Go on",
            "+30 s",
            "Next: questions",
            "Next group",
            "The group is absent",
        ):
            await ines.press(label)
            states.append(await present_state(world))
        states.pop()
        while states:
            await card(world, ines, await present_state(world))
            await ines.press("Undo this change")
            assert ines.text.startswith("Undone: Plenary: ")
            undone = await present_state(world)
            assert [(turn.state, turn.position, turn.ends_at) for turn in undone.turns] == [
                (turn.state, turn.position, turn.ends_at) for turn in states.pop().turns
            ]
        await card(world, ines, await present_state(world))
        await ines.press("Pause")
        await wait(world, seconds=601)
        await card(world, ines, await present_state(world))
        assert "Undo this change" not in ines.buttons
        assert ines.text.splitlines()[1].startswith("Paused · ")


async def test_of_two_conductors_the_second_reads_who_was_first(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 3)
        state = await running(world)
        ines, maya = await world.organiser(), await second_organiser(world)
        await maya.command("pleniere")
        assert maya.text == "Everything is below. It updates by itself."
        for chat in (ines, maya):
            await card(world, chat, state)
        twice = ines.payload("Start the clock")
        await ines.follow(twice)
        first = await present_state(world)
        await maya.press("Start the clock")
        assert words(maya.text).splitlines()[:2] == [
            "Inès was first: Plenary: the clock of Culture 1 begins",
            "Culture 1",
        ]
        await ines.follow(twice)
        assert ines.text.splitlines()[0] == "Already done: Plenary: the clock of Culture 1 begins"
        assert await present_state(world) == first
        await maya.press("Pause")
        assert (await present_state(world)).plenary.paused_at == world.clock.now()


@on_one_engine
async def test_an_absent_group_comes_last_once(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 2)
        state = await running(world)
        ines = await world.organiser()
        await card(world, ines, state)
        await ines.press("The group is absent")
        assert ines.text.splitlines()[0] == "Education 1"
        for label in ("Start the clock", "Next: questions", "Next group"):
            await ines.press(label)
        assert ines.text.splitlines()[0] == "Culture 1"
        await ines.press("The group is absent")
        assert ines.text.splitlines()[-1] == "1 group has not presented yet."


async def test_a_plenary_that_is_ended_early_goes_on_in_another_session(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        first, second, third = await groups_on_stage(world, 3)
        morning = await running(world)
        ines = await world.organiser()
        await card(world, ines, morning)
        for label in ("Start the clock", "Next: questions", "Next group"):
            await ines.press(label)
        await ines.press("Times")
        assert ines.text.splitlines()[-1] == "With “End here”, 2 groups will present in another session."
        await ines.press("End here")
        await ines.press("Undo this change")
        assert (await present_state(world)).plenary.running
        await ines.press("Back to the plenary")
        await card(world, ines, await present_state(world))
        await ines.press("Times")
        await ines.press("End here")
        assert ines.text.splitlines()[-1] == "2 groups have not presented yet."
        await wait(world, seconds=11 * 60)
        assert await world.read(ended_steps, world.clock.now()) == [], "who presents is not counted before all have"
        p2 = world.chat("101", name="P2")
        assert await clock_of(world, p2, morning, second, "P2") == (
            "The plenary ends here: your group will present in another session."
        )
        await ines.press("Another session for them")
        assert ines.text.splitlines() == ["In which session do the groups present?", "10:00: Plenary"]
        session = await plenary_session(world, hours=5, key="afternoon")
        assert "The 15:11 plenary needs to be prepared" in await steps_of(ines)
        await ines.command("pleniere")
        await ines.press("Another session for them")
        await ines.open(2)
        assert ines.text.splitlines()[0] == "The plenary · 2 groups"
        assert "Two rooms" not in ines.buttons
        [afternoon] = await world.read(rooms_of_round, 1)
        assert (afternoon.session_id, await world.read(groups_of_plenary, afternoon.id)) == (
            session.id,
            [second.id, third.id],
        )
        await wait(world, seconds=5 * 3600)
        await ines.command("pleniere")
        await ines.press("Begin")
        assert (await screens_of(world, "clock"))[-1].startswith(f"clock:{afternoon.id}:{second.id}:"), (
            "they are told to come again"
        )
        stages = await screens_of(world, "stage")
        assert [key for key in stages if key.startswith(f"stage:{afternoon.id}")] == [
            f"stage:{afternoon.id}",
            *(f"stage:{afternoon.id}:{group_.id}" for group_ in (second, third)),
        ], "who has presented listens to the others"
        assert [turn.group_id for turn in (await state_of(world, morning.plenary.id)).turns] == [first.id]
        await card(world, ines, await state_of(world, afternoon.id))
        for label in ("Start the clock", "Next: questions", "Next group"):
            await ines.press(label)
        for label in ("Start the clock", "Next: questions", "Next: the end"):
            await ines.press(label)
        assert ines.text.splitlines()[-1] == "Every group has presented."
        await wait(world, seconds=11 * 60)
        steps = [step.key.partition(":")[0] for step in await world.read(ended_steps, world.clock.now())]
        assert steps == ["presenters", "minutes", "questions", "asked"]


@on_one_engine
async def test_a_group_that_declines_gets_no_questions(store_url: str) -> None:
    async with open_world(store_url) as world:
        [first, *_others] = await groups_on_stage(world, 2)
        state = await running(world)
        await world.change(set_declines, first.id, True)
        ines = await world.organiser()
        await card(world, ines, state)
        await ines.press("Start the clock")
        assert ines.buttons[0] == "Next group"


@on_one_engine
async def test_a_pause_is_one_tap_and_loses_no_second(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 2)
        state = await running(world)
        ines = await world.organiser()
        await wait(world, seconds=79)
        assert (await card(world, ines, state)).splitlines()[1] == "2:41 left"
        await ines.press("Pause")
        assert ines.text.splitlines()[1] == "Paused · 2:41 left"
        await wait(world, seconds=600)
        assert (await card(world, ines, state)).splitlines()[1] == "Paused · 2:41 left"
        assert "10 min late" in ines.text
        await ines.press("Go on")
        assert ines.text.splitlines()[1] == "2:41 left"
        await ines.press("+30 s")
        assert ines.text.splitlines()[1] == "3:11 left"


async def test_lengths_changed_meanwhile_count_from_the_next_group_on(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 3)
        state = await running(world)
        ines = await world.organiser()
        await card(world, ines, state)
        for label in ("The order", "Times"):
            await card(world, ines, state)
            await ines.press(label)
            assert ines.fresh, "the card is drawn again with every question, and would take the place of this"
        assert ines.text.splitlines()[0] == "Ends about 10:15"
        assert ines.text.splitlines()[-2] == "They apply from the next group on."
        await ines.press("Talk −30 s")
        assert ines.text.splitlines()[0] == "Ends about 10:14"
        assert (await present_state(world)).turns[0].ends_at == state.turns[0].ends_at


async def test_a_late_beginning_shows_as_a_delay(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 2)
        state = await prepared(world)
        ines = await world.organiser()
        await wait(world, seconds=240)
        await ines.command("pleniere")
        await ines.press("Begin")
        assert (await card(world, ines, state)).splitlines()[-1] == "4 min late · ends about 10:14"


@on_one_engine
async def test_it_begins_once(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 2)
        await prepared(world)
        ines, maya = await world.organiser(), await second_organiser(world)
        for chat in (ines, maya):
            await chat.command("pleniere")
        await ines.press("Begin")
        begun = await present_state(world)
        await wait(world, seconds=5)
        await maya.press("Begin")
        assert maya.text == "Everything is below. It updates by itself."
        assert await present_state(world) == begun


async def test_a_beginning_that_is_undone_leads_back_to_the_preparation(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await groups_on_stage(world, 2)
        state = await prepared(world)
        ines = await world.organiser()
        await ines.command("pleniere")
        await ines.press("Begin")
        await card(world, ines, state)
        await ines.press("Undo this change")
        assert await card(world, ines, state) == "Undone: it has not begun."
        await ines.press("Back to the plenary")
        assert "Begin" in ines.buttons


@on_one_engine
async def test_two_rooms_have_a_clock_each(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 6)
        await prepared(world)
        ines = await world.organiser()
        await ines.command("pleniere")
        await ines.press("Two rooms")
        await ines.press("Begin")
        await ines.command("pleniere")
        assert ines.text.splitlines() == [
            "Room 1 · Education and CivicTech",
            "On stage: Education 1",
            "Room 2 · Culture",
            "2 groups, not begun yet",
        ]
        await ines.press("Room 2")
        await ines.press("Begin")
        assert len(await screens_of(world, "plenary")) == 2


async def test_a_session_that_goes_leaves_a_plenary_without_one(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 2)
        state = await prepared(world)
        session = await plenary_session(world, hours=2, key="other")
        ines = await world.organiser()
        await world.change(remove_session, state.plenary.session_id or 0)
        await ines.command("pleniere")
        assert ines.text.splitlines()[0] == "In which session do the groups present?"
        await ines.open(1)
        assert (await state_of(world, state.plenary.id)).plenary.session_id == session.id
        assert ines.text.splitlines()[0] == "The plenary · 2 groups"


@on_one_engine
async def test_a_group_that_is_dissolved_on_stage_stops_nothing(store_url: str) -> None:
    async with open_world(store_url) as world:
        [first, *_others] = await groups_on_stage(world, 2)
        state = await running(world)
        ines = await world.organiser()
        await world.change(remove_group, first.id)
        assert (await card(world, ines, state)).splitlines() == [
            "The group on stage was dissolved.",
            "5 min early · ends about 10:05",
        ]
        await ines.press("Next group")
        assert ines.text.splitlines()[0] == "Education 1"
