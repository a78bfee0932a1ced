"""Who is in an audience, as things stand."""

from __future__ import annotations

from bot.database.engine import Transaction
from bot.people import audience_store, participant_store
from bot.people.audiences import parse
from handlers.groups.store.groups import add_group
from handlers.groups.store.members import put_in_group
from tests.world import World, open_world

LATE = "2027-06-10"


async def gathered(world: World) -> None:
    """Zoe (Culture, Québec, group 1, present), Ali (no theme, by Discord), Eva invited only, Inès of the team."""
    zoe = await world.join("Zoe", "1")
    await zoe.pick("Culture")
    await zoe.press("Confirm")
    await world.join("Ali", "2", platform="discord")
    await world.invite("Eva", territory="FR")
    await world.organiser()

    async def unit(tx: Transaction) -> None:
        group = await add_group(tx, 1, "culture", 1)
        await put_in_group(tx, 1, group)
        for person, present in ((1, 1), (2, 0)):
            await tx.run(
                "INSERT INTO attendance (participant_id, day, present, marked_at) VALUES (:id, :day, :present, 0)",
                id=person,
                day=LATE,
                present=present,
            )

    await world.store.transact(unit)


async def test_each_audience_is_one_condition(store_url: str) -> None:
    async with open_world(store_url) as world:
        await gathered(world)

        async def named(tx: Transaction, word: str) -> list[str]:
            audience = parse(word)
            people = await audience_store.people(tx, audience)
            assert await audience_store.count(tx, audience) == len(people)
            for each in range(1, 5):
                assert await audience_store.includes(tx, audience, each) == (each in people)
            found = [await participant_store.find(tx, person) for person in people]
            return [each.given_name for each in found if each]

        for word, expected in {
            "all": ["Zoe", "Ali"],
            "theme:culture": ["Zoe"],
            "theme:civic": [],
            "group:1": ["Zoe"],
            "group:9": [],
            "territory:CA-QC": ["Zoe", "Ali"],
            "territory:FR": [],
            "platform:telegram": ["Zoe"],
            "platform:discord": ["Ali"],
            f"present:{LATE}": ["Zoe"],
            "present:2027-06-11": [],
            "unchosen": ["Ali"],
            "organisers": ["Inès"],
            "me:2": ["Ali"],
            "me:3": [],
        }.items():
            assert await world.store.read(lambda tx, word=word: named(tx, word)) == expected, word  # type: ignore[misc]
