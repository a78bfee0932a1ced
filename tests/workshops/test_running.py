"""Running workshops: the start in two taps, then more time, a break, revealing, the end; and taking that back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from bot.people import participant_store
from handlers.groups.model import Group
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.members import put_in_group
from handlers.groups.store.rounds import mark_round_published
from handlers.ideas.store.ideas import add_idea
from handlers.workshops.actions import RunPhases
from handlers.workshops.store.due import mark_warned
from handlers.workshops.store.ideas import collected
from handlers.workshops.store.runs import find_run, open_run_of
from tests.attendance.builders import mark_absent
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import choose, crowd, group, open_channel
from tests.ideas.builders import voted
from tests.outbox import arrive, fates, pushed
from tests.participants import number
from tests.workshops.builders import PHASES, ended, facilitator, revealed, run_now, started, wait
from tests.world import START, World, make_settings, open_world

SETTINGS = make_settings(phases=PHASES, organisers={"telegram": [900]}, gathering={"starts": "2027-03-01"})


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, SETTINGS) as world:
        yield world


async def two_groups(world: World) -> tuple[Group, Group]:
    await crowd(world, "Zoé", "Ali", "Bo")
    first, second = await group(world, ["Zoé", "Ali"]), await group(world, ["Bo"], theme="civic")
    await world.store.transact(partial(mark_round_published, number=1, now=START))
    return first, second


async def state(world: World, made: Group) -> tuple[str, str]:
    """Which phase a group is in, and how it is."""
    run = await world.store.read(partial(open_run_of, group_id=made.id))
    return (run.phase, run.state) if run else ("", "")


async def left(world: World, made: Group) -> timedelta:
    """How long the phase of a group still goes."""
    run = await world.store.read(partial(open_run_of, group_id=made.id))
    assert run
    assert run.ends_at
    return run.ends_at - world.clock.now()


async def test_two_taps_start_a_phase_for_all(world: World) -> None:
    first, second = await two_groups(world)
    maya = await facilitator(world)
    await maya.command("facilitate")
    assert maya.text == "Which phase? (2 groups)"
    await maya.press("Start: Understand the stakes")
    assert maya.text.splitlines() == [
        "Understand the stakes: 40 minutes, for 2 groups",
        "Attendance has not been taken yet.",
    ]
    await maya.press("Start in 2 groups")
    assert maya.text.splitlines() == [
        "“Understand the stakes” has begun in 2 groups.",
        "It ends in 40 minutes, at 10:40.",
    ]
    assert [await state(world, each) for each in (first, second)] == [("stakes", "running")] * 2


async def test_who_is_missing_is_named_before(world: World) -> None:
    await two_groups(world)
    await world.invite("Cleo")
    await choose(world, "Cleo")
    first = (await world.store.read(partial(groups_of_round, round_number=1)))[0]
    await world.change(put_in_group, await number(world, "Cleo"), first)
    await mark_absent(world, "Ali", "2027-03-01")
    await world.change(participant_store.set_stopped, await number(world, "Zoé"), True)
    maya = await facilitator(world)
    await maya.command("facilitate")
    await maya.press("Start: Understand the stakes")
    assert maya.text.splitlines()[1:] == [
        "Absent today: Ali",
        "Not registered here yet: Cleo",
        "I cannot reach \u2068Zoé\u2069",
    ]


async def test_who_reads_in_the_thread_of_the_group_is_reached(world: World) -> None:
    for name, native_id in (("Zoé", "1"), ("Bo", "2")):  # neither may be written to in private there
        await world.join(name, native_id, platform="discord")
    first = await group(world, ["Zoé"])
    await group(world, ["Bo"], theme="civic")  # has no thread yet
    await open_channel(world, first)
    maya = await facilitator(world)
    await maya.command("facilitate")
    await maya.press("Start: Understand the stakes")
    assert maya.text.splitlines()[1:] == ["I cannot reach Bo"]


async def test_a_theme_or_one_group_instead(world: World) -> None:
    first, second = await two_groups(world)
    maya = await facilitator(world)
    await maya.command("facilitate")
    await maya.press("Start: Understand the stakes")
    assert maya.options == (
        "✓ All 2 groups",
        "Education",
        "CivicTech",
        "Education 1",
        "CivicTech 1",
    )
    await maya.pick("CivicTech 1")
    await maya.press("Start")
    assert [await state(world, each) for each in (first, second)] == [("", ""), ("stakes", "running")]
    await maya.command("facilitate")
    assert "“Understand the stakes” is running in 1 group." in maya.text
    await maya.press("Start: Understand the stakes")
    assert "It is already running in 1 group." in maya.text
    await maya.pick("Education")
    await maya.press("Start")
    assert await state(world, first) == ("stakes", "running")


async def test_pressed_twice_or_by_two_it_starts_once(world: World) -> None:
    first, _second = await two_groups(world)
    maya, lou = await facilitator(world), await facilitator(world, "701", name="Lou")
    for chat in (maya, lou):
        await chat.command("facilitate")
        await chat.press("Start: Understand the stakes")
    button = maya.payload("Start")
    await maya.follow(button)
    await wait(world, minutes=2)
    await lou.press("Start")
    assert lou.text.splitlines()[0] == "“Understand the stakes” has been running in 2 groups since 10:00."
    await maya.follow(button)
    assert maya.text.splitlines()[0] == "“Understand the stakes” has been running in 2 groups since 10:00."
    assert await left(world, first) == timedelta(minutes=38)
    zoe = world.chat("100")
    assert len(await pushed(world, zoe)) == 1


async def test_during_another_phase_the_second_is_told(world: World) -> None:
    first, second = await two_groups(world)
    maya = await facilitator(world)
    await maya.command("facilitate")
    await maya.press("Start: Formulate a challenge")
    await started(world, first)  # meanwhile, by somebody else
    await maya.press("Start")
    assert maya.text.splitlines()[:2] == [
        "“Formulate a challenge” has begun in 1 group.",
        "Education 1 is in another phase until 10:40: Understand the stakes. Close that one first.",
    ]
    assert [await state(world, each) for each in (first, second)] == [("stakes", "running"), ("challenge", "running")]


async def test_it_is_asked_which_phase_starts_only_where_none_is_open(world: World) -> None:
    first, _civic = await two_groups(world)
    await world.invite("Dan")
    second = await group(world, ["Dan"], number_=2)
    maya = await facilitator(world)

    async def at_theme() -> list[str]:
        await maya.command("facilitate")
        await maya.press("A theme or a group")
        await maya.pick("Education")
        return maya.text.splitlines()

    assert await at_theme() == ["Education, 2 groups", "No phase is open. Which one starts?"]
    await started(world, first)
    await started(world, second, "challenge")
    assert await at_theme() == ["Education, 2 groups"]
    assert maya.buttons[:2] == ("Manage: Understand the stakes", "Manage: Formulate a challenge")


async def test_a_start_left_lying_about_asks_again(world: World) -> None:
    first, _second = await two_groups(world)
    maya = await facilitator(world)
    await maya.command("facilitate")
    await maya.press("Start: Understand the stakes")
    await wait(world, minutes=11)
    await maya.press("Start")
    assert maya.text.splitlines()[0] == "This button is old. Is that still right?"
    assert await state(world, first) == ("", "")
    await maya.press("Start")
    assert await state(world, first) == ("stakes", "running")


async def test_who_had_a_phase_is_left_out_unless_all_had(world: World) -> None:
    first, second = await two_groups(world)
    await ended(world, await started(world, first))
    maya = await facilitator(world)
    await maya.command("facilitate")
    await maya.press("Start: Understand the stakes")
    assert "1 group has already had this phase." in maya.text
    await maya.press("Start")
    assert [await state(world, each) for each in (first, second)] == [("", ""), ("stakes", "running")]
    run = await world.store.read(partial(open_run_of, group_id=second.id))
    assert run
    await ended(world, run)
    await maya.command("facilitate")
    await maya.press("✓ Again: Understand the stakes")
    assert "They have already had this phase: it starts again, and what they wrote is kept." in maya.text
    await maya.press("Start again in 2 groups")
    assert [await state(world, each) for each in (first, second)] == [("stakes", "running")] * 2


async def test_a_start_is_taken_back_and_whoever_was_told_reads_so(world: World) -> None:
    first, second = await two_groups(world)
    earlier = await ended(world, await started(world, second))
    maya = await facilitator(world)
    await maya.command("facilitate")
    await maya.press("Start: Understand the stakes")
    await maya.press("Start in 1 group")
    undo = maya.payload("Undo this change")
    zoe, ali = world.chat("100"), world.chat("101")
    await arrive(world, zoe)
    await zoe.send("A bus that is a library")
    await maya.follow(undo)
    assert maya.text.splitlines()[0] == "Undone: Started: Understand the stakes, 1 group"
    assert [await state(world, each) for each in (first, second)] == [("", ""), ("", "")]
    assert await run_now(world, earlier) == earlier
    assert (await pushed(world, zoe))[-1].splitlines() == [
        "False alarm: Understand the stakes will begin later.",
        "What you wrote is kept.",
    ]
    assert await fates(world, zoe, ali) == [("waiting", "edit"), ("cancelled", "send")]
    await maya.follow(undo)
    assert maya.text == "Already undone."
    run = await started(world, first)
    assert (await world.store.read(partial(collected, run=run))).ideas == 1


async def test_a_phase_started_once_more_by_mistake_is_over_as_it_was(world: World) -> None:
    first, _second = await two_groups(world)
    before = await ended(world, await started(world, first))
    maya = await manages(world, first)
    await wait(world, minutes=5)
    await maya.press("✓ Again: Understand the stakes")
    await maya.press("Start again in 1 group")
    undo_start = maya.payload("Undo")
    await maya.press("+5 min")
    undo_more = maya.payload("Undo this change")
    await maya.follow(undo_more)
    await maya.press("Back to the phase")
    await world.change(mark_warned, before.id)
    await maya.follow(undo_start)
    assert await run_now(world, before) == before


async def test_closing_says_first_that_nobody_could_vote(world: World) -> None:
    first, second = await two_groups(world)
    await started(world, first)
    await started(world, second)
    await world.chat("100").send("A bus that is a library")
    maya = await facilitator(world)
    await maya.command("facilitate")
    await maya.press("Manage")
    await maya.press("Close the phase")
    assert maya.text.splitlines() == [
        "Understand the stakes: 2 groups",
        "The ideas of 1 group are not revealed: nobody could vote. Close it all the same?",
    ]
    assert maya.buttons == ("Reveal the ideas", "Close all the same", "Back to the phase")
    assert await state(world, first) == ("stakes", "running")
    await maya.press("Close all the same")
    assert maya.text.splitlines() == [
        "Closed: Understand the stakes, 2 groups",
        "Nobody could vote, as the ideas had not been revealed.",
    ]
    await maya.press("Undo this change")
    assert await state(world, first) == ("stakes", "running")


async def manages(world: World, made: Group) -> NeutralChat:
    """A facilitator looking at the phase of a group that is theirs."""
    maya = await facilitator(world, audiences=(f"group:{made.id}",))
    await maya.command("facilitate")
    return maya


async def test_one_group_is_one_screen(world: World) -> None:
    first, _second = await two_groups(world)
    await started(world, first)
    maya = await manages(world, first)
    assert maya.text.splitlines() == [
        "Understand the stakes: Education 1",
        "It ends in 40 minutes, at 10:40.",
        "0 ideas so far. 0 of 2 people have spoken.",
    ]
    assert maya.buttons[:6] == ("My panel", "Reveal the ideas", "+5 min", "Break", "Close the phase", "More…")


async def test_the_big_button_is_what_comes_next(world: World) -> None:
    first, _second = await two_groups(world)
    maya = await manages(world, first)

    def big() -> list[str]:
        assert maya.view
        return [maya.buttons[n] for n, each in enumerate(maya.view.buttons) if each.style == "primary"]

    assert big() == ["Start: Understand the stakes"]
    await maya.press("Start: Understand the stakes")
    assert big() == ["Start in 1 group"]
    await maya.press("Start in 1 group")
    assert big() == ["My panel"]  # nothing to reveal yet
    await world.chat("100").send("A bus that is a library")
    await maya.command("facilitate")
    assert big() == ["Reveal the ideas"]
    assert maya.buttons[0] == "Reveal the ideas"
    await maya.press("Break")
    assert big() == ["Go on"]
    await maya.press("Go on")
    await maya.press("Reveal the ideas")
    assert big() == ["My panel"], "people vote now"
    assert maya.buttons[:2] == ("My panel", "Undo this change")
    assert "Nobody has voted yet." in maya.text
    await wait(world, minutes=36)
    await maya.command("facilitate")
    assert big() == ["Close the phase"], "a few minutes are left"
    await maya.press("Close the phase")
    assert big() == ["Start: Formulate a challenge"]
    await maya.follow(RunPhases(first.id).encode())
    assert maya.buttons[3:5] == ("What they keep", "The wall")
    assert maya.buttons[-1] == "✓ Again: Understand the stakes"
    await maya.press("What they keep")
    assert maya.text.splitlines()[0] == "Our takeaways · Understand the stakes"


async def test_the_phase_is_to_be_closed_once_all_have_voted(world: World) -> None:
    first, _second = await two_groups(world)
    maya, run = await manages(world, first), await started(world, first)
    bus = await world.change(add_idea, await number(world, "Zoé"), first.id, "stakes", "A bus", START, stems="")
    await revealed(world, run)
    for name, big in (("Zoé", "My panel"), ("Ali", "Close the phase")):
        await voted(world, first, name, bus, phase="stakes")
        await maya.command("facilitate")
        assert maya.view
        assert maya.buttons[0] == big
        assert [each.style for each in maya.view.buttons].count("primary") == 1


async def test_after_a_phase_comes_the_one_after_it_also_where_a_group_never_had_an_earlier_one(world: World) -> None:
    _first, second = await two_groups(world)
    await started(world, second, "challenge")
    maya = await facilitator(world)
    await maya.follow("wrm-challenge-a")
    await maya.press("Close the phase")
    assert maya.buttons[:2] == ("Start: Imagine solutions", "Undo this change")


async def test_five_minutes_more_and_taken_back(world: World) -> None:
    first, _second = await two_groups(world)
    await started(world, first)
    maya = await manages(world, first)
    await maya.press("+5 min")
    assert maya.text.splitlines()[0] == "Five more minutes: Understand the stakes, Education 1"
    assert await left(world, first) == timedelta(minutes=45)
    await maya.press("Undo")
    assert maya.text.startswith("Undone: Five more minutes")
    assert await left(world, first) == timedelta(minutes=40)
    await maya.press("Back to the phase")
    await maya.press("+5 min")
    await maya.press("+5 min")
    assert await left(world, first) == timedelta(minutes=50)


async def test_two_who_see_the_same_give_five_minutes_once(world: World) -> None:
    first, _second = await two_groups(world)
    await started(world, first)
    maya = await manages(world, first)
    lou = await facilitator(world, "701", (f"group:{first.id}",), name="Lou")
    await lou.command("facilitate")
    await maya.press("+5 min")
    await lou.press("+5 min")
    assert lou.text.splitlines()[0] == "This has changed in the meantime, so I did nothing more. Here is how it is now."
    assert await left(world, first) == timedelta(minutes=45)


async def test_a_break_and_on(world: World) -> None:
    first, _second = await two_groups(world)
    await started(world, first)
    maya = await manages(world, first)
    await maya.press("Break")
    assert "A break. 40 minutes will be left when it goes on." in maya.text
    await wait(world, minutes=15)
    assert await state(world, first) == ("stakes", "paused")
    await maya.press("Go on")
    assert await left(world, first) == timedelta(minutes=40)
    await maya.press("Undo")
    assert await state(world, first) == ("stakes", "paused")


async def test_closed_too_early_it_goes_on_with_the_time_left(world: World) -> None:
    first, _second = await two_groups(world)
    await started(world, first)
    maya = await manages(world, first)
    await wait(world, minutes=10)
    await maya.press("Close the phase")
    assert maya.text == "Closed: Understand the stakes, Education 1"
    assert await state(world, first) == ("", "")
    await wait(world, minutes=3)
    await maya.press("Undo")
    assert await left(world, first) == timedelta(minutes=30)
    assert (await pushed(world, world.chat("100")))[-1].startswith("Understand the stakes: ends at 10:43")


async def test_what_was_closed_stays_so_once_another_began(world: World) -> None:
    first, _second = await two_groups(world)
    await started(world, first)
    maya = await manages(world, first)
    await maya.press("Close the phase")
    undo = maya.payload("Undo")
    await started(world, first, "challenge")
    await maya.follow(undo)
    assert maya.text.startswith("This was changed again since, so nothing was undone.")
    assert await state(world, first) == ("challenge", "running")


async def test_revealed_and_hidden_again(world: World) -> None:
    first, _second = await two_groups(world)
    run = await started(world, first)
    maya = await manages(world, first)
    await maya.press("Reveal the ideas")
    assert "Reveal the ideas" not in maya.buttons
    assert "sees each idea as it arrives" in (await pushed(world, world.chat("100")))[-1]
    await maya.press("Undo")
    found = await world.store.read(partial(find_run, run_id=run.id))
    assert found
    assert not found.revealed
    assert (await pushed(world, world.chat("100")))[-1].splitlines()[1] == "Instruction: Understand the stakes"


async def test_all_groups_at_once_each_with_its_own_end(world: World) -> None:
    first, second = await two_groups(world)
    await started(world, first)
    await started(world, second, minutes=45)
    maya = await facilitator(world)
    await maya.command("facilitate")
    await maya.press("Manage: Understand the stakes")
    assert maya.text.splitlines() == ["Understand the stakes: 2 groups", "They end between 10:40 and 10:45."]
    await maya.press("+5 min")
    assert [await left(world, each) for each in (first, second)] == [timedelta(minutes=45), timedelta(minutes=50)]
    await maya.press("Close the phase")
    undo = maya.payload("Undo")
    await started(world, second, "challenge")
    await maya.follow(undo)
    assert "1 group was changed since, and stays as it is." in maya.text
    assert [await state(world, each) for each in (first, second)] == [("stakes", "running"), ("challenge", "running")]


async def test_only_ones_own_groups(world: World) -> None:
    first, second = await two_groups(world)
    await started(world, second)
    maya = await facilitator(world, audiences=("theme:school",))
    ines = await world.organiser()
    await ines.command("facilitate")
    await ines.press("Manage: Understand the stakes")
    foreign = ines.payload("+5 min")
    await maya.command("facilitate")
    assert maya.text.splitlines()[0] == "Education 1"
    await ines.command("facilitate")
    await ines.press("A theme or a group")
    await ines.pick("CivicTech 1")
    await maya.follow(ines.payload("+5 min"))
    assert maya.text.startswith("Someone else runs the workshops of this group.")
    await maya.follow(foreign)  # «all of mine» means hers
    assert await left(world, second) == timedelta(minutes=40)
    assert await state(world, first) == ("", "")


async def test_nobody_else_runs_anything(world: World) -> None:
    first, _second = await two_groups(world)
    run = await started(world, first)
    maya = await manages(world, first)
    zoe = world.chat("100")
    await zoe.follow(maya.payload("Close the phase"))
    await zoe.command("facilitate")
    assert "Start" not in " ".join(zoe.buttons)
    found = await world.store.read(partial(find_run, run_id=run.id))
    assert found
    assert found.open


async def test_before_groups_are_published_there_is_nothing_to_run(world: World) -> None:
    await crowd(world, "Zoé")
    await group(world, ["Zoé"])
    maya = await facilitator(world)
    await maya.command("facilitate")
    assert maya.text == "You are not running any group today. A question? Write to the team with /team."
    ines = await world.organiser()
    await ines.command("facilitate")
    assert ines.text == "The groups are not published yet."


async def test_once_the_gathering_is_over_who_would_start_a_phase_reads_so(world: World) -> None:
    await two_groups(world)
    await world.clock.advance(world.settings.gathering.ends - world.settings.gathering.starts + timedelta(days=1))
    ines = await world.organiser()
    await ines.command("facilitate")
    assert ines.text.splitlines() == ["The gathering is over.", "Which phase? (2 groups)"]


async def test_a_change_after_the_end_says_that_it_is_over(world: World) -> None:
    first, _second = await two_groups(world)
    run = await started(world, first)
    maya = await manages(world, first)
    await ended(world, run)
    await maya.press("+5 min")
    assert maya.text.splitlines() == [
        "This has changed in the meantime, so I did nothing more. Here is how it is now.",
        "Understand the stakes is not open in any of these groups.",
    ]


async def test_a_made_up_group_is_nobodys(world: World) -> None:
    await two_groups(world)
    maya = await facilitator(world)
    for word in ("g_99999999999999999999999", "g_999999", "g_", "g_x", "t_x", "x"):
        await maya.follow(f"wrr-stakes-{word}")
        assert maya.text.startswith("That button has aged."), word


async def test_a_phase_started_anew_during_another_is_refused_in_words(world: World) -> None:
    first, _second = await two_groups(world)
    await ended(world, await started(world, first))
    maya = await facilitator(world, audiences=(f"group:{first.id}",))
    await maya.command("facilitate")
    await maya.press("✓ Again: Understand the stakes")
    await started(world, first, "challenge")
    await maya.press("Start")
    assert maya.text == ("Education 1 is in another phase until 10:30: Formulate a challenge. Close that one first.")


async def test_without_groups_there_is_nothing_to_choose_a_phase_for(world: World) -> None:
    maya = await facilitator(world)
    for payload in ("wrl-stakes", "wrl-"):
        await maya.follow(payload)
        assert maya.options == ()
    await two_groups(world)
    await maya.follow("wrl-stakes")
    assert maya.options[0] == "All 2 groups"
