"""Encounters in the chat: planned, begun, lived table by table, mended, and contacts that change hands by two yes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.content.folding import MOST_FOR_LEADERS
from bot.content.texts import plain
from bot.conversation import display_store
from bot.people import participant_store
from bot.people.quiet import Hours
from handlers.attendance.store.marks import mark_attendance
from handlers.encounters import store
from handlers.encounters.displays import draw
from handlers.encounters.membership import AFTER_MEMBERSHIP
from handlers.encounters.model import Seats
from handlers.encounters.participant import answer
from handlers.encounters.service import SCREEN, card_key
from handlers.initiatives import service as initiatives
from handlers.initiatives.store.cards import put
from handlers.initiatives.store.contacts import answers_of, exchanged
from handlers.programme.service import undo_changes
from handlers.programme.store import all_sessions
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.encounters.builders import (
    SETTINGS,
    begun,
    card,
    encounter_of,
    guests,
    partners,
    pass_minutes,
    planned,
    prepared,
    seats_of,
)
from tests.engines import on_one_engine
from tests.live_screens import draw_all, live_screens
from tests.outbox import pushed
from tests.participants import number
from tests.pdf import sizes_of_sign, words
from tests.world import World, open_world


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    """A gathering with encounters."""
    async with open_world(store_url, SETTINGS) as world:
        yield world


async def messages(world: World, chats: dict[str, NeutralChat], words: str) -> list[str]:
    """The first names of those to whom a message with these words is on its way, each as often as there is one."""
    return [name for name, chat in chats.items() for said in await pushed(world, chat) if words in said]


# --- preparing


@on_one_engine
async def test_an_organiser_plans_a_session_and_sees_who_meets_whom_and_how_good_that_is(world: World) -> None:
    chats = await guests(world, 6)
    ines = await prepared(world)
    assert "Everybody meets 4 people, for 10 minutes each." in ines.text
    assert "Nobody has a table yet." in ines.text
    await ines.press("Plan the tables")
    await catch_up_with(world, ines)
    assert "6 people take part." in ines.text
    assert "Everybody meets people from at least 3 other territories." in ines.text
    assert "better" in ines.text
    assert len(ines.buttons) <= MOST_FOR_LEADERS  # also where the plan comes by itself
    seats = await seats_of(world)
    met = [seats.met_by(await number(world, name)) for name in chats]
    assert [len(others) for others in met] == [4] * 6  # four others each, none twice
    await ines.press("Who meets whom")
    assert len(ines.options) == 6
    await ines.pick(ines.options[0])
    assert "another territory" in ines.text
    assert "Choose a name to keep these two people apart:" in ines.text


@on_one_engine
async def test_who_is_marked_present_takes_part_or_everyone_who_joined_where_nobody_is_marked(world: World) -> None:
    await guests(world, 6)
    day = world.clock.now().date().isoformat()
    inside = [await number(world, f"P{place}") for place in range(1, 5)]
    await world.change(mark_attendance, inside, day, True, inside[0], world.clock.now())
    await planned(world)
    assert sorted(person.id for person in (await seats_of(world)).here) == inside


@on_one_engine
async def test_pairs_are_kept_apart_and_together(world: World) -> None:
    await guests(world, 6)
    ines = await planned(world)
    one, two = await number(world, "P1"), await number(world, "P5")  # of one territory each
    met = [person.given_name for person in (await seats_of(world)).met_by(one)]
    await ines.press("Who meets whom")
    await ines.pick("P1")
    await ines.pick(met[0])  # keep apart
    await catch_up_with(world, ines)
    assert met[0] not in [person.given_name for person in (await seats_of(world)).met_by(one)]
    await ines.press("Who meets whom")
    await ines.pick("P1")
    assert f"No longer apart: {met[0]}" in ines.buttons
    await ines.press("Let them meet somebody")
    await ines.fill("P5")
    await catch_up_with(world, ines)
    assert two in [person.id for person in (await seats_of(world)).met_by(one)]


@on_one_engine
async def test_the_list_at_the_door_says_on_paper_where_everybody_sits(world: World) -> None:
    chats = await guests(world, 6)
    ines = await planned(world)
    await ines.press("The list for the door")
    await catch_up_with(world, ines)
    assert ines.text == "The list for the door, to be printed."
    [file] = ines.files
    paper = " ".join(words(file.content))
    assert all(name in paper for name in (*chats, "Encounter 1", "Encounter 4"))
    seats = await seats_of(world)
    for name in chats:
        tables = [seats.table_of(await number(world, name), seating)[0] for seating in range(1, 5)]
        assert f"{name} {' '.join(map(str, tables))}" in paper


@on_one_engine
async def test_the_list_at_the_door_has_all_tables_in_one_size_however_long_a_room_is_called(world: World) -> None:
    await guests(world, 6)
    ines = await prepared(world)
    await ines.press("Change")
    await ines.fill("4", "10", "Yard\nSalle bleue")
    await ines.press("Plan the tables")
    await catch_up_with(world, ines)
    await ines.press("The list for the door")
    await catch_up_with(world, ines)
    paper = ines.files[0].content
    assert {"Yard", "Salle"} <= {*" ".join(words(paper)).split()}
    assert len({*sizes_of_sign(paper, "·")}) == 1


@on_one_engine
async def test_where_a_rule_cannot_hold_the_screen_says_which_gives_way(world: World) -> None:
    await guests(world, 3)
    ines = await planned(world)
    assert "Not every rule can be kept: some people meet twice." in ines.text
    assert "Begin" in ines.buttons


# --- the day


async def test_everybody_gets_one_card_that_changes_until_the_encounters_are_over(world: World) -> None:
    chats = await guests(world, 6)
    ines = await begun(world)
    assert "The encounters have begun." in ines.text
    assert len({screen.key for screen in await live_screens(world) if screen.key.startswith("encounter:")}) == 6
    seen: dict[str, set[str]] = {name: set() for name in chats}
    for seating in range(1, 5):
        sitting = await partners(world, chats)
        assert len(sitting) == 6
        for name, chat in chats.items():
            text = await card(world, chat)
            assert f"Encounter {seating} of 4 · table " in text
            assert all(other in text for other in sitting[name])
            seen[name].update(sitting[name])
        await pass_minutes(world, 10)
    assert {name: len(others) for name, others in seen.items()} == dict.fromkeys(chats, 4)
    assert "The encounters are over." in await card(world, chats["P1"])
    assert await messages(world, chats, "") == []  # cards alone: nothing is sent beside them


@on_one_engine
async def test_a_card_says_what_connects_the_two_and_how_to_begin(world: World) -> None:
    chats = await guests(world, 2)
    await world.change(put, await number(world, "P1"), seeks="place", shown=1)
    await world.change(put, await number(world, "P2"), offers="place", shown=1)
    await begun(world)
    assert "P2 (Quebec) brings a place, which you are looking for." in await card(world, chats["P1"])
    assert "P1 (Wallonia-Brussels) is looking for a place, which you bring." in await card(world, chats["P2"])
    assert "Begin by telling how you did it." in chats["P2"].text


@on_one_engine
async def test_of_two_organisers_who_begin_the_second_is_told(world: World) -> None:
    await guests(world, 4)
    ines = await planned(world)
    lou = world.chat("901", name="Lou")
    await lou.command("start")
    await lou.command("cafes")
    for organiser in (ines, lou):
        await organiser.press("Begin")
    await ines.press("Yes, begin")
    await lou.press("Yes, begin")
    assert "Somebody else has begun the encounters already." in lou.text
    assert "Encounter 1 of 4" in lou.text
    assert (await encounter_of(world)).seating == 1


# --- who does not come, comes late, or goes


async def test_who_is_missing_is_replaced_at_once_and_two_others_are_told(world: World) -> None:
    chats = await guests(world, 7)
    ines = await begun(world)
    before = await partners(world, chats)
    await ines.press("Somebody is missing")
    await ines.fill("P3")
    assert "P3 no longer takes part." in ines.text
    told = await messages(world, chats, "you now sit at table")
    assert len(told) <= 2
    after = await partners(world, chats)
    assert sorted(after) == sorted(set(chats) - {"P3"})
    assert all(after.values())
    moved = {name for name in after if "P3" not in before[name] and before[name] != after[name]}
    assert len(moved) <= 3
    assert "You do not take part at the moment." in await card(world, chats["P3"])

    await ines.press("Somebody has come")
    await ines.fill("P3")
    assert "P3 has a table now." in ines.text
    assert (await partners(world, chats))["P3"]
    assert "Encounter 1 of 4" in await card(world, chats["P3"])


@on_one_engine
async def test_who_sat_with_somebody_who_goes_is_still_asked_about_them(world: World) -> None:
    chats = await guests(world, 6)
    ines = await begun(world)
    gone = (await partners(world, chats))["P1"][0]
    await ines.press("Somebody is missing")
    await ines.fill(gone)
    assert (await partners(world, chats))["P1"] != [gone]
    assert f"Keep in touch with {gone} " in await card(world, chats["P1"])
    await chats["P1"].press("Keep in touch")
    assert (await world.read(answers_of, await number(world, "P1")))[await number(world, gone)] is True


@on_one_engine
async def test_a_block_at_the_table_moves_nobody_when_somebody_else_goes(world: World) -> None:
    chats = await guests(world, 8)
    ines = await begun(world)
    before = await partners(world, chats)
    other = before["P1"][0]
    gone = next(name for name in chats if name not in ("P1", other))
    await world.change(initiatives.block, await number(world, "P1"), await number(world, other), world.clock.now())
    await ines.press("Somebody is missing")
    await ines.fill(gone)
    assert (await partners(world, chats))["P1"] == [other]
    assert "Keep in touch with" not in await card(world, chats["P1"]), "a block is an answer"
    await pass_minutes(world, 10)
    seats, encounter = await seats_of(world), await encounter_of(world)
    assert await number(world, other) not in _sitting_with(seats, await number(world, "P1"), encounter.seating)


@on_one_engine
async def test_who_leaves_and_comes_back_before_it_begins_is_expected_again(world: World) -> None:
    chats = await guests(world, 5)
    ines = await planned(world)
    person = await world.read(participant_store.find, await number(world, "P3"))
    assert person
    assert AFTER_MEMBERSHIP.leave
    await world.change(AFTER_MEMBERSHIP.leave, person, world.clock.now(), True)
    assert person.id not in [each.id for each in (await seats_of(world)).here]
    await ines.command("cafes")
    await ines.press("Another plan")
    await catch_up_with(world, ines)
    assert person.id in [each.id for each in (await seats_of(world)).here]
    assert len(chats) == 5


async def test_who_erases_themselves_at_the_table_is_gone_and_the_other_sits_elsewhere(world: World) -> None:
    chats = await guests(world, 5)
    await begun(world)
    sitting = await partners(world, chats)
    erased = next(name for name, others in sitting.items() if len(others) == 1)
    await chats[erased].command("erase")
    await chats[erased].press("Erase my texts too")
    await chats[erased].press("Yes, erase me")
    rest = {name: chat for name, chat in chats.items() if name != erased}
    after = await partners(world, rest)
    assert len(after) == 4
    assert all(len(others) == 1 for others in after.values())
    for name, chat in rest.items():
        text = await card(world, chat)
        assert (after[name][0] in text, erased in text) == (True, False)


# --- contacts


async def test_contacts_change_hands_by_two_yes_and_nobody_learns_of_a_no(world: World) -> None:
    chats = await guests(world, 4)
    await begun(world)
    sitting = await partners(world, chats)
    one = chats["P1"]
    two = chats[sitting["P1"][0]]
    three, four = (chats[name] for name in sitting if name not in ("P1", sitting["P1"][0]))
    await card(world, one)
    await one.press("Keep in touch")
    assert await pushed(world, two) == []
    assert "Keep in touch with" not in one.text  # it is answered
    await card(world, two)
    await two.press("Keep in touch")
    assert await messages(world, chats, "") == []  # one message, once the encounters are over
    await card(world, three)
    await three.press("Keep in touch")
    await card(world, four)
    await four.press("Not for me")
    assert four.toast == "Nobody learns of it."
    assert await pushed(world, three) == []
    assert await pushed(world, four) == []
    ids = {chat.sender.name: await number(world, chat.sender.name) for chat in (one, two, three, four)}
    assert await world.read(exchanged, ids["P1"]) == [ids[two.sender.name]]
    assert await world.read(exchanged, ids[three.sender.name]) == []
    for _seating in range(4):
        await pass_minutes(world, 10)
    told = await messages(world, chats, "The encounters gave you 1 contact: ")
    assert sorted(told) == sorted(["P1", two.sender.name])
    assert sorted(await messages(world, chats, "")) == sorted(told)


@on_one_engine
async def test_all_contacts_of_a_session_come_in_one_message_also_those_answered_when_it_is_over(world: World) -> None:
    chats = await guests(world, 4)
    await begun(world)
    for _seating in range(3):
        await pass_minutes(world, 10)
    others = [chat for name, chat in chats.items() if name != "P1"]
    for chat in others:
        await card(world, chat)
        while "Keep in touch" in chat.buttons:
            await chat.press("Keep in touch")
    await card(world, chats["P1"])
    await chats["P1"].press("Keep in touch")
    await pass_minutes(world, 10)
    [first] = await pushed(world, chats["P1"])
    assert first.startswith("The encounters gave you 1 contact: ")
    await card(world, chats["P1"])
    await chats["P1"].press("Keep in touch")
    await chats["P1"].press("Keep in touch")
    [all_] = await pushed(world, chats["P1"])
    assert all_.startswith("The encounters gave you 3 contacts: ")
    assert "You have not added contact details yet" in all_
    assert all(name in all_ for name in ("P2", "P3", "P4"))


@on_one_engine
async def test_who_comes_or_goes_draws_the_cards_of_those_concerned_alone(world: World) -> None:
    chats = await guests(world, 12)
    ines = await begun(world)
    before = await partners(world, chats)
    await draw_all(world)
    await ines.press("Somebody is missing")
    await ines.fill("P3")
    after, encounter = await partners(world, chats), await encounter_of(world)
    anew = {screen.key for screen in await live_screens(world) if screen.behind}
    elsewhere = [name for name in chats if before.get(name) != after.get(name)]
    concerned = {card_key(encounter.id, await number(world, name)) for name in elsewhere}
    assert concerned <= anew
    assert len(anew) <= len(concerned) + 2 < 12


@on_one_engine
async def test_a_question_waits_until_it_is_answered(world: World) -> None:
    chats = await guests(world, 6)
    await begun(world)
    first = (await partners(world, chats))["P1"][0]
    await pass_minutes(world, 10)
    second = (await partners(world, chats))["P1"][0]
    assert f"Keep in touch with {first} " in await card(world, chats["P1"])
    await chats["P1"].press("Not for me")
    assert f"Keep in touch with {second} " in chats["P1"].text


@on_one_engine
async def test_a_forged_press_answers_for_nobody_else_and_about_nobody_whom_one_has_not_met(world: World) -> None:
    chats = await guests(world, 4)
    await begun(world)
    sitting = await partners(world, chats)
    stranger = next(name for name in chats if name not in ("P1", *sitting["P1"]))
    encounter = await encounter_of(world)
    later = answer.to(encounter.id, await number(world, stranger), yes=True)  # they meet in another seating
    await chats["P1"].follow(later.encode())
    assert await world.read(answers_of, await number(world, "P1")) == {}
    await chats["P1"].follow(answer.to(encounter.id, await number(world, "P1"), yes=True).encode())
    assert await world.read(answers_of, await number(world, "P1")) == {}
    outside = await world.join("Zoe", "99")
    await outside.follow(answer.to(encounter.id, await number(world, "P1"), yes=True).encode())
    assert await world.read(answers_of, await number(world, "Zoe")) == {}
    await card(world, chats["P1"])
    await chats["P1"].press("Keep in touch")
    assert list((await world.read(answers_of, await number(world, "P1"))).values()) == [True]


@on_one_engine
async def test_a_contact_of_an_encounter_says_where_the_two_met(world: World) -> None:
    chats = await guests(world, 2)
    await begun(world)
    for chat in chats.values():
        await card(world, chat)
        await chat.press("Keep in touch")
    await chats["P1"].command("contacts")
    await chats["P1"].open(1)
    assert "in an encounter" in chats["P1"].text


async def test_who_blocked_or_reported_whom_meet_in_no_seating_and_organisers_see_nothing_of_it(world: World) -> None:
    await guests(world, 6)
    one, two, three = [await number(world, name) for name in ("P1", "P2", "P3")]
    await world.change(initiatives.block, one, two, world.clock.now())
    ines = await planned(world)
    assert two not in [person.id for person in (await seats_of(world)).met_by(one)]
    await ines.press("Who meets whom")
    await ines.pick("P1")
    assert not any("apart" in label for label in ines.buttons)
    await ines.press("Let them meet somebody")
    await ines.fill("P2")
    await catch_up_with(world, ines)
    assert two not in [person.id for person in (await seats_of(world)).met_by(one)]

    other = _sitting_with(await seats_of(world), three, 4)[0]
    await ines.press("Begin")
    await ines.press("Yes, begin")
    await world.change(initiatives.block, other, three, world.clock.now(), reported=True)
    for seating in range(1, 5):
        tables = await seats_of(world)
        assert other not in _sitting_with(tables, three, seating)
        assert all(_sitting_with(tables, person.id, seating) for person in tables.here)
        await pass_minutes(world, 10)


def _sitting_with(seats: Seats, person: int, seating: int) -> list[int]:
    return [other.id for other in seats.table_of(person, seating)[1]]


# --- beside it


@on_one_engine
async def test_the_wall_shows_which_seating_goes_on(world: World) -> None:
    await guests(world, 4)
    ines = await begun(world)
    encounter = await encounter_of(world)
    scene = await world.read(draw, str(encounter.id), world.clock.now())
    assert scene is not None
    assert plain(scene.title, ines.reader) == "Encounter 1 of 4"
    assert scene.clock is not None
    assert scene.clock.ends_at == encounter.ends_at
    await ines.press("End the encounters")
    await ines.press("Yes, end them")
    over = await world.read(draw, str(encounter.id), world.clock.now())
    assert over is not None
    assert plain(over.title, ines.reader) == "Thank you!"


@on_one_engine
async def test_a_wall_that_is_open_shows_the_encounters_until_they_end_and_then_what_it_showed_before(
    world: World,
) -> None:
    await guests(world, 4)
    wall = await world.change(display_store.issue, "stage", "7", None, world.clock.now())
    ines = await planned(world)
    await ines.press("Show it on the wall")
    assert ines.text == "1 wall shows it now."

    async def shown() -> tuple[str, str]:
        link = await world.read(display_store.find, wall)
        assert link is not None
        return link.kind, link.subject

    encounter = await encounter_of(world)
    await ines.press("Encounters")
    assert "Show it on the wall" not in ines.buttons
    await ines.press("Begin")
    await ines.press("Yes, begin")
    for _seating in range(4):
        assert await shown() == (SCREEN, str(encounter.id))
        await pass_minutes(world, 10)
    assert await shown() == ("stage", "7")


@on_one_engine
async def test_a_wall_goes_back_when_the_session_is_deleted_or_does_not_take_place(world: World) -> None:
    await guests(world, 4)
    wall = await world.change(display_store.issue, "stage", "7", None, world.clock.now())
    ines = await planned(world)
    await ines.press("Show it on the wall")
    [session] = await world.read(all_sessions)
    hours = Hours("Europe/Paris")
    gone = await world.change(undo_changes, [], [(session.id, session.plan)], world.clock.now(), hours)
    assert gone is not None
    assert await world.read(store.everything) == []
    link = await world.read(display_store.find, wall)
    assert link is not None
    assert (link.kind, link.subject) == ("stage", "7")


async def test_the_screen_of_encounters_is_opened_by_a_link_and_revoked(world: World) -> None:
    await guests(world, 4)
    ines = await planned(world)
    await ines.press("Open the screen")
    assert "The screen for the wall" in ines.text
    subject = str((await encounter_of(world)).id)
    assert await world.read(display_store.count_on_walls, SCREEN, subject) == 1
    await ines.press("Revoke the links")
    assert "1 link is revoked" in ines.text
    assert await world.read(display_store.count_on_walls, SCREEN, subject) == 0


@on_one_engine
async def test_without_the_section_nobody_sees_anything_of_encounters(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await world.organiser()
        await ines.command("cafes")
        assert ines.text.startswith("I do not know /cafes.")
