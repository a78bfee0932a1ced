"""Equality as organisers and facilitators read it: steps that have ended, computed once, and the count in the room."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

import pytest

from bot.content import hooks
from bot.content.views import Button
from bot.database.engine import Transaction
from bot.people.listed import Gender
from bot.people.participants import Participant
from handlers.attendance.store.marks import mark_attendance
from handlers.equality import service, store
from handlers.equality.actions import ShowEquality
from handlers.equality.facilitator import count_in_room
from handlers.equality.hooks import Step, more_remedies, more_steps
from handlers.equality.jobs import compute as compute_figures
from handlers.equality.model.steps import PublishedStep, StepTally
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.equality.attack import Attack
from tests.equality.builders import compute, gather, give_ideas, later, settings, vote
from tests.outbox import pushed
from tests.participants import rewrite
from tests.workshops.builders import facilitator, started
from tests.world import World, open_world

HEAD = "Equality of women and men, in numbers"


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, settings()) as world:
        yield world


async def published(world: World) -> dict[str, PublishedStep]:
    return {step.key: step for step in await world.read(store.published_steps)}


async def look(world: World, chat: NeutralChat) -> str:
    """Look at the figures, which are computed first; the card."""
    await chat.command("egalite")
    await compute(world)
    await chat.command("egalite")
    return chat.text


@on_one_engine
async def test_before_anything_has_ended_there_is_nothing_to_count(world: World) -> None:
    team = await world.organiser()
    await team.command("equality")
    assert team.text.splitlines() == [
        HEAD,
        "Nothing to count yet. Figures come once a step has ended, from 6 women and 6 men on.",
    ]
    await team.follow("ho-workshops")
    assert team.buttons == ("Who runs the workshops", "Organise")


@on_one_engine
async def test_a_phase_is_counted_once_it_has_ended_and_cannot_be_reopened(world: World) -> None:
    team, gathered = await world.organiser(), await gather(world, 40)
    runs = [await started(world, group) for group in gathered.groups[::5]]
    assert len(runs) == 8
    assert await world.read(service.ended_steps, world.clock.now()) == []
    await give_ideas(world, gathered, [1, 3])
    assert await world.read(service.ended_steps, world.clock.now()) == []
    await later(world, minutes=10)
    await team.command("egalite")
    assert team.text.splitlines() == [
        HEAD,
        "1 step has ended.",
        "The figures are being computed. They come in a moment.",
    ]
    await compute(world)
    assert (await pushed(world, team))[-1] == "The figures of women and men are ready."
    step = (await published(world))["ideas:1:stakes"]
    assert (step.people, step.done, step.could, step.side) == (40, 80, 50, "below")
    await team.command("egalite")
    lower = "The share of women is lower than chance would explain."
    assert team.text.splitlines() == [HEAD, f"Ideas, Understand the stakes: {lower}"]
    await team.press("The figures")
    assert team.text.splitlines() == [
        HEAD,
        "40 people, 50% women",
        f"Ideas, Understand the stakes: {step.did}% by women; chance gives {step.low} to {step.high}%",
        lower,
        "Shares are rounded so that nobody can be picked out.",
    ]


@on_one_engine
async def test_looking_again_shows_the_same_whatever_happened_since(world: World) -> None:
    team, gathered = await world.organiser(), await gather(world, 40)
    await give_ideas(world, gathered, [1, 3])
    await later(world, minutes=10)
    await team.follow("ho-workshops")
    await team.press("Equality")
    await compute(world)
    first = await look(world, team)
    await rewrite(world, *gathered.people, gender=Gender.MAN)
    await team.command("egalite")
    assert team.text == first


async def test_of_two_who_look_at_once_only_the_first_publishes(world: World) -> None:
    """Each has looked for what may stand beside what was public before; beside each other nobody has."""
    gathered = await gather(world, 40)
    await give_ideas(world, gathered, [1, 3])
    await later(world, minutes=10)
    first = compute_figures(await world.read(service.read_tallies, world.clock.now()))
    await give_ideas(world, gathered, [2], "challenge")
    await later(world, minutes=10)
    second = compute_figures(await world.read(service.read_tallies, world.clock.now()))
    assert [step["key"] for step in second["published"]] == ["ideas:1:stakes", "ideas:1:challenge"]
    await world.change(service.keep, first)
    await world.change(service.keep, second)
    assert [*await published(world)] == ["ideas:1:stakes"]
    await world.change(service.keep, compute_figures(await world.read(service.read_tallies, world.clock.now())))
    assert [*await published(world)] == ["ideas:1:stakes", "ideas:1:challenge"]


async def test_each_step_of_a_day_that_is_over(world: World) -> None:
    team, gathered = await world.organiser(), await gather(world, 60)
    await give_ideas(world, gathered, [2])
    for person in gathered.people[:50]:
        await world.change(mark_attendance, [person], "2027-03-01", True, person, world.clock.now())
    await later(world, days=2)
    assert (await look(world, team)).splitlines() == [HEAD, "Nothing differs from chance."]
    await team.press("The figures")
    card, steps = team.text, await published(world)
    assert card.count("60 people") == 1, "who could is said once of the steps that follow each other"
    assert {key: (step.people, step.done) for key, step in steps.items()} == {
        "groups:1": (60, 60),
        "attendance:1": (60, 50),
        "ideas:1:stakes": (60, 120),
    }
    few = "Votes received, Ideas developed further, Syntheses written, and Help called for"
    assert card.splitlines()[-1] == f"Too few women or men to say anything: {few}."
    assert "explains" not in card


async def test_where_too_little_is_known_nothing_is_said_until_it_is(world: World) -> None:
    team, gathered = await world.organiser(), await gather(world, 40, [None])
    await give_ideas(world, gathered, [2])
    await later(world, minutes=10)
    assert (await look(world, team)).splitlines() == [
        HEAD,
        "The gender of fewer than half is known: Ideas, Understand the stakes.",
    ]
    assert await published(world) == {}
    await rewrite(world, *gathered.people[:20], gender=Gender.WOMAN)
    await rewrite(world, *gathered.people[20:32], gender=Gender.MAN)
    await rewrite(world, *gathered.people[32:34], gender=Gender.OTHER)
    await team.press("Look again")
    assert team.text.splitlines()[-1] == "The figures are being computed. They come in a moment."
    await compute(world)
    await team.command("egalite")
    assert "Look again" not in team.buttons
    assert (await published(world))["ideas:1:stakes"].people == 40


@on_one_engine
async def test_many_whose_gender_is_unknown_are_a_reason_to_read_with_care(world: World) -> None:
    team = await world.organiser()
    gathered = await gather(world, 60, [Gender.WOMAN, Gender.MAN, None])
    await give_ideas(world, gathered, [2])
    await later(world, minutes=10)
    await look(world, team)
    await team.press("The figures")
    assert "Read with care: the gender of many is unknown." in team.text.splitlines()


@on_one_engine
async def test_the_silent_are_invited_from_a_difference_while_a_phase_goes_on(world: World) -> None:
    team, gathered = await world.organiser(), await gather(world, 40)
    await give_ideas(world, gathered, [1, 3])
    await later(world, minutes=10)
    await look(world, team)
    assert "Invite quiet people to speak" not in team.buttons
    await started(world, gathered.groups[0], "challenge")
    await team.command("egalite")
    await team.press("Invite quiet people to speak")
    assert team.text == "In which group? Each silent person gets a private message that asks for one sentence."


async def test_an_attack_on_all_that_a_gathering_publishes_recovers_nobody(sqlite_url: str) -> None:
    """Reports come one after the other, while people come late, leave, vote and build on each other's ideas."""
    async with open_world(sqlite_url, settings()) as world:
        dice, team, gathered = random.Random(7), await world.organiser(), await gather(world, 60)
        for phase in ("stakes", "challenge", "solutions"):
            await give_ideas(world, gathered, [dice.choice((0, 1, 2, 3, 5, 8)) for _person in gathered.people], phase)
            await vote(world, gathered, phase, dice)
            await later(world, minutes=10)
            await look(world, team)
        for person in dice.sample(gathered.people, 55):
            await world.change(mark_attendance, [person], "2027-03-01", True, person, world.clock.now())
        await later(world, days=2)
        await look(world, team)
        reports = list((await published(world)).values())
        assert {report.key for report in reports} >= {"ideas:1:stakes", "ideas:1:solutions", "votes:1", "groups:1"}
        tallies = await world.read(service.read_tallies, world.clock.now())
        steps = [StepTally(key, "", dict(done)) for key, _title, done in tallies["steps"]]
        assert Attack(dict(tallies["genders"]), steps, reports).recovered() == []


