"""Moving and swapping people between groups: the effect is shown before, and nobody's change is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from functools import partial

import pytest

from bot.people.listed import Gender
from handlers.groups.model import Group
from handlers.groups.service.membership import change_groups, publish_round
from handlers.groups.store.groups import find_group
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import choose, crowd, found_round, group, members
from tests.outbox import pushed
from tests.participants import number, rewrite
from tests.world import World, make_settings, open_world

SETTINGS = make_settings(
    organisers={"telegram": [900, 901], "discord": [900]}, groups={"smallest": 2, "target": 3, "largest": 4}
)


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        yield world


async def two_groups(world: World) -> tuple[Group, Group]:
    """Ana and Bo of France with Cleo of Québec; Dan and Eve of Québec, with Finn of Belgium."""
    for name, country in (("Ana", "FR"), ("Bo", "FR"), ("Cleo", "CA-QC")):
        await world.invite(name, territory=country)
    for name, country in (("Dan", "CA-QC"), ("Eve", "CA-QC"), ("Finn", "BE")):
        await world.invite(name, territory=country)
    first = await group(world, ["Ana", "Bo", "Cleo"])
    return first, await group(world, ["Dan", "Eve", "Finn"], number_=2)


async def at_person(world: World, team: NeutralChat, of: Group, name: str) -> None:
    """Open someone from their group: theme, group, person."""
    await team.follow(f"gg-{of.round}-{of.theme}-0")
    await team.press(f"Group {of.number}")
    await team.press(name)


def lines(chat: NeutralChat) -> Sequence[str]:
    return words(chat.text).splitlines()


async def publish(world: World) -> None:
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))


@on_one_engine
async def test_a_theme_and_a_group_say_who_is_where(world: World) -> None:
    first, _second = await two_groups(world)
    team = await world.organiser()
    await world.invite("Gil", "Roy")
    await choose(world, "Gil", "school")
    await team.follow("gg-1-school-0")
    assert lines(team) == [
        "Education, Thursday 10 June 2027: 7 people, 2 groups",
        "Group 1 (3): Ana, Bo, and Cleo",
        "Group 2 (3): Dan, Eve, and Finn",
    ]
    await team.press("Group 1")
    assert lines(team)[0] == "Education 1"
    assert "3 people, 2 nationalities, and 3 others" in words(team.text)
    assert lines(team)[-3:] == ["Ana (France)", "Bo (France)", "Cleo (Quebec)"]
    await team.press("Education")
    await team.press("Without a group: 1")
    await team.press("Gil Roy")
    assert lines(team)[:2] == ["Gil Roy (Quebec)", "Education, no group, Thursday 10 June 2027"]
    await team.press("Put in a group")
    await team.pick("Group 1")
    assert lines(team)[0] == "Put Gil Roy in group 1?"
    await team.press("Confirm")
    assert await members(world, first) == ["Ana", "Bo", "Cleo", "Gil"]


@on_one_engine
async def test_a_move_takes_three_taps_and_shows_its_effect_before(world: World) -> None:
    first, second = await two_groups(world)
    team = await world.organiser()
    await at_person(world, team, first, "Bo")
    await team.press("Move")
    await team.pick("Group 2")
    assert lines(team) == [
        "Move Bo from group 1 to group 2?",
        "Group 1 would have 2 people, 2 nationalities, and 2 others.",
        "Group 2 would have 4 people, 3 nationalities, and 4 others.",
        "repeated nationalities: 2 → 1, best possible 1",
        "pairs of compatriots: 2 → 1, best possible 1",
        "Nobody is told: these groups are not published yet.",
    ]
    assert await members(world, first) == ["Ana", "Bo", "Cleo"]
    await team.press("Confirm")
    assert lines(team) == ["Bo is in Education 2"]
    assert await members(world, second) == ["Bo", "Dan", "Eve", "Finn"]
    await team.press("Undo")
    assert await members(world, first) == ["Ana", "Bo", "Cleo"]
    assert lines(team) == ["Undone: Bo is in Education 2", "Bo is in group 1 again"]
    await team.press("Group 1")
    assert lines(team)[0] == "Education 1"


@on_one_engine
async def test_a_move_after_which_the_mix_is_as_good_says_so(world: World) -> None:
    _first, second = await two_groups(world)
    team = await world.organiser()
    await at_person(world, team, second, "Eve")
    await team.press("Move")
    await team.pick("Group 1")
    assert lines(team) == [
        "Move Eve from group 2 to group 1?",
        "Group 1 would have 4 people, 2 nationalities, and 4 others.",
        "Group 2 would have 2 people, 2 nationalities, and 2 others.",
        "The mix of the groups stays just as good.",
        "Nobody is told: these groups are not published yet.",
    ]


@on_one_engine
async def test_the_best_possible_counts_nobody_who_is_in_no_group(world: World) -> None:
    first, _second = await two_groups(world)
    for name in ("Gil", "Hal"):
        await world.invite(name, territory="FR")
        await choose(world, name)
    team = await world.organiser()
    await at_person(world, team, first, "Bo")
    await team.press("Move")
    await team.pick("Group 2")
    assert lines(team)[3:5] == [
        "repeated nationalities: 2 → 1, best possible 1",
        "pairs of compatriots: 2 → 1, best possible 1",
    ]


async def test_a_swap_takes_three_taps_and_shows_its_effect_before(world: World) -> None:
    first, second = await two_groups(world)
    team = await world.organiser()
    await at_person(world, team, first, "Bo")
    await team.press("Swap")
    assert [words(option) for option in team.options] == [
        "Dan (Quebec), group 2",
        "Eve (Quebec), group 2",
        "Finn (Belgium), group 2",
    ]
    await team.pick("Dan")
    assert lines(team) == [
        "Swap Bo (group 1) and Dan (group 2)?",
        "Group 1 would have 3 people, 2 nationalities, and 3 others.",
        "Group 2 would have 3 people, 3 nationalities, and 3 others.",
        "repeated nationalities: 2 → 1, best possible 1",
        "pairs of compatriots: 2 → 1, best possible 1",
        "Nobody is told: these groups are not published yet.",
    ]
    await team.press("Confirm")
    assert lines(team) == ["Bo and Dan swapped groups"]
    assert await members(world, first) == ["Ana", "Cleo", "Dan"]
    assert await members(world, second) == ["Bo", "Eve", "Finn"]
    await team.command("organiser")
    await team.press("Recent changes")
    assert "1. Bo and Dan swapped groups" in words(team.text)
    await team.press("Undo number 1")
    assert await members(world, first) == ["Ana", "Bo", "Cleo"]


@on_one_engine
async def test_a_swap_that_is_confirmed_twice_is_made_once(world: World) -> None:
    first, _second = await two_groups(world)
    team = await world.organiser()
    await at_person(world, team, first, "Bo")
    await team.press("Swap")
    await team.pick("Dan")
    confirm = team.payload("Confirm")
    for said in ("Bo and Dan swapped groups", "Nothing was changed."):
        await team.follow(confirm)
        assert lines(team)[0] == said
        assert await members(world, first) == ["Ana", "Cleo", "Dan"]


async def test_nobody_is_swapped_with_who_changed_theme_meanwhile(world: World) -> None:
    first, second = await two_groups(world)
    team = await world.organiser()
    await at_person(world, team, first, "Bo")
    await team.press("Swap")
    await team.pick("Dan")
    await choose(world, "Dan", "civic")
    await team.press("Confirm")
    assert "meanwhile, so nothing was saved." in words(team.text)
    assert await members(world, first) == ["Ana", "Bo", "Cleo"]
    assert await members(world, second) == ["Eve", "Finn"]


async def test_a_swap_partner_is_found_by_name(world: World) -> None:
    first, _second = await two_groups(world)
    team = await world.organiser()
    await at_person(world, team, first, "Bo")
    await team.press("Swap")
    await team.press("Find someone")
    await team.fill("ana")
    assert words(team.text) == "Nobody you can choose has that name."
    await team.press("Find someone")
    await team.fill("fin")
    assert [words(option) for option in team.options] == ["Finn (Belgium), group 2"]
    await team.pick("Finn")
    assert lines(team)[0] == "Swap Bo (group 1) and Finn (group 2)?"


async def test_rules_that_a_move_breaks_are_named(world: World) -> None:
    first, second = await two_groups(world)
    team = await world.organiser()
    await at_person(world, team, first, "Bo")
    await team.press("Pin here")
    await team.press("Back")
    await team.press("Apart from")
    await team.pick("Dan")
    await team.press("Back")
    await team.press("Together with")
    await team.pick("Cleo")
    await team.follow(f"gh-{_base36(second.id)}")
    await team.press("Lock")
    await at_person(world, team, first, "Bo")
    await team.press("Move")
    await team.pick("Group 2")
    assert [line for line in lines(team) if line.startswith("Against a rule")] == [
        "Against a rule: Bo and Cleo together",
        "Against a rule: Bo and Dan apart",
        "Against a rule: Bo in group 1",
        "Against a rule: group 2 locked as it is, 3 people",
    ]
    await team.press("Choose another")
    await team.press("Back")
    await team.press("Take out")
    assert "Against a rule: Bo in no group" in lines(team)
    await team.press("Confirm")
    assert await members(world, first) == ["Ana", "Cleo"]
    undo = team.payload("Undo")
    await at_person(world, team, first, "Ana")
    await team.press("Take out")
    assert "Against a rule: group 1 of 1 person, not of 2 to 4" in lines(team)
    await team.follow(undo)
    await at_person(world, team, first, "Bo")
    assert lines(team)[0] == "Bo (France), pinned"  # the pin comes back with the person


@on_one_engine
async def test_the_only_woman_of_a_group_is_named_before(world: World) -> None:
    first, _second = await two_groups(world)
    await rewrite(world, await number(world, "Ana"), await number(world, "Bo"), gender=Gender.WOMAN)
    team = await world.organiser()
    await at_person(world, team, first, "Bo")
    await team.press("Move")
    await team.pick("Group 2")
    assert "Ana is the only woman in group 1." in lines(team)
    assert "Bo is the only woman in group 2." in lines(team)


async def test_a_change_after_publishing_says_how_many_it_tells_and_tells_them(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo", "Cleo", "Dan", "Eve", "Finn")
    first = await group(world, ["Ana", "Bo", "Cleo"])
    second = await group(world, ["Dan", "Eve", "Finn"], number_=2)
    await publish(world)
    before = {name: len(await pushed(world, chat)) for name, chat in chats.items()}
    team = await world.organiser()
    await at_person(world, team, first, "Bo")
    await team.press("Move")
    await team.pick("Group 2")
    assert lines(team)[-1] == "6 people will be told."
    await team.press("Confirm")
    assert lines(team) == ["Bo is in Education 2", "6 people are told."]
    assert {name: len(await pushed(world, chat)) - before[name] for name, chat in chats.items()} == dict.fromkeys(
        chats, 1
    )
    assert await members(world, second) == ["Bo", "Dan", "Eve", "Finn"]


async def test_two_organisers_who_move_at_once_never_lose_each_others_change(world: World) -> None:
    first, second = await two_groups(world)
    ines, luc = await world.organiser(), await world.organiser("901")
    for chat, name in ((ines, "Bo"), (luc, "Ana")):
        await at_person(world, chat, first, name)
        await chat.press("Move")
        await chat.pick("Group 2")
    await asyncio.gather(ines.press("Confirm"), luc.press("Confirm"))
    assert len(await members(world, second)) == 4  # one of them moved, not both
    late = ines if "meanwhile" in ines.text else luc
    assert "changed this meanwhile, so nothing was saved." in words(late.text)
    assert "group 2 of 5 people, not of 2 to 4" in words(late.text)
    await late.press("Confirm")
    assert len(await members(world, second)) == 5


@on_one_engine
async def test_a_second_press_of_confirm_changes_nothing(world: World) -> None:
    first, second = await two_groups(world)
    team = await world.organiser()
    await at_person(world, team, first, "Bo")
    await team.press("Move")
    await team.pick("Group 2")
    confirm = team.payload("Confirm")
    await team.follow(confirm)
    await team.follow(confirm)
    assert team.text == "Nothing was changed."
    assert await members(world, second) == ["Bo", "Dan", "Eve", "Finn"]


@on_one_engine
async def test_undo_is_refused_where_someone_moved_on_since_or_after_ten_minutes(world: World) -> None:
    first, _second = await two_groups(world)
    team = await world.organiser()
    await at_person(world, team, first, "Bo")
    await team.press("Move")
    await team.pick("Group 2")
    await team.press("Confirm")
    undo = team.payload("Undo")
    bo, round_ = await number(world, "Bo"), await found_round(world)
    await world.store.transact(partial(change_groups, round_=round_, moves={bo: None}, now=world.clock.now()))
    await team.follow(undo)
    assert team.text.startswith("This was changed again since, so nothing was undone.")
    await world.clock.advance(timedelta(minutes=10))
    await team.follow(undo)
    assert team.text.startswith("A change can be undone for ten minutes only.")


@on_one_engine
async def test_nobody_is_moved_into_another_theme_or_day(world: World) -> None:
    await two_groups(world)
    await world.invite("Gil")
    elsewhere = await group(world, ["Gil"], theme="civic")
    team = await world.organiser()
    bo = await number(world, "Bo")
    await team.follow(f"gkc-1-{_base36(bo)}-{_base36(elsewhere.id)}-00")
    assert await members(world, elsewhere) == ["Gil"]


def _base36(number_: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return digits[number_] if number_ < 36 else _base36(number_ // 36) + digits[number_ % 36]


@on_one_engine
async def test_participants_cannot_reach_any_of_it(world: World) -> None:
    first, _second = await two_groups(world)
    zoe = await world.join("Zoe", "1")
    for payload in ("gg-1-school-0", f"gh-{_base36(first.id)}", "gi", "gm-1"):
        await zoe.follow(payload)
        assert "Ana" not in zoe.text
    assert await world.store.read(partial(find_group, group_id=first.id)) == first
