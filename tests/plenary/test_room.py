"""The room's card: who is on stage, applause, «Chez moi aussi»; kept up to date, sent once to everybody."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.content.actions import base36
from bot.content.texts import Reader, plain
from bot.content.views import View
from handlers.groups.store.groups import remove_group
from handlers.plenary.model.turns import PlenaryState
from handlers.plenary.participant.room import draw_stage
from handlers.plenary.service.conducting import store_step
from handlers.plenary.service.preparing import session_of
from handlers.plenary.store.echo import MOST_CLAPS, applause_of
from handlers.plenary.store.questions import questions_of_group
from handlers.plenary.store.wishes import set_declines
from handlers.workshops.actions import OpenTerritories
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.live_screens import bring_all_up_to_date, live_screens
from tests.plenary.builders import (
    card,
    groups_on_stage,
    plenary_session,
    prepared,
    present_state,
    running,
    screens_of,
    wait,
)
from tests.world import World, make_settings, open_world


async def stage(world: World, chat: NeutralChat, state: PlenaryState) -> str:
    """The room's card as it is drawn now, before this chat; its words."""
    view: View | None = await world.read(draw_stage, str(state.plenary.id), world.clock.now())
    assert view is not None
    chat.receive(view, chat.reader)
    return chat.text


@on_one_engine
async def test_everybody_gets_the_card_once_when_it_begins(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 2)
        await world.join("Léa", "300")
        await prepared(world)
        ines = await world.organiser()
        await ines.command("pleniere")
        await ines.press("Begin")
        assert len(await screens_of(world, "stage")) == 3
        await card(world, ines, await present_state(world))
        await ines.press("Undo this change")
        await ines.command("pleniere")
        await ines.press("Begin")
        assert len(await screens_of(world, "stage")) == 3


@on_one_engine
async def test_in_two_rooms_each_gets_the_card_of_their_room(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 6)
        lea = await world.join("Léa", "300")
        await prepared(world)
        ines = await world.organiser()
        await ines.command("pleniere")
        await ines.press("Two rooms")
        await ines.press("Begin")
        assert len(await screens_of(world, "stage")) == 5
        await ines.command("pleniere")
        await ines.press("Room 2")
        await ines.press("Begin")
        assert len(await screens_of(world, "stage")) == 7
        for name, native_id, theme in (("P1", "100", "Culture"), ("P2", "101", "Education")):
            chat = world.chat(native_id, name=name)
            await chat.command("moi")
            assert f"On stage: {theme} 1" in chat.text
        await lea.command("scene")
        assert lea.text == "The stage is below. It updates by itself."


async def test_the_card_says_who_is_on_stage(store_url: str) -> None:
    async with open_world(store_url) as world:
        [_first, second] = await groups_on_stage(world, 2)
        state = await running(world)
        zoe, ines = world.chat("100", name="P1"), await world.organiser()
        assert (await stage(world, zoe, state)).splitlines() == [
            "On stage: Culture 1",
            "Then: Education 1",
        ]
        assert zoe.buttons == ("Ask a question", "Bravo 👏", "At home too", "See the questions")
        await world.change(set_declines, second.id, True)
        await card(world, ines, state)
        for label in ("Start the clock", "Next: questions"):
            await ines.press(label)
        assert (await stage(world, zoe, state)).splitlines()[0] == "Questions to Culture 1"
        await ines.press("Next group")
        assert (await stage(world, zoe, state)).splitlines() == ["On stage: Education 1"]
        assert list(zoe.buttons) == ["Bravo 👏", "At home too"]
        await ines.press("Start the clock")
        await ines.press("Next: the end")
        assert await stage(world, zoe, state) == "The plenary is over. Thank you for listening!"


@on_one_engine
async def test_a_plenary_that_nobody_ended_ends_with_the_gathering_and_its_cards_lose_their_buttons(
    store_url: str,
) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 2)
        state = await running(world)
        zoe, ends = world.chat("100", name="P1"), world.settings.gathering.ends
        midnight = datetime.combine(ends + timedelta(days=1), time(), ZoneInfo(world.settings.gathering.zone))
        await wait(world, seconds=(midnight - world.clock.now()).total_seconds() - 60)
        assert (await stage(world, zoe, state)).splitlines()[0] == "On stage: Culture 1"
        await bring_all_up_to_date(world)
        await wait(world, seconds=120)
        assert await stage(world, zoe, state) == "The plenary is over. Thank you for listening!"
        assert zoe.buttons == ()
        assert {screen.behind for screen in await live_screens(world)} == {True}


