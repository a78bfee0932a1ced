"""The list of a safety check on the pavement: a line a group, a press on a name, and who may see whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.conversation.incoming import Located, Pressed, Submitted
from bot.membership.erasure import erase
from bot.people import facilitator_store, participant_store
from bot.people.audiences import Audience, parse
from handlers.attendance.store.marks import mark_attendance
from handlers.trust import service, store
from handlers.trust.actions import AnswerHelp, AskToClose, SayWhere
from handlers.trust.facilitator.lists import draw, mark_seen, turn_list
from tests.drivers.gestures import words
from tests.drivers.menus import menu_of
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import group, mark_published
from tests.outbox import press_push, pushed
from tests.participants import number
from tests.pdf import words as words_of
from tests.world import DECLARED, World, make_settings, open_world

SETTINGS = make_settings(organisers={"telegram": [900, 901]})


async def evacuated(world: World) -> tuple[NeutralChat, dict[str, NeutralChat]]:
    """Two groups, one of which has a room, somebody without a group, somebody who has not joined; all are asked."""
    ines = await world.organiser()
    names = ("Ana", "Bo", "Cleo", "Dan", "Eve")
    people = {name: await world.join(name, str(place)) for place, name in enumerate(names, start=1)}
    await world.invite("Fay")
    await group(world, ["Ana", "Bo"], room="3")
    await group(world, ["Cleo", "Dan"], number_=2)
    await mark_published(world)
    await ines.command("securite")
    await ines.press("Ask everyone")
    await ines.press("Yes, ask now")
    return ines, people


async def runs(world: World, name: str, *audiences: str) -> None:
    """Let somebody run the workshops of these groups («group:2»), and of no others."""
    await world.change(facilitator_store.give, await number(world, name), [parse(word) for word in audiences])


def lines(chat: NeutralChat) -> list[str]:
    return words(chat.text).splitlines()


@on_one_engine
async def test_a_line_a_group_with_its_room_and_two_presses_for_a_name(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        ines, people = await evacuated(world)
        await press_push(world, people["Bo"], "Yes, I am safe")
        await ines.follow(turn_list.to(1, "all", 0).encode())
        assert lines(ines)[2] == "Safe: 1 of 6 · need help: 0 · no answer: 5"
        assert ines.buttons[:4] == (
            "Education 1 · room 3 · 1/2",
            "Education 2 · 0/2",
            "Without a group · 0/1",
            "Not in Rencontres yet · 0/1",
        )
        assert "Education 2" not in ines.text, "a group stands there once"
        await ines.press("Education 1 · room 3 · 1/2")
        assert lines(ines)[1:] == [
            "Ana · no answer",
            "Bo · says at 10:00 that they are safe",
            "Press a name when you see the person safe.",
        ], "the people before what to do"
        await ines.press("Ana")
        assert lines(ines)[1:] == ["Ana · seen, safe (by Inès, 10:00)", "Bo · says at 10:00 that they are safe"]
        assert ines.buttons == ("Undo: Ana", "All groups")
        await ines.press("All groups")
        assert "Education 1 · room 3 · 2/2" in ines.buttons[3:4], "whoever is missing somebody comes first"
        await ines.press("Education 1 · room 3 · 2/2")
        await ines.press("Undo: Ana")
        assert "Ana · no answer" in lines(ines)
        await ines.follow(mark_seen.to(1, await number(world, "Ana"), 0, "all", 0).encode())
        assert lines(ines)[2] == "Safe: 1 of 6 · need help: 0 · no answer: 5"


@on_one_engine
async def test_a_person_is_found_by_three_letters_and_marked_in_two_presses(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        ines, people = await evacuated(world)
        await ines.follow(turn_list.to(1, "all", 0).encode())
        await ines.press("Find someone")
        await ines.fill("cle")
        assert lines(ines) == ["Cleo · no answer", "Press a name when you see the person safe."]
        await ines.press("Cleo")
        assert "Cleo · seen, safe (by Inès, 10:00)" in lines(ines)
        await runs(world, "Ana", "group:2")
        ana = people["Ana"]
        await ana.follow(turn_list.to(1, "all", 0).encode())
        await ana.press("Find someone")
        await ana.fill("bo")
        assert lines(ana) == ["Nobody on the list has that name."], "Bo is in a group of somebody else"
        await ana.press("Find someone else")
        await ana.fill("cl")
        assert ana.buttons[0] == "Undo: Cleo"
        await ana.press("Find someone else")
        await ana.fill("Au secours, il me suit")
        assert "112" in ana.text, "who looks for others may need help too"
        assert "This is my answer" in ana.buttons


async def test_of_two_who_mark_at_once_the_first_stands_and_the_second_is_told(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        ines, _people = await evacuated(world)
        luc = world.chat("901", name="Luc")
        await luc.command("start")
        for chat in (ines, luc):
            await chat.follow(turn_list.to(1, "none", 0).encode())
        await ines.press("Eve")
        await world.clock.advance(timedelta(minutes=2))
        await luc.press("Eve")
        assert lines(luc)[0] == "Eve was marked before: seen, safe (by Inès, 10:00)."
        assert "Eve · seen, safe (by Inès, 10:00)" in lines(luc)
        again = mark_seen.to(1, await number(world, "Eve"), 1, "none", 0).encode()
        await ines.follow(again)
        assert lines(ines)[0] == "Without a group · 1/1", "her own mark is no news to her"


async def test_facilitators_have_their_groups_alone_and_read_neither_place_nor_number(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        ines, people = await evacuated(world)
        await ines.follow("saz-1")
        ana, bo = people["Ana"], await number(world, "Bo")
        await runs(world, "Ana", "group:2")
        await ines.command("securite")
        await ines.press("Ask everyone")
        await ines.press("Yes, ask now")
        await world.change(store.put_phone, await number(world, "Cleo"), "+33 6 12 34 56 78")
        await press_push(world, people["Cleo"], "I need help")
        await ines.follow(turn_list.to(2, "all", 0).encode())
        assert ines.buttons[:2] == ("Education 2 · 0/2 · help: 1", "Education 1 · room 3 · 0/2"), "help comes first"
        assert "On your list, press the name" in (await pushed(world, ana))[-1]
        assert "The list of my groups" in (await menu_of(ana))["Safety"]
        await press_push(world, ana, "The list of my groups")
        view = await world.read(draw, f"2:{await number(world, 'Ana')}:all:0", world.clock.now())
        assert view is not None
        ana.view = view
        assert ana.buttons[0] == "Education 2 · 0/2 · help: 1"
        await ana.press("Education 2 · 0/2 · help: 1")
        assert "+33" not in ana.text
        assert lines(ana)[1:3] == ["Dan · no answer", "Cleo · help asked for at 10:00"]
        await ana.press("Cleo")
        await ana.press("Dan")
        assert lines(ana)[0] == "Education 2 · 2/2"
        await ana.follow(mark_seen.to(2, bo, 1, "1", 0).encode())
        assert "That button has aged." in ana.text, "Bo is in another group"
        await runs(world, "Ana")
        await ana.follow(mark_seen.to(2, await number(world, "Dan"), 0, "2", 0).encode())
        assert lines(ana)[0].startswith("This is for facilitators.")
        assert await world.read(draw, f"2:{await number(world, 'Ana')}:all:0", world.clock.now()) is None


@on_one_engine
async def test_who_asks_for_help_after_being_seen_safe_needs_help(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        ines, people = await evacuated(world)
        await ines.follow(turn_list.to(1, "1", 0).encode())
        await ines.press("Ana")
        await world.clock.advance(timedelta(minutes=1))
        await press_push(world, people["Ana"], "I need help")
        await ines.follow(turn_list.to(1, "1", 0).encode())
        assert lines(ines)[0] == "Education 1 · room 3 · 0/2 · help: 1"
        await ines.press("Ana")
        assert "seen, safe (by Inès, 10:01)" in words(ines.text)
        assert lines(ines)[0] == "Education 1 · room 3 · 1/2"
        await world.clock.advance(timedelta(minutes=30))
        told = len(await pushed(world, ines))
        await people["Ana"].follow(AnswerHelp(1).encode())
        assert "needs help" in words((await pushed(world, ines))[-1])
        assert len(await pushed(world, ines)) == told + 1, "a cry after a mark is a cry"
        earlier = int(world.clock.now().timestamp()) - 60
        await ines.follow(mark_seen.to(1, await number(world, "Ana"), earlier, "1", 0).encode())
        assert lines(ines)[0] == "Ana has asked for help since: not marked."


@on_one_engine
@pytest.mark.parametrize("way", ["words", "form", "position"])
async def test_who_says_where_they_are_after_being_seen_safe_needs_help_again(store_url: str, way: str) -> None:
    """Somebody saw a person safe, or the wrong person, a moment ago: what the person says now is a cry."""
    async with open_world(store_url, SETTINGS) as world:
        ines, people = await evacuated(world)
        await press_push(world, people["Ana"], "I need help")
        await world.clock.advance(timedelta(minutes=1))
        await ines.follow(turn_list.to(1, "1", 0).encode())
        await ines.press("Ana")
        told = len(await pushed(world, ines))
        await world.clock.advance(timedelta(seconds=30))
        match way:
            case "words":
                await people["Ana"].send("In the cellar, the door is shut")
            case "form":
                await people["Ana"].act(Submitted(SayWhere(1).encode(), {"place": "In the cellar"}), forged=True)
            case "position":
                await people["Ana"].act(Located(45.7, 4.8))
        assert "needs help" in words((await pushed(world, ines))[-1])
        assert len(await pushed(world, ines)) == told + 1
        await ines.follow(turn_list.to(1, "1", 0).encode())
        assert lines(ines)[0] == "Education 1 · room 3 · 0/2 · help: 1"
        assert "help asked for at 10:01" in ines.text
        assert "seen, safe" not in ines.text
        await people["Ana"].send("Still there")
        assert len(await pushed(world, ines)) == told + 1, "once is enough"


async def test_who_was_seen_is_not_asked_again_and_late_answers_are_counted(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        ines, people = await evacuated(world)
        await ines.follow(turn_list.to(1, "1", 0).encode())
        await ines.press("Ana")
        await world.clock.advance(timedelta(minutes=5))
        assert await world.change(service.release_second_round, world.clock.now()) == 4
        await ines.follow("saz-1")
        await world.clock.advance(timedelta(minutes=1))
        await press_push(world, people["Dan"], "Yes, I am safe")
        await ines.follow(turn_list.to(1, "all", 0).encode())
        assert "1 person answered after that." in lines(ines)


@on_one_engine
async def test_an_erased_marker_is_someone_and_an_erased_person_stands_on_no_list(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        ines, _people = await evacuated(world)
        await runs(world, "Dan", "group:2")
        dan = await number(world, "Dan")
        check = await world.read(store.running_check)
        assert check is not None
        for listed in await world.read(service.groups_listed, check, None):
            for person in listed.people:
                if person.given_name == "Cleo":
                    await world.change(service.mark, check, person, dan, world.clock.now(), seen=True)
        await world.change(erase, DECLARED, dan, world.clock.now(), texts=False, files=world.files)
        await ines.follow(turn_list.to(1, "2", 0).encode())
        assert lines(ines)[1:] == ["Cleo · seen, safe (by someone, 10:00)"]


@pytest.mark.parametrize("page", [0, 1])
async def test_many_people_without_a_group_are_read_page_by_page(sqlite_url: str, page: int) -> None:
    async with open_world(sqlite_url, SETTINGS) as world:
        ines = await world.organiser()
        for place in range(25):
            await world.invite(f"P{place:02}")
        await world.join("Zed", "1")
        await ines.command("securite")
        await ines.press("Ask everyone")
        await ines.press("Yes, ask now")
        await ines.follow(turn_list.to(1, "invited", page).encode())
        names = [label for label in ines.buttons if label.startswith("P")]
        assert names == [f"P{place:02}" for place in range(page * 20, min(25, page * 20 + 20))]


@on_one_engine
async def test_the_list_as_a_file_and_on_paper_is_dated_and_not_kept(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        ines, _people = await evacuated(world)
        await ines.follow(turn_list.to(1, "1", 0).encode())
        await ines.press("Ana")
        await ines.press("All groups")
        await ines.press("As a file and on paper")
        assert "Out of date after this minute" in lines(ines)[0]
        assert ines.view is not None
        assert ines.view.secret, "no file is kept, and none is in a backup"
        assert len(ines.view.attachments) == 2
        table, paper = ines.view.attachments
        text = table.content.decode("utf-8-sig")
        assert text.splitlines()[1].startswith('"As of ')
        assert '"Education 1";"3";"Ana";"yes";"seen, safe (by Inès, 10:00)"' in text
        assert '"Not in Rencontres yet";"";"Fay";"no";"not in Rencontres yet"' in text
        assert paper.content.startswith(b"%PDF")
        assert not (await world.read(world.files.in_use))


async def marked_absent(world: World, *names: str) -> None:
    """Let Inès mark people absent this morning."""
    ids = [await number(world, name) for name in names]
    ines = await number(world, "Inès")
    await world.change(mark_attendance, ids, world.clock.now().date().isoformat(), False, ines, world.clock.now())


async def test_who_is_marked_absent_is_not_missing_until_something_is_heard_of_them(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        ines, people = await evacuated(world)
        await marked_absent(world, "Ana", "Cleo")
        await ines.follow(turn_list.to(1, "all", 0).encode())
        assert lines(ines)[2:4] == ["Safe: 0 of 6 · need help: 0 · no answer: 4", "Marked absent: 2"]
        assert "Education 2 · 0/2 · absent: 1" in ines.buttons
        await ines.command("organiser")
        assert "goes on: 4 people have not answered" in ines.text, "as many as on the list"
        await ines.follow(turn_list.to(1, "all", 0).encode())
        await ines.press("Education 1 · room 3 · 0/2 · absent: 1")
        assert lines(ines)[1:3] == ["Bo · no answer", "Ana · not there this morning (Inès, 10:00)"]
        await ines.press("Bo")
        await ines.press("All groups")
        assert ines.buttons[3] == "Education 1 · room 3 · 1/2 · absent: 1", "nobody of it is missing"
        await ines.press("Find someone")
        await ines.fill("cleo")
        assert lines(ines)[0] == "Cleo · not there this morning (Inès, 10:00)"
        await press_push(world, people["Ana"], "I need help")
        await press_push(world, people["Cleo"], "Yes, I am safe")
        await ines.follow(turn_list.to(1, "1", 0).encode())
        assert "not there" not in ines.text
        await ines.follow(turn_list.to(1, "2", 0).encode())
        assert "Cleo · says at 10:00 that they are safe" in lines(ines)
        await ines.follow(AskToClose(1).encode())
        assert lines(ines)[1] == "No answer: 3 · need help: 1"


async def test_who_was_not_asked_is_counted_on_the_list_and_in_the_file(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SETTINGS) as world:
        ines, _people = await evacuated(world)
        await ines.follow("saz-1")
        ids = [await number(world, name) for name in ("Ana", "Cleo")]
        now = world.clock.now()
        day = now.date().isoformat()
        await world.change(mark_attendance, ids, day, True, await number(world, "Inès"), now)
        check = await world.change(service.begin_check, ids[0], Audience("present", day), now, drill=False)
        assert check is not None
        await ines.follow(turn_list.to(check.id, "all", 0).encode())
        assert lines(ines)[3] == "4 people are not on this list."
        await ines.press("As a file and on paper")
        assert ines.view is not None
        table, paper = ines.view.attachments
        assert '"4 people are not on this list."' in table.content.decode("utf-8-sig")
        assert "4 people are not on this list." in "\n".join(words_of(paper.content))
        await runs(world, "Dan", "group:2")
        dan = await world.read(participant_store.find, await number(world, "Dan"))
        assert (await world.read(service.list_for, check, dan)).left_out == 1, "Dan; the others are in other groups"


async def test_a_file_has_the_people_of_a_group_in_the_order_of_the_screen(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SETTINGS) as world:
        ines = await world.organiser()
        for place, name in enumerate(("Zoé", "Élie", "Ada", "Max"), start=1):
            await world.join(name, str(place))
        await ines.command("securite")
        await ines.press("Ask everyone")
        await ines.press("Yes, ask now")
        await ines.follow(turn_list.to(1, "none", 0).encode())
        await ines.press("Ada")
        names = [line.partition(" ·")[0] for line in lines(ines)[1:-1]]
        assert names == ["Élie", "Max", "Zoé", "Ada"]
        await ines.press("All groups")
        await ines.press("As a file and on paper")
        assert ines.view is not None
        table, paper = ines.view.attachments
        rows = [line.split(";") for line in table.content.decode("utf-8-sig").splitlines()]
        assert [row[2].strip('"') for row in rows if row[0] == '"Without a group"'] == names
        drawn = "\n".join(words_of(paper.content))
        assert sorted(names, key=drawn.index) == names


async def test_who_needs_help_is_named_with_their_group_and_room(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        ines, people = await evacuated(world)
        for name, said in (("Ana", "Ana (Education 1 · room 3)"), ("Cleo", "Cleo (Education 2)"), ("Eve", "Eve")):
            await press_push(world, people[name], "I need help")
            assert words((await pushed(world, ines))[-1]).startswith(f"{said} needs help.")
        await ines.follow(turn_list.to(1, "all", 0).encode())
        assert "Ana · Education 1 · room 3 · help asked for at 10:00" in lines(ines)
        assert "Eve · help asked for at 10:00" in lines(ines)


async def test_who_closes_a_check_reads_that_it_is_closed(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SETTINGS) as world:
        ines, _people = await evacuated(world)
        await ines.follow(AskToClose(1).encode())
        await ines.press("Yes, close it")
        assert lines(ines)[0].startswith("This check is closed: nobody is asked again.")


async def test_whoever_is_not_shown_for_a_few_letters_is_counted(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SETTINGS) as world:
        ines = await world.organiser()
        for place in range(22):
            await world.join(f"Zed{place}", str(place + 1))
        await ines.command("securite")
        await ines.press("Ask everyone")
        await ines.press("Yes, ask now")
        await ines.follow(turn_list.to(1, "all", 0).encode())
        await ines.press("Find someone")
        await ines.fill("zed")
        assert "2 more people: type more letters." in ines.text


@on_one_engine
async def test_a_mark_made_without_network_has_the_minute_of_the_press(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        ines, people = await evacuated(world)
        await world.clock.advance(timedelta(minutes=42))
        await press_push(world, people["Cleo"], "I need help")
        asked_at = int(world.clock.now().timestamp())
        await world.clock.advance(timedelta(minutes=13))
        pressed = {
            "Ana": (1, timedelta(minutes=13)),
            "Bo": (1, timedelta(days=3)),
            "Cleo": (asked_at, timedelta(hours=1)),
        }
        for name, (was, ago) in pressed.items():
            await ines.act(Pressed(mark_seen.to(1, await number(world, name), was, "all", 0).encode(), ago=ago))
        await ines.press("Education 1 · room 3 · 2/2")
        assert lines(ines)[1:] == [
            "Ana · seen, safe (by Inès, 10:42)",
            "Bo · seen, safe (by Inès, 10:00)",
        ], "never before the check began"
        await ines.press("All groups")
        await ines.press("Education 2 · 1/2")
        assert "Cleo · seen, safe (by Inès, 10:42)" in lines(ines), "nor before the last request for help"
