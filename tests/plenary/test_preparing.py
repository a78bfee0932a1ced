"""A plenary before it begins: what is missing, the computed end, the order of groups, two rooms."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers.groups.store.groups import groups_of_round
from handlers.plenary.actions import OpenPlenary
from handlers.plenary.service.preparing import rooms_of_round
from handlers.plenary.store.order import entrants_of
from handlers.plenary.store.plenaries import groups_of_plenary
from handlers.plenary.store.wishes import set_remote
from handlers.programme.service import change_sessions, shifted
from handlers.programme.store import all_sessions
from tests.drivers.menus import steps_of
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import group
from tests.outbox import deliver, forget, press_push, pushed, views
from tests.plenary.builders import (
    card,
    groups_on_stage,
    names_presenter,
    plenary_session,
    prepared,
    present_state,
    themes_in_a_row,
    wait,
)
from tests.world import World, open_world


async def opened(world: World) -> NeutralChat:
    ines = await world.organiser()
    await ines.command("pleniere")
    return ines


@on_one_engine
async def test_without_published_groups_it_says_what_is_missing(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await opened(world)
        assert ines.text == (
            "In the plenary every group presents what it made. No groups are published yet: publish them first."
        )
        assert ines.buttons == ("Groups", "Organise")


@on_one_engine
async def test_without_a_session_it_asks_for_one(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 2)
        ines = await opened(world)
        assert ines.text == ("The programme has no plenary to come. Add a session of that kind, then come back here.")
        assert ines.buttons == ("Add a session", "Sessions", "The plenary", "Organise")


async def test_the_organisers_screen_leads_to_todays_plenary(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await groups_on_stage(world, 2)
        await plenary_session(world, hours=25)
        ines = await world.organiser()
        step = "The 11:00 plenary "
        assert not any(line.startswith(step) for line in await steps_of(ines)), "it is tomorrow"
        await wait(world, seconds=24 * 3600)
        assert step + "needs to be prepared" in await steps_of(ines)
        await plenary_session(world, hours=3, key="other")
        assert not any(line.startswith(step) for line in await steps_of(ines)), "it may be in either session"
        await ines.command("pleniere")
        await ines.pick("11:00")
        await ines.press("More…")
        assert "Another session" in ines.buttons
        assert step + "needs to be prepared" in await steps_of(ines)
        await ines.command("pleniere")
        await ines.press("Draw the order")
        assert step + "is ready to begin" in await steps_of(ines)
        await ines.command("pleniere")
        assert ines.buttons[0] == "Begin"
        await ines.press("Begin")
        assert ines.text == "The plenary is planned at 11:00. Begin now?"
        assert (await present_state(world)).plenary.began_at is None, "everybody's phone would ring an hour early"
        await ines.press("Begin now")
        assert (await steps_of(ines))[0] == "The plenary is under way"
        await ines.press("The plenary")
        await card(world, ines, await present_state(world))
        for label in ("Start the clock", "Next: questions", "Next group"):
            await ines.press(label)
        for label in ("Start the clock", "Next: questions", "Next: the end"):
            await ines.press(label)
        assert not any("plenary" in line for line in await steps_of(ines))


@on_one_engine
async def test_the_end_is_computed_with_every_change(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 6)
        await plenary_session(world, hours=1, minutes=20)
        ines = await opened(world)
        assert ines.text.splitlines() == [
            "The plenary · 6 groups",
            "Monday 1 March, 11:00 · 3 min + 1 min of questions + 1 min to change → ends 11:30",
            "The programme says until 11:20: 10 minutes too long.",
            "The order is not drawn yet.",
            "6 groups have not said who presents.",
            "In two rooms by theme it would end at 11:20.",
            "A gallery of tables (4 rounds of 10 min) would end at 11:44.",
        ]
        await ines.press("Times")
        assert ines.text.splitlines() == ["Ends at 11:30", "Talk: 3 min", "Questions: 1 min", "Changeover: 1 min"]
        await ines.press("Talk +30 s")
        await ines.press("Questions −30 s")
        await ines.press("Questions −30 s")
        assert ines.text.splitlines() == ["Ends at 11:27", "Talk: 3 min 30 s", "Questions: 0 min", "Changeover: 1 min"]
        assert "Questions −30 s" not in ines.buttons
        await ines.press("Talk +30 s")
        await ines.press("Talk +30 s")
        await ines.press("Questions +30 s")
        await ines.press("Back to the plenary")
        assert "4 min 30 s + 30 s of questions + 1 min to change → ends 11:36" in ines.text
        assert "With 3 min + 1 min of questions it would end at 11:30." in ines.text
        await ines.press("3 min + 1 min")
        assert "→ ends 11:30" in ines.text


async def test_the_order_is_drawn_redone_and_undone(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 6)
        state = await prepared(world)
        ines = await opened(world)
        await ines.press("Draw the order")
        lines = ines.text.splitlines()
        assert lines[0] == "The order of the plenary"
        seed = lines[1].removeprefix("Draw number: ")
        drawn = lines[2:]
        themes = [line.split(" · ")[0].split(". ")[1] for line in drawn]
        assert (len(drawn), themes_in_a_row(themes)) == (6, 0)
        await ines.press("Draw again")
        await ines.press("Draw with a number")
        await ines.fill(seed)
        assert ines.text.splitlines()[1:] == [f"Draw number: {seed}", *drawn]
        await ines.press("Undo this change")
        await ines.press("Recent changes")
        assert ines.text.count(f"The order of the plenary is drawn, with the draw number {seed} (") == 2
        await ines.press("Undo number 2")
        await ines.press("Recent changes")
        await ines.press("Undo number 3")
        assert await present_state(world) == state


async def test_an_order_drawn_while_the_session_goes_on_counts_turns_from_now(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        [first, *_others] = await groups_on_stage(world, 2, themes=("school",))
        await prepared(world)
        await world.clock.advance(timedelta(minutes=30))
        ines = await opened(world)
        await ines.press("Draw the order")
        order = [turn.group_id for turn in (await present_state(world)).turns]
        chat = world.chat(str(100 + (order[0] != first.id)))
        assert (await pushed(world, chat))[-1].startswith("Your group goes first in the plenary, at about 10:30.")


async def test_who_is_called_on_stage_at_once_is_not_told_of_their_turn_besides(store_url: str) -> None:
    async with open_world(store_url) as world:
        groups = await groups_on_stage(world, 4)
        await prepared(world)
        ines = await opened(world)
        await forget(world)
        await ines.press("Draw the order")
        await ines.press("Back to the plenary")
        await ines.press("Begin")
        await wait(world, seconds=60)
        chats = {group.id: world.chat(str(100 + place)) for place, group in enumerate(groups)}
        order = [turn.group_id for turn in (await present_state(world)).turns]
        told = [await pushed(world, chats[group_id], due_by=world.clock.now()) for group_id in order]
        assert told[:3] == [[], [], []]
        assert told[3][0].startswith("Your group goes 4th in the plenary")


@on_one_engine
async def test_each_group_is_told_its_turn_once_and_corrected_in_place(store_url: str) -> None:
    async with open_world(store_url) as world:
        groups = await groups_on_stage(world, 4)
        await prepared(world, hours=1)
        await names_presenter(world, groups[0], "P1")
        ines = await opened(world)
        await forget(world)
        await ines.press("Draw the order")
        chats = {group.id: world.chat(str(100 + place)) for place, group in enumerate(groups)}
        order = [turn.group_id for turn in (await present_state(world)).turns]

        async def told() -> list[list[str]]:
            return [await pushed(world, chats[group_id], due_by=world.clock.now()) for group_id in order]

        assert await told() == [[], [], [], []], "an order is often drawn once more"
        await wait(world, seconds=60)
        ranks = ("first", "2nd", "3rd", "4th")
        times = ("11:00", "11:05", "11:10", "11:15")
        assert await told() == [
            [f"Your group goes {rank} in the plenary, at about {time}.\n11:00: Plenary"]
            for rank, time in zip(ranks, times, strict=True)
        ]
        asked = [view.buttons for group_id in order for view in await views(world, chats[group_id])]
        assert [bool(buttons) for buttons in asked] == [group_id != groups[0].id for group_id in order]
        await deliver(world)
        await ines.press("Swap two groups")
        await ines.open(1)
        await ines.open(3)
        last = (await pushed(world, chats[order[0]]))[-1]
        assert (len(await pushed(world, chats[order[0]])), last.split(",")[0]) == (
            1,
            "Your group goes 4th in the plenary",
        )
        await ines.press("Undo this change")
        await ines.press("Recent changes")
        await ines.press("Undo number 2")
        assert [await pushed(world, chat) for chat in chats.values()] == [[NOT_ANY_MORE]] * 4
        chat = chats[groups[1].id]
        await ines.command("pleniere")
        await ines.press("Draw the order")
        await press_push(world, chat, "Who presents?")
        assert chat.text.startswith("Who presents for your group in the plenary?")


async def test_what_groups_were_told_follows_the_session_of_their_plenary(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await groups_on_stage(world, 1)
        await prepared(world, hours=1)
        ines = await opened(world)
        await forget(world)
        await ines.press("Draw the order")
        await wait(world, seconds=60)
        await deliver(world)
        [session] = await world.read(all_sessions)
        later = shifted(session.plan, timedelta(minutes=30))
        for plan, told in (
            (later, "at about 11:30.\n11:30: Plenary"),
            (replace(later, cancelled=True), NOT_ANY_MORE),
        ):
            [session] = await world.read(all_sessions)
            await world.change(change_sessions, [(session, plan)], world.clock.now(), world.settings.gathering.hours)
            [said] = [text for text in await pushed(world, world.chat("100")) if "goes" in text]
            assert said.endswith(told)


NOT_ANY_MORE = "The order of the plenary will change. You will be told when your group goes."


async def test_two_groups_are_swapped_in_two_taps(store_url: str) -> None:
    async with open_world(store_url) as world:
        groups = await groups_on_stage(world, 4)
        await prepared(world)
        ines = await opened(world)
        await ines.press("The order")
        before = [turn.group_id for turn in (await present_state(world)).turns]
        assert set(before) == {group.id for group in groups}
        assert ines.buttons == ("Swap two groups", "Draw again", "Draw with a number", "Back to the plenary")
        await ines.press("Swap two groups")
        await ines.open(1)
        await ines.open(3)
        swapped = [turn.group_id for turn in (await present_state(world)).turns]
        assert swapped == [before[3], *before[1:3], before[0]]
        assert "change places in the plenary" in ines.text.splitlines()[0]
        await ines.press("Undo this change")
        assert [turn.group_id for turn in (await present_state(world)).turns] == before


@on_one_engine
async def test_who_draws_second_changes_nothing(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 4)
        await prepared(world)
        ines = await opened(world)
        draw = ines.payload("Draw the order")
        await ines.follow(draw)
        drawn = await present_state(world)
        await ines.follow(draw)
        assert ines.text.splitlines()[0] == (
            "This has changed in the meantime, so I did nothing more. Here is how it is now."
        )
        assert await present_state(world) == drawn


async def test_two_rooms_are_two_plenaries_of_one_session(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 6)
        await prepared(world)
        ines = await opened(world)
        await ines.press("Two rooms")
        assert ines.text.splitlines()[:2] == ["The plenary · 4 groups", "Room 1 · Education and CivicTech"]
        await ines.press("The plenary")
        assert ines.buttons == ("Room 1", "Room 2", "Organise")
        assert ines.text.count("not begun") == 2
        await ines.press("Room 1")
        await ines.press("Back to one room")
        assert ines.text.splitlines()[0] == "The plenary · 6 groups"


@on_one_engine
async def test_groups_formed_since_come_last_and_dissolved_ones_go(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 3)
        await prepared(world, hours=1)
        ines = await opened(world)
        await ines.press("Draw the order")
        state = await present_state(world)
        lea = await world.join("Léa", "300")
        late = await group(world, ["Léa"], theme="civic", number_=2)
        await forget(world)
        await ines.command("pleniere")
        assert ines.text.splitlines()[0] == "The plenary · 4 groups"
        assert [turn.group_id for turn in (await present_state(world)).turns] == [
            *(turn.group_id for turn in state.turns),
            late.id,
        ]
        assert "Your group goes 4th in the plenary" in (await pushed(world, lea))[-1], "like the others before"


async def test_who_presents_counts_for_the_order(store_url: str) -> None:
    async with open_world(store_url) as world:
        groups = await groups_on_stage(world, 3)
        await names_presenter(world, groups[0], "P1")
        await world.change(set_remote, groups[1].id, True)
        await prepared(world)
        ines = await opened(world)
        assert "2 groups have not said who presents." in ines.text
        entrants = {
            entrant.group_id: entrant
            for entrant in await world.read(entrants_of, (await present_state(world)).plenary.id)
        }
        assert [entrants[group_.id].remote for group_ in groups] == [False, True, False]
        assert {entrant.gender for entrant in entrants.values()} == {""}


@on_one_engine
async def test_a_group_that_is_formed_later_presents_in_the_room_of_its_theme(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 6)
        state = await prepared(world, hours=1)
        ines = await opened(world)
        await ines.press("Two rooms")
        first, second = await world.read(rooms_of_round, 1)
        late = [await group(world, ["P1"], theme=theme, number_=9) for theme in ("culture", "school", "civic")]
        themes = {}
        for plenary in (first, second):
            await ines.follow(OpenPlenary(plenary.id).encode())
            present = await world.read(groups_of_plenary, plenary.id)
            groups = {group_.id: group_.theme for group_ in await world.read(groups_of_round, 1)}
            themes[plenary.id] = {groups[group_id] for group_id in present}
        assert set.union(*themes.values()) == {"culture", "school", "civic"}
        assert set.intersection(*themes.values()) == set()
        everywhere = [*await world.read(groups_of_plenary, first.id), *await world.read(groups_of_plenary, second.id)]
        assert {group_.id for group_ in late} <= {*everywhere}
        assert len(everywhere) == len(state.turns) + len(late)
