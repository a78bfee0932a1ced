"""The wall: who reads which ideas, in which order, a page at a time; a card and its photos; a report."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.content.texts import plain
from bot.platforms.discord.render import draw
from handlers.groups.model import Group
from handlers.ideas.participant.card import see_photos
from handlers.workshops.actions import OpenIdea, ShowWall
from handlers.workshops.model import PhaseRun
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group
from tests.ideas.builders import hidden, idea, lines, merged, photo, state, voted
from tests.outbox import look_at_push, pushed
from tests.workshops.builders import PHASES, ended, facilitator, revealed, started
from tests.world import World, make_settings, open_world

SETTINGS = make_settings(organisers={"telegram": [900], "discord": [900]}, phases=PHASES)


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        yield world


@dataclass
class Workshop:
    """Ana and Bo in a group that imagines solutions; Dan in another of the theme, Eve in one of another theme."""

    people: dict[str, NeutralChat]
    group: Group
    other: Group
    run: PhaseRun

    async def at_wall(self, name: str) -> NeutralChat:
        """Someone in front of the group's wall."""
        chat = self.people[name]
        await chat.follow(ShowWall(self.run.id).encode())
        return chat


@pytest.fixture
async def workshop(world: World) -> Workshop:
    people = await crowd(world, "Ana", "Bo", "Dan", "Eve")
    made = await group(world, ["Ana", "Bo"])
    other = await group(world, ["Dan"], number_=2)
    await group(world, ["Eve"], theme="civic")
    return Workshop(people, made, other, await started(world, made, "solutions"))


async def test_before_the_reveal_one_reads_ones_own_and_how_many_wait(world: World, workshop: Workshop) -> None:
    await idea(world, workshop.group, "Ana", "Une cuisine partagée")
    await idea(world, workshop.group, "Bo", "Un café des langues")
    await idea(world, workshop.group, "Bo", "Un jardin")
    ana = await workshop.at_wall("Ana")
    assert lines(ana) == [
        "Imagine solutions, group 1",
        "3 ideas are waiting to be revealed.",
        "",
        "Yours:",
        "• Une cuisine partagée",
    ]
    assert ana.buttons == ("My ideas", "Refresh", "My phase")


@on_one_engine
async def test_once_revealed_everyone_in_the_group_reads_all_and_a_press_draws_it_anew(
    world: World, workshop: Workshop
) -> None:
    kitchen = await idea(world, workshop.group, "Ana", "Une cuisine partagée")
    await idea(world, workshop.group, "Bo", "Avec un jardin", parent_id=kitchen.id)
    workshop.run = await revealed(world, workshop.run)
    bo = await workshop.at_wall("Bo")
    assert lines(bo) == [
        "Imagine solutions, group 1",
        "2 ideas, newest first",
        "Vote to see the results.",
        "Avec un jardin",
        "yours · builds on “Une cuisine partagée”",
        "Une cuisine partagée",
        "Ana",
    ]
    assert bo.buttons == ("Vote", "My phase", "More…")
    await idea(world, workshop.group, "Ana", "Un potager", anonymous=True)
    await bo.press("Refresh")
    assert bo.options == ("Un potager", "Avec un jardin", "Une cuisine partagée")
    assert lines(bo)[4] == "anonymous"
    assert "yours, unnamed" in lines(await workshop.at_wall("Ana"))


@on_one_engine
async def test_votes_come_first_then_the_oldest_and_what_was_merged_is_counted(
    world: World, workshop: Workshop
) -> None:
    first = await idea(world, workshop.group, "Ana", "Premier")
    second = await idea(world, workshop.group, "Ana", "Deuxième")
    like = await idea(world, workshop.group, "Bo", "Le deuxième aussi")
    gone = await idea(world, workshop.group, "Bo", "À cacher")
    await merged(world, like, second)
    await photo(world, like, b"\xff\xd8one")
    await voted(world, workshop.group, "Ana", second, gone)
    await voted(world, workshop.group, "Bo", like, second)
    await hidden(world, gone)
    workshop.run = await revealed(world, workshop.run)
    ana = await workshop.at_wall("Ana")
    assert lines(ana)[1:] == [
        "2 ideas, most votes first",
        "Deuxième",
        "yours · 2 votes · ✓ your vote · +1 similar · 1 photo",
        "Premier",
        "yours",
    ]
    assert first.id < second.id


