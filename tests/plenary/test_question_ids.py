"""What a button tells of a question: nothing of when it was written, and so of who wrote it."""

from __future__ import annotations

from itertools import count, pairwise

import pytest

from bot.content.actions import MAX_LENGTH
from handlers.plenary.model.turns import PlenaryState
from handlers.plenary.store.questions import questions_of_group
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import crowd, group, mark_published
from tests.plenary.builders import present_state, running
from tests.plenary.test_room import stage
from tests.world import World, open_world

NAMES = ("Ana", "Eve", "Kim", "Léo", "Max", "Tim", "Zoé")


class Hall:
    """A plenary of one group, and people who ask it something, one after the other."""

    def __init__(self, world: World, people: dict[str, NeutralChat], state: PlenaryState) -> None:
        self.world = world
        self.people = people
        self.state = state

    async def asks(self, name: str, text: str) -> None:
        chat = self.people[name]
        await stage(self.world, chat, await present_state(self.world))
        await chat.press("Ask a question")
        await chat.fill(text)

    async def reads(self, name: str) -> tuple[NeutralChat, str]:
        """Someone reads the next questions; their chat, and what the choice of them holds."""
        chat = self.people[name]
        await stage(self.world, chat, await present_state(self.world))
        await chat.press("See the questions")
        assert chat.view
        assert chat.view.choice
        return chat, chat.view.choice.action.encode()


async def open_hall(world: World) -> Hall:
    people = await crowd(world, *NAMES, "Léa")
    await group(world, ["Léa"])
    await mark_published(world)
    return Hall(world, people, await running(world))


async def test_nobody_tells_from_a_button_which_question_came_after_which(store_url: str) -> None:
    async with open_world(store_url) as world:
        hall = await open_hall(world)
        written: list[int] = []
        for name in NAMES:
            await hall.asks(name, f"What does {name} want to know?")
            written.append(int(hall.people[name].payload("With my first name").split("-")[1], 36))
        for place in range(1, 5):
            await hall.asks("Tim", f"And number {place}?")
            written.append(int(hall.people["Tim"].payload("With my first name").split("-")[1], 36))
        steps = {after - before for before, after in pairwise(written)}
        assert written != sorted(written), "eleven numbers drawn at random are in order once in forty million times"
        assert len(steps) == len(written) - 1
        _chat, payload = await hall.reads("Léa")
        first = payload.split("-")[1].split("_")
        assert len(first) == 6
        assert first == sorted(first, key=lambda part: int(part, 36)), "shown in the order of these numbers, not of age"


async def test_the_longest_ids_fit_into_a_button_and_a_number_is_given_once(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest = 36**7 - 1
    drawn = (largest - place // 2 for place in count())  # each number twice
    monkeypatch.setattr("handlers.plenary.store.questions.draw_id", lambda: next(drawn))
    async with open_world(sqlite_url) as world:
        hall = await open_hall(world)
        for name in NAMES:
            await hall.asks(name, f"What does {name} want to know?")
        asked = await world.read(questions_of_group, hall.state.turns[0].group_id)
        assert [question.id for question in asked] == list(range(largest - 6, largest + 1))
        chat, payload = await hall.reads("Léa")
        assert len(payload) < MAX_LENGTH
        await chat.pick("1.")
        assert chat.options[0].endswith(" · 1 vote · ✓")


async def test_a_button_of_before_votes_for_the_question_that_it_was_made_for(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(sqlite_url) as world:
        hall = await open_hall(world)
        with monkeypatch.context() as before:
            before.setattr("handlers.plenary.store.questions.draw_id", lambda: 7)
            await hall.asks("Tim", "Who pays for it?")
        await hall.asks("Zoé", "Where is it?")
        lea = hall.people["Léa"]
        await lea.follow("pnm-7-7")
        assert lea.options == ("1. Who pays for it? · 1 vote · ✓",)
