"""A gallery of tables: who visits which table, prepared, conducted in rounds, and lived by everybody in the room."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from bot.content.actions import base36
from bot.content.scenes import Scene
from bot.content.texts import plain
from bot.content.views import View
from bot.conversation.incoming import Picked
from bot.rehearsal.chat_driver import look_for
from handlers.equality.service import ended_steps
from handlers.groups.model import Group
from handlers.groups.store.groups import remove_group
from handlers.plenary.displays.wall import draw
from handlers.plenary.model.gallery import GALLERY, Table, gallery_length, plan_visits
from handlers.plenary.model.turns import PlenaryState
from handlers.plenary.organiser.order import swap_first, swap_second
from handlers.plenary.participant.room import draw_table
from handlers.plenary.store.echo import applause_of
from handlers.plenary.store.galleries import table_of_visitor, tables_of
from handlers.plenary.store.listeners import group_of_listener
from handlers.plenary.store.questions import questions_of_group
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group, mark_published
from tests.live_screens import bring_all_up_to_date, live_screens
from tests.outbox import pushed
from tests.participants import number
from tests.plenary.builders import card, plenary_session, present_state, screens_of, wait
from tests.world import World, open_world

THEMES = ("culture", "school", "civic")
NAMES = [f"P{place}" for place in range(1, 9)]
"""Who is in the room: four groups of two."""


def tables(groups: int, members: int, themes: str = "abc") -> list[Table]:
    """Groups of so many members each, of these themes in turn."""
    return [
        Table(place, themes[place % len(themes)], range(100 * place, 100 * place + members))
        for place in range(1, groups + 1)
    ]


# --- the plan


@pytest.mark.parametrize(("groups", "members", "rounds"), [(17, 6, 4), (17, 5, 4), (16, 7, 6), (60, 6, 4), (4, 5, 2)])
def test_everybody_visits_other_tables_of_other_themes_and_none_is_overfull(
    groups: int, members: int, rounds: int
) -> None:
    room = tables(groups, members)
    own = {person: table for table in room for person in table.members}
    themes = {table.group_id: table.theme for table in room}
    for seed in range(1, 6):
        plan = plan_visits(room, rounds, seed)
        visited = {person: [visits[person] for visits in plan if person in visits] for person in own}
        assert {len(seen) for seen in visited.values()} == {rounds // 2}
        assert all(len({own[person].group_id, *seen}) == 1 + len(seen) for person, seen in visited.items())
        for visits in plan:
            assert max(Counter(visits.values()).values()) <= -(-len(visits) // groups)
        new = sum(
            len({own[person].theme, *map(themes.__getitem__, seen)}) == min(3, 1 + len(seen))
            for person, seen in visited.items()
        )
        assert new >= 0.85 * len(own)  # five groups of one theme cannot receive all of the twelve others


def test_in_a_small_room_nobody_comes_to_a_table_twice_with_any_seed() -> None:
    room = [Table(place, theme, range(10 * place, 10 * place + 2)) for place, theme in enumerate("aabc", start=1)]
    for seed in range(300):
        plan = plan_visits(room, 4, seed)
        for person in (person for table in room for person in table.members):
            seen = [visits[person] for visits in plan if person in visits]
            assert len(set(seen)) == len(seen) == 2, seed


def test_a_plan_is_redone_by_its_seed_and_others_are_others() -> None:
    room = tables(9, 6)
    assert plan_visits(room, 4, 17) == plan_visits(list(reversed(room)), 4, 17)
    assert len({str(plan_visits(room, 4, seed)) for seed in range(20)}) == 20


def test_in_each_round_somebody_receives_at_every_table_with_two_people_or_more() -> None:
    room = tables(5, 3)
    for visits in plan_visits(room, 4, 3):
        assert {table.group_id for table in room if all(person in visits for person in table.members)} == set()
        assert 0 < len(visits) < 15


def test_nobody_is_sent_to_a_table_where_nobody_receives() -> None:
    room = [*tables(3, 4), Table(9, "a", [900]), Table(10, "b", [])]
    for place, visits in enumerate(plan_visits(room, 4, 5)):
        assert 10 not in visits.values()
        assert (9 in visits.values(), 900 in visits) == ((True, False) if place % 2 == 0 else (False, True))
    assert plan_visits([Table(1, "a", [1, 2])], 2, 1) == [{}, {}]
    assert plan_visits([], 2, 1) == [{}, {}]


def test_the_length_of_a_gallery() -> None:
    assert gallery_length(4, GALLERY) == timedelta(minutes=44)


# --- the gallery


async def room_of(world: World, groups: int = 4, members: int = 2) -> list[Group]:
    """Published groups of people «P1», «P2» …, their themes in turn, and a session for the plenary."""
    names = [f"P{place}" for place in range(1, groups * members + 1)]
    await crowd(world, *names)
    created = []
    for place in range(groups):
        own = names[place * members : (place + 1) * members]
        created.append(await group(world, own, theme=THEMES[place % 3], number_=place // 3 + 1))
    await mark_published(world)
    await plenary_session(world)
    return created


async def taken(world: World) -> NeutralChat:
    """An organiser who made the plenary a gallery."""
    ines = await world.organiser()
    await ines.command("pleniere")
    await ines.press("Gallery of tables")
    return ines


async def begun(world: World) -> tuple[NeutralChat, PlenaryState]:
    """A gallery whose first round goes on, with the card that conducts it; nobody is sent to a table twice."""
    ines = await taken(world)
    await ines.press("Draw with a number")
    await ines.fill("1")
    await ines.press("Begin")
    state = await present_state(world)
    await card(world, ines, state)
    await ines.press("Start the clock")
    return ines, await present_state(world)


async def table_card(world: World, chat: NeutralChat, state: PlenaryState, name: str) -> str:
    """What somebody reads in a gallery now, before this chat; its words."""
    subject = f"{state.plenary.id}:{await number(world, name)}"
    view: View | None = await world.read(draw_table, subject, world.clock.now())
    assert view is not None
    chat.receive(view, chat.reader)
    return words(chat.text)


def person_chat(world: World, name: str) -> NeutralChat:
    """The chat of «P1», «P2» …"""
    return world.chat(str(99 + int(name[1:])), name=name)


async def own_place(world: World, state: PlenaryState, name: str) -> int:
    """The table of somebody's own group (its id)."""
    table = await world.read(group_of_listener, state.plenary.id, await number(world, name))
    assert table is not None
    return table


