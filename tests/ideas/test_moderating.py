"""Hiding, merging, what came late: by who runs the group alone, undone as it was, whole whoever was faster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

import pytest

from bot.conversation.incoming import Picked
from bot.membership.erasure import erase
from handlers.groups.model import Group
from handlers.ideas.actions import WithdrawIdea
from handlers.ideas.facilitator import into_idea, set_aside
from handlers.ideas.store.ideas import ideas_of_group
from handlers.ideas.store.votes import most_voted_of_group
from handlers.workshops.actions import HideIdea, MergeIdea, OpenIdea, ShowWall
from handlers.workshops.model import Idea, IdeaState, PhaseRun
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group
from tests.ideas.builders import hidden, idea, lines, merged, state, tally, voted
from tests.outbox import look_at_push, press_push, pushed
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.workshops.builders import PHASES, ended, facilitator, revealed, started, wait
from tests.world import DECLARED, World, make_settings, open_world

SETTINGS = make_settings(organisers={"telegram": [900]}, phases=PHASES)


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        yield world


@dataclass
class Workshop:
    """Ana and Bo in a group; Inès and Omar facilitate everyone."""

    ana: NeutralChat
    bo: NeutralChat
    ines: NeutralChat
    omar: NeutralChat
    group: Group
    run: PhaseRun


@pytest.fixture
async def workshop(world: World) -> Workshop:
    people = await crowd(world, "Ana", "Bo")
    made = await group(world, ["Ana", "Bo"])
    run = await revealed(world, await started(world, made, "solutions"))
    ines, omar = await facilitator(world, "700"), await facilitator(world, "701", name="Omar")
    return Workshop(people["Ana"], people["Bo"], ines, omar, made, run)


async def put(chat: NeutralChat, one: Idea, other: Idea) -> None:
    """Merge one idea into another."""
    await chat.follow(MergeIdea(one.id).encode())
    await chat.pick(other.text)


async def standing(world: World, workshop: Workshop) -> list[str]:
    """The ideas on the group's wall, oldest first."""
    found = await world.store.read(partial(ideas_of_group, group_id=workshop.group.id, phase="solutions"))
    return [each.text for each in found]


async def test_a_hidden_idea_is_gone_with_its_votes_and_comes_back_whole(world: World, workshop: Workshop) -> None:
    bike, like = [await idea(world, workshop.group, "Ana", text) for text in ("Vélo", "Vélos")]
    await merged(world, like, bike)
    await voted(world, workshop.group, "Bo", bike)
    ines = workshop.ines
    before = await pushed(world, workshop.ana)
    await ines.follow(OpenIdea(bike.id).encode())
    await ines.press("Hide")
    assert lines(ines) == [
        "“Vélo” is hidden",
        "It no longer appears on the wall, in votes or in exports. Nobody was told.",
    ]
    assert await standing(world, workshop) == []
    assert await tally(world, workshop.group) == {}
    assert await pushed(world, workshop.ana) == before
    await workshop.bo.follow(OpenIdea(bike.id).encode())
    assert "Vélo" not in workshop.bo.text
    await workshop.ana.follow(OpenIdea(bike.id).encode())
    assert lines(workshop.ana)[0] == "Vélo", "its author keeps it"
    await workshop.omar.follow(HideIdea(bike.id).encode())
    assert workshop.omar.toast == "Already done."
    await ines.press("Undo")
    assert words(ines.text) == "Undone: “Vélo” is hidden"
    assert await standing(world, workshop) == ["Vélo"]
    assert await tally(world, workshop.group) == {"Vélo": 1}


