"""Ideas made straight in the store, and the wall they stand on."""

from __future__ import annotations

from functools import partial
from typing import Any

from bot.content import stems as stemming
from bot.database.engine import Transaction
from bot.files.folder import Folder
from handlers.groups.model import Group
from handlers.ideas.store.files import add_file
from handlers.ideas.store.ideas import add_idea, find_idea, ideas_of_author, ideas_of_group
from handlers.ideas.store.moderation import merge_into, set_hidden
from handlers.ideas.store.votes import cast_votes, most_voted_of_group
from handlers.workshops.model import Idea
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.participants import number
from tests.world import World


async def idea(world: World, group: Group, author: str, text: str, *, phase: str = "solutions", **how: Any) -> Idea:
    """An idea of someone's in a group's phase."""
    person = await number(world, author)
    stems = stemming.stems(text, "fr")
    return await world.store.transact(
        lambda tx: add_idea(tx, person, group.id, phase, text, world.clock.now(), stems=stems, **how)
    )


async def photo(world: World, of: Idea, content: bytes, name: str = "sheet.jpg") -> None:
    """A photo that came with an idea."""
    digest = Folder(world.settings.storage.folder).keep(content)

    async def unit(tx: Transaction) -> None:
        await add_file(tx, of.id, digest=digest, name=name, media_type="image/jpeg", picture=True, size=len(content))

    await world.store.transact(unit)


async def merged(world: World, one: Idea, into: Idea) -> None:
    """An idea that went into another."""
    await world.store.transact(partial(merge_into, idea_ids=[one.id], target=into.id))


async def hidden(world: World, one: Idea) -> None:
    """An idea that a facilitator hid."""
    await world.store.transact(partial(set_hidden, idea_id=one.id, hidden=True))


async def voted(world: World, group: Group, name: str, *chosen: Idea, phase: str = "solutions") -> None:
    """All of someone's votes in a group's phase."""
    person, ids = await number(world, name), [each.id for each in chosen]
    await world.store.transact(lambda tx: cast_votes(tx, person, group.id, phase, ids))


async def votes_by_idea(tx: Transaction, group_id: int, phase: str) -> dict[int, int]:
    """The votes of a group's ideas by their ids, without those that nobody voted for."""
    return {idea.id: votes for idea, votes in await most_voted_of_group(tx, group_id, phase) if votes}


async def tally(world: World, group: Group, phase: str = "solutions") -> dict[str, int]:
    """The votes of a group's ideas, by their words."""

    async def unit(tx: Transaction) -> dict[str, int]:
        votes = await votes_by_idea(tx, group.id, phase)
        return {each.text: votes[each.id] for each in await ideas_of_group(tx, group.id, phase) if each.id in votes}

    return await world.store.read(unit)


async def state(world: World, one: Idea) -> Idea:
    """An idea as it stands."""
    found = await world.store.read(partial(find_idea, idea_id=one.id))
    assert found is not None
    return found


def lines(chat: NeutralChat) -> list[str]:
    """What someone reads, without the marks that isolate a name's direction."""
    return words(chat.text).splitlines()


async def ideas_of(world: World, name: str, phase: str = "solutions") -> list[Idea]:
    """What someone gave in a phase, oldest first."""
    author = await number(world, name)
    return list(await world.store.read(partial(ideas_of_author, author_id=author, phase=phase)))