async def visitors(world: World, state: PlenaryState) -> dict[str, int]:
    """Who visits in the present round, and the table of each (a group's id)."""
    turn = state.current
    assert turn is not None
    found = {
        name: await world.read(table_of_visitor, state.plenary.id, turn.position, await number(world, name))
        for name in NAMES
    }
    return {name: table for name, table in found.items() if table is not None}


async def test_it_is_offered_with_its_end_and_prepared(store_url: str) -> None:
    async with open_world(store_url) as world:
        await room_of(world)
        ines = await world.organiser()
        await ines.command("pleniere")
        assert "A gallery of tables (4 rounds of 10 min) would end at 10:44." in ines.text.splitlines()
        await ines.press("Gallery of tables")
        seed = (await present_state(world)).plenary.seed
        *lines, new_themes = ines.text.splitlines()
        assert lines == [
            "Gallery of tables · 4 rounds",
            "Monday 1 March, 10:00 · 4 rounds of 10 min + 1 min to change → ends 10:44",
            f"The visits were drawn with the draw number {seed}.",
            "In each round, half of each group hosts and the other half visits: at most 1 visitor per table.",
        ]
        assert new_themes.endswith(" a new theme at each table.")
        assert "Open the screen" in ines.buttons
        await ines.press("One round fewer")
        await ines.press("One round fewer")
        assert "One round fewer" not in ines.buttons
        assert "→ ends 10:22" in ines.text
        await ines.press("Times")
        assert ines.text.splitlines() == ["Ends at 10:22", "Round: 10 min", "Walk: 1 min"]
        await ines.press("Round +30 s")
        await ines.press("Back to the plenary")
        assert "→ ends 10:23" in ines.text
        await ines.press("The tables")
        assert ines.text.splitlines() == [
            "The tables of the gallery",
            "Table 1: Culture 1",
            "Table 2: Culture 2",
            "Table 3: Education 1",
            "Table 4: CivicTech 1",
        ]
        await ines.press("Back to the plenary")
        await ines.press("Back to the stage")
        assert ines.text.splitlines()[:2] == [
            "The plenary · 4 groups",
            "Monday 1 March, 10:00 · 3 min + 1 min of questions + 1 min to change → ends 10:20",
        ]
        assert "The order is not drawn yet." in ines.text