async def test_what_is_hidden_is_found_again_when_it_is_too_late_to_undo(world: World, workshop: Workshop) -> None:
    bike = await idea(world, workshop.group, "Ana", "Vélo")
    ines = workshop.ines
    await ines.follow(HideIdea(bike.id).encode())
    undo = ines.payload("Undo")
    await wait(world, minutes=11)
    await ines.follow(undo)
    assert "ten minutes" in ines.text
    await ines.follow(ShowWall(workshop.run.id).encode())
    await ines.press("Set aside: 1")
    assert lines(ines) == [
        "Set aside in Imagine solutions, Education 1",
        "Arrived late: 0. Hidden: 1.",
        "Vélo",
        "Ana",
    ]
    await ines.open(1)
    assert "Hidden: only facilitators can read it." in ines.text
    await ines.press("Show it again")
    assert await standing(world, workshop) == ["Vélo"]
    await ines.press("Undo")
    assert await standing(world, workshop) == []
    await ines.follow(set_aside.to(workshop.run.id).encode())
    await workshop.omar.follow(OpenIdea(bike.id).encode())
    await workshop.omar.press("Show it again")
    await ines.open(1)
    assert "Hide" in ines.buttons


@on_one_engine
async def test_an_undo_that_someone_overtook_says_so(world: World, workshop: Workshop) -> None:
    bike = await idea(world, workshop.group, "Ana", "Vélo")
    await workshop.ines.follow(HideIdea(bike.id).encode())
    undo = workshop.ines.payload("Undo")
    await workshop.omar.follow(OpenIdea(bike.id).encode())
    await workshop.omar.press("Show it again")
    await workshop.ines.follow(undo)
    assert "Not undone, because" in workshop.ines.text
    assert await standing(world, workshop) == ["Vélo"]


@on_one_engine
async def test_only_who_runs_the_group_touches_its_ideas(world: World, workshop: Workshop) -> None:
    bike, walk = [await idea(world, workshop.group, "Ana", text) for text in ("Vélo", "Marche")]
    elsewhere = await group(world, [], theme="civic")
    stranger = await facilitator(world, "702", (f"group:{elsewhere.id}",), name="Lou")
    for chat in (stranger, workshop.bo):
        for action in (HideIdea(bike.id), MergeIdea(bike.id), set_aside.to(workshop.run.id)):
            await chat.follow(action.encode())
        await chat.act(Picked(into_idea.to(bike.id).encode(), (str(walk.id),)))
    assert await standing(world, workshop) == ["Vélo", "Marche"]


async def test_two_ideas_become_one_and_two_again(world: World, workshop: Workshop) -> None:
    bike, lend, walk = [
        await idea(world, workshop.group, "Ana", text)
        for text in ("Des vélos pour tous", "Prêter un vélo à tous", "Marcher ensemble")
    ]
    await voted(world, workshop.group, "Ana", bike, lend)
    await voted(world, workshop.group, "Bo", lend)
    ines = workshop.ines
    await ines.follow(OpenIdea(lend.id).encode())
    await ines.press("Merge")
    assert lines(ines) == [
        "Which idea should “Prêter un vélo à tous” be merged with?",
        "Its votes will count there, once per person.",
    ]
    assert ines.options == ("Des vélos pour tous", "Marcher ensemble"), "the likest first"
    await ines.pick("Des vélos")
    assert lines(ines)[0] == "“Prêter un vélo à tous” is now part of “Des vélos pour tous”"
    assert await standing(world, workshop) == ["Des vélos pour tous", "Marcher ensemble"]
    assert await tally(world, workshop.group) == {"Des vélos pour tous": 2}
    await ines.press("Undo")
    assert await standing(world, workshop) == ["Des vélos pour tous", "Prêter un vélo à tous", "Marcher ensemble"]
    assert await tally(world, workshop.group) == {"Des vélos pour tous": 1, "Prêter un vélo à tous": 2}
    assert walk.id > lend.id


async def test_a_chain_of_merges_is_one_idea_and_is_taken_apart_link_by_link(world: World, workshop: Workshop) -> None:
    one, two, three = [await idea(world, workshop.group, "Ana", text) for text in ("Un", "Deux", "Trois")]
    for name, chosen in (("Ana", one), ("Bo", two)):
        await voted(world, workshop.group, name, chosen)
    await put(workshop.ines, one, two)
    first = workshop.ines.payload("Undo")
    await put(workshop.omar, two, three)
    second = workshop.omar.payload("Undo")
    assert await standing(world, workshop) == ["Trois"]
    assert await tally(world, workshop.group) == {"Trois": 2}
    await workshop.ines.follow(first)
    assert "nothing was undone" in workshop.ines.text
    await workshop.omar.follow(second)
    assert await standing(world, workshop) == ["Deux", "Trois"]
    assert (await state(world, one)).merged_into == two.id
    assert await tally(world, workshop.group) == {"Deux": 2}
    await workshop.ines.follow(first)
    assert await standing(world, workshop) == ["Un", "Deux", "Trois"]


