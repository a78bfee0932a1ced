"""Who presents: named by the group, told to come once, with the clock on their own phone."""

from __future__ import annotations

from bot.content.texts import plain
from bot.conversation.incoming import Picked, Pressed
from handlers.plenary.model.turns import Lengths
from handlers.plenary.participant.room import draw_stage
from handlers.plenary.store.presenters import presenters_of
from handlers.plenary.store.wishes import wishes_of
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group, mark_published
from tests.live_screens import bring_all_up_to_date, live_screens
from tests.outbox import pushed
from tests.plenary.builders import (
    card,
    clock_of,
    groups_on_stage,
    names_presenter,
    prepared,
    present_state,
    running,
    screens_of,
    wait,
)
from tests.workshops.builders import facilitator
from tests.world import World, open_world


async def press(world: World, ines: NeutralChat, *labels: str) -> None:
    """Press buttons of the conductor's card."""
    await card(world, ines, await present_state(world))
    for label in labels:
        await ines.press(label)


async def test_a_group_names_who_presents(store_url: str) -> None:
    async with open_world(store_url) as world:
        people = await crowd(world, "Zoé", "Ali", "Léa")
        await group(world, ["Zoé", "Ali", "Léa"])
        await mark_published(world)
        zoe = people["Zoé"]
        await zoe.command("groupe")
        assert "Who presents?" not in zoe.buttons
        await prepared(world)
        await zoe.command("groupe")
        await zoe.press("Who presents?")
        await zoe.pick("Ali", "Zoé")
        assert zoe.text.splitlines()[0] == "Noted."
        assert "Presenting: Zoé and Ali" in words(zoe.text)
        await zoe.press("I agree to alternate")
        assert "The order of groups may alternate women and men, as you agreed." in zoe.text
        await zoe.press("We are remote")
        assert "You present remotely." in zoe.text
        await zoe.press("No questions, please")
        assert "Your group takes no questions on stage." in zoe.text
        for label in ("We take questions", "We are in the room", "I no longer agree"):
            await zoe.press(label)
        lea = people["Léa"]
        await lea.command("groupe")
        assert "In the plenary: Zoé and Ali" in words(lea.text)
        await lea.press("Who presents?")
        assert "alternate" not in lea.text
        await lea.pick("Léa")
        assert "Presenting: Léa" in words(lea.text)


@on_one_engine
async def test_a_stranger_to_the_group_changes_nothing(store_url: str) -> None:
    async with open_world(store_url) as world:
        people = await crowd(world, "Zoé", "Ali")
        await group(world, ["Zoé"])
        await group(world, ["Ali"], theme="civic")
        await mark_published(world)
        await prepared(world)
        await people["Zoé"].command("groupe")
        payload = people["Zoé"].payload("Who presents?")
        await people["Ali"].command("groupe")
        before = people["Ali"].text
        await people["Ali"].follow(payload)
        assert "Who presents for your group" not in people["Ali"].text
        assert "CivicTech 1" in before


@on_one_engine
async def test_presenters_are_told_to_come_once_two_groups_before(store_url: str) -> None:
    async with open_world(store_url) as world:
        groups = await groups_on_stage(world, 4, themes=("school",))
        for place, presenting in enumerate(groups, start=1):
            await names_presenter(world, presenting, f"P{place}")
        state = await running(world)
        keys = [f"presenter:{state.plenary.id}:{group_.id}" for group_ in groups]
        told = await screens_of(world, "presenter")
        assert [key.rpartition(":")[0] for key in told] == keys[1:3]
        assert len(await screens_of(world, "clock")) == 1
        ines = await world.organiser()
        p3 = world.chat("102", name="P3")
        assert await clock_of(world, p3, state, groups[2], "P3") == ("2 groups before yours: come to the stage.")
        await press(world, ines, "Start the clock", "Next: questions", "Next group")
        assert [key.rpartition(":")[0] for key in await screens_of(world, "presenter")] == keys[1:]
        clocks = [key.rpartition(":")[0].replace("clock", "presenter") for key in await screens_of(world, "clock")]
        assert clocks == keys[:2], "a message of its own, as the one before may be far up"
        assert await clock_of(world, p3, state, groups[2], "P3") == "You are next: come to the stage."
        await card(world, ines, await present_state(world))
        await ines.press("Undo this change")
        await press(world, ines, "Next group")
        assert [len(await screens_of(world, kind)) for kind in ("presenter", "clock")] == [3, 2]
        assert await pushed(world, p3) == []


