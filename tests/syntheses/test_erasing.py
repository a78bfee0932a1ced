"""Whoever erases themselves with their texts takes what is theirs alone; what the group has gone on from stays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from handlers.ideas.actions import EditIdea, NotAnIdea
from handlers.syntheses.model import MOST_PAST, Content
from handlers.syntheses.store import past_versions, rival_versions, save_version
from tests.engines import on_one_engine
from tests.outbox import press_push, pushed
from tests.participants import number
from tests.syntheses.builders import SETTINGS, Table, table
from tests.world import World, open_world

TOLD = "was erased by the person who wrote it"


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        yield world


async def save(at: Table, name: str, content: Content, *, base: int | None = None) -> int:
    """Somebody saves a version after the current one, or after another; its id."""
    await at.world.clock.advance(timedelta(minutes=1))
    current = await at.current()
    saved = await at.world.change(
        save_version,
        at.group.id,
        at.run.phase,
        await number(at.world, name),
        content,
        (current.id if current else 0) if base is None else base,
        at.world.clock.now(),
    )
    return saved.synthesis.id


async def leave(at: Table, name: str) -> None:
    """Somebody erases themselves with their texts."""
    chat = at.chats[name]
    await chat.command("effacer")
    await chat.press("Erase my texts too")
    await chat.press("Yes, erase me")


async def test_what_stood_before_is_there_however_often_they_saved(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Mal")
    await save(at, "Ana", {"text": "A fact"})
    for text in ("Another fact", "A third one"):
        await save(at, "Mal", {"text": text})
    await leave(at, "Mal")
    assert await at.kept() == {"text": "A fact"}
    assert "The last version was erased by the person who wrote it" in (await pushed(world, at.chats["Ana"]))[-1]
    await press_push(world, at.chats["Ana"], "Our takeaways")
    assert "A fact" in at.chats["Ana"].text


async def test_what_somebody_has_gone_on_from_stays(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Mal")
    await save(at, "Mal", {"text": "A fact"})
    await save(at, "Ana", {"text": "A fact, and another"})
    await leave(at, "Mal")
    assert await at.kept() == {"text": "A fact, and another"}
    assert [each.content for each in await world.read(past_versions, at.group.id, "stakes")] == [{"text": "A fact"}]
    assert not any(TOLD in told for told in await pushed(world, at.chats["Ana"]))


@on_one_engine
async def test_what_a_version_to_choose_from_replaced_is_to_be_chosen_again(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Ben", "Mal")
    first = await save(at, "Ana", {"text": "A fact"})
    await save(at, "Ana", {"text": "A better one"})
    bens = await save(at, "Ben", {"text": "Something else"}, base=first)
    await save(at, "Mal", {"text": "Nothing at all"}, base=bens)
    await leave(at, "Mal")
    assert [each.content for each in await world.read(rival_versions, at.group.id, "stakes")] == [
        {"text": "Something else"}
    ]
    assert await at.kept() == {"text": "A better one"}
    for name in ("Ana", "Ben"):
        [told] = [each for each in await pushed(world, at.chats[name]) if TOLD in each]
        assert "A version to choose from was erased by the person who wrote it." in told


@on_one_engine
async def test_who_saves_on_and_on_loses_their_own_oldest_versions_and_the_one_before_comes_back(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Mal")
    await save(at, "Ana", {"text": "A fact"})
    for number_ in range(MOST_PAST + 5):
        await save(at, "Mal", {"text": f"Another fact {number_}"})
    past = await world.read(past_versions, at.group.id, "stakes")
    assert len(past) == MOST_PAST + 1
    assert past[-1].content == {"text": "A fact"}, "of others all are kept"
    await leave(at, "Mal")
    assert await at.kept() == {"text": "A fact"}


async def test_nothing_is_to_be_chosen_after_a_rival_went(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Mal")
    first = await save(at, "Ana", {"text": "A fact"})
    await save(at, "Ana", {"text": "A better one"})
    await save(at, "Mal", {"text": "Something else"}, base=first)
    assert len(await world.read(rival_versions, at.group.id, "stakes")) == 1
    await leave(at, "Mal")
    assert list(await world.read(rival_versions, at.group.id, "stakes")) == []
    assert await at.kept() == {"text": "A better one"}


@dataclass(frozen=True)
class Copied:
    """Who gave which ideas, what the group's solution held before, and what of it stays when Mal erases themselves."""

    ideas: Sequence[tuple[str, str]]
    before: Content
    saved: Content
    stays: Content


AI = "intelligence artificielle"
COPIED: Mapping[str, Copied] = {
    "theirs alone": Copied([("Mal", AI)], {}, {"idea": AI, "what": "Books"}, {"what": "Books"}),
    "somebody else's too": Copied([("Mal", AI), ("Ana", AI)], {}, {"idea": AI}, {"idea": AI}),
    "what was written before": Copied(
        [("Mal", AI)], {"idea": AI}, {"idea": AI, "what": "Books"}, {"idea": AI, "what": "Books"}
    ),
    "a part of a sentence": Copied([("Mal", AI)], {}, {"idea": f"Une {AI} pour tous"}, {"idea": f"Une {AI} pour tous"}),
}