@on_one_engine
async def test_a_capability_above_adds_steps_and_remedies(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    team, gathered = await world.organiser(), await gather(world, 40)

    async def on_stage(_tx: Transaction) -> Mapping[int, int]:
        return {person: 1 + 2 * (place % 2) for place, person in enumerate(gathered.people)}

    async def steps(_tx: Transaction, _now: datetime) -> Sequence[Step]:
        return (Step("minutes:1", "Minutes on stage", on_stage),)

    async def remedies(_tx: Transaction, person: Participant, _now: datetime) -> Sequence[Button]:
        assert person.organises
        return (Button("Draw the order", ShowEquality(0)),)

    added = {more_steps: [steps], more_remedies: [remedies]}
    monkeypatch.setattr(hooks, "_collected", added)
    assert "Minutes on stage: The share of women" in await look(world, team)
    assert team.buttons[0] == "Draw the order"


@on_one_engine
async def test_facilitators_reach_the_figures_from_their_panel_and_participants_do_not(world: World) -> None:
    gathered = await gather(world, 40)
    zoe, maya = await world.join("Zoé", "300"), await facilitator(world)
    await give_ideas(world, gathered, [1, 3])
    await later(world, minutes=10)
    await maya.follow("wkf-shares-0")
    assert maya.text.splitlines()[0] == HEAD
    await zoe.command("egalite")
    assert HEAD not in zoe.text
    assert zoe.text


async def test_who_speaks_in_the_room_is_counted_by_sight_once_it_is_switched_on(world: World) -> None:
    team = await world.organiser()
    await team.command("egalite")
    await team.press("Who speaks in the room")
    assert team.text.splitlines() == [
        "Who speaks in the room",
        "Each time someone speaks, press what you see; “?” if in doubt. Neither the time nor the person is noted.",
    ]
    await team.follow(count_in_room.to("woman", back=False).encode())
    assert await world.read(store.room_count) is None
    await team.follow("eqr")
    await team.press("Start counting")
    for label in ("Man", "Man", "?", "Man", "Woman", "Man"):
        await team.press(label)
    assert team.text.splitlines() == [
        "Who speaks in the room",
        "Seen from the room: women 1, men 4, ? 1. An impression, not a figure.",
        "Next, give the floor to someone who has not spoken yet.",
    ]
    await team.press("Take back: Man")
    assert team.text.splitlines()[1:] == ["Seen from the room: women 1, men 3, ? 1. An impression, not a figure."]
    await team.press("Equality")
    assert "Seen from the room: women 1, men 3, ? 1. An impression, not a figure." in team.text
    await team.press("Who speaks in the room")
    await team.press("End and forget")
    await team.press("End and forget")
    assert team.text == "The count is forgotten."
    assert await world.read(store.room_count) is None
    assert await published(world) == {}