@on_one_engine
async def test_who_visits_is_drawn_again_redone_and_undone(store_url: str) -> None:
    async with open_world(store_url) as world:
        await room_of(world, members=4)
        ines = await taken(world)
        first = await present_state(world)
        await ines.press("Draw again")
        await ines.press("Draw with a number")
        await ines.fill(str(first.plenary.seed))
        assert await present_state(world) == first
        await ines.press("Undo this change")
        await ines.press("Recent changes")
        await ines.press("Undo number 2")
        assert await present_state(world) == first


@on_one_engine
async def test_a_gallery_from_its_beginning_to_its_end(store_url: str) -> None:
    async with open_world(store_url) as world:
        await room_of(world)
        ines = await taken(world)
        await ines.press("One round fewer")
        await ines.press("One round fewer")
        await ines.press("Begin")
        assert ines.text == "The gallery begins. Everything is below."
        assert ines.buttons[0] == "The tables"
        state = await present_state(world)
        assert len(await screens_of(world, "table")) == 8
        assert await screens_of(world, "stage") == []
        assert (await card(world, ines, state)).splitlines() == [
            "Round 1 of 2",
            "On the way to the tables: the round begins in 1:00",
            "On time · ends about 10:22",
        ]
        assert ines.buttons == ("Start the clock", "Pause", "+30 s", "Undo this change", "More…")
        await ines.press("More…")
        assert ines.buttons[-4:] == ("The tables", "Times", "Open the screen", "The plenary")
        await card(world, ines, state)
        await ines.press("Start the clock")
        assert ines.text.splitlines()[:2] == ["Round 1 of 2", "10:00 left"]
        await ines.press("Pause")
        assert ines.text.splitlines()[1] == "Paused · 10:00 left"
        await ines.press("Go on")
        await ines.press("+30 s")
        assert ines.text.splitlines()[1] == "10:30 left"
        await ines.press("Undo this change")
        assert ines.text.startswith("Undone: Gallery: 30 s more for round 1")
        await wait(world, seconds=610)
        assert (await card(world, ines, state)).splitlines()[1] == "Over time: +0:10"
        await ines.press("Next: round 2")
        assert ines.text.splitlines()[0] == "Round 2 of 2"
        await ines.press("Start the clock")
        await ines.press("Next: the end")
        assert ines.text.splitlines() == [
            "Gallery of tables · 2 rounds",
            "It is over: from 10:00 to 10:10.",
            "Every group has presented.",
        ]
        await ines.press("Undo this change")
        await card(world, ines, await present_state(world))
        assert ines.text.splitlines()[0] == "Round 2 of 2"
        await ines.press("Next: the end")
        zoe = world.chat("100", name="P1")
        assert await table_card(world, zoe, state, "P1") == "The gallery is over. Thank you for your visits!"
        await wait(world, seconds=601)
        assert [step.key for step in await world.read(ended_steps, world.clock.now())] == ["questions:1"]