@on_one_engine
async def test_presenters_see_their_clock(store_url: str) -> None:
    async with open_world(store_url) as world:
        [first, *_others] = await groups_on_stage(world, 2)
        await names_presenter(world, first, "P1")
        state = await running(world, lengths=Lengths(120, 60, 60))
        p1, ines = world.chat("100", name="P1"), await world.organiser()
        seen = []
        for seconds in (0, 60, 50, 10, 30, 30, 12):
            await wait(world, seconds=seconds)
            seen.append(await clock_of(world, p1, state, first, "P1"))
        assert seen == [
            "It is your turn: come on stage. The clock begins in 1:00.",
            "2:00 left",
            "1:10 left",
            "1 minute",
            "30 seconds",
            "Time is up: finish your sentence, thank you!",
            "Time is up: finish your sentence, thank you!",
        ]
        await press(world, ines, "Next: questions")
        assert await clock_of(world, p1, state, first, "P1") == "Questions: 1:00"
        await ines.press("Pause")
        assert await clock_of(world, p1, state, first, "P1") == "A break: the clock is stopped."
        await ines.press("Next group")
        assert await clock_of(world, p1, state, first, "P1") == "That is it, thank you!"


async def test_clocks_are_drawn_again_every_ten_seconds(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 3)
        await running(world)
        [clock] = await screens_of(world, "clock")
        await bring_all_up_to_date(world)
        await wait(world, seconds=9)
        assert [screen.key for screen in await live_screens(world) if screen.behind] == []
        await wait(world, seconds=1)
        [due] = [screen.key for screen in await live_screens(world) if screen.behind]
        assert due == clock


async def test_other_presenters_get_the_clock_and_former_ones_read_that(store_url: str) -> None:
    async with open_world(store_url) as world:
        people = await crowd(world, "Zoé", "Ali")
        first = await group(world, ["Zoé", "Ali"])
        await mark_published(world)
        await names_presenter(world, first, "Zoé")
        state = await running(world)
        assert len(await screens_of(world, "clock")) == 1
        await names_presenter(world, first, "Ali")
        assert len(await screens_of(world, "clock")) == 2
        assert await clock_of(world, people["Zoé"], state, first, "Zoé") == "Somebody else presents for your group."
        assert (await clock_of(world, people["Ali"], state, first, "Ali")).startswith("It is your turn")


@on_one_engine
async def test_without_presenters_all_members_are_told(store_url: str) -> None:
    async with open_world(store_url) as world:
        await crowd(world, "Zoé", "Ali")
        await group(world, ["Zoé", "Ali"])
        await mark_published(world)
        await running(world)
        assert len(await screens_of(world, "clock")) == 2


@on_one_engine
async def test_the_message_before_a_turn_asks_who_presents_where_nobody_was_named(store_url: str) -> None:
    async with open_world(store_url) as world:
        groups = await groups_on_stage(world, 3)
        state = await running(world)
        second = next(turn.group_id for turn in state.turns if turn.state == "waiting")
        [member] = [f"P{place}" for place, made in enumerate(groups, start=1) if made.id == second]
        chat = world.chat(str(99 + int(member[1:])), name=member)
        assert await clock_of(world, chat, state, groups[int(member[1:]) - 1], member) == (
            "You are next: come to the stage."
        )
        assert chat.buttons == ("Who presents?",)
        await chat.press("Who presents?")
        await chat.pick(member)
        assert "Presenting: " + member in chat.text
        await clock_of(world, chat, state, groups[int(member[1:]) - 1], member)
        assert "Who presents?" not in chat.buttons