@on_one_engine
async def test_nobody_reads_how_others_voted_before_they_voted_themselves(world: World, workshop: Workshop) -> None:
    kitchen = await idea(world, workshop.group, "Ana", "Une cuisine partagée")
    await idea(world, workshop.group, "Ana", "Un jardin")
    workshop.run = await revealed(world, workshop.run)
    await voted(world, workshop.group, "Ana", kitchen)
    bo = await workshop.at_wall("Bo")
    assert "vote ·" not in bo.text
    assert "1 vote" not in bo.text
    assert bo.options == ("Un jardin", "Une cuisine partagée"), "an order by votes would tell them"
    assert "Most votes first" not in bo.buttons
    await bo.pick("Une cuisine")
    assert lines(bo) == ["Une cuisine partagée", "Ana"]
    await bo.press("The wall")
    await bo.press("Vote")
    assert lines(bo)[2:] == ["Vote to see the results.", "1. Une cuisine partagée", "Ana", "2. Un jardin", "Ana"]
    await bo.pick("2. Un jardin")
    assert lines(bo)[3:] == ["1. Une cuisine partagée", "Ana · ▇▇▇▇▇ 1 vote", "2. Un jardin", "Ana · ▇▇▇▇▇ 1 vote"]
    assert bo.options == ("1. Une cuisine partagée", "✓ 2. Un jardin")
    await bo.press("The wall")
    assert lines(bo)[1:] == [
        "2 ideas, most votes first",
        "Une cuisine partagée",
        "Ana · 1 vote",
        "Un jardin",
        "Ana · 1 vote · ✓ your vote",
    ]
    ines = await facilitator(world)
    await ines.follow(ShowWall(workshop.run.id).encode())
    assert "Ana · 1 vote" in ines.text, "who facilitates votes for nothing"


@on_one_engine
async def test_who_never_voted_reads_the_votes_once_the_phase_is_over(world: World, workshop: Workshop) -> None:
    kitchen = await idea(world, workshop.group, "Ana", "Une cuisine partagée")
    workshop.run = await revealed(world, workshop.run)
    await voted(world, workshop.group, "Ana", kitchen)
    await ended(world, workshop.run)
    assert lines(await workshop.at_wall("Bo"))[1:] == [
        "1 idea, most votes first",
        "Une cuisine partagée",
        "Ana · 1 vote",
    ]


@on_one_engine
async def test_facts_say_their_territory_and_what_they_are(world: World, workshop: Workshop) -> None:
    run = await revealed(world, await started(world, workshop.other, "stakes"))
    await idea(world, workshop.other, "Dan", "Pas de local le soir", phase="stakes", category="need")
    dan = workshop.people["Dan"]
    await dan.follow(ShowWall(run.id).encode())
    assert lines(dan)[3:] == ["Pas de local le soir", "yours · need"]


@on_one_engine
async def test_a_page_holds_ten_ideas_and_fewer_long_ones_so_that_it_is_one_message(
    world: World, workshop: Workshop
) -> None:
    for number in range(1, 13):
        await idea(world, workshop.group, "Ana", f"Courte {number}")
    for number in range(13, 20):
        await idea(world, workshop.group, "Bo", f"Longue {number} " + "*très* _longue_ " * 60)
    workshop.run = await revealed(world, workshop.run)
    ana = await workshop.at_wall("Ana")
    pages: list[list[int]] = []
    while True:
        assert ana.view
        assert len(draw(ana.view, ana.reader)) == 1
        pages.append([int(option.split(" ")[1]) for option in ana.options])
        if "Next ▶" not in ana.buttons:
            break
        await ana.press("Next")
    assert [number for page in pages for number in page] == list(range(19, 0, -1))
    assert len(pages[0]) < 5
    assert len(pages[-2]) == 10
    await ana.press("◀ Previous")
    assert "Courte 1\n" not in ana.text
    await ana.follow(ShowWall(workshop.run.id, page=2).encode())
    assert "◀ Previous" in ana.buttons, "there is one idea before"


@on_one_engine
async def test_nobody_of_another_group_reads_the_wall(world: World, workshop: Workshop) -> None:
    await idea(world, workshop.group, "Ana", "Une cuisine partagée")
    await revealed(world, workshop.run)
    readers = [name for name in ("Ana", "Dan", "Eve") if "cuisine" in (await workshop.at_wall(name)).text]
    assert readers == ["Ana"]