@on_one_engine
async def test_everybody_reads_where_to_go_until_when_and_receives_in_the_other_round(store_url: str) -> None:
    async with open_world(store_url) as world:
        await room_of(world)
        ines, state = await begun(world)
        chat = world.chat("100", name="P1")
        order = [table.group_id for table in await world.read(tables_of, state.plenary.id)]
        titles = ("Culture 1", "Culture 2", "Education 1", "CivicTech 1")
        seen: dict[str, list[int]] = {name: [] for name in NAMES}
        for round_, until in enumerate(("10:10", "10:20", "10:30", "10:40"), start=1):
            state = await present_state(world)
            at = await visitors(world, state)
            assert len(at) == 4
            for name in NAMES:
                text = await table_card(world, chat, state, name)
                own = await own_place(world, state, name)
                if name in at:
                    place = order.index(at[name])
                    assert text == f"Round {round_}: go to table {place + 1}, {titles[place]} · until {until}"
                    seen[name].append(place)
                    assert place != order.index(own)
                else:
                    place = order.index(own)
                    assert text == f"Round {round_}: you host at your table, number {place + 1} · until {until}"
                    assert chat.buttons == ("Read the questions",)
            await wait(world, seconds=600)
            await card(world, ines, state)
            await ines.press("Next: ")
            if round_ < 4:
                await ines.press("Start the clock")
        assert {len(set(places)) for places in seen.values()} == {2}


@on_one_engine
async def test_at_a_table_one_can_ask_applaud_and_say_at_home_too(store_url: str) -> None:
    async with open_world(store_url) as world:
        await room_of(world)
        ines, state = await begun(world)
        name, table = next(iter((await visitors(world, state)).items()))
        chat = person_chat(world, name)
        line = await table_card(world, chat, state, name)
        assert chat.buttons == ("Ask a question", "Bravo 👏", "At home too", "See the questions")
        await chat.press("Bravo")
        assert words(chat.text) == line
        assert await world.read(applause_of, table) == 1
        await chat.press("Ask a question")
        await chat.fill("Who pays for it?")
        assert chat.text == "Noted. The group reads it at its table."
        assert [question.text for question in await world.read(questions_of_group, table)] == ["Who pays for it?"]
        await table_card(world, chat, state, name)
        await chat.press("At home too")
        assert (chat.toast or "").startswith("Noted: ")
        await card(world, ines, state)
        for label in ("Next: round 2", "Next: round 3", "Next: round 4", "Next: the end"):
            await ines.press(label)
            if label != "Next: the end":
                await ines.press("Start the clock")
        for other in NAMES:
            told = [text for text in await pushed(world, person_chat(world, other)) if "answer in writing" in text]
            assert len(told) == int(await own_place(world, state, other) == table)


@on_one_engine
async def test_cards_are_drawn_again_when_a_round_or_its_end_changes(store_url: str) -> None:
    async with open_world(store_url) as world:
        await room_of(world)
        ines, state = await begun(world)

        async def behind() -> int:
            screens = [screen for screen in await live_screens(world) if screen.key.startswith("table:")]
            return sum(screen.behind for screen in screens)

        await bring_all_up_to_date(world)
        counts = []
        await card(world, ines, state)
        for label in ("Pause", "Go on", "+30 s", "Next: round 2"):
            await ines.press(label)
            counts.append(await behind())
            await bring_all_up_to_date(world)
        await wait(world, seconds=30)
        assert (counts, await behind()) == ([8, 8, 8, 8], 0)


