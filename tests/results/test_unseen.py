"""Ideas that nobody revealed or voted for: listed before booklet and slides, and in no file until they are ticked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from bot.conversation.incoming import Picked
from bot.database.engine import Transaction
from bot.membership.erasure import erase
from handlers.ideas.service import IdeaWording, reword_idea
from handlers.ideas.store.ideas import find_idea
from handlers.ideas.store.moderation import merge_into, set_hidden
from handlers.ideas.store.votes import cast_votes
from handlers.results.actions import DownloadResults, MakeFile
from handlers.results.model import WorkshopResults, decode_snapshot
from handlers.results.organiser.unseen import ask_take_in_all, list_unseen, take_in_all, tick_unseen
from handlers.results.store.lines import count_left_out, decided_on_idea
from handlers.results.store.snapshots import read_snapshot
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.outbox import views
from tests.participants import number
from tests.results.builders import Made, begin, give_idea, populate, seen_and_unseen
from tests.results.chats import member, work
from tests.stored_rows import stored_rows
from tests.world import DECLARED, World, make_settings, open_world

_MONTHS = timedelta(days=130)  # until nobody is in a group any more
TWO = "2 ideas were never revealed, or nobody voted for them"


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, make_settings(organisers={"telegram": [900]})) as world:
        yield world


@pytest.fixture
async def made(world: World) -> Made:
    """Two groups that have made nothing yet."""
    return await populate(world.store, world.clock.now(), groups=2, bare=True)


@pytest.fixture
async def given(world: World, made: Made) -> dict[str, int]:
    """Ideas that somebody saw, or nobody; their ids."""
    return await world.change(seen_and_unseen, made, world.clock.now())


async def results(world: World) -> WorkshopResults:
    return decode_snapshot(await world.read(read_snapshot))


async def exported(world: World) -> list[str]:
    """The words of all ideas in files, in order."""
    return sorted(idea.text for idea in (await results(world)).all_ideas)


async def asked(team: NeutralChat, file: str = "Booklet") -> None:
    await team.command("bilan")
    await team.press(file)


@on_one_engine
@pytest.mark.parametrize(("file", "make"), [("Booklet", "Make the booklet"), ("Plenary", "Make the slides")])
async def test_before_booklet_and_slides_they_are_listed_and_none_is_ticked(
    world: World, given: dict[str, int], file: str, make: str
) -> None:
    team = await world.organiser()
    await asked(team, file)
    lines = words(team.text).splitlines()
    assert lines[:2] == [TWO, "Ideas that are not ticked are left out of every file. Ticked: 0."]
    assert team.options == ("Un four", "Je n'en peux plus"), "none of them is ticked"
    assert {label: words(said) for label, said in team.described.items()} == {
        "Un four": "Léo · Culture 1 · Stakes · no vote",
        "Je n'en peux plus": "Léo · Culture 1 · Solutions · never revealed",
    }
    assert team.buttons[0] == make
    await team.press(make)
    assert team.text == "I am making the file. It will be here in a moment."
    await work(world)
    [view] = await views(world, team)
    assert len(view.attachments) == 1
    assert await exported(world) == ["Un bus", "Un jardin"], "where nobody voted, what was revealed is in"


async def test_what_is_ticked_is_in_every_file_until_it_is_unticked(world: World, given: dict[str, int]) -> None:
    team = await world.organiser()
    await asked(team)
    await team.pick("Un four")
    assert (team.toast, team.options) == ("Saved.", ("✓ Un four", "Je n'en peux plus"))
    assert "Ticked: 1." in team.text
    assert await exported(world) == ["Un bus", "Un four", "Un jardin"]
    await team.pick()
    assert await exported(world) == ["Un bus", "Un jardin"]


async def test_the_workbook_comes_at_once_and_says_what_it_lacks(world: World, given: dict[str, int]) -> None:
    team = await world.organiser()
    await asked(team, "Workbook")
    await work(world)
    [view] = await views(world, team)
    team.receive(view, team.reader)
    assert "2 ideas are left out: nobody revealed them or voted for them." in team.text
    await team.press("See what is left out")
    assert team.buttons[0] == "Make the workbook"
    assert team.options == ("Un four", "Je n'en peux plus")


@on_one_engine
async def test_where_all_was_seen_or_ticked_the_booklet_takes_no_further_press(
    world: World, given: dict[str, int]
) -> None:
    team = await world.organiser()
    await asked(team)
    await team.pick("Un four", "Je n'en")
    await asked(team)
    assert team.text == "I am making the file. It will be here in a moment."


@on_one_engine
async def test_a_vote_for_what_was_merged_into_it_is_a_vote_for_an_idea(
    world: World, made: Made, given: dict[str, int]
) -> None:
    await world.change(merge_into, [given["Un jardin"]], given["Un four"])
    assert await exported(world) == ["Un bus", "Un four", "Un jardin"]
    await world.change(merge_into, [given["Un jardin"]], None)
    await world.change(merge_into, [given["Un four"]], given["Je n'en peux plus"])
    assert await exported(world) == ["Un bus", "Un jardin"], "with one that nobody saw it is left out"


async def test_late_ones_those_without_a_group_and_those_of_groups_that_are_gone_were_seen_by_nobody(
    world: World, made: Made, given: dict[str, int]
) -> None:
    zoe = made.members[made.groups[0]][0]
    for group, state, text in (
        (made.groups[0], "offered", "Trop tard"),
        (None, "homeless", "Sans groupe"),
        (None, "live", "Groupe parti"),
        (made.groups[0], "withdrawn", "Reprise"),
        (made.groups[0], "asked", "Euh"),
    ):
        given[text] = await world.change(give_idea, group, "stakes", zoe, text, state=state, ticked=False)
    team = await world.organiser()
    await asked(team)
    assert team.options == ("Un four", "Je n'en peux plus", "Trop tard", "Sans groupe", "Groupe parti")
    assert "without a group" in team.described["Sans groupe"]
    await team.pick("Trop tard", "Groupe parti")
    assert await exported(world) == ["Groupe parti", "Trop tard", "Un bus", "Un jardin"]
    assert [idea.text for idea in (await results(world)).aside] == ["Trop tard"]


async def test_a_hidden_idea_is_neither_listed_nor_printed(world: World, given: dict[str, int]) -> None:
    await world.change(set_hidden, given["Un four"], True)
    await world.change(set_hidden, given["Un jardin"], True)
    team = await world.organiser()
    await asked(team)
    assert team.options == ("Je n'en peux plus",)
    assert await exported(world) == ["Un bus"]


@on_one_engine
async def test_other_words_need_another_tick(world: World, given: dict[str, int]) -> None:
    team = await world.organiser()
    await asked(team)
    await team.pick("Un four", "Je n'en")
    idea = await world.read(find_idea, given["Un four"])
    assert idea is not None
    await world.change(reword_idea, idea, IdeaWording("Je suis à bout", "fr"), "facts", world.clock.now())
    assert await exported(world) == ["Je n'en peux plus", "Un bus", "Un jardin"]
    await world.change(reword_idea, idea, IdeaWording("Je suis à bout", "fr"), "facts", world.clock.now())
    assert await world.read(decided_on_idea, given["Un four"]) is None


async def test_all_are_taken_in_by_two_presses_and_left_out_again(
    world: World, made: Made, given: dict[str, int]
) -> None:
    team = await world.organiser()
    await asked(team)
    await team.press("Include them all")
    assert team.text.startswith("Put 2 ideas that nobody revealed or voted for into every file?")
    zoe = made.members[made.groups[0]][0]
    await world.change(give_idea, made.groups[0], "solutions", zoe, "Depuis", ticked=False)
    await team.press("Yes, include all")
    assert team.text == "2 ideas that were left out are now in all files"
    assert await exported(world) == ["Je n'en peux plus", "Un bus", "Un four", "Un jardin"], "not what came since"
    await team.press("Undo this change")
    assert team.text.startswith("Undone: 2 ideas that were left out are now in all files")
    assert await exported(world) == ["Un bus", "Un jardin"]


@on_one_engine
async def test_after_ten_minutes_they_are_unticked_by_hand(world: World, given: dict[str, int]) -> None:
    team = await world.organiser()
    await asked(team)
    await team.press("Include them all")
    await team.press("Yes, include all")
    undo = team.payload("Undo")
    await world.clock.advance(timedelta(minutes=10))
    await team.follow(undo)
    assert team.text.startswith("A change can be undone for ten minutes only.")
    await team.follow(list_unseen.to().encode())
    await team.pick()
    assert await exported(world) == ["Un bus", "Un jardin"]


@on_one_engine
async def test_a_tick_on_an_old_page_takes_nothing_in_that_was_taken_out_since(
    world: World, given: dict[str, int]
) -> None:
    team = await world.organiser()
    await asked(team)
    assert team.view
    assert team.view.choice
    page = team.view.choice.action.encode()
    await team.pick("Un four")
    await team.press("Choose what appears")
    await team.press("Culture")
    await team.press("Stakes")
    await team.pick("Un four")
    assert team.text.startswith("“Un four” is out of all prints and exports")
    await team.act(Picked(page, (str(given["Un four"]), str(given["Je n'en peux plus"]))))
    assert team.options == ("✓ Je n'en peux plus",)
    assert await exported(world) == ["Je n'en peux plus", "Un bus", "Un jardin"]


@on_one_engine
@pytest.mark.parametrize("forged", [("x",), ("12", "-3"), ("9" * 30,)])
async def test_what_no_page_offers_is_ticked_by_nobody(
    world: World, given: dict[str, int], forged: tuple[str, ...]
) -> None:
    team = await world.organiser()
    before = await stored_rows(world.store)
    await team.act(Picked(tick_unseen.to("pdf", 1, 99).encode(), forged))
    assert (await stored_rows(world.store))["ideas"] == before["ideas"]
    await team.act(Picked(tick_unseen.to("pdf", 1, 99).encode(), (str(given["Un bus"]),)))
    assert await world.read(decided_on_idea, given["Un bus"]) is None, "it was seen, so there is nothing to tick"


@on_one_engine
async def test_participants_who_forge_presses_learn_and_change_nothing(
    world: World, made: Made, given: dict[str, int]
) -> None:
    ana = await member(world, made.groups[0])
    for action in (
        DownloadResults("pdf"),
        MakeFile("pdf"),
        list_unseen.to("pdf"),
        ask_take_in_all.to("pdf"),
        take_in_all.to("pdf", 99),
    ):
        await ana.follow(action.encode())
        assert ana.text.startswith("This is for the organisers."), action
    await ana.act(Picked(tick_unseen.to("pdf", 1, 99).encode(), (str(given["Un four"]),)))
    assert ana.text.startswith("This is for the organisers.")
    assert await exported(world) == ["Un bus", "Un jardin"]
    assert (await stored_rows(world.store))["jobs"] == []


async def test_whoever_is_erased_leaves_nothing_ticked(world: World, made: Made, given: dict[str, int]) -> None:
    await member(world, made.groups[0])
    ana = await number(world, "Ana")
    for phase, text in (("stakes", "Un banc"), ("solutions", "Mon secret")):
        await world.change(give_idea, made.groups[0], phase, ana, text, ticked=False)
    team = await world.organiser()
    await asked(team)
    await team.pick("Un four", "Je n'en", "Un banc", "Mon secret")
    assert "Mon secret" in await exported(world)
    await world.clock.advance(_MONTHS)
    await world.store.transact(
        partial(erase, declared=DECLARED, participant_id=ana, now=world.clock.now(), texts=False, files=world.files)
    )
    stay = ["Je n'en peux plus", "Un banc", "Un bus", "Un four", "Un jardin"]
    assert await exported(world) == stay, "what was never read is gone with its author"
    assert (await world.read(count_left_out)).unseen == 3


async def test_five_thousand_and_two_hundred_are_paged_taken_in_and_left_out(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(organisers={"telegram": [900]})) as world:
        made = await populate(world.store, world.clock.now(), groups=1, bare=True)
        [group] = made.groups
        zoe = made.members[group][0]

        async def give(tx: Transaction) -> None:
            await begin(tx, group, "stakes", world.clock.now(), revealed=True)
            for number in range(5200):
                idea = await give_idea(tx, group, "stakes", zoe, f"Idée {number:04}", ticked=False)
                if number == 17:
                    await cast_votes(tx, zoe, group, "stakes", [idea])

        await world.store.transact(give)
        team = await world.organiser()
        await asked(team)
        assert team.text.startswith("5199 ideas were never revealed")
        await team.press("Next")
        assert team.options == tuple(f"Idée {number:04}" for number in range(6, 12))
        await team.pick("Idée 0011")
        assert team.options[-1] == "✓ Idée 0011", "it is still this page"
        await team.follow(list_unseen.to("pdf", 10_000).encode())
        assert team.options == ("Idée 5199",), "there is nothing after the last one"
        assert await exported(world) == ["Idée 0011", "Idée 0017"]
        await team.press("Include them all")
        await team.press("Yes, include all")
        assert len(await exported(world)) == 5200
        await team.press("Undo this change")
        assert await exported(world) == ["Idée 0011", "Idée 0017"], "what was ticked before stays"