@pytest.mark.parametrize("case", COPIED)
async def test_an_idea_goes_from_the_solution_where_it_is_theirs_alone(world: World, case: str) -> None:
    copied = COPIED[case]
    at = await table(world, "solutions", "Ana", "Mal")
    if copied.before:
        await save(at, "Ana", copied.before)
    await world.clock.advance(timedelta(minutes=1))
    for name, words in copied.ideas:
        await at.say(name, words)
    await save(at, "Ana", copied.saved)
    await leave(at, "Mal")
    assert await at.kept() == copied.stays


FIELD = "An idea was erased by the person who gave it; its box is empty."
RUNNER_UP = "An idea was erased by the person who gave it; it is no longer among the runners-up."
BACK = "The last version was erased by the person who wrote it; the one before is back."
NOTHING = "What was written was erased by the person who wrote it; nothing is written now."


@dataclass(frozen=True)
class Told:
    """What a group saved, by whom, in which phase, around Mal's idea; what stays of it, and what the group is told."""

    phase: str
    before: Sequence[tuple[str, Content]]
    saved: Sequence[tuple[str, Content]]
    stays: Content | None
    line: str


TELLING: Mapping[str, Told] = {
    "a field": Told("solutions", [], [("Ana", {"idea": AI, "what": "Books"})], {"what": "Books"}, FIELD),
    "a runner-up": Told(
        "challenge",
        [],
        [("Ana", {"sentence": "How?", "runners_up": f"{AI} (2)\nBooks (1)"})],
        {"sentence": "How?", "runners_up": "Books (1)"},
        RUNNER_UP,
    ),
    "all of a version": Told(
        "solutions", [("Ana", {"what": "Books"})], [("Ana", {"idea": AI})], {"what": "Books"}, BACK
    ),
    "all that there was": Told("solutions", [], [("Ana", {"idea": AI})], None, NOTHING),
    "a version around it": Told(
        "solutions", [("Ana", {"what": "Books"})], [("Mal", {"idea": AI, "what": "More"})], {"what": "Books"}, BACK
    ),
}


@on_one_engine
@pytest.mark.parametrize("case", TELLING)
async def test_the_group_is_told_once_what_is_true(world: World, case: str) -> None:
    told = TELLING[case]
    at = await table(world, told.phase, "Ana", "Mal")
    for name, content in told.before:
        await save(at, name, content)
    await world.clock.advance(timedelta(minutes=1))
    await at.say("Mal", AI)
    for name, content in told.saved:
        await save(at, name, content)
    await leave(at, "Mal")
    assert (await at.kept() if await at.current() else None) == told.stays
    lines = [text.splitlines()[1] for text in await pushed(world, at.chats["Ana"]) if "was erased by" in text]
    assert lines == [told.line]


WORDS = "A library that teenagers run by themselves"


@on_one_engine
async def test_an_idea_edited_into_others_words_takes_nothing_from_them(world: World) -> None:
    at = await table(world, "solutions", "Ana", "Mal")
    mal = at.chats["Mal"]
    await world.clock.advance(timedelta(minutes=1))
    await mal.command("phase")
    await mal.send("Something quite different for the village")
    await save(at, "Ana", {"idea": WORDS, "what": "Books"})
    await world.clock.advance(timedelta(minutes=1))
    await mal.follow(EditIdea(1).encode())
    await mal.fill(WORDS)
    await leave(at, "Mal")
    assert await at.kept() == {"idea": WORDS, "what": "Books"}


@on_one_engine
@pytest.mark.parametrize("became", ["other words", "nothing"])
async def test_an_idea_goes_from_the_solution_whatever_became_of_it_since(world: World, became: str) -> None:
    at = await table(world, "solutions", "Ana", "Mal")
    mal = at.chats["Mal"]
    await mal.command("phase")
    await mal.send(WORDS)
    await save(at, "Ana", {"idea": WORDS, "what": "Books"})
    await world.clock.advance(timedelta(minutes=1))
    if became == "nothing":
        await mal.follow(NotAnIdea(1).encode())
    else:
        await mal.follow(EditIdea(1).encode())
        await mal.fill("Something quite different for the village")
    await save(at, "Ana", {"idea": WORDS, "what": "Books and games"})
    await leave(at, "Mal")
    assert await at.kept() == {"what": "Books and games"}


@on_one_engine
@pytest.mark.parametrize("mals", ["A library\nof tools", "A libary of tools"])
async def test_a_copy_of_somebodys_idea_takes_nothing_from_them(world: World, mals: str) -> None:
    at = await table(world, "solutions", "Ana", "Mal")
    await world.clock.advance(timedelta(minutes=1))
    await at.say("Ana", "A library of tools")
    await at.say("Mal", mals)
    await save(at, "Ana", {"idea": "A library of tools", "what": "Books"})
    await leave(at, "Mal")
    assert await at.kept() == {"idea": "A library of tools", "what": "Books"}


async def test_an_idea_stays_that_somebody_gave_too_who_is_gone_without_their_texts(world: World) -> None:
    at = await table(world, "solutions", "Ana", "Mal", "Bo")
    for name in ("Ana", "Mal"):
        await at.say(name, AI)
    await at.reveal()
    await save(at, "Bo", {"idea": AI, "what": "Books"})
    await at.chats["Ana"].command("effacer")
    await at.chats["Ana"].press("Keep my texts, without my name")
    await at.chats["Ana"].press("Yes, erase me")
    await leave(at, "Mal")
    assert await at.kept() == {"idea": AI, "what": "Books"}