@on_one_engine
async def test_an_idea_goes_into_any_of_many_twenty_five_at_a_time(world: World, workshop: Workshop) -> None:
    one = await idea(world, workshop.group, "Ana", "Une")
    for place in range(1, 28):
        await idea(world, workshop.group, "Bo", f"Idée {place}")
    ines = workshop.ines
    await ines.follow(MergeIdea(one.id).encode())
    first = ines.options
    assert len(first) == 25
    assert ines.buttons == ("Next ▶", "Back to the idea")
    await ines.press("Next ▶")
    assert sorted((*first, *ines.options)) == sorted(f"Idée {place}" for place in range(1, 28))
    assert ines.buttons == ("◀ Previous", "Back to the idea")
    await ines.press("◀ Previous")
    assert ines.options == first
    await ines.follow(MergeIdea(one.id, 999).encode())  # there were more ideas when the button was made
    assert len(ines.options) == 1
    assert ines.buttons == ("◀ Previous", "Back to the idea")


async def test_each_merged_into_the_other_at_once_leaves_one_of_them(world: World, workshop: Workshop) -> None:
    one, two = [await idea(world, workshop.group, "Ana", text) for text in ("Un", "Deux")]
    await asyncio.gather(
        workshop.ines.act(Picked(into_idea.to(one.id).encode(), (str(two.id),))),
        workshop.omar.act(Picked(into_idea.to(two.id).encode(), (str(one.id),))),
    )
    assert len(await standing(world, workshop)) == 1
    said = sorted(words(chat.text).splitlines()[0] for chat in (workshop.ines, workshop.omar))
    assert said[0] == "These two are already merged."
    assert said[1] in ("“Un” is now part of “Deux”", "“Deux” is now part of “Un”")


async def test_who_merges_into_what_went_elsewhere_meanwhile_reaches_the_whole(
    world: World, workshop: Workshop
) -> None:
    one, two, three = [await idea(world, workshop.group, "Ana", text) for text in ("Un", "Deux", "Trois")]
    await workshop.omar.follow(MergeIdea(three.id).encode())
    await put(workshop.ines, one, two)
    await workshop.omar.pick("Un")
    assert lines(workshop.omar)[0] == "“Trois” is now part of “Deux”"
    await workshop.ines.act(Picked(into_idea.to(three.id).encode(), (str(two.id),)))
    assert "It has been merged with another idea in the meantime, so nothing was changed." in workshop.ines.text
    assert await standing(world, workshop) == ["Deux"]


async def test_an_idea_goes_into_none_that_is_hidden_or_of_another_group(world: World, workshop: Workshop) -> None:
    one, two = [await idea(world, workshop.group, "Ana", text) for text in ("Un", "Deux")]
    other = await group(world, [], number_=2)
    far = await idea(world, other, "Bo", "Loin")
    await workshop.ines.follow(MergeIdea(one.id).encode())
    assert workshop.ines.options == ("Deux",)
    await hidden(world, two)
    await workshop.ines.pick("Deux")
    assert "That idea has been hidden or withdrawn in the meantime, so nothing was changed." in workshop.ines.text
    await workshop.ines.act(Picked(into_idea.to(one.id).encode(), (str(far.id),)))
    assert (await state(world, one)).merged_into is None
    await workshop.ines.follow(MergeIdea(one.id).encode())
    assert workshop.ines.text == "There is no other idea yet to merge it with."


