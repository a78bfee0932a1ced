"""Forming groups: proposed, looked at, mended, kept, undone; never anything without an organiser's tap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

import pytest

from bot.background.scheduling import Housekeeping
from bot.background.side_process import SideProcess
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.people.listed import Gender
from handlers.attendance.store.marks import mark_attendance
from handlers.groups import jobs
from handlers.groups.actions import ShowProposal
from handlers.groups.jobs import compute
from handlers.groups.model import Wishes, decode, encode
from handlers.groups.service.forming import repair_wishes, request_groups
from handlers.groups.store.groups import find_group, groups_of_round, rename_group, set_locked, set_room
from handlers.groups.store.members import placements_of_round, put_in_group, set_pinned
from handlers.groups.store.pairs import put_pair
from handlers.groups.store.proposals import add_proposal, find_proposal
from handlers.themes.store import put_choice
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.groups.builders import mark_published
from tests.groups.proposals import COUNTRIES, proposed, select
from tests.participants import ids, number, rewrite
from tests.world import CHORES, World, make_settings, open_world

SETTINGS = {"organisers": {"telegram": [900], "discord": [900]}}


async def sizes(world: World, round_number: int = 1) -> dict[str, list[int]]:
    """The sizes of the present groups, by theme."""

    async def unit(tx: Transaction) -> dict[str, list[int]]:
        placed = Counter(group for _person, group, _pinned in await placements_of_round(tx, round_number))
        found: dict[str, list[int]] = {}
        for group in await groups_of_round(tx, round_number):
            found.setdefault(group.theme, []).append(placed[group.id])
        return found

    return await world.store.read(unit)


async def where(world: World, round_number: int = 1) -> dict[int, int]:
    """The group of everyone who is in one."""

    async def unit(tx: Transaction) -> dict[int, int]:
        return {person: group for person, group, _pinned in await placements_of_round(tx, round_number)}

    return await world.store.read(unit)


async def choose_theme(world: World, theme: str, *participant_ids: int, second: str | None = None) -> None:
    """Have people choose anew; seats are counted as before."""
    for participant_id in participant_ids:
        await world.change(put_choice, participant_id, theme, second, world.clock.now())


def lines(chat: NeutralChat, beginning: str) -> list[str]:
    return [line for line in chat.text.splitlines() if line.startswith(beginning)]


def among(labels: Iterable[str], beginning: str) -> list[str]:
    return [label for label in labels if label.startswith(beginning)]


async def test_groups_are_proposed_kept_and_undone(store_url: str) -> None:
    async with open_world(store_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 33)
        await select(world, "civic", 12)
        ines = await proposed(world)
        assert ines.text.startswith("A proposal: nothing changes until you keep it.")
        assert lines(ines, "Education") == ["Education: 33 people, 6 groups of 5–6"]
        assert lines(ines, "CivicTech") == ["CivicTech: 12 people, 2 groups of 6"]
        assert (
            "Proven: no other split into 6 groups mixes nationalities better;"
            " women and men, ages and platforms are as even as can be."
        ) in ines.text
        assert "Different nationalities in each group: 4–5, as many as possible (26 of 26)" in ines.text
        assert ines.view
        assert ines.picture
        assert ines.picture.content.startswith(b"\x89PNG")
        assert await sizes(world) == {}
        await ines.press("Keep")
        assert ines.text == "8 groups formed"
        undo = ines.payload("Undo")
        assert {theme: sorted(each) for theme, each in (await sizes(world)).items()} == {
            "school": [5, 5, 5, 6, 6, 6],
            "civic": [6, 6],
        }
        await ines.press("Groups")
        assert "Education: 33 people, 6 groups" in ines.text
        assert "Culture: nobody yet" in ines.text
        await ines.follow(undo)
        assert ines.text.startswith("Undone: 8 groups formed\n")
        assert await sizes(world) == {}


@on_one_engine
async def test_who_has_not_joined_has_a_group_too_and_each_is_in_one(store_url: str) -> None:
    async with open_world(store_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 11)
        zoe = await world.join("Zoe", "1")
        await zoe.pick("Education")
        await zoe.press("Confirm")
        ines = await proposed(world)
        await ines.press("Keep")
        assert await sizes(world) == {"school": [6, 6]}
        assert len(await where(world)) == 12


async def test_a_theme_shows_its_groups_and_what_another_number_would_cost(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 30)
        ines = await proposed(world)
        await ines.press("Education: groups and number")
        assert ines.text.splitlines()[0] == "Education: 30 people, 5 groups of 6"
        assert len(lines(ines, "Group ")) == 5
        assert lines(ines, "30 people") == [
            "30 people in 5 groups: 4.8 nationalities each at best",
            "30 people in 6 groups: 4.2 nationalities each at best",
        ]
        await ines.press("6 groups instead")
        assert ines.text.startswith("I am forming groups")
        await catch_up_with(world, ines)
        assert "Education: 30 people, 6 groups of 5" in ines.text
        before = ines.payload("Keep")
        await ines.press("Redo")
        await catch_up_with(world, ines)
        assert "Education: 30 people, 6 groups of 5" in ines.text
        assert ines.payload("Keep") != before


@on_one_engine
async def test_redo_gives_other_groups_and_keeps_pins_pairs_and_locks(store_url: str) -> None:
    async with open_world(store_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 18)
        ines = await proposed(world)
        await ines.press("Keep")
        first = await where(world)
        pinned, one, other = await ids(world, "school-1", "school-2", "school-3")
        locked = first[one]
        assert first[pinned] != locked
        await world.change(set_pinned, pinned, 1, True)
        await world.change(set_locked, locked, True)
        apart = next(each for each in first if first[each] == first[pinned] and each != pinned)
        await world.change(put_pair, pinned, apart, "apart")
        ines = await proposed(world)
        await ines.press("Redo")
        await catch_up_with(world, ines)
        await ines.press("Keep")
        second = await where(world)
        assert second != first
        assert second[pinned] == first[pinned]
        assert second[apart] != second[pinned]
        assert {each for each in second if second[each] == locked} == {each for each in first if first[each] == locked}
        assert other in second


@on_one_engine
async def test_rules_that_conflict_are_named_and_nothing_changes(store_url: str) -> None:
    async with open_world(store_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 12)
        await select(world, "civic", 12)
        first, second, third = await ids(world, "school-1", "school-2", "school-3")
        await world.change(put_pair, first, second, "together")
        await world.change(put_pair, second, third, "together")
        await world.change(put_pair, first, third, "apart")
        ines = await proposed(world)
        said, *rules = ines.text.splitlines()[1:5]
        assert said == "Education: these rules cannot be kept together. Remove one of them, then try again."
        assert sorted(rules) == [
            "– P1 school Roy and P2 school Roy together",
            "– P1 school Roy and P3 school Roy apart",
            "– P2 school Roy and P3 school Roy together",
        ]
        await ines.press("Keep")
        assert await sizes(world) == {"civic": [6, 6]}


async def test_people_of_two_themes_cannot_be_together_and_this_is_said(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 6)
        await select(world, "civic", 6)
        first, second = await ids(world, "school-1", "civic-1")
        await world.change(put_pair, first, second, "together")
        ines = await proposed(world)
        assert "P1 school Roy and P1 civic Roy have different themes, so they are not together." in ines.text


@on_one_engine
async def test_a_theme_that_cannot_be_split_says_so_and_a_waiver_mends_it(store_url: str) -> None:
    async with open_world(store_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 8)
        ines = await proposed(world)
        assert "Education: 8 people cannot be split into groups of 5 to 7." in ines.text
        assert ines.buttons == (
            "Redo",
            "Education: allow 4 to 7",
            "Education: allow 5 to 8",
            "Let Education wait",
            "Groups",
            "Organise",
        )
        await ines.press("Education: allow 4 to 7")
        await catch_up_with(world, ines)
        assert "Education: 8 people, 2 groups of 4" in ines.text
        await ines.press("Redo")
        await catch_up_with(world, ines)
        assert "Education: 8 people, 2 groups of 4" in ines.text
        assert "Education: usual sizes again" in ines.buttons
        await ines.press("Keep")
        assert await sizes(world) == {"school": [4, 4]}


@on_one_engine
async def test_who_named_another_theme_second_moves_is_told_and_can_be_moved_back(store_url: str) -> None:
    settings = make_settings(**SETTINGS)
    async with open_world(store_url, settings) as world:
        await select(world, "culture", 6)  # beyond its capacity of two
        zoe = await world.join("Zoe", "1")
        await zoe.pick("Education")
        await zoe.press("Confirm")
        await choose_theme(world, "school", *await ids(world, "R-0001"), second="culture")
        await select(world, "school", 7)
        ines = await proposed(world)
        assert "Zoe, second choice Culture (6 → 7): from Education (8 → 7); 1 person will be told." in ines.text
        await ines.press("Zoe to Culture")
        assert ines.text.splitlines() == [
            "Zoe is in Culture",
            "1 person is told.",
            "I am forming groups: a proposal comes in a moment.",
        ]
        undo = ines.payload("Undo")
        await catch_up_with(world, ines, zoe)
        assert "Culture: 7 people, 1 group of 7" in ines.text
        assert "Education: 7 people, 1 group of 7" in ines.text
        assert zoe.text == "The team gave you this theme: Culture."
        await ines.follow(undo)
        assert ines.text.startswith("Undone: Zoe is in Culture")
        await zoe.command("moi")
        assert "Education" in zoe.text


async def test_several_people_move_at_once_when_it_takes_as_many(store_url: str) -> None:
    async with open_world(store_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 9, second="civic")
        await select(world, "civic", 5)
        ines = await proposed(world)
        assert (
            "P1 school Roy and P2 school Roy, second choice CivicTech (5 → 7): from Education (9 → 7);"
            " nobody is told yet."
        ) in ines.text
        stale = ines.payload("Move 2 people to CivicTech")
        await ines.press("Move 2 people to CivicTech")
        assert ines.text.splitlines()[:2] == ["P1 school R. is in CivicTech", "P2 school R. is in CivicTech"]
        await catch_up_with(world, ines)
        assert "Education: 7 people, 1 group of 7" in ines.text
        assert "CivicTech: 7 people, 1 group of 7" in ines.text
        await ines.follow(stale)
        assert ines.text.startswith("People or groups have changed in the meantime.")


async def test_who_chose_anew_is_not_moved(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 8, second="civic")
        await select(world, "civic", 5)
        ines = await proposed(world)
        await choose_theme(world, "school", *await ids(world, "school-1"))
        await ines.press("P1 school Roy to CivicTech")
        assert (
            ines.text
            == "Somebody has chosen another theme in the meantime, so nobody was moved. Compute the groups again."
        )


async def test_a_theme_waits_until_it_is_formed_after_all(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 3)
        await select(world, "civic", 6)
        ines = await proposed(world)
        await ines.press("Let Education wait")
        await catch_up_with(world, ines)
        assert "Education: on hold, no groups are formed" in ines.text
        await ines.press("Keep")
        assert await sizes(world) == {"civic": [6]}
        await select(world, "school", 3, first=4)
        await ines.press("Groups")
        assert "Education: 6 people, no groups yet" in ines.text
        await ines.press("Form groups")
        await catch_up_with(world, ines)
        assert "Education: 6 people, 1 group of 6" in ines.text


async def test_what_changed_meanwhile_is_never_overruled(store_url: str) -> None:
    async with open_world(store_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 12)
        ines = await proposed(world)
        await world.change(participant_store.remove, await ids(world, "school-1"))  # erased while the proposal is read
        await ines.press("Keep")
        assert ines.text == (
            "This was changed meanwhile, so nothing was saved.\n"
            "People, rules or groups have changed since it was computed."
        )
        assert await sizes(world) == {}
        await ines.press("Compute again")
        await catch_up_with(world, ines)
        assert "Education: 11 people, 2 groups of 5–6" in ines.text
        await ines.press("Keep")
        assert " formed" in ines.text


@on_one_engine
async def test_of_two_organisers_the_second_learns_who_was_faster(store_url: str) -> None:
    async with open_world(store_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 12)
        ines = await proposed(world)
        luc = await proposed(world, await world.organiser(platform="discord"))
        keep = ines.payload("Keep")
        await ines.press("Keep")
        kept = await where(world)
        await luc.press("Keep")
        assert "changed this meanwhile, so nothing was saved." in luc.text
        assert await where(world) == kept
        await ines.follow(keep)
        assert ines.text == "This proposal is already kept."


async def test_joining_while_a_proposal_is_read_spoils_nothing(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 11)
        code = await world.invite("Zoé")
        await choose_theme(world, "school", *await ids(world, "R-0001"))
        ines = await proposed(world)
        await world.chat("1").follow(f"j-{code}")
        await ines.press("Keep")
        assert ines.text == "2 groups formed"


async def move(world: World, participant_id: int, group_id: int) -> None:
    """Put someone into another group of the same round."""

    async def unit(tx: Transaction) -> None:
        group = await find_group(tx, group_id)
        assert group is not None
        await put_in_group(tx, participant_id, group)

    await world.store.transact(unit)


@on_one_engine
async def test_groups_changed_since_are_not_undone(store_url: str) -> None:
    async with open_world(store_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 12)
        ines = await proposed(world)
        await ines.press("Keep")
        undo, kept = ines.payload("Undo"), await where(world)
        one, two = list(dict.fromkeys(kept.values()))
        moved = next(each for each, group in kept.items() if group == one)
        await move(world, moved, two)
        await ines.follow(undo)
        assert ines.text == "This was changed again since, so nothing was undone. Look at it first."
        await move(world, moved, one)
        await ines.follow(undo)
        assert ines.text.startswith("Undone")


@on_one_engine
async def test_undoing_gives_back_groups_as_they_were_with_rooms_locks_and_pins(store_url: str) -> None:
    async with open_world(store_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 14)
        ines = await proposed(world)
        await ines.press("Keep")
        before = await where(world)
        second = next(group for group in await world.read(groups_of_round, 1) if group.number == 2)
        await world.change(set_room, second.id, "Salle 2")
        await world.change(rename_group, second.id, "Les vifs")
        await world.change(set_pinned, min(before), 1, True)
        again = await proposed(world)
        await again.press("Education: groups and number")
        assert among(again.buttons, "3") == []  # 14 people make no three groups of five
        await again.press("The proposal")
        leaving = sorted(before)[7:]
        await choose_theme(world, "civic", *leaving)
        ines = await proposed(world)
        await ines.press("Keep")
        assert await sizes(world) == {"school": [7], "civic": [7]}
        undo = ines.payload("Undo")
        await ines.follow(undo)  # half of them have another theme now
        assert ines.text == "This was changed again since, so nothing was undone. Look at it first."
        assert await sizes(world) == {"school": [7], "civic": [7]}
        await choose_theme(world, "school", *leaving)
        await ines.follow(undo)
        assert ines.text.startswith("Undone")
        group = (await world.read(groups_of_round, 1))[1]
        assert (group.room, group.name) == ("Salle 2", "Les vifs")
        assert await sizes(world) == {"school": [7, 7]}


async def test_rounds_are_planned_together_and_published_ones_are_history(store_url: str) -> None:
    settings = make_settings(**SETTINGS, groups={"smallest": 2, "largest": 3, "target": 3, "rounds": 2})
    async with open_world(store_url, settings) as world:
        await select(world, "school", 9)
        ines = await proposed(world)
        assert "Day 2: Education: 9 people, 3 groups of 3" in ines.text
        assert "Pairs who meet again: 0, at least 0" in ines.text
        await ines.press("Education: groups and number")
        await ines.press("Day 2")
        assert ines.text.startswith("Day 2\nEducation")
        await ines.press("The proposal")
        await ines.press("Keep")
        assert await sizes(world, 1) == await sizes(world, 2) == {"school": [3, 3, 3]}
        first, second = await where(world, 1), await where(world, 2)
        met = {(a, b) for a in first for b in first if a < b and first[a] == first[b]}
        assert not {(a, b) for a, b in met if second[a] == second[b]}
        await mark_published(world, 1)
        ines = await proposed(world)
        assert "Pairs who meet again: 0, at least 0" in ines.text
        await ines.press("Keep")
        assert await where(world, 1) == first
        await mark_published(world, 2)
        await ines.press("Groups")
        assert "Form groups" not in ines.buttons


async def test_a_pin_of_one_day_holds_that_day_only(sqlite_url: str) -> None:
    settings = make_settings(**SETTINGS, groups={"smallest": 2, "largest": 3, "target": 3, "rounds": 2})
    async with open_world(sqlite_url, settings) as world:
        await select(world, "school", 9)
        ines = await proposed(world)
        await ines.press("Keep")
        first = await where(world, 1)
        pinned = [each for each in first if first[each] == first[min(first)]]
        for each in pinned:
            await world.change(set_pinned, each, 1, True)
        ines = await proposed(world)
        await ines.press("Keep")
        again, second = await where(world, 1), await where(world, 2)
        assert all(again[each] == first[each] for each in pinned)
        assert len({second[each] for each in pinned}) == 3


async def test_more_groups_than_ten_pictures_show_are_shown_theme_by_theme(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MAX_ATTACHMENTS", 2)
    settings = make_settings(**SETTINGS, groups={"smallest": 2, "largest": 3, "target": 2})
    async with open_world(sqlite_url, settings) as world:
        await select(world, "school", 68)
        ines = await proposed(world)
        assert [str(picture.alt).count("Group") for picture in ines.pictures] == [12, 12]
        assert "10 groups are missing from the pictures: each theme shows its own." in ines.text
        await ines.press("As a picture")
        await catch_up_with(world, ines)
        assert ines.text.splitlines()[1:] == ["10 groups are missing from the pictures: each theme shows its own."]


async def test_three_hundred_people_make_a_card_that_can_be_read(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**SETTINGS)) as world:
        for theme in ("school", "civic", "culture"):
            await select(world, theme, 100)
        ines = await proposed(world)
        assert len(ines.text) < 1000
        assert ines.view
        assert ines.picture
        await ines.press("Education: groups and number")
        assert len(ines.text) < 2000
        await ines.press("Next")
        assert lines(ines, "Group 9:")
        assert len(ines.text) < 2000


async def test_a_proposal_waits_a_day(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 6)
        ines = await proposed(world)
        begun = world.clock.now()
        assert await world.read(find_proposal, 1, begun)
        await world.clock.advance(timedelta(days=1, minutes=1))
        await ines.press("Keep")
        assert ines.text == "This proposal is more than a day old. Form groups again."
        await Housekeeping(world.store, world.clock, CHORES).tidy()
        assert await world.read(find_proposal, 1, begun) is None


async def test_groups_asked_for_before_gatherings_had_a_colour_are_formed(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 6)
        ines = await world.organiser()
        wishes = Wishes()
        job = await world.read(request_groups, world.settings, wishes, ines.reader, world.clock.now())
        payload = {**job.payload, "title": "Rencontres"}
        del payload["branding"]
        assert len(compute(payload)["pictures"]) == 1


async def test_a_repair_moves_the_fewest_tells_them_and_can_be_undone(store_url: str) -> None:
    async with open_world(store_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 11)
        zoe = await world.join("Zoe", "1")
        await zoe.pick("Education")
        await zoe.press("Confirm")
        (me,) = await ids(world, "R-0001")
        ines = await proposed(world)
        await ines.press("Keep")
        await mark_published(world)
        before = await where(world)
        absent = [each for each in before if before[each] == before[me] and each != me][:2]
        organiser = await number(world, "Inès")
        for each in absent:
            await world.change(mark_attendance, [each], "2027-06-10", False, organiser, world.clock.now())

        async def repair(tx: Transaction) -> int:
            wishes = await repair_wishes(tx, 1, "2027-06-10")
            job = await request_groups(tx, world.settings, wishes, ines.reader, world.clock.now())
            assert job.kind == "repair"
            return await add_proposal(tx, organiser, compute(job.payload)["proposal"], world.clock.now())

        proposal = await world.store.transact(repair)
        await ines.follow(ShowProposal(proposal).encode())
        assert "People who change group: 1, at least 1" in ines.text
        await ines.press("Keep")
        after = await where(world)
        assert not set(absent) & after.keys()
        assert len(after) == 10
        assert sum(before[each] != after[each] for each in after) == 1
        assert " adjusted" in ines.text
        undo = ines.payload("Undo")
        await catch_up_with(world, zoe)
        assert zoe.text
        await ines.follow(undo)
        assert await where(world) == before


async def test_nothing_is_kept_nor_undone_once_groups_are_published(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 12)
        ines, luc = await proposed(world), await proposed(world, await world.organiser(platform="discord"))
        await ines.press("Keep")
        undo, kept = ines.payload("Undo"), await where(world)
        await mark_published(world)
        await luc.press("Keep")
        assert luc.text == "Groups have been published in the meantime, so nothing was kept. Form groups again."
        await ines.follow(undo)
        assert ines.text.startswith("This was changed again since")
        assert await where(world) == kept


async def test_who_lost_the_role_meanwhile_gets_no_proposal(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 12)
        zoe = await world.join("Zoe", "1")
        await world.change(participant_store.set_organises, await number(world, "Zoe"), True)
        await zoe.command("groupes")
        await zoe.press("Form groups")
        await world.change(participant_store.set_organises, await number(world, "Zoe"), False)
        await catch_up_with(world, zoe)
        assert zoe.text.startswith("This is for the organisers.")


async def test_who_is_erased_while_groups_are_computed_is_on_no_picture(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 12)
        ines = await world.organiser()
        await ines.command("groupes")
        await ines.press("Form groups")
        await world.change(participant_store.remove, await ids(world, "school-1"))
        await catch_up_with(world, ines)
        assert "Education: 12 people, 2 groups of 6" in ines.text
        assert ines.view
        assert ines.picture is None
        await ines.press("Education: groups and number")
        assert "P1 school" not in ines.text
        await ines.press("The proposal")
        await ines.press("Keep")
        assert "nothing was saved" in ines.text


async def test_the_only_woman_of_a_group_is_reported(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 6)
        await rewrite(world, *await ids(world, *(f"school-{each}" for each in (1, 3, 4, 5, 6))), gender=Gender.MAN)
        ines = await proposed(world)
        assert "P2 school Roy is the only woman in group 1." in ines.text
        assert "In each group: women 1, men 5" in ines.text


@on_one_engine
async def test_a_theme_everyone_left_has_no_groups_any_more(store_url: str) -> None:
    async with open_world(store_url, make_settings(**SETTINGS)) as world:
        await select(world, "school", 6)
        await select(world, "civic", 6)
        ines = await proposed(world)
        await ines.press("Keep")
        await choose_theme(world, "civic", *await ids(world, *(f"school-{each}" for each in range(1, 7))))
        ines = await proposed(world)
        await ines.press("Keep")
        assert await sizes(world) == {"civic": [6, 6]}


async def test_nothing_to_form_is_said(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**SETTINGS)) as world:
        ines = await world.organiser()
        await ines.command("groupes")
        assert "Education: nobody yet" in ines.text
        await ines.press("Form groups")
        assert ines.text == "Nobody has a theme yet, so there is nobody to form groups of."


async def test_only_organisers_form_groups(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(**SETTINGS)) as world:
        zoe = await world.join("Zoe", "1")
        await zoe.command("groupes")
        assert zoe.text.startswith("/groupes is for the organisers. This is for you:")


async def test_groups_are_computed_in_another_process() -> None:
    wishes = Wishes()
    payload = {
        "wishes": wishes.encode(),
        "digest": "d",
        "now": 0,
        "year": 2027,
        "reader": ["fr", "Europe/Paris"],
        "branding": {"name": "Rencontres"},
        "limits": [5, 7, 6],
        "waived": {},
        "themes": [["school", {"fr": "École"}]],
        "rounds": [1],
        "people": [[each, "school", None, COUNTRIES[each % 8], "woman", 2000, "", f"P{each}"] for each in range(1, 13)],
        "pairs": [],
        "pins": [],
        "locks": [],
        "taken": [],
        "history": [],
        "previous": None,
        "deserted": [],
    }
    side_process = SideProcess()
    try:
        result = await side_process.do(compute, payload)
    finally:
        side_process.close()
    proposal = result["proposal"]
    assert decode(encode(proposal)) == proposal
    assert sorted(member for members in proposal.themes[0].rounds[0].groups.values() for member in members) == list(
        range(1, 13)
    )
