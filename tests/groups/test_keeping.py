"""What keeping a proposal leaves behind: sizes, waiting themes, numbers and locks; and what can be taken back."""

from __future__ import annotations

import json
from functools import partial

from bot.database.engine import Transaction
from handlers.groups.model import Terms, decode_terms
from handlers.groups.service.forming import groups_in_other_rounds, limits_now, repair_wishes, request_groups
from handlers.groups.service.membership import publish_round
from handlers.groups.solver.model import Limits
from handlers.groups.store.groups import groups_of_round, set_locked
from handlers.groups.store.proposals import set_proposal_applied
from handlers.themes.store import put_choice, remove_theme
from tests.conversation.statement_counter import CountedStore
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.groups.builders import choose, crowd, found_round, group, members
from tests.groups.repairs import EVERYONE, SETTINGS, absent, mark, proposed, three_groups, where
from tests.outbox import forget, pushed
from tests.participants import number
from tests.world import World, make_settings, open_world

SMALL = make_settings(organisers={"telegram": [900]}, groups={"smallest": 4, "target": 4, "largest": 5})
TWO_DAYS = make_settings(organisers={"telegram": [900]}, groups={"smallest": 3, "target": 3, "largest": 4, "rounds": 2})


async def form(world: World, team: NeutralChat) -> None:
    await team.command("groups")
    await team.press("Form groups")
    await catch_up_with(world, team)


async def come(world: World, *names: str, theme: str, first: int = 500) -> None:
    """People who join on Telegram and have a theme."""
    for place, name in enumerate(names):
        await world.join(name, str(first + place))
        await choose(world, name, theme)


async def publish(world: World, *numbers: int) -> None:
    for each in numbers or (1,):
        round_ = await found_round(world, each)
        await world.store.transact(partial(publish_round, round_=round_, now=world.clock.now()))


async def lock(world: World, number_: int) -> None:
    async def unit(tx: Transaction) -> None:
        [found] = [each for each in await groups_of_round(tx, 1) if each.number == number_]
        await set_locked(tx, found.id, True)

    await world.store.transact(unit)


async def eleven_in_two_groups(world: World, team: NeutralChat) -> None:
    """Eleven people whose theme was allowed up to six a group, then four of another theme formed later."""
    await crowd(world, *(f"P{each}" for each in range(11)))
    for each in range(11):
        await choose(world, f"P{each}")
    await form(world, team)
    await team.press("Education: allow 4 to 6")
    await catch_up_with(world, team)
    await team.press("Keep")
    await come(world, "C0", "C1", "C2", "C3", theme="civic")
    await form(world, team)
    await team.press("Keep")
    await publish(world)


async def test_sizes_a_theme_was_allowed_outlive_the_forming_of_others(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMALL) as world:
        team = await world.organiser()
        await eleven_in_two_groups(world, team)
        limits = await world.store.read(partial(limits_now, theme="school", round_number=1))
        assert (limits.smallest, limits.largest) == (4, 6)
        wishes = await world.store.read(partial(repair_wishes, round_number=1, day="2027-06-10"))
        assert wishes.waivers == {"school": (4, 6)}


async def test_what_groups_were_formed_with_is_read_once_an_answer(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMALL) as world:
        await eleven_in_two_groups(world, await world.organiser())
        store = CountedStore(world.store)

        async def every_theme(tx: Transaction) -> list[int]:
            return [(await limits_now(tx, theme, 1)).largest for theme in ("school", "civic", "culture")]

        assert await store.read(every_theme) == [6, 5, 5]
        assert len([sql for sql in store.statements if "FROM proposals" in sql]) == 1


async def test_what_is_kept_in_a_transaction_counts_in_it(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMALL) as world:
        await eleven_in_two_groups(world, await world.organiser())

        async def undone(tx: Transaction) -> list[int]:
            before = (await limits_now(tx, "school", 1)).largest
            for proposal_id in range(1, 10):
                await set_proposal_applied(tx, proposal_id, None)
            return [before, (await limits_now(tx, "school", 1)).largest]

        assert await world.store.transact(undone) == [6, 5]


