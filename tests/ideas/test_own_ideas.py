"""One's own ideas: read again, changed, taken back, signed or not, and taken along to another group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot.conversation.incoming import Picked, Pressed
from handlers.groups.model import Group
from handlers.groups.store.groups import find_group, remove_group
from handlers.groups.store.rounds import mark_round_published
from handlers.ideas.actions import WithdrawIdea
from handlers.ideas.participant.own import categorise, my_idea
from handlers.ideas.store.moderation import merge_into
from handlers.ideas.store.votes import cast_votes
from handlers.workshops.actions import BuildOn, MyIdeas
from handlers.workshops.model import PhaseRun
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import choose, crowd, group, mark_published, regroup
from tests.ideas.builders import ideas_of, votes_by_idea
from tests.outbox import press_push, pushed
from tests.participants import number
from tests.workshops.builders import PHASES, ended, facilitator, revealed, started
from tests.world import World, make_settings, open_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, make_settings(phases=PHASES)) as world:
        yield world


async def working(world: World, key: str = "solutions") -> tuple[NeutralChat, PhaseRun]:
    """Zoé, whose group (with Max) is in a phase."""
    chats = await crowd(world, "Zoé", "Max")
    return chats["Zoé"], await started(world, await group(world, ["Zoé", "Max"]), key)


async def open_mine(chat: NeutralChat, run: PhaseRun) -> None:
    await chat.follow(MyIdeas(run.id).encode())


async def test_a_list_of_one_s_own_ideas_a_page_at_a_time(world: World) -> None:
    zoe, run = await working(world)
    await open_mine(zoe, run)
    assert (zoe.text, zoe.buttons) == (
        "You have not given an idea in this phase yet.",
        ("Give an idea", "My phase"),
    )
    for count in range(12):
        await zoe.send(f"A garden for schools {count}")
    await open_mine(zoe, run)
    assert zoe.text.startswith("Imagine solutions\nA garden for schools 0\nyours\nA garden for schools 1\nyours")
    assert zoe.options == tuple(f"A garden for schools {count}" for count in range(10))
    assert zoe.buttons == ("Next ▶", "Give an idea", "My phase")
    await zoe.press("Next")
    assert zoe.options == ("A garden for schools 10", "A garden for schools 11")
    assert zoe.buttons == ("◀ Previous", "Give an idea", "My phase")


@pytest.mark.parametrize("modal", [False, True])
async def test_an_idea_is_changed_in_a_form(world: World, modal: bool) -> None:
    zoe, run = await working(world)
    await zoe.send("A shared kitchen")
    zoe.modal = modal
    await open_mine(zoe, run)
    await zoe.open(1)
    assert zoe.text == "A shared kitchen\nyours"
    assert zoe.buttons == ("Change it", "Withdraw", "Without my name", "More…")
    await zoe.press("Change it")
    await zoe.fill("A kitchen for everyone")
    assert zoe.text == "Changed.\nA kitchen for everyone\nyours"


async def test_an_idea_is_taken_back_and_brought_back(world: World) -> None:
    zoe, run = await working(world)
    await zoe.send("A shared kitchen")
    await open_mine(zoe, run)
    await zoe.open(1)
    await zoe.press("Withdraw")
    assert zoe.text == "A shared kitchen\nyours · withdrawn"
    assert zoe.buttons == ("Bring it back", "My ideas")
    assert [idea.counts for idea in await ideas_of(world, "Zoé")] == [False]
    await zoe.press("Bring it back")
    assert zoe.text == "A shared kitchen\nyours"
    assert [idea.state for idea in await ideas_of(world, "Zoé")] == ["live"]


async def test_a_message_changed_after_its_idea_was_taken_back_says_so(world: World) -> None:
    zoe, run = await working(world)
    message = await zoe.send("A shared kitchen")
    await open_mine(zoe, run)
    await zoe.open(1)
    await zoe.press("Withdraw")
    await zoe.edit(message, "Another kitchen")
    assert zoe.text == "You withdrew this idea, so it stays as it was."
    await zoe.press("Bring it back")
    assert zoe.text == "A shared kitchen\nyours"


async def test_what_was_merged_into_an_idea_that_is_taken_back_stands_again(world: World) -> None:
    zoe, _run = await working(world)
    await zoe.send("A shared kitchen")
    await zoe.send("A kitchen for all")
    kitchen, other = await ideas_of(world, "Zoé")
    await world.change(merge_into, [other.id], kitchen.id)
    await zoe.act(Picked(my_idea.to().encode(), (str(other.id),)))
    assert zoe.text == "A kitchen for all\nyours · merged with a similar one"
    await zoe.follow(WithdrawIdea(kitchen.id).encode())
    assert [idea.counts for idea in await ideas_of(world, "Zoé")] == [False, True]


async def test_the_name_is_the_author_s_choice_at_any_time(world: World) -> None:
    zoe, run = await working(world)
    await zoe.send("A shared kitchen")
    await zoe.press("Without my name")
    assert zoe.text == "A shared kitchen\nyours, unnamed"
    await ended(world, run)
    await zoe.press("With my first name")
    assert [idea.anonymous for idea in await ideas_of(world, "Zoé")] == [False]
    assert zoe.buttons == ("Withdraw", "Without my name", "This is not an idea", "My ideas")


async def test_a_fact_turns_out_to_be_a_need(world: World) -> None:
    zoe, run = await working(world, "stakes")
    await zoe.send("The villages need a shared kitchen")
    await open_mine(zoe, run)
    await zoe.open(1)
    assert zoe.options == ("✓ An observation", "A need", "It exists")
    await zoe.pick("A need")
    assert [idea.category for idea in await ideas_of(world, "Zoé", "stakes")] == ["need"]
    [idea] = await ideas_of(world, "Zoé", "stakes")
    await zoe.act(Picked(categorise.to(idea.id).encode(), ("nonsense",)))
    assert [each.category for each in await ideas_of(world, "Zoé", "stakes")] == ["need"]


async def test_links_between_ideas_are_shown(world: World) -> None:
    zoe, run = await working(world)
    await zoe.send("A shared kitchen")
    await revealed(world, run)
    [kitchen] = await ideas_of(world, "Zoé")
    await zoe.follow(BuildOn(kitchen.id).encode())
    await zoe.fill("With recipes from everywhere")
    await open_mine(zoe, run)
    assert zoe.text.endswith("\nWith recipes from everywhere\nyours · builds on “A shared kitchen”")
    await zoe.open(1)
    assert zoe.text.endswith("1 idea builds on it.")


async def test_nobody_changes_the_ideas_of_others(world: World) -> None:
    zoe, _run = await working(world)
    await zoe.send("A shared kitchen")
    [kitchen] = await ideas_of(world, "Zoé")
    max_ = world.chat("101")
    for content in (Picked(my_idea.to().encode(), (str(kitchen.id),)), Pressed(WithdrawIdea(kitchen.id).encode())):
        await max_.act(content)
        assert "That button has aged." in max_.text
    assert [idea.state for idea in await ideas_of(world, "Zoé")] == ["live"]


async def test_after_the_end_an_idea_stays_as_it_was(world: World) -> None:
    zoe, run = await working(world)
    await zoe.send("A shared kitchen")
    await open_mine(zoe, run)
    await zoe.open(1)
    change = zoe.payload("Change it")
    await ended(world, run)
    zoe.modal = True
    await zoe.follow(change)
    assert zoe.text == "This phase is finished: your idea stays as it was."


async def test_who_is_moved_takes_their_ideas_along_if_they_say_so(world: World) -> None:
    chats = await crowd(world, "Zoé", "Max", "Lea")
    first, second = await group(world, ["Zoé", "Max"]), await group(world, ["Lea"], number_=2)
    await started(world, first, "solutions")
    await started(world, second, "solutions")
    await chats["Zoé"].send("A shared kitchen")
    [kitchen] = await ideas_of(world, "Zoé")
    await mark_published(world)
    await world.change(cast_votes, await number(world, "Max"), first.id, "solutions", [kitchen.id])
    assert await world.read(votes_by_idea, first.id, "solutions") == {kitchen.id: 1}
    await regroup(world, "Zoé", second)
    assert [idea.group_id for idea in await ideas_of(world, "Zoé")] == [first.id]
    await press_push(world, chats["Zoé"], "Take my ideas with me")
    assert chats["Zoé"].text == "1 idea is with your group now."
    assert [idea.group_id for idea in await ideas_of(world, "Zoé")] == [second.id]
    for group_id in (first.id, second.id):
        assert await world.read(votes_by_idea, group_id, "solutions") == {}
    await press_push(world, chats["Zoé"], "Take my ideas with me")
    assert chats["Zoé"].text == "Your ideas are with your group already."


async def test_who_leaves_nothing_behind_is_offered_nothing(world: World) -> None:
    chats = await crowd(world, "Zoé", "Max")
    await group(world, ["Max"])
    target = await group(world, ["Zoé"], number_=2)
    await world.store.transact(partial(mark_round_published, number=1, now=world.clock.now()))
    await regroup(world, "Max", target)
    assert "You are now in another group." in (await pushed(world, chats["Max"]))[-1].splitlines()
    with pytest.raises(AssertionError, match="no button"):
        await press_push(world, chats["Max"], "Take my ideas with me")


async def test_ideas_of_a_group_that_is_dissolved_can_be_taken_to_the_next(world: World) -> None:
    zoe, run = await working(world)
    await zoe.send("A shared kitchen")
    await choose(world, "Max")
    await world.store.transact(partial(remove_group, group_id=run.group_id))
    other = await group(world, ["Zoé", "Max"], number_=2)
    await started(world, other, "solutions")
    await zoe.follow(MyIdeas(0).encode())
    await zoe.press("Take my ideas with me")
    assert [(idea.group_id, idea.state) for idea in await ideas_of(world, "Zoé")] == [(other.id, "live")]


async def test_an_idea_taken_back_is_changed_by_no_old_button(world: World) -> None:
    zoe, run = await working(world)
    await zoe.send("A shared kitchen")
    await open_mine(zoe, run)
    await zoe.open(1)
    change = zoe.payload("Change it")
    await ended(world, run)
    await zoe.press("Withdraw")
    zoe.modal = True
    await zoe.follow(change)
    assert zoe.text == "You withdrew this idea, so it stays as it was."
    assert zoe.buttons == ("Bring it back",)


async def test_the_line_of_a_photo_may_come_after_the_end(world: World) -> None:
    zoe, run = await working(world)
    sheet = await zoe.send_photo(b"\xff\xd8\xffsheet")
    await ended(world, run)
    await started(world, await in_group(world, run), "territories")
    await open_mine(zoe, run)
    await zoe.open(1)
    await zoe.press("Change it")
    await zoe.fill("A shared kitchen")
    assert [idea.text for idea in await ideas_of(world, "Zoé")] == ["A shared kitchen"]
    await zoe.edit(sheet, "A garden")
    assert zoe.text == "This phase is finished: your idea stays as it was."


async def in_group(world: World, run: PhaseRun) -> Group:
    """The group that lived a phase."""
    found = await world.store.read(partial(find_group, group_id=run.group_id))
    assert found is not None
    return found


async def test_a_phase_that_runs_again_takes_what_came_after_its_end(world: World) -> None:
    zoe, run = await working(world)
    facilitates = await facilitator(world)
    await ended(world, run)
    await zoe.send("A shared kitchen")
    send = zoe.payload("Send to the facilitator")
    told = await pushed(world, facilitates)
    await started(world, await in_group(world, run), "solutions")
    await zoe.follow(send)
    assert zoe.text.splitlines()[:2] == [
        "This phase is running again: your idea has joined the others.",
        "A shared kitchen",
    ]
    assert [idea.state for idea in await ideas_of(world, "Zoé")] == ["live"]
    assert await pushed(world, facilitates) == told
