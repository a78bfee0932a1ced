"""Questions from the room: written, read, voted for, asked, hidden, merged, answered in writing."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.content.actions import base36
from bot.content.branding import Branding
from bot.conversation.incoming import Picked
from handlers.plenary.actions import AskQuestion
from handlers.plenary.model.questions import LONGEST_QUESTION, StageQuestion, ranked
from handlers.plenary.model.turns import PlenaryState
from handlers.plenary.store.questions import questions_of_group
from handlers.plenary.store.wishes import set_declines
from handlers.results.files import write_book
from handlers.results.messages import Wording
from handlers.results.model import decode_snapshot
from handlers.results.service import read_more_sheets
from handlers.results.store.snapshots import read_snapshot
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group, mark_published
from tests.outbox import press_push, pushed
from tests.plenary.builders import card, present_state, running
from tests.plenary.test_room import stage
from tests.world import World, open_world

pytestmark = pytest.mark.usefixtures("counted_ids")


class Room:
    """A plenary of two groups: Zoé and Ali are in the first, which is on stage, Léa in the second; Tim is in none."""

    def __init__(self, world: World, people: dict[str, NeutralChat], state: PlenaryState, first: int) -> None:
        self.world = world
        self.people = people
        self.state = state
        self.first = first

    async def asks(self, name: str, text: str) -> NeutralChat:
        """Someone writes a question to the group on stage; their chat."""
        chat = self.people[name]
        await stage(self.world, chat, await present_state(self.world))
        await chat.press("Ask a question")
        await chat.fill(text)
        return chat

    async def sees(self, name: str) -> NeutralChat:
        """Someone reads the next questions; their chat."""
        chat = self.people[name]
        await stage(self.world, chat, await present_state(self.world))
        await chat.press("See the questions")
        return chat

    async def questions(self) -> list[StageQuestion]:
        """All questions to the first group."""
        return list(await self.world.read(questions_of_group, self.first))


async def open_room(world: World, **how: Any) -> Room:
    """A plenary that runs, with people; `how` is as for `crowd`."""
    people = await crowd(world, "Zoé", "Ali", "Léa", "Tim", **how)
    first = await group(world, ["Zoé", "Ali"])
    await group(world, ["Léa"], theme="civic")
    await mark_published(world)
    return Room(world, people, await running(world), first.id)


async def steps(world: World, ines: NeutralChat, *labels: str) -> None:
    await card(world, ines, await present_state(world))
    for label in labels:
        await ines.press(label)


async def test_a_question_goes_without_a_name_unless_its_author_signs(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        tim = await room.asks("Tim", "Who pays for it?")
        assert tim.text == "Noted. You will be told when it is asked."
        assert tim.buttons == ("With my first name", "Take it back", "See the questions")
        lea = await room.sees("Léa")
        assert words(lea.text).splitlines() == [
            "Which questions should Education 1 be asked? Press to vote.",
            "1. Who pays for it?",
        ]
        await tim.press("With my first name")
        assert words(tim.text) == "Who pays for it?\nIt is asked with your first name."
        ali = await room.sees("Ali")
        assert words(ali.text).splitlines()[1] == "1. Who pays for it? · Tim"
        await tim.press("Without my name")
        await room.sees("Tim")
        assert words(tim.text) == "Nobody else has asked Education 1 anything yet."
        await tim.press("My questions")
        await tim.pick("Who pays")
        await tim.press("Take it back")
        assert words(tim.text) == "Taken back: “Who pays for it?”"
        assert await room.questions() == []
        await tim.command("moi")
        assert "On stage" in tim.buttons
        await world.clock.advance(world.settings.gathering.ends + timedelta(days=1) - world.clock.now().date())
        await tim.command("moi")
        assert "is over. Thank you!" in tim.text
        assert "On stage" not in tim.text  # whoever forgot to end the plenary leaves nobody there
        zoe = room.people["Zoé"]
        await zoe.command("groupe")
        assert words(zoe.text).splitlines()[:3] == ["The gathering is over.", "Education 1", "Ali (Quebec)"]
        assert "Who presents?" not in zoe.buttons


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("👏🎉", "Write your question as text, please."),
        ("   ", "This answer is empty. Write a few words, please."),
        (
            "a" * (LONGEST_QUESTION + 42),
            "42 characters too many (at most 280). Your text is kept: shorten it and send it again.",
        ),
    ],
)
async def test_what_is_no_question_is_asked_again(sqlite_url: str, typed: str, answer: str) -> None:
    async with open_world(sqlite_url) as world:
        room = await open_room(world)
        tim = await room.asks("Tim", typed)
        assert answer in tim.text
        assert await room.questions() == []
        await tim.fill("Who pays for it?")
        assert [question.text for question in await room.questions()] == ["Who pays for it?"]


@on_one_engine
async def test_the_sixth_question_to_a_group_is_refused(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        for place in range(5):
            tim = await room.asks("Tim", f"Question {place}?")
        await stage(world, tim, room.state)
        await tim.press("Ask a question")
        assert tim.text == "You have asked this group 5 questions: take one back to ask another."
        await tim.press("My questions")
        await tim.pick("Question 3?")
        await tim.press("Take it back")
        await room.asks("Tim", "Another one?")
        assert [question.text for question in await room.questions()][-1] == "Another one?"


@on_one_engine
async def test_a_question_after_the_turn_goes_to_the_group(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        tim = room.people["Tim"]
        await stage(world, tim, room.state)
        old_card = tim.payload("See the questions")
        await tim.press("Ask a question")
        await steps(world, await world.organiser(), "Start the clock", "Next: questions", "Next group")
        await tim.fill("Who pays for it?")
        assert (
            tim.text == "The turn of this group is over: your question goes to the group, which can answer in writing."
        )
        assert [question.text for question in await room.questions()] == ["Who pays for it?"]
        lea = await room.asks("Léa", "Who cleans it?")
        await tim.follow(old_card)
        assert words(tim.text).splitlines() == [
            "Education 1 is no longer on stage.",
            "Which questions should CivicTech 1 be asked? Press to vote.",
            "1. Who cleans it?",
        ], "an old card leads to the group on stage"
        await lea.press("See the questions")
        assert lea.text == "Nobody else has asked CivicTech 1 anything yet.", "her own she does not rank"


@on_one_engine
async def test_a_group_that_declines_is_asked_nothing(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        tim = room.people["Tim"]
        await stage(world, tim, room.state)
        payload = tim.payload("Ask a question")
        await world.change(set_declines, room.first, True)
        await tim.follow(payload)
        assert tim.text == "This group takes no questions."
        assert await room.questions() == []


async def test_six_are_shown_that_fewest_saw_and_a_vote_is_toggled(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        for place in range(8):
            await room.asks(("Tim", "Léa")[place % 2], f"Question {place}?")
        zoe = await room.sees("Zoé")
        assert [line.partition(". ")[2] for line in words(zoe.text).splitlines()[1:]] == [
            f"Question {place}?" for place in range(6)
        ]
        assert zoe.options == tuple(f"{place + 1}. Question {place}?" for place in range(6))
        assert zoe.buttons == ("2 more questions", "On stage")
        await zoe.pick("2. Question 1?")
        await zoe.pick("5. Question 4?")
        assert zoe.options == (
            "1. Question 0? · 0 votes", "2. Question 1? · 1 vote · ✓", "3. Question 2? · 0 votes",
            "4. Question 3? · 0 votes", "5. Question 4? · 1 vote · ✓", "6. Question 5? · 0 votes",
        )  # fmt: skip
        await zoe.pick("5. Question 4?")
        assert "5. Question 4? · 0 votes" in zoe.options, "nothing moves while one votes"
        ali = await room.sees("Ali")
        assert [line.partition(". ")[2] for line in words(ali.text).splitlines()[1:3]] == ["Question 6?", "Question 7?"]
        await ali.pick("1. Question 6?")
        tim = await room.sees("Tim")
        assert [option.partition(". ")[2] for option in tim.options] == [f"Question {n}?" for n in (5, 7, 1, 3)]
        first, _second, _third, last, *_list = words(tim.text).splitlines()
        assert [first, last] == ["Question 0? · yours, waiting", "Question 6? · yours, waiting"]
        standing = {question.text: (question.votes, question.views) for question in await room.questions()}
        assert standing["Question 1?"] == (1, 3)
        assert standing["Question 6?"] == (1, 1)
        assert standing["Question 4?"] == (0, 1)
        await stage(world, zoe, room.state)
        await zoe.press("See the questions")
        assert "Question 7?" in zoe.text
        await stage(world, zoe, room.state)
        await zoe.press("See the questions")
        others = [f"{rank}. Question {place}? · 0 votes" for rank, place in enumerate((0, 2, 3, 4, 5), start=2)]
        assert zoe.options == ("1. Question 1? · 1 vote · ✓", *others), "the most wanted first, once one voted"
        await zoe.press("Next ▶")
        assert [*zoe.options] == ["1. Question 6?", "2. Question 7?"], "without votes, as one gave none here"


@on_one_engine
async def test_nobody_votes_for_their_own_or_a_hidden_question(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        await room.asks("Tim", "Who pays for it?")
        lea = await room.sees("Léa")
        [question] = await room.questions()
        digest = base36(question.id)
        await room.people["Tim"].act(Picked(f"pnmq-{digest}", ("1",)))
        assert room.people["Tim"].text == "This is your own question: vote for those of others instead."
        ines = await world.organiser()
        await steps(world, ines, "Questions: 1")
        await ines.pick("Who pays")
        await ines.press("Hide")
        await lea.act(Picked(f"pnmq-{digest}", ("1",)))
        assert lea.text.splitlines()[0] == "This question is no longer shown."
        assert [(question.votes, question.hidden) for question in await room.questions()] == [(0, True)]


async def test_a_forged_vote_shows_no_question_to_another_group(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        room = await open_room(world)
        second = room.state.turns[1].group_id
        tim = await room.asks("Tim", "Who pays for it?")
        await tim.follow(AskQuestion(second).encode())
        await tim.fill("Where would it be?")
        [other] = await world.read(questions_of_group, second)
        lea = await room.sees("Léa")
        [own] = await room.questions()
        await lea.act(Picked(f"pnmq-{base36(own.id)}_{base36(other.id)}", ("1",)))
        assert lea.options == ("1. Who pays for it? · 1 vote · ✓",)


@on_one_engine
async def test_hiding_is_undone_and_named_in_the_journal(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        await room.asks("Tim", "Who pays for it?")
        ines = await world.organiser()
        await steps(world, ines, "Questions: 1")
        await ines.pick("Who pays")
        await ines.press("Hide")
        assert words(ines.text).splitlines()[0] == "The question “Who pays for it?” is hidden"
        await ines.press("Undo this change")
        assert [question.hidden for question in await room.questions()] == [False]
        await ines.press("Recent changes")
        assert "“Who pays for it?” is hidden (Inès" in words(ines.text)
        await steps(world, ines, "Questions: 1")
        await ines.pick("Who pays")
        await ines.press("Hide")
        await ines.press("Show it again")
        assert [question.hidden for question in await room.questions()] == [False]


@on_one_engine
async def test_the_journal_forgets_a_question_with_its_author(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        tim = await room.asks("Tim", "Who pays for it?")
        ines = await world.organiser()
        await steps(world, ines, "Questions: 1")
        await ines.pick("Who pays")
        await ines.press("Hide")
        await ines.press("Undo this change")
        await ines.press("Recent changes")
        assert "“Who pays for it?” is hidden" in words(ines.text)
        await tim.command("erase")
        await tim.press("Erase my texts too")
        await tim.press("Yes, erase me")
        await ines.command("organise")
        await ines.press("Recent changes")
        assert ines.text == "Nothing was changed yet."


async def test_the_author_is_told_once_when_a_question_is_asked(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        tim = await room.asks("Tim", "Who pays for it?")
        await room.asks("Léa", "Where is it?")
        ines = await world.organiser()
        await steps(world, ines, "Start the clock", "Next: questions")

        async def ask_the_other() -> None:
            await steps(world, ines, "More…", "Questions: 2")
            await ines.pick("Who pays")
            await ines.press("Ask it now")

        assert all(line.endswith(" · not read yet") for line in words(ines.text).splitlines()[4:])
        zoe = await room.sees("Zoé")
        await zoe.pick("2. Where is it?")
        await card(world, ines, room.state)
        assert words(ines.text).splitlines()[4:] == [
            "1. Where is it? · wanted by 1 of 1",
            "2. Who pays for it? · wanted by 0 of 1",
        ]
        assert list(ines.buttons) == ["Ask: Where is it?", "Next group", "Pause", "Undo this change", "More…"]
        await ask_the_other()
        await card(world, ines, room.state)
        assert words(ines.text).splitlines()[4:] == [
            "Being asked: Who pays for it?",
            "1. Where is it? · wanted by 1 of 1",
        ]
        assert list(ines.buttons[:2]) == ["Ask: Where is it?", "Next group"], "the card shows the next steps"
        assert "Undo this change" in ines.buttons
        assert await pushed(world, tim) == ["There is news about your question."]
        await press_push(world, tim, "Read")
        assert words(tim.text).splitlines()[:2] == ["Who pays for it?", "It was asked."]
        await card(world, ines, room.state)
        assert words(ines.text).splitlines()[4] == "Being asked: Who pays for it?"
        await ines.press("More…")
        assert "Questions: 1" in ines.buttons
        await steps(world, ines, "Questions: 1")
        await ines.pick("Who pays")
        await ines.command("organise")
        await ines.press("Recent changes")
        await ines.press("Undo number 1")
        assert [question.asked_at for question in await room.questions()] == [None, None]
        await ask_the_other()
        assert len(await pushed(world, tim)) == 1


async def test_similar_questions_are_merged_with_their_votes_and_parted_again(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        tim = await room.asks("Tim", "Who pays for the shared kitchen?")
        await tim.press("With my first name")
        lea = await room.asks("Léa", "Who will pay the shared kitchen in winter?")
        await room.asks("Léa", "Which territory comes next?")
        for name, votes in (("Zoé", ("1. Who pays", "2. Who will")), ("Ali", ("2. Who will",))):
            chat = await room.sees(name)
            for vote in votes:
                await chat.pick(vote)
        ines = await world.organiser()
        await steps(world, ines, "Questions: 3")
        await ines.pick("Who pays for")
        assert "Similar:" in ines.text
        await ines.press("Merge with number 1")
        assert ines.text.splitlines()[2:4] == ["Tim", "wanted by 2 of 2"]
        [kitchen, merged, other] = await room.questions()
        assert (kitchen.votes, merged.merged_into, other.merged_into) == (2, kitchen.id, None)
        await ines.press("Ask it now")
        assert [words(text) for text in await pushed(world, tim)] == [
            "Your question is on the screen: “Who pays for the shared kitchen?”"
        ]
        assert await pushed(world, lea) == ["There is news about your question."], "who did not sign is told no more"
        await ines.press("Undo this change")
        await ines.press("Recent changes")
        await ines.press("Undo number 2")
        assert [question.merged_into for question in await room.questions()] == [None, None, None]


async def test_what_nobody_asked_stays_with_the_group_which_answers(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        tim = await room.asks("Tim", "Who pays for it?")
        await tim.press("With my first name")
        ines = await world.organiser()
        await steps(
            world, ines, "Start the clock", "Next: questions", "Next group", "Start the clock", "Next: questions",
            "Next: the end",
        )  # fmt: skip
        zoe, ali = room.people["Zoé"], room.people["Ali"]
        for chat in (zoe, ali):
            assert await pushed(world, chat) == ["The room left your group 1 question: you can answer in writing."]
        assert await pushed(world, room.people["Léa"]) == []
        await steps(world, ines, "Undo this change")
        await steps(world, ines, "Next: the end")
        assert len(await pushed(world, zoe)) == 1
        await press_push(world, zoe, "Read the questions")
        assert zoe.text == "1 question is waiting for an answer."
        await zoe.pick("Who pays")
        await zoe.press("Answer")
        await zoe.fill("The town.")
        assert words(zoe.text).splitlines() == ["Saved.", "Who pays for it?", "Tim", "Your answer: The town."]
        assert [words(text) for text in await pushed(world, tim)] == [
            "Education 1 answers your question “Who pays for it?”:\nThe town."
        ]
        await zoe.press("Change the answer")
        await zoe.fill("The country.")
        assert [words(text) for text in await pushed(world, tim)] == [
            "Education 1 answers your question “Who pays for it?”:\nThe country."
        ], "the same message: nobody makes a phone ring by changing an answer again and again"
        await tim.command("scene")
        await ali.command("groupe")
        await ali.press("1 question from the room")
        assert ali.text == "0 questions are waiting for an answer."
        lea = room.people["Léa"]
        await lea.follow(f"png-{room.first}")
        assert "wait" not in lea.text


@on_one_engine
async def test_the_phone_of_who_asked_without_a_name_does_not_tell_what(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        tim = await room.asks("Tim", "Who pays for it?")
        ines = await world.organiser()
        await steps(world, ines, "Start the clock", "Next: questions", "Next group")
        zoe = room.people["Zoé"]
        for press, answer in (("Answer", "The town."), ("Change the answer", "The country.")):
            await zoe.command("groupe")
            await zoe.press("1 question from the room")
            await zoe.pick("Who pays")
            await zoe.press(press)
            await zoe.fill(answer)
            assert await pushed(world, tim) == ["There is something for you to read."]
        await press_push(world, tim, "Read")
        assert words(tim.text).splitlines() == ["Who pays for it?", "The group answers: The country."]


async def test_a_question_outlives_its_author_without_a_name(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        tim = await room.asks("Tim", "Who pays for it?")
        await tim.press("With my first name")
        lea = await room.sees("Léa")
        await lea.pick("1.")
        await room.asks("Tim", "Nobody saw this one?")
        assert [(question.name, question.views) for question in await room.questions()] == [("Tim", 1), ("", 0)]
        await tim.command("erase")
        await tim.press("Keep my texts, without my name")
        await tim.press("Yes, erase me")
        [left] = await room.questions()
        assert (left.text, left.name, left.author_id, left.votes) == ("Who pays for it?", "", None, 1)


def test_the_question_being_asked_comes_first_then_what_is_wanted_most() -> None:
    now = datetime(2027, 6, 12, tzinfo=UTC)

    def question(id_: int, votes: int, views: int, asked: int | None = None) -> StageQuestion:
        asked_at = now + timedelta(seconds=asked) if asked else None
        return StageQuestion(id_, 1, None, False, "", "?", now, asked_at, False, None, "", views, votes)

    listed = [question(1, 1, 1), question(2, 30, 40), question(3, 0, 9, asked=5), question(4, 0, 9, asked=9)]
    assert [entry.id for entry in ranked(listed)] == [4, 2, 1, 3]


async def test_questions_and_where_else_it_is_needed_are_in_the_workbook(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world)
        tim = await room.asks("Tim", "Who pays for it?")
        await tim.press("With my first name")
        await room.asks("Léa", "=HYPERLINK(A1)")
        lea = await room.sees("Léa")
        await lea.pick("1.")
        await stage(world, lea, room.state)
        await lea.press("At home too")
        await lea.press("I could help with…")
        await lea.fill("a hall")
        english = Wording("en", "Europe/Paris", Branding("Rencontres"))
        more = await world.read(read_more_sheets, english)
        results = decode_snapshot(await world.read(read_snapshot))
        content = write_book(results, english, folder=False, more=more)
        sheets = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(io.BytesIO(content))}
        assert sheets["Questions"] == [
            ("Group", "Question", "From", "Votes", "Seen by", "On stage", "The group's answer"),
            ("Education 1", "Who pays for it?", "Tim", 1, 1, None, None),
            ("Education 1", "=HYPERLINK(A1)", None, 0, 0, None, None),
        ]
        assert sheets["At home too"] == [
            ("Group", "Territory", "Could help with", "From"),
            ("Education 1", "Quebec", "a hall", "Léa"),
        ]


@on_one_engine
async def test_authors_on_discord_learn_of_their_questions_without_having_agreed_to_messages(store_url: str) -> None:
    async with open_world(store_url) as world:
        room = await open_room(world, platform="discord")
        tim = await room.asks("Tim", "Who pays for it?")
        await tim.press("With my first name")
        ines = await world.organiser()
        await steps(world, ines, "Questions: 1")
        await ines.pick("Who pays for it?")
        await ines.press("Ask it now")
        assert "is on the screen" in (await pushed(world, tim))[-1]