def test_a_proposal_that_an_older_version_kept_is_understood() -> None:
    content = (
        '{"wishes":{"kind":"form","seed":0,"counts":{},"waivers":{"school":[4,6]},"waiting":["civic"],"round":0,"day":""},'
        '"digest":"d1","rounds":[1],"themes":['
        '{"theme":"school","people":4,"limits":[4,6,5],"rounds":[[1,[[1,[1,2,3,4]]],[["moves",0,0,true]],[]]],'
        '"failed":null,"trade":[[1,40]]},'
        '{"theme":"civic","people":1,"limits":[5,7,6],"rounds":[],"failed":["waits",0,[],0],"trade":[]}],'
        '"remedies":[],"torn":[]}'
    )
    assert decode_terms(json.loads(content)) == [
        Terms("school", Limits(4, 6, 5), waits=False, rounds=frozenset({1})),
        Terms("civic", Limits(5, 7, 6), waits=True, rounds=frozenset({1})),
    ]


async def test_who_comes_late_is_taken_in_by_the_sizes_their_theme_was_allowed(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SMALL) as world:
        await eleven_in_two_groups(world, await world.organiser())
        await come(world, "Lea", theme="school", first=600)
        assert sorted(len(each) for each in (await where(world)).values()) == [4, 6, 6]


async def test_a_theme_that_waits_waits_in_a_repair_too(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SETTINGS) as world:
        team = await world.organiser()
        await crowd(world, *EVERYONE)
        for person in EVERYONE:
            await choose(world, person)
        await come(world, "Cyr", "Cos", theme="civic")
        await form(world, team)
        await team.press("Let CivicTech wait")
        await catch_up_with(world, team)
        await team.press("Keep")
        await publish(world)
        await come(world, "Cat", theme="civic", first=600)
        wishes = await world.store.read(partial(repair_wishes, round_number=1, day="2027-06-10"))
        assert wishes.waiting == ("civic",)


