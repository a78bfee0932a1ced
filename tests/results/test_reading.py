"""What is read for exports: on both engines, whole, and nothing that others may not read."""

from __future__ import annotations

from bot.database.engine import Transaction
from bot.database.opening import open_store
from handlers.groups.store.groups import remove_group
from handlers.groups.store.members import take_out_of_group
from handlers.ideas.store.ideas import ideas_of_author, set_anonymous
from handlers.ideas.store.votes import cast_votes
from handlers.results.model import ResultIdea, decode_snapshot
from handlers.results.store.numbers import count_results
from handlers.results.store.snapshots import read_snapshot
from tests.participants import rewrite_facts
from tests.results.builders import PHASES, give_idea, populate, write_card
from tests.results.conftest import NOW, Workshops
from tests.world import make_settings, seed


def texts(voices: list[ResultIdea]) -> list[str]:
    return [voice.text for voice in voices]


async def test_both_engines_read_the_same(store_url: str) -> None:
    store = await open_store(store_url)
    try:
        await seed(store, make_settings())
        await populate(store, NOW, groups=3, ideas=4)
        whole = decode_snapshot(await store.read(read_snapshot))
        numbers = await store.read(count_results)
    finally:
        await store.close()
    assert [group.theme for group in whole.groups] == ["culture", "school", "civic"]
    assert [len(group.ideas) for group in whole.groups] == [16, 16, 16]
    assert [len(group.members) for group in whole.groups] == [6, 6, 6]
    assert numbers["ideas"] == 48
    assert numbers["votes"] == sum(idea.votes for group in whole.groups for idea in group.ideas)


async def test_a_wall_of_thousands_is_read_in_slices(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    author = workshops.made.members[group][0]

    async def unit(tx: Transaction) -> None:
        for number in range(1200):
            await give_idea(tx, group, "stakes", author, f"Idée {number}")

    await workshops.change(unit)
    found = await workshops.store.read(read_snapshot)
    assert len(found["ideas"]) >= 3
    assert max(map(len, found["ideas"])) < 200_000
    assert len(decode_snapshot(found).groups[0].ideas) == 1212


async def test_hidden_withdrawn_and_late_ideas_are_nowhere(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    author = workshops.made.members[group][0]

    async def unit(tx: Transaction) -> None:
        hidden = await give_idea(tx, group, "stakes", author, "cachée", hidden=True)
        await give_idea(tx, group, "stakes", author, "fondue dans une idée cachée", merged_into=hidden)
        await give_idea(tx, group, "stakes", author, "retirée", state="withdrawn")
        await give_idea(tx, group, "stakes", author, "tardive", state="late")
        await give_idea(tx, group, "stakes", author, "lisible")

    await workshops.change(unit)
    found = str(await workshops.store.read(read_snapshot))
    words = ("cachée", "fondue", "retirée", "tardive", "lisible")
    assert [word for word in words if word in found] == ["lisible"]


async def test_of_who_gave_an_anonymous_idea_nothing_is_read(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    author = workshops.made.members[group][-1]  # who wrote nothing down

    async def signed(tx: Transaction) -> None:
        await rewrite_facts(tx, author, given_name="Secrète", territory="LB")
        await give_idea(tx, group, "stakes", author, "Mon idée")
        await take_out_of_group(tx, author, 1)

    async def anonymous(tx: Transaction) -> None:
        for phase in PHASES:
            for idea in await ideas_of_author(tx, author, phase):
                await set_anonymous(tx, idea.id, True)

    async def read() -> set[str]:
        found = str(await workshops.store.read(read_snapshot))
        return {word for word in ("Secrète", "LB", "Mon idée") if word in found}

    await workshops.change(signed)
    assert await read() == {"Secrète", "LB", "Mon idée"}
    await workshops.change(anonymous)
    assert await read() == {"Mon idée"}
    [idea] = [idea for idea in (await workshops.read()).groups[0].ideas if idea.text == "Mon idée"]
    assert (idea.anonymous, idea.author) == (True, "")


async def test_merged_ideas_stand_under_the_one_they_went_into_and_a_voter_counts_once(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    author, one, other = workshops.made.members[group][:3]

    async def unit(tx: Transaction) -> None:
        kept = await give_idea(tx, group, "solutions", author, "kept", parent_id=workshops.made.ideas[group][0])
        first = await give_idea(tx, group, "solutions", one, "first", merged_into=kept)
        second = await give_idea(tx, group, "solutions", other, "second", merged_into=first)
        await cast_votes(tx, one, group, "solutions", [kept, second])
        await cast_votes(tx, other, group, "solutions", [first])

    await workshops.change(unit)
    whole = await workshops.read()
    kept = next(idea for idea in whole.groups[0].ideas if idea.text == "kept")
    assert texts(kept.merged) == ["first", "second"]
    assert kept.votes == 2
    assert kept.parent_id == workshops.made.ideas[group][0]
    assert len(whole.counted_ideas) == 25


async def test_ideas_outlive_their_group(workshops: Workshops) -> None:
    await workshops.change(lambda tx: remove_group(tx, workshops.made.groups[0]))
    whole = await workshops.read()
    assert len(whole.groups) == 1
    assert len(whole.strays) == 12
    assert {stray.theme for stray in whole.strays} == {"culture"}


async def test_some_groups_alone(workshops: Workshops) -> None:
    found = await workshops.store.read(lambda tx: read_snapshot(tx, [workshops.made.groups[1]]))
    whole = decode_snapshot(found)
    assert [group.id for group in whole.groups] == [workshops.made.groups[1]]
    assert len(whole.groups[0].ideas) == 12
    assert "groupe 1" not in str(found)


async def test_the_digest_of_a_deck_follows_what_it_shows_and_nothing_else(workshops: Workshops) -> None:
    group = workshops.made.groups[0]

    async def digest() -> str:
        whole = decode_snapshot(await workshops.store.read(lambda tx: read_snapshot(tx, [group], ideas=False)))
        return whole.digest(whole.groups[0])

    before = await digest()
    whole = await workshops.read()
    assert whole.digest(whole.groups[0]) == before
    author = workshops.made.members[group][0]
    await workshops.change(lambda tx: give_idea(tx, group, "stakes", author, "encore une"))
    assert await digest() == before
    await workshops.change(lambda tx: write_card(tx, group, author, change="Tout"))
    assert await digest() != before
