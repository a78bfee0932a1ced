"""What must not harm a plenary that runs: forged presses, floods, two at once, people who go in the middle of it."""

from __future__ import annotations

import asyncio

import pytest

from bot.content.actions import Action, base36
from bot.conversation.incoming import Submitted
from bot.people import participant_store
from handlers.plenary.actions import AskQuestion, ConductStep
from handlers.plenary.model.questions import MOST_QUESTIONS
from handlers.plenary.model.turns import BOUNDS
from handlers.plenary.organiser.asking import hide_question, merge_question, put_question, rank_questions
from handlers.plenary.organiser.changing import restore, version_of
from handlers.plenary.participant.questions import vote_for_question
from handlers.plenary.store.presenters import presenters_of
from handlers.plenary.store.questions import questions_of_group
from handlers.plenary.store.wishes import set_declines
from tests.drivers.gestures import words
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group, mark_published, regroup
from tests.outbox import pushed
from tests.participants import number
from tests.plenary.builders import (
    card,
    clock_of,
    groups_on_stage,
    names_presenter,
    present_state,
    running,
    screens_of,
    wait,
)
from tests.plenary.test_conducting import second_organiser
from tests.plenary.test_questions import open_room, steps
from tests.plenary.test_room import stage
from tests.world import open_world


@on_one_engine
async def test_who_does_not_organise_conducts_nothing(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        tim = await room.asks("Tim", "Who pays for it?")
        await room.asks("Léa", "Who pays for all this?")
        before, [first, second] = await present_state(world), await room.questions()
        seen, plenary_id = version_of(before).seen, before.plenary.id
        forged: list[Action] = [
            *(ConductStep(plenary_id, what, seen) for what in "npgmae"),
            restore.to(plenary_id),
            rank_questions.to(room.first),
            put_question.to(first.id),
            hide_question.to(second.id, hidden=True),
            merge_question.to(second.id, first.id),
        ]
        for action in forged:
            await tim.follow(action.encode(), forged=True)  # to undo, one presses another button
            assert "Who pays for all this?" not in tim.text
        assert await present_state(world) == before
        assert await room.questions() == [first, second]


async def test_two_conductors_who_press_at_once_make_one_step(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 3)
        state = await running(world)
        conductors = [await world.organiser(), await second_organiser(world)]
        for chat in conductors:
            await card(world, chat, state)
        await asyncio.gather(*(chat.press("Start the clock") for chat in conductors))
        first, *waiting = (await present_state(world)).turns
        assert (first.state, first.began_at) == ("talk", world.clock.now())
        assert [turn.state for turn in waiting] == ["waiting", "waiting"]
        assert sorted("was first" in words(chat.text) for chat in conductors) == [False, True]


@on_one_engine
async def test_who_lost_the_role_while_conducting_conducts_no_more(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 2)
        state = await running(world)
        ines, maya = await world.organiser(), await second_organiser(world)
        for chat in (ines, maya):
            await card(world, chat, state)
        await world.change(participant_store.set_organises, await number(world, "Maya"), False)
        before = await present_state(world)
        await maya.press("Start the clock")
        assert "Culture 1" not in maya.text
        assert await present_state(world) == before
        await ines.press("Start the clock")
        assert ines.text.splitlines()[1] == "3:00 left"


@pytest.mark.parametrize("leaves", ["erased", "withdrawn"])
async def test_when_a_presenter_goes_in_mid_turn_the_others_get_the_clock(store_url: str, leaves: str) -> None:
    async with open_world(store_url) as world:
        people = await crowd(world, "Zoé", "Ali")
        first = await group(world, ["Zoé", "Ali"])
        await mark_published(world)
        await names_presenter(world, first, "Zoé")
        state = await running(world)
        [zoes] = await screens_of(world, "clock")
        zoe, ali = people["Zoé"], people["Ali"]
        if leaves == "erased":
            await zoe.command("erase")
            await zoe.press("Erase my texts too")
            await zoe.press("Yes, erase me")
        else:
            await zoe.command("settings")
            await zoe.press("I am not coming")
            await zoe.press("Yes, I give up my place")
        await wait(world, seconds=90)
        assert (await clock_of(world, ali, state, first, "Ali")).startswith("2:30")
        key = f"clock:{state.plenary.id}:{first.id}:{await number(world, 'Ali')}"
        assert key in set(await screens_of(world, "clock")) - {zoes}


@on_one_engine
async def test_who_is_in_another_group_now_presents_no_more(store_url: str) -> None:
    async with open_world(store_url) as world:
        await crowd(world, "Zoé", "Ali", "Léa")
        first = await group(world, ["Zoé", "Ali"])
        second = await group(world, ["Léa"], number_=2)
        await mark_published(world)
        await names_presenter(world, first, "Zoé", "Ali")
        await running(world)
        await regroup(world, "Zoé", second)
        assert [presenter.name for presenter in await world.read(presenters_of, first.id)] == ["Ali"]


@pytest.mark.parametrize(
    ("answer", "left"),
    [("Keep my texts, without my name", ["Who pays for it?"]), ("Erase my texts too", [])],
)
async def test_the_author_of_the_question_being_asked_is_erased(store_url: str, answer: str, left: list[str]) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        tim = await room.asks("Tim", "Who pays for it?")
        await tim.press("With my first name")
        ines = await world.organiser()
        await steps(world, ines, "Start the clock", "Next: questions", "Ask: Who pays")
        assert "Tim" in words(ines.text)
        await tim.command("erase")
        await tim.press(answer)
        await tim.press("Yes, erase me")
        asked = [line for line in words(await card(world, ines, room.state)).splitlines() if "Being asked" in line]
        assert asked == [f"Being asked: {text}" for text in left]
        await steps(world, ines, "Questions: 0")
        assert "Tim" not in ines.text
        await steps(world, ines, "Next group")
        assert ines.text.splitlines()[0] == "CivicTech 1"


async def test_a_group_that_answers_questions_is_not_absent(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await groups_on_stage(world, 2)
        await running(world)
        ines = await world.organiser()
        await steps(world, ines, "Start the clock", "Next: questions")
        before = await present_state(world)
        await ines.follow(ConductStep(before.plenary.id, "a", version_of(before).seen).encode())
        assert await present_state(world) == before


@on_one_engine
async def test_an_old_button_undoes_nothing_after_ten_minutes(store_url: str) -> None:
    async with open_world(store_url) as world:
        await groups_on_stage(world, 2)
        await running(world)
        ines = await world.organiser()
        await steps(world, ines, "Start the clock")
        undo = ines.payload("Undo this change")
        await wait(world, seconds=601)
        before = await present_state(world)
        await ines.follow(undo)
        assert ines.text.startswith("A change can be undone for ten minutes only.")
        assert await present_state(world) == before


async def test_a_flood_of_questions_stops_at_five(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        tim = world.chat("103", name="Tim", modal=True)
        payload = AskQuestion(room.first).encode()
        forms = [Submitted(payload, {"question": f"Question {place}?"}) for place in range(2 * MOST_QUESTIONS)]
        await asyncio.gather(*(tim.act(form) for form in forms))
        assert len(await room.questions()) == MOST_QUESTIONS


async def test_votes_that_come_at_once_are_all_counted(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        await room.asks("Tim", "Who pays for it?")
        [question] = await room.questions()
        vote = vote_for_question.to(question.id, base36(question.id)).encode()
        voters = [room.people[name] for name in ("Zoé", "Ali", "Léa")]
        await asyncio.gather(*(chat.follow(vote) for chat in voters))
        assert [question.votes for question in await room.questions()] == [3]
        await asyncio.gather(*(chat.follow(vote) for chat in voters[:2]))
        assert [question.votes for question in await room.questions()] == [1]


@pytest.mark.parametrize("shown", ["", "zz_zz", "0_0_0_0_0_0_0_0", "zzzzzzzzzzz"])
async def test_a_forged_list_beside_a_vote_does_no_harm(sqlite_url: str, shown: str) -> None:
    async with open_world(sqlite_url) as world:
        room = await open_room(world)
        await room.asks("Tim", "Who pays for it?")
        [question] = await room.questions()
        lea = room.people["Léa"]
        await lea.follow(vote_for_question.to(question.id, shown).encode())
        assert words(lea.text).splitlines() == ["Which questions should Education 1 be asked? Press to vote."]
        assert [question.votes for question in await room.questions()] == [1]


async def test_no_part_of_a_turn_becomes_shorter_than_it_may(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await groups_on_stage(world, 2)
        await running(world)
        ines = await world.organiser()
        await steps(world, ines, "Times")
        shorter = {part: ines.payload(f"{part} −30 s") for part in ("Talk", "Questions")}
        for payload in shorter.values():
            for _press in range(9):
                await ines.follow(payload)
        lengths = (await present_state(world)).plenary.lengths
        assert (lengths.talk, lengths.questions) == (BOUNDS["talk"][0], BOUNDS["questions"][0])


async def test_half_a_minute_more_counts_from_now_once_the_time_is_over(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await groups_on_stage(world, 2)
        state = await running(world)
        ines = await world.organiser()
        await wait(world, seconds=60 + 180 + 95)
        assert (await card(world, ines, state)).splitlines()[1] == "Over time: +1:35"
        await ines.press("+30 s")
        assert ines.text.splitlines()[1] == "0:30 left"


@on_one_engine
@pytest.mark.usefixtures("counted_ids")
async def test_what_leads_on_goes_after_the_last_question(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        for place in range(8):
            await room.asks(("Tim", "Léa")[place % 2], f"Question {place}?")
        zoe = await room.sees("Zoé")
        await zoe.pick("1. Question")
        assert "2 more questions" in zoe.buttons
        await zoe.press("2 more questions")
        await zoe.pick("2. Question 7")
        assert zoe.options == ("1. Question 6? · 0 votes", "2. Question 7? · 1 vote · ✓")
        assert zoe.buttons == ("On stage",)
        await room.sees("Zoé")
        await zoe.pick("2. Question")
        await zoe.press("Next ▶")
        assert zoe.options == ("1. Question 7? · 1 vote · ✓", "2. Question 6? · 0 votes")


async def test_a_group_that_declined_meanwhile_shows_no_button_to_ask_it(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        await room.asks("Tim", "Who pays for it?")
        lea = await room.sees("Léa")
        assert "Ask a question" in lea.buttons
        await world.change(set_declines, room.first, True)
        await lea.pick("1. Who pays")
        assert lea.options == ("1. Who pays for it? · 1 vote · ✓",)
        assert lea.buttons == ("On stage",)
        await stage(world, lea, room.state)
        await lea.follow(f"pnl-{base36(room.first)}")
        assert lea.buttons == ("On stage",)


@on_one_engine
async def test_what_was_asked_before_a_group_declined_stays_with_it(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        tim = room.people["Tim"]
        await stage(world, tim, room.state)
        await tim.press("Ask a question")
        await world.change(set_declines, room.first, True)
        await tim.fill("Who pays for it?")
        assert tim.text.startswith("The turn of this group is over: your question goes to the group")
        assert [question.text for question in await world.read(questions_of_group, room.first)] == ["Who pays for it?"]
        assert await pushed(world, room.people["Zoé"]) == []