@on_one_engine
async def test_a_plenary_that_begins_after_the_last_day_runs_until_the_team_ends_it(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 2)
        await world.clock.advance(world.settings.gathering.closes + timedelta(days=2) - world.clock.now())
        state = await running(world)
        zoe = world.chat("100", name="P1")
        for _hour in range(2):
            await wait(world, seconds=3_600)
            assert (await stage(world, zoe, state)).splitlines()[0] == "On stage: Culture 1"


async def test_the_members_of_the_group_on_stage_neither_ask_nor_applaud_it(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 2)
        await world.join("Tim", "300")
        state = await running(world)
        first, second = (turn.group_id for turn in state.turns)
        plenary = state.plenary.id
        assert sorted(await screens_of(world, "stage")) == [
            f"stage:{plenary}", *sorted(f"stage:{plenary}:{group}" for group in (first, second))
        ]  # fmt: skip
        for whose, own in (("", False), (f":{second}", False), (f":{first}", True)):
            view: View | None = await world.read(draw_stage, f"{plenary}{whose}", world.clock.now())
            assert view is not None
            labels = [plain(button.label, Reader("en", "UTC")) for button in view.buttons]
            assert (labels == ["Read the questions"]) is own
        p1 = world.chat("100", name="P1")
        await p1.follow(f"pnl-{base36(first)}")
        assert p1.buttons == ("On stage",), "nor in the list of questions"
        await world.change(set_declines, first, True)
        view = await world.read(draw_stage, f"{plenary}:{first}", world.clock.now())
        assert view is not None
        assert view.buttons == ()


async def test_home_says_that_the_plenary_is_over_while_nothing_else_is_to_come(store_url: str) -> None:
    async with open_world(store_url, make_settings(gathering={"starts": "2027-03-01"})) as world:
        await groups_on_stage(world, 1)
        tim = await world.join("Tim", "300")
        state = await running(world)
        await tim.command("me")
        assert "The plenary is over." not in tim.text
        await world.clock.advance(timedelta(minutes=20))
        await world.change(store_step, state, state.end(world.clock.now()), world.clock.now())
        for _planned_until_then in range(2):
            await tim.command("me")
            assert "The plenary is over." in tim.text.splitlines()
            assert "Now: " not in tim.text
            await world.clock.advance(timedelta(minutes=60))
        await plenary_session(world, hours=1, key="later")
        await tim.command("me")
        assert "The plenary is over." not in tim.text
        assert "Free until" in tim.text


@on_one_engine
async def test_the_card_is_drawn_again_only_when_what_it_shows_changes(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 3)
        state = await running(world)
        ines = await world.organiser()

        async def behind() -> int:
            screens = [screen for screen in await live_screens(world) if screen.key.startswith("stage:")]
            count = sum(screen.behind for screen in screens)
            await bring_all_up_to_date(world)
            return count

        assert await behind() == 3
        await card(world, ines, state)
        counts = []
        for label in ("Start the clock", "Pause", "Go on", "+30 s", "Next: questions", "Next group"):
            await ines.press(label)
            counts.append(await behind())
        await wait(world, seconds=60)
        assert (counts, await behind()) == ([0, 0, 0, 0, 3, 3], 0)


@on_one_engine
async def test_without_a_plenary_nobody_is_on_stage(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 1)
        zoe = world.chat("100", name="P1")
        await zoe.command("stage")
        assert zoe.text == "Nobody is on stage now."
        await prepared(world, hours=3)
        await zoe.command("stage")
        assert zoe.text.splitlines() == ["Nobody is on stage now.", "Plenary: Monday 1 March, 13:00"]
        await zoe.command("moi")
        assert "On stage" not in zoe.text