@on_one_engine
async def test_who_facilitates_reads_every_wall_of_theirs_before_the_reveal(world: World, workshop: Workshop) -> None:
    await idea(world, workshop.group, "Ana", "Une cuisine partagée", anonymous=True)
    await started(world, workshop.other, "solutions")
    await idea(world, workshop.other, "Dan", "Un atelier vélo")
    ines = await facilitator(world, "700", ("theme:school",))
    await ines.follow(ShowWall(workshop.run.id).encode())
    assert lines(ines) == [
        "Imagine solutions, group 1",
        "1 idea, most votes first",
        "Members cannot read each other's ideas yet.",
        "Une cuisine partagée",
        "anonymous",
    ]
    await ines.press("The whole theme")
    assert lines(ines) == [
        "Imagine solutions, Education",
        "2 ideas, most votes first",
        "Une cuisine partagée",
        "anonymous · group 1",
        "Un atelier vélo",
        "Dan · group 2",
    ]
    assert "All themes" not in ines.buttons
    await ines.open(2)
    assert lines(ines) == ["Un atelier vélo", "Dan · group 2"]
    await ines.press("The wall")
    assert lines(ines)[0] == "Imagine solutions, Education"
    await ines.follow("wz-solutions--1-v")
    assert "Someone else runs the workshops of these groups." in ines.text


async def test_who_facilitates_one_group_reads_no_other(world: World, workshop: Workshop) -> None:
    other = await idea(world, workshop.other, "Dan", "Un atelier vélo")
    run = await started(world, workshop.other, "solutions")
    ines = await facilitator(world, "700", (f"group:{workshop.group.id}",))
    for payload in (ShowWall(run.id).encode(), OpenIdea(other.id).encode(), "wz-solutions-school-1-v"):
        await ines.follow(payload)
        assert "vélo" not in ines.text
    await idea(world, workshop.group, "Ana", "Une cuisine partagée")
    await ines.follow(ShowWall(workshop.run.id).encode())
    assert "cuisine" in ines.text
    assert "The whole theme" not in ines.buttons


async def test_an_organiser_reads_everything_together(world: World, workshop: Workshop) -> None:
    await idea(world, workshop.group, "Ana", "Une cuisine partagée")
    team = await world.organiser()
    await team.follow("wz-solutions-school-1-t")
    await team.press("All themes")
    assert lines(team)[:3] == ["Imagine solutions, all themes", "1 idea, most votes first", "Une cuisine partagée"]


@on_one_engine
async def test_a_card_has_the_whole_words_and_what_can_be_done(world: World, workshop: Workshop) -> None:
    text = "Une cuisine partagée. " * 40
    kitchen = await idea(world, workshop.group, "Ana", text.strip())
    like = await idea(world, workshop.group, "Bo", "Cuisiner ensemble")
    await merged(world, like, kitchen)
    await idea(world, workshop.group, "Bo", "Un four pour tout le quartier")
    workshop.run = await revealed(world, workshop.run)
    bo = await workshop.at_wall("Bo")
    assert "…" in bo.text
    await bo.open(2)
    assert lines(bo) == [text.strip(), "Ana · +1 similar", "Similar: “Cuisiner ensemble”"]
    assert bo.buttons == ("Build on it", "Vote for it", "Report", "The wall")
    ines = await facilitator(world)
    await ines.follow(OpenIdea(kitchen.id).encode())
    assert ines.buttons == ("Hide", "Merge", "Separate them", "The wall")
    await bo.follow(OpenIdea(like.id).encode())
    assert lines(bo)[0] == text.strip(), "what was merged leads to what it went into"


@on_one_engine
async def test_one_reads_ones_own_idea_and_nobody_elses_before_the_reveal(world: World, workshop: Workshop) -> None:
    kitchen = await idea(world, workshop.group, "Ana", "Une cuisine partagée")
    ana, bo = workshop.people["Ana"], workshop.people["Bo"]
    await ana.follow(OpenIdea(kitchen.id).encode())
    assert lines(ana)[0] == "Une cuisine partagée"
    await bo.follow(OpenIdea(kitchen.id).encode())
    assert "cuisine" not in bo.text


