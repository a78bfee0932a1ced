"""What was taken for an idea and is none: out of everything at once, and asked what else it is, by its author alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.content.forms import Written
from bot.conversation.incoming import Pressed, Submitted
from handlers.groups.model import Group
from handlers.ideas.actions import NotAnIdea, SendLate
from handlers.ideas.store.files import files_of_idea
from handlers.ideas.store.ideas import find_idea
from handlers.trust.store import name_trusted
from handlers.workshops.actions import BuildOn, GiveIdea, Inspire, OpenCanvas, OpenIdea, ShowWall
from handlers.workshops.model import Idea, PhaseRun
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group
from tests.ideas.builders import idea, ideas_of, merged, state, tally, voted
from tests.outbox import look_at_push
from tests.participants import number
from tests.pictures import drawn
from tests.stored_rows import stored_rows
from tests.workshops.builders import PHASES, ended, facilitator, panel, revealed, started, wait
from tests.world import World, make_settings, open_world

SETTINGS = make_settings(organisers={"telegram": [900]}, phases=PHASES)
KITCHEN = "A shared kitchen in each district"
ASKED = (
    "It is no longer an idea, and nobody can read it. So what is it?\n"
    "I keep your words for you for a day, then delete them."
)


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        yield world


@dataclass
class Workshop:
    """Ana and Bo in a group, whose phase is open and whose ideas are revealed; Inès facilitates everyone."""

    ana: NeutralChat
    bo: NeutralChat
    ines: NeutralChat
    group: Group
    run: PhaseRun


@pytest.fixture
async def workshop(world: World) -> Workshop:
    people = await crowd(world, "Ana", "Bo")
    made = await group(world, ["Ana", "Bo"])
    run = await revealed(world, await started(world, made, "solutions"))
    return Workshop(people["Ana"], people["Bo"], await facilitator(world), made, run)


async def gives(world: World, workshop: Workshop, text: str = KITCHEN) -> Idea:
    """Ana writes an idea, and its card is the last that she reads."""
    await workshop.ana.send(text)
    return (await ideas_of(world, "Ana"))[-1]


async def kept_anywhere(world: World, text: str) -> list[str]:
    """The tables with a row that holds these words."""
    return [table for table, rows in (await stored_rows(world.store)).items() if text in str(rows)]


# --- the words move, and nothing of them is lost


@on_one_engine
async def test_it_is_asked_what_else_the_words_are_and_they_go_to_the_team(world: World, workshop: Workshop) -> None:
    await gives(world, workshop)
    await workshop.ana.press("This is not an idea")
    assert workshop.ana.text == ASKED
    assert workshop.ana.buttons == ("Ask the team", "Nothing, forget it")
    assert not workshop.ana.fresh, "where the card stood"
    await workshop.ana.press("Ask the team")
    assert workshop.ana.text.startswith("Your question is")
    assert await ideas_of(world, "Ana") == []
    assert await kept_anywhere(world, KITCHEN) == ["questions"]


@on_one_engine
async def test_the_words_go_to_a_person_of_trust_and_nowhere_else(world: World, workshop: Workshop) -> None:
    await world.change(name_trusted, await number(world, "Maya"), "French", "always", world.clock.now())
    await gives(world, workshop)
    await workshop.ana.press("This is not an idea")
    assert workshop.ana.buttons == ("Ask the team", "In confidence, to Maya", "Nothing, forget it")
    await workshop.ana.press("In confidence, to Maya")
    await workshop.ana.press("Without my name")
    assert workshop.ana.text == "Sent to Maya, who is told at once. The answer comes to you here."
    assert await kept_anywhere(world, KITCHEN) == ["trust_messages"]


@on_one_engine
async def test_the_words_were_for_nobody(world: World, workshop: Workshop) -> None:
    await gives(world, workshop)
    await workshop.ana.press("This is not an idea")
    assert await kept_anywhere(world, KITCHEN) == ["trust_messages"], "they wait, for her alone"
    await workshop.ana.press("Nothing, forget it")
    assert workshop.ana.text == "Forgotten: I have kept nothing."
    assert await kept_anywhere(world, KITCHEN) == []


@on_one_engine
async def test_words_that_wait_are_not_in_the_way_of_the_next_idea(world: World, workshop: Workshop) -> None:
    await gives(world, workshop)
    await workshop.ana.press("This is not an idea")
    forget = workshop.ana.payload("Nothing")
    await workshop.ana.send("A night library for students")
    assert workshop.ana.text == "Your idea is noted."
    await workshop.ana.follow(forget)
    assert [each.text for each in await ideas_of(world, "Ana")] == ["A night library for students"]


# --- gone from everything at once


@on_one_engine
async def test_it_is_off_the_wall_the_votes_and_the_drafts(world: World, workshop: Workshop) -> None:
    kitchen = await gives(world, workshop)
    library = await idea(world, workshop.group, "Bo", "A night library for students")
    await voted(world, workshop.group, "Bo", kitchen)
    bo = workshop.bo
    await bo.follow(ShowWall(workshop.run.id).encode())
    assert KITCHEN in bo.text
    await bo.follow(OpenCanvas(workshop.run.id).encode())
    assert KITCHEN in bo.text
    await workshop.ana.press("This is not an idea")
    await bo.follow(ShowWall(workshop.run.id).encode())
    assert KITCHEN not in bo.text
    assert library.text in bo.text
    await bo.follow(OpenCanvas(workshop.run.id).encode())
    assert KITCHEN not in str(bo.options) + bo.text
    assert await tally(world, workshop.group) == {}
    await bo.follow(OpenIdea(kitchen.id).encode())
    assert KITCHEN not in bo.text
    assert (await stored_rows(world.store, "idea_votes"))["idea_votes"] == []


async def test_it_resembles_nothing_any_more(world: World, workshop: Workshop) -> None:
    dan = await world.join("Dan", "300")
    other = await group(world, ["Dan"], number_=2)
    run = await revealed(world, await started(world, other, "solutions"))
    await idea(world, other, "Dan", "A kitchen that districts share")
    await gives(world, workshop)
    await dan.follow(Inspire(run.id).encode())
    assert KITCHEN in dan.text
    await workshop.ana.press("This is not an idea")
    await dan.follow(Inspire(run.id).encode())
    assert KITCHEN not in dan.text


@on_one_engine
async def test_the_facilitator_s_panel_counts_it_no_more(world: World, workshop: Workshop) -> None:
    await workshop.ines.command("panel")
    await gives(world, workshop)
    await panel(world, workshop.ines)
    assert "1 idea" in workshop.ines.text
    await workshop.ana.press("This is not an idea")
    await panel(world, workshop.ines)
    assert "0 ideas" in workshop.ines.text


@on_one_engine
async def test_what_builds_on_it_and_what_was_merged_into_it_stand_by_themselves(
    world: World, workshop: Workshop
) -> None:
    kitchen = await gives(world, workshop)
    like = await idea(world, workshop.group, "Bo", "A kitchen for all of us")
    await merged(world, like, kitchen)
    await workshop.bo.follow(BuildOn(kitchen.id).encode())
    await workshop.bo.fill("With recipes from everywhere")
    recipes = (await ideas_of(world, "Bo"))[-1]
    assert recipes.parent_id == kitchen.id
    await workshop.ana.press("This is not an idea")
    assert [(await state(world, each)).counts for each in (like, recipes)] == [True, True]
    assert (await state(world, recipes)).parent_id is None
    await workshop.bo.follow(ShowWall(workshop.run.id).encode())
    assert "With recipes from everywhere" in workshop.bo.text
    assert "A kitchen for all of us" in workshop.bo.text
    assert KITCHEN not in workshop.bo.text


@on_one_engine
async def test_its_photo_goes_too_and_that_is_said(world: World, workshop: Workshop) -> None:
    await workshop.ana.send_photo(drawn(), KITCHEN)
    [kitchen] = await ideas_of(world, "Ana")
    assert len(await world.read(files_of_idea, kitchen.id)) == 1
    await workshop.ana.press("This is not an idea")
    assert workshop.ana.text == f"{ASKED}\nWhat you attached is not kept, only your text."
    assert (await stored_rows(world.store, "idea_files"))["idea_files"] == []


@on_one_engine
async def test_who_reads_a_late_idea_reads_that_it_is_none(world: World, workshop: Workshop) -> None:
    await ended(world, workshop.run)
    kitchen = await gives(world, workshop)
    no_idea = workshop.ana.payload("This is not an idea")
    await workshop.ana.press("Send to the facilitator")
    await look_at_push(world, workshop.ines)
    assert KITCHEN in workshop.ines.text
    await workshop.ana.follow(no_idea)
    await look_at_push(world, workshop.ines)
    assert KITCHEN not in workshop.ines.text
    assert workshop.ines.text.splitlines()[-1] == "Its author says it is not an idea."
    assert workshop.ines.buttons == ()
    assert await world.read(find_idea, kitchen.id) is None
    await workshop.ana.follow(SendLate(kitchen.id).encode())
    assert "That button has aged." in workshop.ana.text


# --- whose, when and how often


@on_one_engine
async def test_nobody_says_so_of_the_idea_of_somebody_else(world: World, workshop: Workshop) -> None:
    kitchen = await gives(world, workshop)
    for chat in (workshop.bo, workshop.ines):
        await chat.act(Pressed(NotAnIdea(kitchen.id).encode()))
        assert "That button has aged." in chat.text
        assert KITCHEN not in chat.text
    assert [each.state for each in await ideas_of(world, "Ana")] == ["live"]


@on_one_engine
async def test_pressed_twice_it_is_asked_once(world: World, workshop: Workshop) -> None:
    kitchen = await gives(world, workshop)
    await workshop.ana.press("This is not an idea")
    forget = workshop.ana.payload("Nothing")
    await workshop.ana.follow(NotAnIdea(kitchen.id).encode())
    assert workshop.ana.text == "This is no longer an idea."
    assert workshop.ana.fresh, "the question stays"
    assert len((await stored_rows(world.store, "trust_messages"))["trust_messages"]) == 1
    await workshop.ana.follow(forget)
    assert workshop.ana.text == "Forgotten: I have kept nothing."


@on_one_engine
async def test_after_the_end_of_the_phase_too(world: World, workshop: Workshop) -> None:
    await gives(world, workshop)
    no_idea = workshop.ana.payload("This is not an idea")
    await ended(world, workshop.run)
    await wait(world, minutes=90)
    await workshop.ana.follow(no_idea)
    assert workshop.ana.text == ASKED
    await workshop.bo.follow(ShowWall(workshop.run.id).encode())
    assert KITCHEN not in workshop.bo.text


@on_one_engine
async def test_a_late_and_a_homeless_idea_have_the_button_too(world: World, workshop: Workshop) -> None:
    zoe = await world.join("Zoé", "400")
    await zoe.send("A garden on the roof of the school")
    assert zoe.text.startswith("You have no group yet")
    await zoe.press("This is not an idea")
    assert zoe.text == ASKED
    assert await ideas_of(world, "Zoé") == []
    await ended(world, workshop.run)
    await gives(world, workshop)
    assert workshop.ana.text == "This phase is finished. Your text is kept."
    await workshop.ana.press("This is not an idea")
    assert workshop.ana.text == ASKED
    assert await ideas_of(world, "Ana") == []


@on_one_engine
@pytest.mark.parametrize("modal", [False, True])
async def test_what_was_written_in_a_form_has_the_button_too(world: World, workshop: Workshop, modal: bool) -> None:
    workshop.ana.modal = modal
    await workshop.ana.follow(GiveIdea(workshop.run.id).encode())
    if modal:
        await workshop.ana.act(Submitted(GiveIdea(workshop.run.id).encode(), {"idea": Written(KITCHEN, ())}))
    else:
        await workshop.ana.fill(KITCHEN)
    await workshop.ana.press("This is not an idea")
    assert workshop.ana.text == ASKED
    assert await ideas_of(world, "Ana") == []


@on_one_engine
async def test_an_idea_that_builds_on_another_has_the_button_too(world: World, workshop: Workshop) -> None:
    library = await idea(world, workshop.group, "Bo", "A night library for students")
    await workshop.ana.follow(BuildOn(library.id).encode())
    await workshop.ana.fill(KITCHEN)
    await workshop.ana.press("This is not an idea")
    assert workshop.ana.text == ASKED
    assert [each.text for each in await ideas_of(world, "Bo")] == [library.text]


@on_one_engine
async def test_one_of_the_list_of_one_s_own_ideas_has_the_button_too(world: World, workshop: Workshop) -> None:
    await gives(world, workshop)
    await workshop.ana.press("Without my name")
    assert workshop.ana.text == f"{KITCHEN}\nyours, unnamed"
    await workshop.ana.press("This is not an idea")
    assert workshop.ana.text == ASKED


@on_one_engine
async def test_a_photo_without_a_line_is_simply_gone(world: World, workshop: Workshop) -> None:
    await workshop.ana.send_photo(drawn())
    [sheet] = await ideas_of(world, "Ana")
    await workshop.ana.follow(NotAnIdea(sheet.id).encode())
    assert workshop.ana.text == "Then it is not an idea, and I do not keep it."
    assert await ideas_of(world, "Ana") == []


# --- said in words


@on_one_engine
@pytest.mark.parametrize("words", ["that was not an idea", "I pressed the wrong button"])
async def test_who_says_that_it_was_none_gets_the_button(world: World, workshop: Workshop, words: str) -> None:
    await gives(world, workshop)
    await workshop.ana.send(words)
    assert workshop.ana.text == f"Your last idea: “{KITCHEN}”. What is wrong with it?"
    await workshop.ana.press("This is not an idea")
    assert workshop.ana.text == ASKED


@on_one_engine
async def test_long_after_an_idea_a_mistake_is_about_something_else(world: World, workshop: Workshop) -> None:
    await gives(world, workshop)
    await wait(world, minutes=6)
    await workshop.ana.send("that was not an idea")
    assert workshop.ana.text == (
        "Sorry, I got that wrong. This message went to nobody."
        " To take back an idea, press “This is not an idea” under it."
    )


@on_one_engine
@pytest.mark.parametrize("words", ["yes", "yes all is good", "ok"])
async def test_a_bare_yes_is_no_idea(world: World, workshop: Workshop, words: str) -> None:
    stored = await gives(world, workshop)
    await workshop.ana.send(words)
    assert await ideas_of(world, "Ana") == [stored]


@on_one_engine
@pytest.mark.parametrize("words", ["I don't understand the question", "what is the question again"])
async def test_who_asks_what_the_question_is_sees_the_phase(world: World, workshop: Workshop, words: str) -> None:
    await workshop.ana.send(words)
    assert "Call a facilitator" in workshop.ana.buttons