async def test_applause_is_counted_up_to_a_limit(store_url: str) -> None:
    async with open_world(store_url) as world:
        [first, *_others] = await groups_on_stage(world, 2)
        state = await running(world)
        chats = [world.chat("101", name="P2"), await world.join("Tim", "300")]
        for chat in chats:
            await stage(world, chat, state)
        for _clap in range(MOST_CLAPS + 5):
            await chats[0].press("Bravo")
        await chats[1].press("Bravo")
        assert chats[1].text.splitlines()[0] == "On stage: Culture 1"
        assert await world.read(applause_of, first.id) == MOST_CLAPS + 1
        p1 = world.chat("100", name="P1")
        await p1.command("groupe")
        assert f"The room applauded {MOST_CLAPS + 1} times." in p1.text


@on_one_engine
async def test_at_home_too_is_one_tap_and_one_line(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 1)
        state = await running(world)
        zoe = await world.join("Zoé", "300", territory="SN")
        await stage(world, zoe, state)
        before = zoe.text
        await zoe.press("At home too")
        assert zoe.toast == "Noted: this is needed where you live too (Senegal)."
        assert zoe.text == before, "the card stays"
        assert zoe.buttons == ("Ask a question", "Bravo 👏", "I could help with…", "See the questions")
        await zoe.press("I could help with…")
        await zoe.fill("a hall in Dakar")
        assert words(zoe.text).splitlines()[1] == "You could help: a hall in Dakar"
        await zoe.press("Another territory")
        await zoe.fill("Québec")
        assert words(zoe.text).splitlines()[0] == "Noted: this is needed where you live too (Quebec)."
        p1 = world.chat("100", name="P1")
        await p1.command("groupe")
        assert "Needed there too: Quebec\nZoé could help: a hall in Dakar" in words(p1.text)
        await stage(world, zoe, state)
        await zoe.press("At home too")
        assert "You could help: a hall in Dakar" in words(zoe.text), "who had said so can take it back"
        await zoe.press("Take it back")
        assert zoe.text == "Taken back."
        await p1.command("groupe")
        assert "Needed here too" not in p1.text


async def test_the_grid_of_the_group_shows_where_its_solution_could_travel(store_url: str) -> None:
    async with open_world(store_url) as world:
        [first] = await groups_on_stage(world, 1)
        state = await running(world)
        people = {
            name: await world.join(name, str(300 + place), territory=territory)
            for place, (name, territory) in enumerate({"Zoé": "SN", "Ali": "BE", "Tim": "SN", "Max": "FR"}.items())
        }
        for name, chat in people.items():
            await stage(world, chat, state)
            await chat.press("At home too")
            if name != "Max":
                await chat.press("I could help with…")
                await chat.fill(f"what {name} has")
        p1 = world.chat("100", name="P1")
        await p1.follow(OpenTerritories(first.id).encode())
        lines = words(p1.text).splitlines()
        assert lines[lines.index("Where the solution could travel:") :] == [
            "Where the solution could travel:",
            "Belgium",
            "Ali could help: what Ali has",
            "France",
            "Senegal",
            "Zoé could help: what Zoé has",
            "Tim could help: what Tim has",
        ]
        await people["Zoé"].command("settings")
        for label in ("I am not coming", "Yes, I give up my place"):
            await people["Zoé"].press(label)
        await people["Ali"].command("erase")
        for label in ("Keep my texts, without my name", "Yes, erase me"):
            await people["Ali"].press(label)
        await p1.follow(OpenTerritories(first.id).encode())
        lines = words(p1.text).splitlines()
        left = lines[lines.index("Where the solution could travel:") + 1 :]
        assert left == ["France", "Senegal", "Tim could help: what Tim has"]


@on_one_engine
async def test_who_withdrew_leaves_no_name(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 1)
        state = await running(world)
        zoe = await world.join("Zoé", "300", territory="SN")
        await stage(world, zoe, state)
        await zoe.press("At home too")
        await zoe.press("I could help with…")
        await zoe.fill("a hall")
        await zoe.command("settings")
        await zoe.press("I am not coming")
        await zoe.press("Yes, I give up my place")
        p1 = world.chat("100", name="P1")
        await p1.command("groupe")
        assert "Needed there too: Senegal\nSomeone could help: a hall" in words(p1.text)


