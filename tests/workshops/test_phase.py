"""A participant's phase: what is asked, how long, what can be done; between phases, what comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from bot.database.engine import Transaction
from handlers.groups.model import Group
from handlers.groups.store.rounds import mark_round_published
from handlers.ideas.store.ideas import add_idea
from handlers.programme.model import Plan
from handlers.programme.store import add_session
from handlers.syntheses.model import Content
from handlers.syntheses.store import save_version
from handlers.workshops.service.phases import pause_phase
from tests.drivers.menus import menu_of
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import add_day, crowd, group
from tests.ideas.builders import idea, voted
from tests.outbox import pushed
from tests.participants import number
from tests.programme.builders import LUNCH, OPENING
from tests.workshops.builders import PHASES, ended, facilitator, revealed, started, wait
from tests.world import START, World, make_settings, open_world

SETTINGS = make_settings(phases=PHASES, gathering={"starts": "2027-03-01"})


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, SETTINGS) as world:
        yield world


async def published(world: World, *names: str) -> tuple[NeutralChat, Group]:
    people = await crowd(world, *names)
    made = await group(world, list(names))
    await world.store.transact(partial(mark_round_published, number=1, now=START))
    return people[names[0]], made


async def test_it_shows_what_is_asked_and_what_can_be_done(world: World) -> None:
    zoe, made = await published(world, "Zoé", "Ali")
    await started(world, made)
    await wait(world, minutes=12.5)
    await zoe.command("phase")
    assert zoe.text.splitlines() == [
        "Understand the stakes: ends in 28 minutes, at 10:40",
        "Instruction: Understand the stakes",
        "For example: Such as Understand the stakes",
    ]
    assert zoe.buttons == ("Give an idea", "Call a facilitator", "Our takeaways", "More…")
    await zoe.press("More…")
    assert [*zoe.buttons] == ["Call a facilitator", "Get inspired", "Home", "Back"]


async def test_what_one_gave_and_what_is_revealed_come_in(world: World) -> None:
    zoe, made = await published(world, "Zoé", "Ali")
    run = await started(world, made)
    author = await number(world, "Zoé")
    for text in ("No place to rehearse", "Schools close at six"):
        await world.store.transact(
            lambda tx, text=text: add_idea(tx, author, made.id, run.phase, text, world.clock.now(), stems="")  # type: ignore[misc]
        )
    await zoe.command("phase")
    assert zoe.buttons[:3] == ("Give an idea", "Call a facilitator", "My 2 ideas")
    await revealed(world, run)
    await zoe.command("phase")
    assert zoe.buttons == ("Give an idea", "Call a facilitator", "More…"), "below the choice of the ideas"
    await zoe.press("More…")
    assert zoe.buttons[:3] == ("Call a facilitator", "The wall", "Our takeaways")


async def test_to_vote_is_the_next_step_until_one_has_voted(world: World) -> None:
    zoe, made = await published(world, "Zoé", "Ali")
    run = await started(world, made)
    given = [await idea(world, made, "Ali", text, phase="stakes") for text in ("A bus", "A boat", "A bike")]
    await revealed(world, run)

    async def next_step() -> list[str]:
        await zoe.command("moi")
        assert zoe.view
        return [zoe.buttons[n] for n, each in enumerate(zoe.view.buttons) if each.style == "primary"]

    assert await next_step() == ["Vote"]
    await voted(world, made, "Zoé", given[0], phase="stakes")
    assert await next_step() == []
    assert zoe.buttons[0] == "Change my vote"


async def test_what_the_group_wrote_before_is_what_it_works_on(world: World) -> None:
    zoe, made = await published(world, "Zoé", "Ali")
    me = await number(world, "Zoé")
    wrote: dict[str, Content] = {
        "challenge": {"sentence": "How might we get home?"},
        "solutions": {"idea": "Share a car"},
    }
    for phase, content in wrote.items():
        run = await started(world, made, phase)
        await world.store.transact(partial(_write, made, phase, me, content))
        await ended(world, run)
    for phase, title, upon in (
        ("solutions", "Imagine solutions", "Challenge: How might we get home?"),
        ("territories", "Carry the solution", "Solution: Share a car"),
    ):
        run = await started(world, made, phase)
        assert _plain((await pushed(world, zoe))[-1])[1:3] == [upon, f"Instruction: {title}"]
        await zoe.command("phase")
        assert _plain(zoe.text)[1:] == [upon, f"Instruction: {title}"]
        await ended(world, run)


async def test_without_a_challenge_the_group_works_on_what_it_voted_for(world: World) -> None:
    zoe, made = await published(world, "Zoé", "Ali")
    run = await started(world, made, "challenge")
    first, second = [await idea(world, made, "Ali", text, phase="challenge") for text in ("Who pays?", "How to meet?")]
    await voted(world, made, "Ali", second, phase="challenge")
    await voted(world, made, "Zoé", first, second, phase="challenge")
    await ended(world, run)
    await started(world, made, "solutions")
    upon = "Challenge, according to your votes: How to meet?"
    await zoe.command("phase")
    assert _plain(zoe.text)[1:] == [upon, "Instruction: Imagine solutions"]
    await zoe.press("Give an idea")
    assert upon in _plain(zoe.text), "the question for an idea names it, too"


def _plain(words: str) -> list[str]:
    return words.replace("\u2068", "").replace("\u2069", "").splitlines()


async def _write(made: Group, phase: str, me: int, content: Content, tx: Transaction) -> None:
    await save_version(tx, made.id, phase, me, content, 0, START)


@pytest.mark.parametrize(
    ("phase", "buttons"),
    [
        ("challenge", ("Suggest a challenge", "Call a facilitator", "Our takeaways", "More…")),
        ("solutions", ("Give an idea", "Call a facilitator", "Our solution", "More…")),
        ("territories", ("My territory", "Call a facilitator", "Our territories", "Home")),
    ],
)
async def test_each_phase_has_what_it_collects(world: World, phase: str, buttons: tuple[str, ...]) -> None:
    zoe, made = await published(world, "Zoé")
    await started(world, made, phase)
    await zoe.command("phase")
    assert zoe.buttons == buttons


async def test_in_a_break_the_clock_stands(world: World) -> None:
    zoe, made = await published(world, "Zoé")
    run = await started(world, made)
    await world.store.transact(lambda tx: pause_phase(tx, run, world.clock.now()))
    await zoe.command("phase")
    assert zoe.text.splitlines()[0] == "Understand the stakes: a break, then 40 more minutes"
    assert zoe.text.splitlines()[-1] == "The clock is stopped; you can still give ideas."


async def test_between_phases_what_comes(world: World) -> None:
    zoe, made = await published(world, "Zoé")
    await zoe.command("phase")
    assert zoe.text.splitlines() == [
        "Your workshop has not begun yet.",
        "Next: Understand the stakes. Your facilitator will say when.",
    ]
    await ended(world, await started(world, made))
    await zoe.command("phase")
    assert zoe.text.splitlines() == [
        "Understand the stakes is finished.",
        "Nothing is written down yet.",
        "Next: Formulate a challenge. Your facilitator will say when.",
    ]
    assert zoe.buttons == ("Our takeaways", "The wall", "My group", "Home")


async def test_after_a_phase_the_next_step_is_to_write_what_the_group_keeps_until_somebody_did(world: World) -> None:
    zoe, made = await published(world, "Zoé", "Ali")
    run = await started(world, made)
    await zoe.command("moi")
    assert zoe.buttons == ("Give an idea", "My phase", "Emergency", "More…")
    await ended(world, run)
    await zoe.command("moi")
    assert zoe.buttons == ("Our takeaways", "My group", "Emergency", "More…")
    assert zoe.view
    assert [button.style for button in zoe.view.buttons] == ["primary", "plain", "plain", "plain"]
    await world.store.transact(partial(_write, made, "stakes", await number(world, "Zoé"), {"text": "No rooms."}))
    await zoe.command("moi")
    assert "Our takeaways" not in zoe.buttons


async def test_during_a_phase_home_begins_with_it_and_goes_on_with_the_programme(sqlite_url: str) -> None:
    settings = make_settings(phases=PHASES, sessions=[OPENING, LUNCH])
    async with open_world(sqlite_url, settings) as world:
        zoe, made = await published(world, "Zoé")
        await world.clock.advance(datetime(2027, 6, 10, 10, 15, tzinfo=UTC) - timedelta(hours=2) - world.clock.now())
        await started(world, made)
        await zoe.command("moi")
        assert zoe.text.splitlines()[:2] == [
            "Understand the stakes: ends in 40 minutes, at 10:55",
            "Then, 12:30: Lunch · Cour",
        ]


async def test_the_group_of_the_next_day_goes_on_where_the_last_one_ended(world: World) -> None:
    zoe, made = await published(world, "Zoé")
    await ended(world, await started(world, made))

    await add_day(world, 2, "2027-03-02")
    await group(world, ["Zoé"], round_=2)
    await wait(world, minutes=24 * 60)
    await zoe.command("phase")
    assert zoe.text.splitlines()[-1] == "Next: Formulate a challenge. Your facilitator will say when."


async def test_without_a_group_one_is_told_whom_to_ask(world: World) -> None:
    _zoe, made = await published(world, "Zoé")
    await started(world, made)
    eva = await world.join("Eva", "200")
    await eva.command("phase")
    assert eva.text == "You have no group yet, so you are in no phase. Ask the team for a group."
    assert eva.buttons == ("Ask the team", "Home")


async def test_before_groups_are_known(world: World) -> None:
    eva = await world.join("Eva", "200")
    await eva.command("phase")
    assert eva.text == "The groups are not known yet. You will find yours here."


async def test_who_facilitates_finds_the_workshops(world: World) -> None:
    await published(world, "Zoé")
    maya = await facilitator(world)
    await maya.command("phase")
    assert maya.buttons == ("My panel", "Home")


async def test_home_and_group_lead_there_while_a_phase_is_open(world: World) -> None:
    zoe, made = await published(world, "Zoé")
    await zoe.command("me")
    assert "My phase" not in zoe.buttons
    assert (await menu_of(zoe))["Now"] == ("Home",)
    assert (await menu_of(zoe))["Workshops"] == ("My group", "Change theme"), "there is nothing to show yet"
    run = await started(world, made)
    assert (await menu_of(zoe))["Now"] == ("Give an idea", "My phase", "Call a facilitator", "Home")
    await zoe.command("me")
    assert zoe.text.splitlines()[0] == "Understand the stakes: ends in 40 minutes, at 10:40"
    assert zoe.buttons == ("Give an idea", "My phase", "Emergency", "More…")
    for text in ("A bus", "A boat"):
        await idea(world, made, "Zoé", text, phase="stakes")
    await revealed(world, run)
    await zoe.command("me")
    assert zoe.buttons[:2] == ("Vote", "Give an idea")
    await zoe.press("More…")
    await zoe.press("Workshops…")
    await zoe.press("My group")
    await zoe.press("My phase")
    assert zoe.text.splitlines()[:2] == ["Understand the stakes", "1 vote, until 10:40 · 0/1 chosen"]
    await ended(world, run)
    await zoe.command("me")
    assert "My phase" not in zoe.buttons
    assert (await menu_of(zoe))["Now"] == ("Home",)
    assert "My phase" in (await menu_of(zoe))["Workshops"], "with what the group made"


async def test_a_phase_that_nobody_ended_is_over_with_the_gathering(world: World) -> None:
    zoe, made = await published(world, "Zoé")
    await started(world, made)
    last = world.settings.gathering.ends - world.settings.gathering.starts
    await world.clock.advance(last)
    await zoe.command("me")
    assert zoe.buttons[0] == "Give an idea"
    await world.clock.advance(timedelta(days=1))
    await zoe.command("me")
    assert "Give an idea" not in zoe.buttons
    assert (await menu_of(zoe))["Now"] == ("Home",)


async def test_once_the_gathering_is_over_no_phase_is_promised(world: World) -> None:
    zoe, made = await published(world, "Zoé")
    await ended(world, await started(world, made))
    await world.clock.advance(world.settings.gathering.ends - world.settings.gathering.starts + timedelta(days=1))
    await zoe.command("phase")
    assert zoe.text.splitlines() == [
        "Understand the stakes is finished.",
        "The gathering is over.",
    ]
    await zoe.command("groupe")
    assert zoe.text.splitlines()[:2] == ["The gathering is over.", "Education 1"]


async def test_after_all_phases_a_workshop_of_the_next_day_begins_anew(world: World) -> None:
    zoe, made = await published(world, "Zoé")
    for phase in PHASES:
        await ended(world, await started(world, made, phase["key"]))
    await add_day(world, 2, "2027-03-02")
    await group(world, ["Zoé"], round_=2)
    await wait(world, minutes=24 * 60)
    await zoe.command("phase")
    assert zoe.text.splitlines()[-1] == "That was the last phase."
    at = START + timedelta(days=1, hours=4)
    plan = Plan("again", {"en": "Workshop"}, at, at + timedelta(hours=3), "Europe/Paris", kind="workshop")
    await world.store.transact(lambda tx: add_session(tx, plan))
    await zoe.command("phase")
    assert zoe.text.splitlines() == [
        "Your workshop has not begun yet.",
        "Next, Tuesday 2 March, 14:00: Understand the stakes",
    ]


async def test_while_a_phase_runs_home_speaks_of_no_break(world: World) -> None:
    zoe, made = await published(world, "Zoé", "Ali")
    at = START + timedelta(hours=1)
    plan = Plan("lunch", {"en": "Lunch"}, at, at + timedelta(hours=1), "Europe/Paris")
    await world.change(add_session, plan)
    await zoe.command("me")
    assert "It begins at 11:00 (in 1 hour): Lunch" in zoe.text.splitlines()
    await started(world, made)
    await zoe.command("me")
    assert "Then, 11:00: Lunch" in zoe.text.splitlines()
