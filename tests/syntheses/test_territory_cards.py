"""Territory cards: one a member, for their own country; the grid with its empty squares, and its picture."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from functools import partial

import pytest
from PIL import Image

from bot.background.jobs import Runner
from bot.content.texts import plain
from bot.conversation.incoming import Picked, Pressed
from bot.delivery import outbox
from handlers.groups.store.groups import remove_group
from handlers.groups.store.members import take_out_of_group
from handlers.ideas.store.moderation import set_hidden
from handlers.syntheses.participant.territory_cards import bring, put_in_box
from handlers.syntheses.participant.territory_grid import read_grid
from handlers.syntheses.store import cards_of_group
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import group, mark_published
from tests.ideas.builders import ideas_of
from tests.outbox import look_at_push, pushed
from tests.participants import number, rewrite
from tests.syntheses.builders import Table, base36, table
from tests.workshops.builders import PHASES, ended, facilitator, panel, started
from tests.world import DECLARED, ROUTER, World, make_settings, open_world

SETTINGS = make_settings(
    organisers={"telegram": [900]},
    phases=PHASES,
    groups={"smallest": 2, "target": 2, "largest": 3, "rounds": 2, "meeting": "2027-06-10T14:00:00"},
)


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, SETTINGS) as world:
        yield world


async def lives_in(world: World, name: str, territory: str) -> None:
    """Someone speaks for another territory; '' for none."""
    await rewrite(world, await number(world, name), territory=territory)


async def mine(at: Table, name: str) -> NeutralChat:
    """Someone opens their card."""
    await at.chats[name].follow(f"wt-{base36(at.run.id)}")
    return at.chats[name]


async def grid(at: Table, name: str) -> NeutralChat:
    """Someone opens the grid."""
    await at.chats[name].follow(f"wtg-{base36(at.group.id)}")
    return at.chats[name]


async def test_a_member_writes_the_card_of_their_own_territory(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo")
    ana = await mine(at, "Ana")
    assert ana.text == "How would your solution work in Quebec? Only you write this card."
    await ana.press("Write my card")
    await ana.fill("Cégeps", "Money", "The law", "")
    assert words(ana.text).splitlines() == [
        "Saved. It is in your group's grid.",
        "Quebec",
        "Already exists: Cégeps",
        "In the way: Money",
        "Must change: The law",
        "Still empty: Who takes it on",
    ]
    await ana.press("Change my card")
    for _ in range(3):
        await ana.press("Keep it")
    await ana.fill("OFQJ")
    assert "Who takes it on: OFQJ" in words(ana.text)
    assert "Still empty" not in ana.text


async def test_a_sentence_goes_into_the_box_that_is_pressed(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo")
    ana = at.chats["Ana"]
    await ana.send("Nos cégeps ouvrent le soir")
    assert words(ana.text).splitlines() == ["Your idea is noted.", "Which box does it go in?"]
    assert ana.options == ("Already exists", "In the way", "Must change", "Who takes it on")
    assert ana.buttons == ("This is not an idea", "Change it", "Without my name")
    await ana.pick("Already exists")
    assert words(ana.text).splitlines()[:3] == [
        "Saved. It is in your group's grid.",
        "Quebec",
        "Already exists: Nos cégeps ouvrent le soir",
    ]
    assert await ideas_of(world, "Ana", "territories") == [], "it is no idea besides"
    await ana.send("Les bibliothèques aussi")
    await ana.pick("Already exists")
    [card] = await world.read(cards_of_group, at.group.id)
    assert card.present == "Nos cégeps ouvrent le soir\nLes bibliothèques aussi"


async def test_a_sentence_that_was_hidden_goes_into_no_box(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo")
    ana = at.chats["Ana"]
    await ana.send("Nos cégeps ouvrent le soir")
    [idea] = await ideas_of(world, "Ana", "territories")
    await world.change(set_hidden, idea.id, hidden=True)
    await ana.pick("Already exists")
    assert await world.read(cards_of_group, at.group.id) == []
    assert [each.hidden for each in await ideas_of(world, "Ana", "territories")] == [True]


async def test_what_no_box_takes_stays_an_idea(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo")
    ana = at.chats["Ana"]
    await ana.send("Nos cégeps ouvrent le soir. " * 12)
    await ana.pick("In the way")
    assert ana.text == "85 characters too many for this box."
    [long] = await ideas_of(world, "Ana", "territories")
    await at.chats["Bo"].act(Picked(put_in_box.to(long.id).encode(), ("change",)))
    assert await world.read(cards_of_group, at.group.id) == [], "nobody puts away what another wrote"
    await lives_in(world, "Ana", "")
    await ana.send("Une maison des jeunes garderait la clé")
    await ana.pick("Who takes it on")
    assert "Your text is kept. Say which country it is about." in ana.text
    await ana.press("My territory")
    await ana.fill("Suisse", "", "", "")
    await ana.press("Keep it")
    [card] = await world.read(cards_of_group, at.group.id)
    assert (card.territory, card.carrier) == ("CH", "Une maison des jeunes garderait la clé")


async def test_the_form_says_which_solution_its_questions_are_about(world: World) -> None:
    at = await table(world, "solutions", "Ana", "Bo")
    await at.say("Ana", "A night bus", voters=("Bo",))
    await ended(world, at.run)
    later = Table(world, at.chats, at.group, await started(world, at.group, "territories"))
    ana = await mine(later, "Ana")
    await ana.press("Write my card")
    assert "Solution, according to your votes: A night bus" in words(ana.text)


@pytest.mark.parametrize("territory", ["CA-QC", ""])
async def test_any_field_of_a_card_can_be_the_only_one_and_have_several_lines(world: World, territory: str) -> None:
    at = await table(world, "territories", "Ana", "Bo")
    await lives_in(world, "Ana", territory)
    at.chats["Ana"].modal = True
    for place in range(4):
        ana = await mine(at, "Ana")
        await ana.press("Change my card" if place else "Write my card")
        answers = ["Mornings\nEvenings" if place == other else "" for other in range(4)]
        await ana.fill(*([] if territory else ["Quebec"]), *answers)
        [card] = await world.read(cards_of_group, at.group.id)
        assert [card.present, card.obstacle, card.change, card.carrier] == answers


async def test_nobody_writes_the_card_of_another(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo")
    for name, said in (("Ana", "Of Ana"), ("Bo", "Of Bo")):
        chat = await mine(at, name)
        await chat.press("Write my card")
        await chat.fill(said, "", "", "")
    cards = await world.store.read(partial(cards_of_group, group_id=at.group.id))
    assert [card.present for card in cards] == ["Of Ana", "Of Bo"]
    zed = await world.join("Zed", "300")
    await group(world, ["Zed"], number_=2)
    await zed.follow(f"xt-{base36(at.run.id)}")
    assert zed.text == "This is for the members of another group."


async def test_who_speaks_for_no_territory_says_which(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo")
    await lives_in(world, "Ana", "")
    ana = await mine(at, "Ana")
    assert "First say which one; only you write this card." in ana.text
    await ana.press("Write my card")
    await ana.fill("Atlantis")
    assert "I do not know this territory." in ana.text
    await ana.fill("Suisse", "Trains", "", "", "")
    assert "Switzerland" in ana.text
    await ana.press("Change my card")
    assert "Now: Switzerland" in words(ana.text)


async def test_the_grid_names_its_empty_squares_and_shows_both_cards_of_one_territory(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo", "Cleo")
    await lives_in(world, "Cleo", "FR")
    for name, said in (("Ana", "Cégeps"), ("Bo", "Libraries")):
        chat = await mine(at, name)
        await chat.press("Write my card")
        await chat.fill(said, "Money", "", "")
    cleo = await grid(at, "Cleo")
    assert words(cleo.text).splitlines() == [
        "Our solution, territory by territory",
        "",
        "Quebec",
        "By Ana:",
        "Already exists: Cégeps",
        "In the way: Money",
        "By Bo:",
        "Already exists: Libraries",
        "In the way: Money",
        "Empty: Must change and Who takes it on",
        "",
        "France",
        "Empty: Already exists, In the way, Must change, and Who takes it on",
    ]
    await cleo.press("My territory")
    assert "France" in cleo.text


async def test_the_grid_is_drawn_in_another_process_with_words_for_who_cannot_see_it(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo")
    await lives_in(world, "Bo", "FR")
    ana = await mine(at, "Ana")
    await ana.press("Write my card")
    await ana.fill("Cégeps", "Money", "", "")
    await grid(at, "Ana")
    await ana.press("As a picture")
    assert ana.text == "The grid will be here in a moment."
    await Runner(
        world.store, ROUTER.jobs, DECLARED, outbox.notify, lambda: None, world.clock, files=world.files
    ).catch_up()
    assert (await pushed(world, ana))[-1] == "Your territories as pictures."
    await look_at_push(world, ana)
    quebec, france = ana.pictures
    assert Image.open(io.BytesIO(quebec.content)).format == "PNG"
    alternative = plain(quebec.alt, ana.reader)
    for text in ("Quebec", "What already exists: Cégeps", "Who could take it on: nothing yet"):
        assert text in alternative
    assert "France" in plain(france.alt, ana.reader)


@pytest.mark.parametrize("solved", [True, False])
async def test_the_picture_says_which_solution_it_is_of_if_there_is_one(world: World, solved: bool) -> None:
    at = await table(world, "solutions", "Ana")
    if solved:
        await at.say("Ana", "A bus that is a library", voters=("Ana",))
        await at.reveal()
        ana = await at.open("Ana")
        await ana.press("For whom, what, how")
        await ana.fill("Children", "Books", "By bus")
    await ended(world, at.run)
    at = Table(world, at.chats, at.group, await started(world, at.group, "territories"))
    ana = await mine(at, "Ana")
    await ana.press("Write my card")
    await ana.fill("Cégeps", "", "", "")
    await grid(at, "Ana")
    drawing = await ana.act(Pressed(ana.payload("As a picture")))
    assert drawing
    assert drawing.reply
    assert drawing.reply.job
    asked = drawing.reply.job.payload
    assert "library" not in str(asked)
    drawn = await world.read(read_grid, asked, DECLARED)
    assert drawn["solution"] == ("A bus that is a library" if solved else "")


async def moved(world: World, at: Table, name: str, number_: int = 2) -> Table:
    """Someone is in a new group, where the phase runs too."""
    made = await group(world, [name], number_=number_)
    return Table(world, at.chats, made, await started(world, made, "territories"))


@pytest.mark.parametrize("comes_along", [True, False])
async def test_who_is_moved_takes_the_card_along_or_begins_a_new_one(store_url: str, comes_along: bool) -> None:
    async with open_world(store_url, SETTINGS) as world:
        at = await table(world, "territories", "Ana", "Bo")
        ana = await mine(at, "Ana")
        await ana.press("Write my card")
        await ana.fill("Cégeps", "", "", "")
        new = await moved(world, at, "Ana")
        await mine(new, "Ana")
        assert ana.text.startswith("You wrote a card in another group. Bring it here, or start a new one?")
        if comes_along:
            await ana.press("Bring it here")
            assert ana.text.startswith("Your card is now in this group.")
        else:
            await ana.press("Start a new one")
            await ana.fill("Another", "", "", "")
        here = await world.store.read(partial(cards_of_group, group_id=new.group.id))
        there = await world.store.read(partial(cards_of_group, group_id=at.group.id))
        assert [card.present for card in here] == (["Cégeps"] if comes_along else ["Another"])
        assert [card.present for card in there] == ([] if comes_along else ["Cégeps"])


async def test_the_panel_shows_that_a_card_left_one_group_for_another(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo")
    await mark_published(world)
    maya = await facilitator(world)
    ana = await mine(at, "Ana")
    await ana.press("Write my card")
    await ana.fill("Cégeps", "", "", "")
    new = await moved(world, at, "Ana")
    await maya.command("panneau")
    await panel(world, maya)
    assert {"Education 1 · 0/1", "Education 2 · 0/1"} < set(maya.text.splitlines())
    await mine(new, "Ana")
    await ana.press("Bring it here")
    await panel(world, maya)
    assert {"Education 1 · 0/1", "Education 2 · 1/1"} < set(maya.text.splitlines())


async def test_only_ones_own_card_comes_along(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo")
    ana = await mine(at, "Ana")
    await ana.press("Write my card")
    await ana.fill("Cégeps", "", "", "")
    [card] = await world.read(cards_of_group, at.group.id)
    new = await moved(world, at, "Ana")
    for other in (card.id + 1, 0):
        await ana.follow(bring.to(new.run.id, other).encode())
        assert ana.text.startswith("That button has aged.")
    await at.chats["Bo"].follow(bring.to(at.run.id, card.id).encode())
    assert at.chats["Bo"].text.startswith("That button has aged.")
    assert await world.read(cards_of_group, at.group.id) == [card]


async def test_a_card_of_a_dissolved_group_can_come_along(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo")
    ana = await mine(at, "Ana")
    await ana.press("Write my card")
    await ana.fill("Cégeps", "", "", "")
    await world.store.transact(partial(remove_group, group_id=at.group.id))
    new = await moved(world, at, "Ana")
    await mine(new, "Ana")
    await ana.press("Bring it here")
    assert "Already exists: Cégeps" in words(ana.text)


async def test_the_card_of_another_day_stays_where_it_is(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo")
    ana = await mine(at, "Ana")
    await ana.press("Write my card")
    await ana.fill("Cégeps", "", "", "")
    second = await group(world, ["Ana"], round_=2)
    tomorrow = Table(world, at.chats, second, await started(world, second, "territories"))
    await mine(tomorrow, "Ana")
    assert "Cégeps" not in ana.text
    await ana.press("Write my card")
    await ana.fill("Libraries", "", "", "")
    cards = [await world.read(cards_of_group, each.group.id) for each in (at, tomorrow)]
    assert [[card.present for card in each] for each in cards] == [["Cégeps"], ["Libraries"]]


async def test_who_is_moved_while_writing_gets_their_words_back(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo", modal=True)
    ana = await mine(at, "Ana")
    await ana.press("Write my card")
    await world.store.transact(partial(take_out_of_group, participant_id=await number(world, "Ana"), round_number=1))
    await ana.fill("Cégeps", "", "", "")
    assert words(ana.text).splitlines()[-1] == "Cégeps"


async def test_a_territory_that_vanished_meanwhile_is_asked_for_and_the_words_are_kept(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo", modal=True)
    ana = await mine(at, "Ana")
    await ana.press("Write my card")
    await lives_in(world, "Ana", "")
    await ana.fill("Cégeps", "", "", "")
    assert ana.text == "Your text is kept. Say which country it is about."
    await ana.press("My territory")
    assert ana.form is not None
    assert ana.form.prefill["present"] == "Cégeps"