@on_one_engine
async def test_who_has_no_territory_says_where(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 1)
        state = await running(world)
        zoe = await world.join("Zoé", "300", territory="")
        await stage(world, zoe, state)
        await zoe.press("At home too")
        assert zoe.text == "In which country or region is it needed too?"
        await zoe.press("Say where")
        await zoe.fill("Senegal")
        assert zoe.text == "Noted: this is needed where you live too (Senegal)."


@pytest.mark.parametrize("label", ["Bravo", "At home too", "Ask a question", "See the questions"])
async def test_buttons_of_a_plenary_that_was_undone_do_no_harm(sqlite_url: str, label: str) -> None:
    async with open_world(sqlite_url) as world:
        [first] = await groups_on_stage(world, 1)
        state = await running(world)
        zoe = world.chat("100", name="P1")
        await stage(world, zoe, state)
        payload = zoe.payload(label)
        await world.change(remove_group, first.id)
        await zoe.follow(payload)
        assert zoe.text
        assert await world.read(applause_of, first.id) == 0


async def test_words_typed_while_a_group_is_on_stage_may_be_a_question_to_it(store_url: str) -> None:
    async with open_world(store_url) as world:
        [first, second] = await groups_on_stage(world, 2)
        tim = await world.join("Tim", "300")
        state = await running(world)
        await tim.send("Who would pay for that in a small town?")
        assert tim.text.splitlines()[0] == "A question to Culture 1?"
        assert tim.buttons[0] == "Yes, ask it"
        await tim.press("Yes, ask it")
        assert tim.text.splitlines() == ["Culture 1", "Noted. You will be told when it is asked."]
        [asked] = await world.read(questions_of_group, first.id)
        assert asked.text == "Who would pay for that in a small town?"
        await tim.send("And who cleans the place afterwards?")
        await world.change(set_declines, first.id, True)
        await tim.press("Yes, ask it")
        assert not await world.read(questions_of_group, second.id)
        assert len(await world.read(questions_of_group, first.id)) == 1
        await tim.send("And who cleans the place at night?")
        assert "Yes, ask it" not in tim.buttons
        assert state.current is not None


async def test_a_group_is_not_offered_questions_to_itself(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await groups_on_stage(world, 2)
        await running(world)
        p1, p2 = world.chat("100", name="P1"), world.chat("101", name="P2")
        for chat, offered in ((p1, False), (p2, True)):
            await chat.send("Who would pay for that in a small town?")
            assert ("Yes, ask it" in chat.buttons) is offered
            await chat.command("me")
            assert ("Ask a question" in chat.buttons) is offered


async def test_during_a_plenary_home_says_when_ones_own_group_goes(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await groups_on_stage(world, 3)
        await running(world)
        [on_stage, _next, third] = [world.chat(str(100 + place), name=f"P{place + 1}") for place in range(3)]
        for chat in (on_stage, third):
            await chat.command("me")
        assert "Your group goes" not in on_stage.text
        line = words(third.text).splitlines()[2]
        assert line == "Your group goes 3rd in the plenary, at about 10:10.", "five minutes a group"


async def test_during_a_plenary_home_speaks_of_the_stage_and_of_no_break(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(gathering={"starts": "2027-03-01"})) as world:
        await groups_on_stage(world, 1)
        tim = await world.join("Tim", "300")
        await plenary_session(world, hours=2, key="later")
        state = await running(world)
        session = await world.read(session_of, state.plenary)
        assert session is not None
        await world.clock.advance(timedelta(minutes=61))  # it takes longer than the programme says
        await tim.command("me")
        assert "Free until" not in tim.text
        assert "On stage: Culture 1" in words(tim.text)
        assert tim.view is not None
        primary = [plain(each.label, tim.reader) for each in tim.view.buttons if each.style == "primary"]
        assert primary == ["Ask a question"]
        ended = state.end(world.clock.now())
        await world.change(store_step, state, ended, world.clock.now())
        await tim.command("me")
        assert "Free until" in tim.text
        await tim.command("stage")
        assert tim.text == "The plenary is over."