@on_one_engine
async def test_merged_ideas_are_separated_by_hand_and_that_is_undone_too(world: World, workshop: Workshop) -> None:
    one, two = [await idea(world, workshop.group, "Ana", text) for text in ("Un", "Deux")]
    await merged(world, one, two)
    ines = workshop.ines
    await ines.follow(OpenIdea(two.id).encode())
    await ines.press("Separate them")
    assert lines(ines)[0] == "1 idea is separate from “Deux” again"
    assert await standing(world, workshop) == ["Un", "Deux"]
    await ines.press("Undo")
    assert await standing(world, workshop) == ["Deux"]


async def test_a_late_idea_is_taken_in_and_its_author_told(world: World, workshop: Workshop) -> None:
    await ended(world, workshop.run)
    late = await idea(world, workshop.group, "Ana", "Trop tard", state="offered")
    ines = workshop.ines
    await ines.follow(ShowWall(workshop.run.id).encode())
    await ines.press("Set aside: 1")
    assert lines(ines)[1] == "Arrived late: 1. Hidden: 0."
    await ines.open(1)
    assert "It arrived after the phase ended." in ines.text
    await ines.press("Add it to the wall")
    assert await standing(world, workshop) == ["Trop tard"]
    assert words((await pushed(world, workshop.ana))[-1]) == "Your late idea is on the wall: “Trop tard”"
    await ines.press("Undo")
    assert (await state(world, late)).state == "offered"
    assert words((await pushed(world, workshop.ana))[-1]) == "Your late idea is back with the facilitator: “Trop tard”"
    await workshop.omar.follow(OpenIdea(late.id).encode())
    leave = workshop.omar.payload("Leave it out")
    await workshop.omar.follow(leave)
    assert lines(workshop.omar)[0] == "“Trop tard” is left out; its author keeps it"
    assert (await state(world, late)).state == "late"
    await workshop.ines.follow(leave)
    assert workshop.ines.toast == "Already done."


@on_one_engine
async def test_who_facilitates_is_told_of_a_late_idea_and_decides_there(world: World, workshop: Workshop) -> None:
    await ended(world, workshop.run)
    await workshop.ana.send("Une cuisine partagée")
    await workshop.ana.press("Send to the facilitator")
    for chat in (workshop.ines, workshop.omar):
        assert (
            words((await pushed(world, chat))[-1])
            == "An idea arrived after the end, in Education 1:\nUne cuisine partagée"
        )
    await look_at_push(world, workshop.omar)
    await press_push(world, workshop.ines, "Add it to the wall")
    assert await standing(world, workshop) == ["Une cuisine partagée"]
    assert words((await pushed(world, workshop.omar))[-1]).endswith("This has already been decided.")
    await workshop.omar.press("Leave it out")
    assert workshop.omar.toast == "Already done."
    assert await standing(world, workshop) == ["Une cuisine partagée"]


@on_one_engine
async def test_a_late_idea_reaches_the_organisers_where_nobody_facilitates(world: World) -> None:
    team = await world.organiser()
    ana = (await crowd(world, "Ana"))["Ana"]
    run = await started(world, await group(world, ["Ana"]), "solutions")
    await ended(world, run)
    await ana.send("Une cuisine partagée")
    await ana.press("Send to the facilitator")
    await press_push(world, team, "Add it to the wall")
    assert lines(team)[0] == "“Une cuisine partagée” is added to the wall"


@on_one_engine
async def test_the_best_of_a_phase_knows_what_was_merged_and_hidden(world: World, workshop: Workshop) -> None:
    one, two, three = [await idea(world, workshop.group, "Ana", text) for text in ("Un", "Deux", "Trois")]
    await voted(world, workshop.group, "Bo", three)
    await put(workshop.ines, three, two)
    await workshop.ines.follow(HideIdea(one.id).encode())
    best = await world.store.read(partial(most_voted_of_group, group_id=workshop.group.id, phase="solutions"))
    assert [(each.text, count) for each, count in best] == [("Deux", 1)]