@on_one_engine
async def test_photos_come_below_the_card_those_of_merged_ideas_too(world: World, workshop: Workshop) -> None:
    sheet = await idea(world, workshop.group, "Ana", "")
    like = await idea(world, workshop.group, "Bo", "La même feuille")
    await photo(world, sheet, b"\xff\xd8one")
    await photo(world, like, b"\xff\xd8two")
    await merged(world, like, sheet)
    workshop.run = await revealed(world, workshop.run)
    bo = await workshop.at_wall("Bo")
    assert lines(bo)[3:] == ["(a photo)", "Ana · +1 similar · 2 photos"]
    await bo.open(1)
    await bo.press("See the photos")
    assert lines(bo) == ["With “(a photo)”"]
    assert [attachment.content for attachment in bo.attachments] == [b"\xff\xd8one", b"\xff\xd8two"]
    assert bo.picture
    assert plain(bo.picture.alt, bo.reader) == "A photo that came with “(a photo)”"


@on_one_engine
async def test_a_photo_that_is_gone_is_said_to_be(world: World, workshop: Workshop) -> None:
    sheet = await idea(world, workshop.group, "Ana", "Une feuille")
    await photo(world, sheet, b"\xff\xd8one")
    shutil.rmtree(world.settings.storage.folder)
    ana = workshop.people["Ana"]
    await ana.follow(OpenIdea(sheet.id).encode())
    await ana.press("See the photo")
    assert "Its attachment is gone." in ana.text


async def test_a_report_reaches_organisers_alone_and_once(world: World, workshop: Workshop) -> None:
    team = await world.organiser()
    rude = await idea(world, workshop.group, "Ana", "Quelque chose de blessant")
    workshop.run = await revealed(world, workshop.run)
    told_before = {name: await pushed(world, chat) for name, chat in workshop.people.items()}
    bo = await workshop.at_wall("Bo")
    await bo.open(1)
    await bo.press("Report")
    assert lines(bo) == [
        "Report this idea? “Quelque chose de blessant”",
        "Only the organisers will know, without your name.",
    ]
    report = bo.payload("Report it")
    await bo.follow(report)
    assert bo.toast == "Thank you. The organisers will look at it."
    assert "Report" not in bo.buttons
    await bo.follow(report)
    (told,) = await pushed(world, team)
    assert words(told).splitlines() == [
        "Someone reported an idea in Education 1:",
        "Quelque chose de blessant",
        "Only the organisers were told.",
    ]
    assert {name: await pushed(world, chat) for name, chat in workshop.people.items()} == told_before
    await look_at_push(world, team)
    hide, leave = team.payload("Hide"), team.payload("Leave it")
    await team.follow(leave)
    assert "It stays where it is." in team.text
    assert not (await state(world, rude)).hidden
    assert words((await pushed(world, team))[-1]).endswith("This has already been decided.")
    await team.follow(hide)  # in a copy that does not say so yet
    assert (await state(world, rude)).hidden
    await team.follow(leave)
    assert "Another organiser has already hidden it." in team.text
    await bo.follow(ShowWall(workshop.run.id).encode())
    assert "No idea yet." in bo.text


@on_one_engine
async def test_an_anonymous_fact_does_not_say_of_which_territory_it_is(world: World, workshop: Workshop) -> None:
    run = await revealed(world, await started(world, workshop.other, "stakes"))
    await idea(world, workshop.other, "Eve", "Pas de local le soir", phase="stakes", category="need", anonymous=True)
    dan = workshop.people["Dan"]
    await dan.follow(ShowWall(run.id).encode())
    assert lines(dan)[3:] == ["Pas de local le soir", "anonymous · need"]


@on_one_engine
async def test_the_file_of_an_anonymous_idea_does_not_bear_the_name_it_came_under(
    world: World, workshop: Workshop
) -> None:
    signed = await idea(world, workshop.group, "Ana", "Une feuille")
    unsigned = await idea(world, workshop.group, "Ana", "La même feuille", anonymous=True)
    await photo(world, signed, b"\xff\xd8one", "projet Ana.jpg")
    await photo(world, unsigned, b"\xff\xd8two", "projet Ana 2.jpg")
    await merged(world, unsigned, signed)
    await revealed(world, workshop.run)
    bo = workshop.people["Bo"]
    await bo.follow(see_photos.to(signed.id).encode())
    assert [attachment.name for attachment in bo.attachments] == ["projet Ana.jpg", "1.jpg"]