async def test_who_has_no_table_visits_any_and_a_dissolved_one_sends_nobody_there(store_url: str) -> None:
    async with open_world(store_url) as world:
        await room_of(world)
        lea = await world.join("Léa", "300")
        _ines, state = await begun(world)
        assert await table_card(world, lea, state, "Léa") == "Round 1: visit whichever table you like · until 10:10"
        await lea.command("scene")
        assert lea.text == "Your table is below. It updates by itself."
        await lea.command("moi")
        assert "Round 1: visit whichever table you like" in words(lea.text)
        assert "My table" in lea.buttons
        name, table = next(iter((await visitors(world, state)).items()))
        await world.change(remove_group, table)
        assert "go to table" not in await table_card(world, lea, state, name)


@on_one_engine
async def test_in_a_gallery_nobody_is_asked_who_presents(store_url: str) -> None:
    async with open_world(store_url) as world:
        [first, *_others] = await room_of(world)
        await taken(world)
        zoe = world.chat("100", name="P1")
        await zoe.command("groupe")
        assert "Who presents?" not in zoe.buttons
        await zoe.follow(f"pnv-{base36(first.id)}")
        assert zoe.text == "Your group's turn in the plenary is over, or not planned yet."


@pytest.mark.parametrize("label", ["Draw the order", "Two rooms", "Times", "The order", "Gallery of tables", "Begin"])
async def test_buttons_of_the_plenary_before_do_a_gallery_no_harm(sqlite_url: str, label: str) -> None:
    async with open_world(sqlite_url) as world:
        await room_of(world)
        ines = await world.organiser()
        await ines.command("pleniere")
        await look_for(ines, lambda: label in ines.buttons)
        payload = ines.payload(label)
        await ines.press("Gallery of tables")
        before = await present_state(world)
        await ines.follow(payload)
        assert ines.text
        after = await present_state(world)
        assert (after.plenary.gallery, after.plenary.began_at, after.turns) == (True, None, before.turns)


async def test_a_gallery_that_goes_on_is_not_changed_into_anything_else(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await room_of(world)
        ines = await taken(world)
        await ines.press("More…")
        payloads = [ines.payload(label) for label in ("One round more", "Draw again", "Back to the stage")]
        await ines.command("pleniere")
        await ines.press("Begin")
        state = await present_state(world)
        for payload in payloads:
            await ines.follow(payload)
            assert await present_state(world) == state
        await card(world, ines, state)
        pause = ines.payload("Pause")
        for forged in ("-a-", "-e-"):
            await ines.follow(pause.replace("-p-", forged))
            assert await present_state(world) == state


async def test_rounds_of_a_gallery_are_no_groups_that_change_places(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await room_of(world)
        ines = await taken(world)
        state = await present_state(world)
        for action in (swap_first.to(state.plenary.id), swap_second.to(state.plenary.id, 0)):
            await ines.act(Picked(action.encode(), ("0",)))
            assert ines.text.startswith("That button has aged.")
        assert await present_state(world) == state


async def test_the_wall_shows_the_round_and_its_clock(store_url: str) -> None:
    async with open_world(store_url) as world:
        await room_of(world)
        await taken(world)
        state = await present_state(world)

        async def wall() -> Scene:
            scene = await world.read(draw, str(state.plenary.id), world.clock.now())
            assert scene is not None
            return scene

        assert (await wall()).after == ""
        ines = await world.organiser()
        await ines.command("pleniere")
        await ines.press("Begin")
        await card(world, ines, await present_state(world))
        await ines.press("Start the clock")
        scene = await wall()
        assert scene.clock is not None
        shown = [plain(text, ines.reader) for text in (scene.heading, scene.title, scene.after, scene.clock.label)]
        assert shown == ["Gallery of tables", "Round 1 of 4", "Then: round 2", "Time left"]
        assert scene.clock.ends_at == world.clock.now() + timedelta(minutes=10)
        await card(world, ines, await present_state(world))
        for label in ("Next: round 2", "Next: round 3", "Next: round 4", "Next: the end"):
            await ines.press(label)
            if label != "Next: the end":
                await ines.press("Start the clock")
        assert [plain(text, ines.reader) for text in (await wall()).figures] == ["4 rounds"]