@on_one_engine
async def test_a_group_that_is_locked_and_empty_stays_and_stays_empty(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        team = await world.organiser()
        await crowd(world, *EVERYONE)
        for each in EVERYONE:
            await choose(world, each)
        await group(world, [], number_=2, room="Lab")
        await lock(world, 2)
        await form(world, team)
        await team.press("Keep")
        assert {name: len(each) for name, each in (await where(world)).items()} == {
            "school 1": 5,
            "school 2": 0,
            "school 3": 4,
        }


@on_one_engine
async def test_a_dissolved_groups_number_is_not_given_again(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        team = await world.organiser()
        await three_groups(world)
        await absent(world, "Gil", "Hugo")
        await proposed(world, team)
        await team.press("Keep")
        assert sorted(await where(world)) == ["school 1", "school 2"]
        for each in ("Gil", "Hugo"):
            await mark(world, each, True)
        await come(world, *(f"Z{each}" for each in range(5)), theme="school")
        await forget(world)
        await proposed(world, team)
        await team.press("Keep")
        assert sorted(await where(world)) == ["school 1", "school 2", "school 4"]


async def test_only_groups_that_are_new_or_have_other_members_are_counted(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SETTINGS) as world:
        team = await world.organiser()
        await three_groups(world)
        await come(world, "Cyr", "Cos", "Cat", theme="civic")
        await group(world, ["Cyr", "Cos", "Cat"], theme="civic")
        await forget(world)
        await absent(world, "Ana", "Bo")
        await proposed(world, team)
        await team.press("Keep")
        assert words(team.text).startswith("Education: 1 group adjusted")


async def test_groups_that_nobody_is_left_for_are_said_to_be_dissolved(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SETTINGS) as world:
        team = await world.organiser()
        await three_groups(world)
        await absent(world, *EVERYONE)
        await proposed(world, team)
        await team.press("Keep")
        assert words(team.text).startswith("3 groups dissolved")
        assert await where(world) == {}


async def repaired(world: World, team: NeutralChat) -> str:
    """Ana and Bo are absent and out of their groups; what takes that back."""
    await three_groups(world)
    await absent(world, "Ana", "Bo")
    await proposed(world, team)
    await team.press("Keep")
    return team.payload("Undo")


@on_one_engine
async def test_nothing_is_undone_where_someone_has_another_theme_now(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        team = await world.organiser()
        undo = await repaired(world, team)
        await come(world, "Cyr", "Cos", "Cat", theme="civic")
        await group(world, ["Cyr", "Cos", "Cat"], theme="civic")
        await choose(world, "Ana", "civic")
        before = await where(world)
        assert "Ana" in before["civic 1"]
        await team.follow(undo)
        assert team.text == "This was changed again since, so nothing was undone. Look at it first."
        assert await where(world) == before


async def test_nothing_is_undone_where_a_theme_is_no_more(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        team = await world.organiser()
        await crowd(world, *EVERYONE)
        for person in EVERYONE:
            await choose(world, person)
        await group(world, [], theme="civic")  # nobody's any more
        await form(world, team)
        await team.press("Keep")
        undo, before = team.payload("Undo"), await where(world)
        assert await world.store.transact(partial(remove_theme, key="civic"))
        await team.follow(undo)
        assert team.text == "This was changed again since, so nothing was undone. Look at it first."
        assert await where(world) == before


async def test_met_again_counts_every_other_day_for_a_repair_as_for_a_move_by_hand(sqlite_url: str) -> None:
    async with open_world(sqlite_url, TWO_DAYS) as world:
        await crowd(world, "Ana", "Bo", "Cleo")
        for day in (1, 2):
            await group(world, ["Ana", "Bo", "Cleo"], round_=day)

        async def unit(tx: Transaction) -> tuple[int, int]:
            wishes = await repair_wishes(tx, 1, "2027-06-10")
            reader = world.chat("900").reader
            job = await request_groups(tx, world.settings, wishes, reader, world.clock.now())
            return len(job.payload["history"]), len(await groups_in_other_rounds(tx, (1,)))

        assert await world.store.read(unit) == (1, 1)


async def two_days_published(world: World, *, placed: int = 3) -> tuple[dict[str, NeutralChat], str]:
    """Groups of two days; the code of someone with a theme who is in none of them, and has not joined."""
    chats = await crowd(world, *EVERYONE)
    for day in (1, 2):
        await group(world, EVERYONE[:placed], round_=day)
    code = await world.invite("Lea")
    lea = await number(world, "Lea")
    await publish(world, 1, 2)
    await world.change(put_choice, lea, "school", None, world.clock.now())
    await forget(world)
    return chats, code


async def test_who_joins_late_reads_of_one_day_and_is_told_the_others(store_url: str) -> None:
    async with open_world(store_url, TWO_DAYS) as world:
        _chats, code = await two_days_published(world)
        lea = world.chat("700", name="Lea")
        await lea.follow(f"j-{code}")
        assert "Education 1" in lea.text
        [other] = await pushed(world, lea)
        assert "\nWelcome! This is your group.\n" in other
        assert "11 June" in other
        assert "Friday 11 June 2027" in " ".join(lea.buttons)


@on_one_engine
async def test_who_joins_late_and_finds_every_group_full_reads_so(store_url: str) -> None:
    async with open_world(store_url, TWO_DAYS) as world:
        _chats, code = await two_days_published(world, placed=4)
        lea = world.chat("700", name="Lea")
        await lea.follow(f"j-{code}")
        said = "You have no group for {} 2027 yet. The team is finding you one: you will be told."
        assert said.format("Thursday 10 June") in words(lea.text)
        assert [words(each) for each in await pushed(world, lea)] == [said.format("Friday 11 June")]


@on_one_engine
async def test_publishing_tells_who_has_a_theme_and_no_group(store_url: str) -> None:
    async with open_world(store_url, TWO_DAYS) as world:
        chats = await crowd(world, *EVERYONE)
        made = await group(world, EVERYONE[:3])
        await choose(world, "Dan")
        await publish(world)
        said = "You have no group for Thursday 10 June 2027 yet. The team is finding you one: you will be told."
        assert [words(each) for each in await pushed(world, chats["Dan"])] == [said]
        assert await pushed(world, chats["Eve"]) == []  # has no theme
        assert sorted(await members(world, made)) == ["Ana", "Bo", "Cleo"]