@on_one_engine
async def test_who_was_named_by_nobody_is_called_by_the_card_of_the_room_and_by_no_other(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 4)
        state, ines = await running(world), await world.organiser()
        await card(world, ines, state)
        await press(world, ines, "Start the clock", "Next: questions", "Next group")
        called = (await present_state(world)).waiting[-1]
        assert called.called_at is not None
        [key] = [key for key in await screens_of(world, "stage") if key.endswith(f":{called.group_id}")]
        view = await world.read(draw_stage, key.partition(":")[2], world.clock.now())
        assert view is not None
        assert plain(view.lines[1], ines.reader) == "2 groups before yours: come to the stage."
        assert await screens_of(world, "presenter") == []


@on_one_engine
async def test_who_is_called_at_the_beginning_gets_one_message_that_leads_to_the_stage(store_url: str) -> None:
    async with open_world(store_url) as world:
        [first, *_others] = await groups_on_stage(world, 2)
        await names_presenter(world, first, "P1")
        state = await running(world)
        assert len(await screens_of(world, "clock")) == 1
        assert await screens_of(world, "presenter") == [], "the card for everybody calls P2, whom nobody named"
        [stage] = await screens_of(world, "stage")
        p2 = world.chat("101", name="P2")
        view = await world.read(draw_stage, stage.partition(":")[2], world.clock.now())
        assert view is not None
        p2.receive(view, p2.reader)
        assert p2.text.splitlines()[1:] == ["You are next: come to the stage."]
        assert "Who presents?" in p2.buttons
        assert [button.style for button in view.buttons].count("primary") == 1, "one next step"
        p1, ines = world.chat("100", name="P1"), await world.organiser()
        assert (
            await clock_of(world, p1, state, first, "P1") == "It is your turn: come on stage. The clock begins in 1:00."
        )
        await press(world, ines, "Start the clock", "Next: questions", "Next group")
        assert await clock_of(world, p1, state, first, "P1") == "That is it, thank you!"
        assert p1.buttons == ("On stage",)


@on_one_engine
async def test_a_facilitator_sees_and_names_who_presents_for_the_groups_whose_workshops_they_run(
    store_url: str,
) -> None:
    async with open_world(store_url) as world:
        culture, school, _civic = await groups_on_stage(world, 3)
        maya = await facilitator(world, audiences=("theme:culture", "theme:school"))
        await maya.command("plenary")
        assert "presents" not in maya.text, "no plenary is planned yet"
        await prepared(world, hours=2)
        await names_presenter(world, culture, "P1")
        await maya.command("plenary")
        assert "Who presents?\nEducation 1: nobody yet\nCulture 1: P1\n" in words(maya.text)
        assert maya.options == ("Education 1", "Culture 1")
        await maya.pick("Education 1")
        assert words(maya.text).startswith("Who presents for Education 1?")
        await maya.pick("P2")
        assert [person.given_name for person in await world.read(presenters_of, school.id)] == ["P2"]
        await maya.command("stage")
        assert "Culture 1: P1\nEducation 1: P2\n" in words(maya.text)


@on_one_engine
async def test_a_facilitator_of_other_groups_names_nobody(store_url: str) -> None:
    async with open_world(store_url) as world:
        culture, _school = await groups_on_stage(world, 2)
        await prepared(world)
        await names_presenter(world, culture, "P1")
        maya = await facilitator(world, audiences=("theme:school",))
        await maya.act(Picked(f"pnvp-{culture.id}", ()))
        assert [person.given_name for person in await world.read(presenters_of, culture.id)] == ["P1"]


@on_one_engine
async def test_only_members_say_whether_the_wall_names_them(store_url: str) -> None:
    async with open_world(store_url) as world:
        culture, _school = await groups_on_stage(world, 2)
        await prepared(world)
        maya = await facilitator(world, audiences=("theme:culture",))
        p1 = world.chat("100", name="P1")
        for who, named in ((maya, False), (p1, True)):
            await who.act(Pressed(f"pnvw-{culture.id}-named-1"))
            assert (await world.read(wishes_of, culture.id)).named is named