@on_one_engine
async def test_who_is_forgotten_leaves_no_words_in_what_can_be_undone(world: World, workshop: Workshop) -> None:
    mine = await idea(world, workshop.group, "Ana", "Un secret bien gardé")
    theirs = await idea(world, workshop.group, "Bo", "Autre chose")
    await put(workshop.ines, theirs, mine)
    await put(workshop.omar, mine, await idea(world, workshop.group, "Bo", "Une troisième"))
    entry = max((await stored_rows(world.store))["journal"], key=itemgetter("id"))
    assert f'["quote", "idea", "{mine.id}.led"' in entry["what"]
    ana = await number(world, "Ana")
    await world.store.transact(
        partial(erase, declared=DECLARED, participant_id=ana, now=world.clock.now(), texts=True, files=world.files)
    )
    [entry] = (await stored_rows(world.store))["journal"]
    assert f'"{mine.id}.led"' not in entry["what"]


@on_one_engine
async def test_separating_is_not_undone_once_another_idea_went_into_one_of_them(
    world: World, workshop: Workshop
) -> None:
    one, two, three = [await idea(world, workshop.group, "Ana", text) for text in ("Un", "Deux", "Trois")]
    await merged(world, one, two)
    ines = workshop.ines
    await ines.follow(OpenIdea(two.id).encode())
    await ines.press("Separate them")
    undo = ines.payload("Undo")
    await put(ines, three, one)
    await ines.follow(undo)
    assert "so nothing was undone" in ines.text
    assert await standing(world, workshop) == ["Un", "Deux"]


@on_one_engine
async def test_a_merge_is_not_undone_once_its_author_took_the_idea_back(world: World, workshop: Workshop) -> None:
    one, two, three = [await idea(world, workshop.group, "Ana", text) for text in ("Un", "Deux", "Trois")]
    await merged(world, one, two)
    ines = workshop.ines
    await put(ines, two, three)
    undo = ines.payload("Undo")
    await workshop.ana.follow(WithdrawIdea(two.id).encode())
    await ines.follow(undo)
    assert "so nothing was undone" in ines.text
    assert (await state(world, one)).merged_into == three.id, "it would go with the idea taken back"


@on_one_engine
@pytest.mark.parametrize("kept_back", ["withdrawn", "late", "homeless"])
async def test_what_its_author_keeps_back_is_read_by_nobody_else(
    world: World, workshop: Workshop, kept_back: IdeaState
) -> None:
    team = await world.organiser()
    one = await idea(world, workshop.group, "Ana", "Mon secret", state=kept_back)
    for chat in (workshop.ines, team):
        await chat.follow(OpenIdea(one.id).encode())
        assert "Mon secret" not in chat.text
    await workshop.ana.follow(OpenIdea(one.id).encode())
    assert "Mon secret" in workshop.ana.text


@on_one_engine
async def test_an_author_on_discord_learns_what_becomes_of_an_idea_without_having_agreed_to_messages(
    world: World,
) -> None:
    people = await crowd(world, "Ana", platform="discord")
    made = await group(world, ["Ana"])
    run = await revealed(world, await started(world, made, "solutions"))
    await ended(world, run)
    late = await idea(world, made, "Ana", "Trop tard", state="offered")
    ines = await facilitator(world, "700")
    await ines.follow(OpenIdea(late.id).encode())
    await ines.press("Add it to the wall")
    assert words((await pushed(world, people["Ana"]))[-1]) == "Your late idea is on the wall: “Trop tard”"


@on_one_engine
async def test_a_late_idea_with_others_in_it_stays_on_the_wall(world: World, workshop: Workshop) -> None:
    other = await idea(world, workshop.group, "Ana", "Deux")
    await ended(world, workshop.run)
    late = await idea(world, workshop.group, "Ana", "Trop tard", state="offered")
    await workshop.ines.follow(OpenIdea(late.id).encode())
    await workshop.ines.press("Add it to the wall")
    undo = workshop.ines.payload("Undo")
    await put(workshop.omar, other, late)
    await workshop.ines.follow(undo)
    assert "This was changed again since, so nothing was undone." in workshop.ines.text
    assert await standing(world, workshop) == ["Trop tard"]
