"""The time of phases: rows that end, warn and wait, whatever happens to the program meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest

from bot.background.scheduling import Ticker
from bot.content.texts import plain
from bot.conversation import shown_screen_store
from bot.conversation.shown_screen_store import ShownScreen
from bot.database.engine import Transaction
from bot.membership.erasure import erase
from bot.people.audiences import EVERYONE, Audience
from bot.people.participant_store import identify
from handlers.groups.model import Group
from handlers.ideas.store.ideas import add_idea, ideas_of_group
from handlers.ideas.store.moderation import merge_into, set_hidden
from handlers.programme.model import Plan
from handlers.programme.store import add_session
from handlers.syntheses.store import put_card
from handlers.workshops.model import PhaseRun
from handlers.workshops.schedule import PhaseClock
from handlers.workshops.service.phases import (
    Before,
    Started,
    call_off_start,
    conceal_ideas,
    end_phase,
    extend_phase,
    nudge_silent,
    pause_phase,
    reopen_phase,
    resume_phase,
    reveal_ideas,
    start_phase,
)
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store.due import next_phase_due
from handlers.workshops.store.ideas import collected
from handlers.workshops.store.phases import find_phase
from handlers.workshops.store.runs import runs_of_group
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import add_day, crowd, group, mark_published
from tests.outbox import arrive, deliver, look_at_push, pushed_then, views
from tests.participants import number
from tests.workshops.builders import PHASES, ended, facilitator, revealed, run_now, started, wait
from tests.world import DECLARED, START, World, make_settings, open_world


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, make_settings(phases=PHASES)) as world:
        yield world


async def one_group(world: World) -> tuple[NeutralChat, Group]:
    people = await crowd(world, "Zoé", "Ali")
    return people["Zoé"], await group(world, ["Zoé", "Ali"])


def program(world: World) -> Ticker:
    """What tells the time of phases, as after a start."""
    return Ticker(world.store, world.clock, (PhaseClock(world.settings.of(WorkshopSettings).votes),))


async def passes(world: World, *, minutes: float) -> None:
    """Time goes by from one due instant to the next, in a program that starts anew at each."""
    until = world.clock.now() + timedelta(minutes=minutes)
    while (due := await program(world).look()) is not None and due <= until:
        await world.clock.advance(due - world.clock.now())
    await world.clock.advance(until - world.clock.now())
    await program(world).look()


async def change(world: World, run: PhaseRun, minutes: int) -> PhaseRun:
    found = await world.store.transact(lambda tx: extend_phase(tx, run, world.clock.now(), minutes))
    assert found is not None
    return found


async def said(world: World, chat: NeutralChat) -> list[str]:
    """The first line of everything someone was told."""
    return [text.splitlines()[0] for text in await pushed_then(world, chat)]


async def idea(world: World, run: PhaseRun, name: str, text: str) -> None:
    author = await number(world, name)
    await world.store.transact(
        lambda tx: add_idea(tx, author, run.group_id, run.phase, text, world.clock.now(), stems="")
    )


async def workshop(world: World, starts: datetime, hours: int, audience: Audience = EVERYONE) -> None:
    plan = Plan(
        f"w{starts:%d%H}{audience.kind}",
        {"en": "Workshop"},
        starts,
        starts + timedelta(hours=hours),
        "Europe/Paris",
        kind="workshop",
        audience=audience,
    )
    await world.store.transact(lambda tx: add_session(tx, plan))


BEGIN = "Understand the stakes: ends in 40 minutes, at 10:40"
WARNING = "Understand the stakes: ends in 5 minutes, at 10:40"
END = "Understand the stakes is finished. Thank you!"
OVER = "Understand the stakes is finished."


@on_one_engine
async def test_everyone_reads_what_is_asked_then_one_warning_then_the_card_shows_the_end(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    assert (await pushed_then(world, zoe))[-1].splitlines() == [
        BEGIN,
        "Instruction: Understand the stakes",
        "For example: Such as Understand the stakes",
    ]
    await passes(world, minutes=34)
    assert len(await said(world, zoe)) == 1
    await passes(world, minutes=1)
    assert (await pushed_then(world, zoe))[1:] == [f"{WARNING}\nIs there something you have not said yet?"]
    await passes(world, minutes=5)
    assert await said(world, zoe) == [END, OVER]
    run = await run_now(world, run)
    assert (run.state, run.revealed, run.ended_at) == ("ended", True, START + timedelta(minutes=40))
    await passes(world, minutes=600)
    assert len(await said(world, zoe)) == 2


@on_one_engine
async def test_the_end_says_what_was_collected_and_what_comes(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    for name, text in (("Zoé", "No place to rehearse"), ("Zoé", "Schools close at six"), ("Ali", "A youth centre")):
        await idea(world, run, name, text)
    await ended(world, run)
    assert (await pushed_then(world, zoe))[-1].splitlines() == [
        END,
        "3 ideas from 2 people. You can still write down what you keep.",
        "Next: Formulate a challenge. Your facilitator will say when.",
    ]


@on_one_engine
@pytest.mark.parametrize(
    ("begins", "audience", "said"),
    [
        (START - timedelta(hours=1), "all", "Next, right after: Formulate a challenge"),
        (START + timedelta(days=1), "theme:school", "Next, Tuesday 2 March, 10:00: Formulate a challenge"),
        (START + timedelta(days=1), "theme:civic", "Next: Formulate a challenge. Your facilitator will say when."),
    ],
)
async def test_the_programme_says_when_the_next_one_starts(
    world: World, begins: datetime, audience: str, said: str
) -> None:
    zoe, made = await one_group(world)
    kind, _colon, value = audience.partition(":")
    await workshop(world, begins, 3, Audience("theme", value) if kind == "theme" else EVERYONE)
    await ended(world, await started(world, made))
    assert (await pushed_then(world, zoe))[-1].splitlines()[-1] == said


@on_one_engine
async def test_after_the_last_one_nothing_comes(world: World) -> None:
    zoe, made = await one_group(world)
    await ended(world, await started(world, made, "territories"))
    assert (await pushed_then(world, zoe))[-1].splitlines()[1:] == [
        "No territory was described. Your grid still has empty boxes.",
        "That was the last phase.",
    ]


@on_one_engine
async def test_territories_are_counted_and_no_cards(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made, "territories")
    for name, words in (("Zoé", "Good"), ("Ali", "Bad")):  # of one territory, and a third card that says nothing
        await described(world, made, name, "CA-QC", words)
    await crowd(world, "Mia")
    await described(world, made, "Mia", "FR", "")
    await ended(world, run)
    assert (await pushed_then(world, zoe))[-1].splitlines()[1] == "1 territory was described."


async def described(world: World, made: Group, name: str, territory: str, words: str) -> None:
    """Someone's card for a territory."""
    who = await number(world, name)
    said = dict.fromkeys(("present", "obstacle", "change", "carrier"), words)

    async def unit(tx: Transaction) -> None:
        await put_card(tx, made.id, who, territory, world.clock.now(), **said)

    await world.store.transact(unit)


