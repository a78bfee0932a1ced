"""Nudging who is silent: in private, not too often, in numbers only."""

from __future__ import annotations

from datetime import timedelta

from bot.people import facilitator_store
from bot.people.audiences import parse
from handlers.syntheses.store import put_card
from handlers.workshops.actions import NudgeSilent
from tests.attendance.builders import mark_absent
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import crowd, found_round, group, mark_published
from tests.outbox import press_push, pushed, to_channels
from tests.participants import number
from tests.workshops.builders import facilitator, panel, say, settings, started
from tests.world import World, open_world

ASKED = "Your group would like to hear from you: one sentence is enough."


async def at_work(world: World) -> tuple[dict[str, NeutralChat], NeutralChat]:
    """Four people in a phase, one of whom has spoken; who facilitates it, before the panel."""
    people = await crowd(world, "Zora", "Tim", "Nora", "Ada")
    made = await group(world, [*people], room="B12")
    await mark_published(world)
    await started(world, made)
    await say(world, "Zora", "A bus", run_of=made.id)
    maya = await facilitator(world)
    await maya.command("panneau")
    await panel(world, maya)
    return people, maya


async def asked(world: World, people: dict[str, NeutralChat]) -> dict[str, int]:
    """How often each was nudged."""
    return {name: (await pushed(world, chat)).count(ASKED) for name, chat in people.items()}


def first_button(maya: NeutralChat) -> str:
    """The button of the panel for the first group that she is offered."""
    assert maya.view
    assert maya.view.choice
    return NudgeSilent(int(maya.view.choice.options[0].value)).encode()


async def test_those_who_said_nothing_are_asked_in_private_and_nobody_is_named(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, maya = await at_work(world)
        await maya.press("Invite quiet people to speak")
        assert maya.text == "In which group? Each silent person gets a private message that asks for one sentence."
        assert maya.options == ("Education 1: 3 silent",)
        assert maya.buttons == ("My panel",)
        await maya.pick("Education 1")
        assert maya.text == "3 people get a private message."
        assert await asked(world, people) == {"Zora": 0, "Tim": 1, "Nora": 1, "Ada": 1}
        for name in people:
            assert name not in maya.text
        assert await to_channels(world) == []  # which others read
        await press_push(world, people["Tim"], "Give an idea")


@on_one_engine
async def test_at_most_every_ten_minutes(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, maya = await at_work(world)
        await maya.press("Invite quiet people to speak")
        nudge = first_button(maya)
        await maya.follow(nudge)
        await world.clock.advance(timedelta(minutes=9))
        await maya.follow(nudge)
        assert maya.text == "3 people were asked less than ten minutes ago."
        await world.clock.advance(timedelta(minutes=1))
        await people["Ada"].send("A boat")
        await maya.follow(nudge)
        assert maya.text == "2 people get a private message."
        assert await asked(world, people) == {"Zora": 0, "Tim": 2, "Nora": 2, "Ada": 1}


async def test_who_is_absent_or_takes_no_private_messages_is_left_in_peace(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, maya = await at_work(world)
        await mark_absent(world, "Tim", (await found_round(world)).day.isoformat())
        await people["Nora"].command("stop")
        await maya.press("Invite quiet people to speak")
        assert maya.options == ("Education 1: 2 silent",)
        await maya.pick("Education 1")
        assert (
            maya.text == "1 person gets a private message.\n1 person does not get private messages: talk to the group."
        )
        assert await asked(world, people) == {"Zora": 0, "Tim": 0, "Nora": 0, "Ada": 1}


async def test_all_groups_at_once(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, maya = await at_work(world)
        others = {name: await world.join(name, str(n)) for n, name in enumerate(("Eva", "Ben"), 150)}
        await started(world, await group(world, [*others], number_=2))
        await maya.press("Invite quiet people to speak")
        assert maya.options == ("Education 2: 2 silent", "Education 1: 3 silent")  # where one has spoken
        await maya.press("In all groups")
        assert maya.text == "5 people get a private message."
        assert sum((await asked(world, {**people, **others})).values()) == 5


@on_one_engine
async def test_when_all_have_spoken_nobody_is_asked(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, maya = await at_work(world)
        for name in ("Tim", "Nora", "Ada"):
            await people[name].send("A boat")
        await maya.press("Invite quiet people to speak")
        assert maya.text == "There is nobody to nudge: everyone has spoken, or no phase is open."


async def test_a_card_of_ones_territory_is_speaking(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people = await crowd(world, "Zora", "Tim")
        made = await group(world, [*people])
        await mark_published(world)
        await started(world, made, "territories")
        zora, now = await number(world, "Zora"), world.clock.now()
        words = {"present": "Libraries", "obstacle": "", "change": "", "carrier": ""}
        await world.change(put_card, made.id, zora, "CA-QC", now, **words)
        maya = await facilitator(world)
        await maya.command("panneau")
        await panel(world, maya)
        assert "Education 1 · 1/2" in maya.text
        await maya.press("Invite quiet people to speak")
        await maya.pick("Education 1")
        assert await asked(world, people) == {"Zora": 0, "Tim": 1}


@on_one_engine
async def test_another_facilitator_may_not_nudge_this_group(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, maya = await at_work(world)
        karim = await facilitator(world, "71", ("theme:civic",), name="Karim")
        await maya.press("Invite quiet people to speak")
        await karim.follow(first_button(maya))
        assert "Someone else runs the workshops of this group." in karim.text
        assert not any((await asked(world, people)).values())


@on_one_engine
async def test_who_asks_and_is_silent_too_is_not_asked(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _maya = await at_work(world)
        await world.change(facilitator_store.give, await number(world, "Tim"), [parse("all")])
        await people["Tim"].command("panneau")
        await panel(world, people["Tim"])
        await people["Tim"].press("Invite quiet people to speak")
        await people["Tim"].pick("Education 1")
        assert await asked(world, people) == {"Zora": 0, "Tim": 0, "Nora": 1, "Ada": 1}