@on_one_engine
async def test_a_short_phase_ends_without_a_warning(world: World) -> None:
    zoe, made = await one_group(world)
    await started(world, made, minutes=10)
    await passes(world, minutes=10)
    assert await said(world, zoe) == [END]


async def test_a_restart_in_the_middle_changes_nothing(store_url: str) -> None:
    settings = make_settings(phases=PHASES)
    async with open_world(store_url, settings) as world:
        zoe, made = await one_group(world)
        await started(world, made)
        await passes(world, minutes=36)
    async with open_world(store_url, settings) as world:
        await world.clock.advance(timedelta(minutes=37))
        await passes(world, minutes=10)
        assert await said(world, zoe) == [END, OVER]


@on_one_engine
async def test_what_fell_due_during_an_outage_is_done_late_and_once(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    await wait(world, minutes=47)  # nobody looks
    for _time in range(2):
        await program(world).look()
    assert await said(world, zoe) == [END]  # a warning would help nobody any more
    assert (await run_now(world, run)).ended_at == START + timedelta(minutes=40)


async def test_a_break_over_the_time_of_the_warning_moves_it(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    await passes(world, minutes=30)
    paused = await world.store.transact(lambda tx: pause_phase(tx, run, world.clock.now()))
    assert paused
    assert (paused.ends_at, paused.remaining) == (None, timedelta(minutes=10))
    await passes(world, minutes=60)
    assert await said(world, zoe) == ["Understand the stakes: a break, then 10 more minutes"]  # in place
    await world.store.transact(lambda tx: resume_phase(tx, run, world.clock.now()))
    await passes(world, minutes=4)
    assert (await said(world, zoe))[1:] == ["Understand the stakes resumes."]
    await passes(world, minutes=1)
    assert (await said(world, zoe))[2:] == ["Understand the stakes: ends in 5 minutes, at 11:40"]
    await passes(world, minutes=5)
    assert await said(world, zoe) == [END, "Understand the stakes resumes.", OVER]


@on_one_engine
async def test_however_often_it_is_extended_people_are_warned_once(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    await passes(world, minutes=36)
    for _time in range(3):
        run = await change(world, run, 5)
    before = len(await said(world, zoe))
    await passes(world, minutes=18)
    assert len(await said(world, zoe)) == before
    await passes(world, minutes=1)
    assert len(await said(world, zoe)) == before
    assert (await said(world, zoe))[0] == END


@on_one_engine
async def test_an_extension_before_the_warning_moves_it(world: World) -> None:
    zoe, made = await one_group(world)
    run = await change(world, await started(world, made), 5)
    assert (await said(world, zoe)) == ["Understand the stakes: ends in 45 minutes, at 10:45"]  # in place
    await passes(world, minutes=39)
    assert len(await said(world, zoe)) == 1
    await passes(world, minutes=1)
    assert (await said(world, zoe))[1:] == ["Understand the stakes: ends in 5 minutes, at 10:45"]
    await change(world, run, -5)
    assert (await said(world, zoe))[1:] == ["Understand the stakes: ends at 10:40"]
    await passes(world, minutes=0)
    assert await said(world, zoe) == [END, OVER]


@on_one_engine
async def test_a_short_phase_that_grows_is_warned_of(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made, minutes=10)
    await change(world, run, 5)
    before = len(await said(world, zoe))
    await passes(world, minutes=10)
    assert (await said(world, zoe))[before:] == ["Understand the stakes: ends in 5 minutes, at 10:15"]


@on_one_engine
async def test_a_break_does_not_make_a_short_phase_long(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made, minutes=10)
    await world.store.transact(lambda tx: pause_phase(tx, run, world.clock.now()))
    await passes(world, minutes=30)
    await world.store.transact(lambda tx: resume_phase(tx, run, world.clock.now()))
    await change(world, run, 5)
    before = len(await said(world, zoe))
    await passes(world, minutes=10)
    assert (await said(world, zoe))[before:] == ["Understand the stakes: ends in 5 minutes, at 10:45"]


@on_one_engine
async def test_who_was_warned_is_not_warned_again_when_more_time_is_taken_back_and_given_again(world: World) -> None:
    zoe, made = await one_group(world)
    run = await change(world, await started(world, made, minutes=10), 5)
    await passes(world, minutes=11)
    assert (await said(world, zoe))[-1] == "Understand the stakes: ends in 5 minutes, at 10:15"
    for more in (-5, 5, 5):
        run = await change(world, run, more) if (await run_now(world, run)).open else run
    before = len(await said(world, zoe))
    await passes(world, minutes=8)
    assert (await said(world, zoe))[before:] == []


async def test_started_twice_or_during_another_it_has_one_effect(world: World) -> None:
    zoe, first = await one_group(world)
    await world.join("Bo", "150")
    second = await group(world, ["Bo"], number_=2)
    await started(world, second, "challenge")

    async def start(tx: Transaction) -> Started:
        phase = await find_phase(tx, "stakes")
        assert phase
        return await start_phase(tx, world.settings, phase, [first.id, second.id], world.clock.now(), None)

    both = await asyncio.gather(world.store.transact(start), world.store.transact(start))
    assert sorted([list(one.begun), list(one.already), list(one.busy)] for one in both) == [
        [[], [first.id], [second.id]],
        [[first.id], [], [second.id]],
    ]
    assert await said(world, zoe) == [BEGIN]


@on_one_engine
async def test_a_phase_that_ended_may_begin_anew_and_its_ideas_stay(world: World) -> None:
    _zoe, made = await one_group(world)
    run = await started(world, made)
    await idea(world, run, "Zoé", "No place to rehearse")
    await ended(world, run)
    await wait(world, minutes=20)
    again = await started(world, made)
    assert (again.id, again.state, again.ended_at) == (run.id, "running", None)
    assert again.ends_at == START + timedelta(minutes=60)
    made_so_far = await world.store.read(lambda tx: collected(tx, again))
    assert (made_so_far.ideas, made_so_far.people) == (1, 1)


@on_one_engine
async def test_an_end_taken_back_leaves_what_was_left(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    await passes(world, minutes=36)
    before = Before.of(run, world.clock.now())
    closed = await ended(world, run)
    await wait(world, minutes=3)
    assert await said(world, zoe) == [END, OVER]
    opened = await world.change(reopen_phase, world.settings, closed, before, world.clock.now())
    assert opened
    assert (opened.state, opened.revealed) == ("running", False)
    assert opened.ends_at == world.clock.now() + timedelta(minutes=4)
    assert (await said(world, zoe))[0] == "Understand the stakes: ends in 43 minutes, at 10:43"
    await passes(world, minutes=4)
    assert await said(world, zoe) == [END, OVER]  # they were warned already


async def test_an_end_is_not_taken_back_into_another_phase(world: World) -> None:
    _zoe, made = await one_group(world)
    run = await started(world, made)
    before = Before.of(run, world.clock.now())
    closed = await ended(world, run)
    other = await started(world, made, "challenge")
    assert await world.change(reopen_phase, world.settings, closed, before, world.clock.now()) is None
    await ended(world, other)
    reopened = await world.change(reopen_phase, world.settings, closed, before, world.clock.now())
    assert reopened
    assert (reopened.id, reopened.state) == (run.id, "running")


@on_one_engine
async def test_revealed_early_the_card_is_the_vote_and_no_message_is_sent(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    for text in ("A youth centre", "A bus"):
        await idea(world, run, "Ali", text)
    await revealed(world, run)
    card = [
        "Understand the stakes: ends in 40 minutes, at 10:40",
        "2 ideas from your group are revealed.",
        "You have 1 vote, until the phase ends.",
    ]
    assert [text.splitlines() for text in await pushed_then(world, zoe)] == [card]
    assert await world.store.transact(lambda tx: reveal_ideas(tx, world.settings, run, world.clock.now())) is None
    assert len(await said(world, zoe)) == 1
    await look_at_push(world, zoe)
    assert zoe.options == ("1. A youth centre", "2. A bus")
    await passes(world, minutes=40)
    assert (await stands(world, zoe))[-1] == ("3", "Our takeaways", "The wall")


@on_one_engine
async def test_home_and_what_leads_to_phases_close_when_the_phase_does(world: World) -> None:
    zoe, made = await one_group(world)
    await started(world, made)
    maya = await facilitator(world)

    async def show(tx: Transaction) -> None:
        for chat, screen in ((zoe, "go-moi"), (maya, "go-animer")):
            account, _person = await identify(tx, chat.platform, chat.sender.native_id)
            assert account
            shown = ShownScreen(account.id or 0, "77", screen=screen)
            await shown_screen_store.record(tx, [shown], "", world.clock.now())

    await world.store.transact(show)
    await passes(world, minutes=40)
    for chat, command in ((zoe, "moi"), (maya, "animer")):
        closed = [plain(view.lines[0], chat.reader) for view in await views(world, chat) if view.quiet]
        assert f"Current screen: /{command}" in closed


@on_one_engine
async def test_ideas_hidden_again_leave_the_card_as_it_began(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    await idea(world, run, "Ali", "A youth centre")
    await revealed(world, run)
    await world.change(conceal_ideas, world.settings, run, world.clock.now())
    assert (await pushed_then(world, zoe)) == [
        f"{BEGIN}\nInstruction: Understand the stakes\nFor example: Such as Understand the stakes"
    ]


@on_one_engine
async def test_who_opened_the_phase_reads_there_that_ideas_are_revealed(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    for text in ("A youth centre", "A bus"):
        await idea(world, run, "Ali", text)
    await zoe.command("phase")
    await revealed(world, run)
    *_earlier, screen = await views(world, zoe)
    assert [plain(button.label, zoe.reader) for button in screen.buttons] == [
        "Give an idea",
        "Call a facilitator",
        "The wall",
    ]


@on_one_engine
async def test_only_who_has_something_left_to_do_is_warned(world: World) -> None:
    people = await crowd(world, "Zoé", "Ali", "Mia")
    made = await group(world, [*people])
    run = await started(world, made)
    await idea(world, run, "Ali", "A youth centre")
    await passes(world, minutes=35)
    assert {name: len(await said(world, chat)) for name, chat in people.items()} == {"Zoé": 2, "Ali": 1, "Mia": 2}
    await passes(world, minutes=5)
    run = await started(world, made, "challenge")
    await idea(world, run, "Ali", "How might we?")
    await revealed(world, run)
    told = {name: len(await said(world, chat)) for name, chat in people.items()}
    await passes(world, minutes=25)
    assert {name: len(await said(world, chat)) for name, chat in people.items()} == told  # they were invited to vote


@on_one_engine
async def test_who_was_asked_for_an_idea_lately_is_not_warned_too(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    await passes(world, minutes=30)
    await world.store.transact(lambda tx: nudge_silent(tx, run, world.clock.now(), by=0))
    await passes(world, minutes=5)
    assert [text.splitlines()[0] for text in (await pushed_then(world, zoe))[1:]] == [
        "Your group would like to hear from you: one sentence is enough."
    ]


@on_one_engine
@pytest.mark.parametrize(("minutes", "tells"), [(4, True), (6, False)])
async def test_the_next_beginning_tells_the_end_that_was_just_before(world: World, minutes: int, tells: bool) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    await idea(world, run, "Ali", "A youth centre")
    await passes(world, minutes=40 + minutes)
    assert await said(world, zoe) == [END, OVER]
    await started(world, made, "challenge")
    last = (await pushed_then(world, zoe))[-1]
    assert last.startswith("Formulate a challenge: ends in 30 minutes")
    assert (f"{END} 1 idea from 1 person." in last) is tells


async def test_a_start_called_off_leaves_the_card_of_the_end_before_it(world: World) -> None:
    zoe, made = await one_group(world)
    await ended(world, await started(world, made))
    await arrive(world, zoe)
    phase = await world.read(find_phase, "challenge")
    assert phase is not None
    begun = await world.change(start_phase, world.settings, phase, [made.id], world.clock.now(), None)
    assert await world.change(call_off_start, begun.beginnings[0], world.clock.now())
    assert (await said(world, zoe))[0] == END


@on_one_engine
async def test_of_a_phase_that_begins_anew_nobody_is_told_that_it_is_over(world: World) -> None:
    zoe, made = await one_group(world)
    await ended(world, await started(world, made))
    await wait(world, minutes=1)
    await started(world, made)
    await wait(world, minutes=5)
    assert await said(world, zoe) == [
        "Understand the stakes: ends in 41 minutes, at 10:41",
        "Understand the stakes: ends in 40 minutes, at 10:41",
    ]


@on_one_engine
async def test_a_day_of_four_phases_is_four_messages_and_a_warning_a_phase_for_who_says_nothing(world: World) -> None:
    people = await crowd(world, "Zoé", "Ali", "Mia")
    made = await group(world, [*people])
    for morning_and_afternoon in (("stakes", "challenge"), ("solutions", "territories")):
        for phase in morning_and_afternoon:
            run = await started(world, made, phase)
            for name in ("Zoé", "Ali"):
                await idea(world, run, name, f"{name} in {phase}")
            assert run.ends_at is not None
            await passes(world, minutes=(run.ends_at - run.started_at) / timedelta(minutes=1) + 2)
        await wait(world, minutes=5)
        await deliver(world)
    assert {name: len(await said(world, chat)) for name, chat in people.items()} == {"Zoé": 4, "Ali": 4, "Mia": 8}


async def test_ideas_can_be_open_from_the_first_on(store_url: str) -> None:
    async with open_world(store_url, make_settings(phases=PHASES, workshop={"reveal": "at_once"})) as world:
        _zoe, made = await one_group(world)
        assert (await started(world, made)).revealed


async def test_nothing_changes_a_phase_that_is_over(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    await ended(world, run)
    told = len(await said(world, zoe))

    async def everything(tx: Transaction) -> Sequence[PhaseRun | None]:
        now, settings = world.clock.now(), world.settings
        return [
            await extend_phase(tx, run, now, 5),
            await pause_phase(tx, run, now),
            await resume_phase(tx, run, now),
            await reveal_ideas(tx, settings, run, now),
            await end_phase(tx, run, now),
        ]

    assert await world.store.transact(everything) == [None] * 5
    assert len(await said(world, zoe)) == told


@on_one_engine
async def test_groups_of_several_days_have_their_own_time(world: World) -> None:
    zoe, first = await one_group(world)
    await add_day(world, 2, "2027-06-11", published=False)
    other = await group(world, ["Zoé"], round_=2)
    await started(world, first)
    await wait(world, minutes=20)
    await started(world, other)
    assert await world.store.read(next_phase_due) == START + timedelta(minutes=35)
    await passes(world, minutes=60)
    ends = [each.ended_at for each in await world.store.read(lambda tx: runs_of_group(tx, first.id))]
    ends += [each.ended_at for each in await world.store.read(lambda tx: runs_of_group(tx, other.id))]
    assert ends == [START + timedelta(minutes=40), START + timedelta(minutes=60)]
    assert (await said(world, zoe)).count(END) == 2


async def test_a_break_that_the_next_day_overtakes_is_over(world: World) -> None:
    zoe, made = await one_group(world)
    left = await started(world, made)
    await world.store.transact(lambda tx: pause_phase(tx, left, world.clock.now()))
    await mark_published(world)
    await add_day(world, 2, "2027-03-02")
    next_day = await group(world, ["Zoé", "Ali"], round_=2)
    await wait(world, minutes=24 * 60)
    assert (await run_now(world, left)).state == "paused"  # the same groups may go on in the morning
    await started(world, next_day, "challenge")
    assert (await run_now(world, left)).state == "ended"
    assert not any("finished" in line for line in await said(world, zoe))
    await passes(world, minutes=31)
    await zoe.command("phase")
    assert zoe.text.startswith("Formulate a challenge is finished.")


@on_one_engine
async def test_revealed_are_the_ideas_one_can_read(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    await idea(world, run, "Zoé", "A bus")
    await idea(world, run, "Zoé", "A boat")
    await idea(world, run, "Zoé", "A rude poster")
    [rude] = [one for one in await world.read(ideas_of_group, run.group_id, run.phase) if one.text == "A rude poster"]
    await world.change(set_hidden, rude.id, True)
    await revealed(world, run)
    [card] = await pushed_then(world, zoe)
    assert card.splitlines()[1:] == ["2 ideas from your group are revealed.", "You have 1 vote, until the phase ends."]


@on_one_engine
async def test_an_end_counts_ideas_as_the_wall_does(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    for name, text in (("Zoé", "A bus"), ("Ali", "A night bus"), ("Zoé", "A rude word")):
        await idea(world, run, name, text)
    given = {one.text: one.id for one in await world.read(ideas_of_group, run.group_id, run.phase)}
    await world.change(set_hidden, given["A rude word"], True)
    await world.change(merge_into, [given["A night bus"]], min(given.values()))
    await ended(world, run)
    assert "1 idea from 2 people." in (await pushed_then(world, zoe))[-1]


@on_one_engine
async def test_who_is_forgotten_still_gave_what_is_counted(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    await idea(world, run, "Ali", "A bus")
    run = await revealed(world, run)
    ali = await number(world, "Ali")
    await world.store.transact(lambda tx: erase(tx, DECLARED, ali, world.clock.now(), texts=False, files=world.files))
    await ended(world, run)
    assert "1 idea from 1 person." in (await pushed_then(world, zoe))[0]


@on_one_engine
async def test_a_group_without_ideas_is_told_that_there_are_none_yet(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    await revealed(world, run)
    assert (await pushed_then(world, zoe))[-1].splitlines()[1:] == [
        "From now on your group sees each idea as it arrives. There are none yet."
    ]


async def stands(world: World, chat: NeutralChat) -> list[tuple[str, ...]]:
    """How many lines each message to someone has by now, and its buttons."""
    return [
        (str(len(view.lines)), *(plain(button.label, chat.reader) for button in view.buttons))
        for view in await views(world, chat)
    ]


@on_one_engine
async def test_what_was_told_keeps_what_still_holds(world: World) -> None:
    zoe, made = await one_group(world)
    run = await started(world, made)
    assert await stands(world, zoe) == [("3", "Give an idea", "My phase", "Call a facilitator")]
    for text in ("A youth centre", "A bus"):
        await idea(world, run, "Ali", text)
    await revealed(world, run)
    reads = ("3", "Give an idea", "Call a facilitator", "The wall")
    assert await stands(world, zoe) == [reads]
    await world.change(pause_phase, run, world.clock.now())
    assert await stands(world, zoe) == [reads]
    run = await change(world, run, 5)
    assert await stands(world, zoe) == [reads]
    await world.change(resume_phase, run, world.clock.now())
    resumes = ("2", "Give an idea", "My phase")
    assert await stands(world, zoe) == [reads, resumes]
    before = Before.of(await run_now(world, run), world.clock.now())
    closed = await ended(world, run)
    ends = ("3", "Our takeaways", "The wall")
    assert await stands(world, zoe) == [ends, ("1",)]
    await world.change(reopen_phase, world.settings, closed, before, world.clock.now())
    assert await stands(world, zoe) == [reads, ("1",)]


async def test_a_start_called_off_stays_so_when_the_phase_begins_again(world: World) -> None:
    zoe, made = await one_group(world)
    await ended(world, await started(world, made))
    phase = await world.read(find_phase, "stakes")
    assert phase is not None
    begun = await world.change(start_phase, world.settings, phase, [made.id], world.clock.now(), None)
    await arrive(world, zoe)
    await idea(world, begun.beginnings[0].run, "Ali", "A youth centre")
    assert await world.change(call_off_start, begun.beginnings[0], world.clock.now())
    await started(world, made)
    assert (await pushed_then(world, zoe))[-2].splitlines() == [
        "False alarm: Understand the stakes will begin later.",
        "What you wrote is kept.",
    ]
    assert (await stands(world, zoe))[-2] == ("2", "My phase")
