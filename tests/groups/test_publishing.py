"""Publishing a round, and what is told of each change afterwards: to those concerned, once, and to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from handlers.groups.model import Group
from handlers.groups.service.membership import (
    change_groups,
    count_concerned,
    follow_met_cards,
    publish_round,
    take_into_groups,
)
from handlers.groups.store.groups import set_locked
from handlers.groups.store.pairs import put_pair
from handlers.themes.store import put_choice
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import choose, crowd, found_round, group, members
from tests.outbox import forget, press_push, pushed
from tests.participants import number
from tests.world import World, make_settings, open_world

SETTINGS = make_settings(
    organisers={"telegram": [900, 901], "discord": [900]},
    groups={"smallest": 2, "target": 2, "largest": 3, "meeting": "2027-06-10T14:00:00"},
)


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, SETTINGS) as world:
        yield world


async def publish(world: World) -> None:
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))


async def change(world: World, moves: Mapping[str, Group | None]) -> int:
    """Move people by name."""
    by_id = {await number(world, name): target for name, target in moves.items()}
    round_ = await found_round(world)
    told = await world.store.read(partial(count_concerned, round_=round_, moves=by_id))
    done = await world.store.transact(partial(change_groups, round_=round_, moves=by_id, now=world.clock.now()))
    assert done == told  # what was shown before is what was done
    return done


async def told(world: World, chats: Mapping[str, NeutralChat]) -> dict[str, list[str]]:
    """What everyone was told, without the marks around names; who was told nothing is left out."""
    said = {name: [words(text) for text in await pushed(world, chat)] for name, chat in chats.items()}
    return {name: texts for name, texts in said.items() if texts}


async def two_groups(world: World) -> tuple[dict[str, NeutralChat], Group, Group]:
    """Ana and Bo in group 1, Cleo and Dan in group 2; published, and told."""
    chats = await crowd(world, "Ana", "Bo", "Cleo", "Dan")
    first = await group(world, ["Ana", "Bo"], room="Blue room")
    second = await group(world, ["Cleo", "Dan"], number_=2)
    await publish(world)
    await forget(world)
    return chats, first, second


async def preview(team: NeutralChat) -> None:
    await team.follow("gt-1")


async def test_a_preview_shows_one_real_card_and_who_gets_theirs_where(world: World) -> None:
    team = await world.organiser()
    chats = await crowd(world, "Ana", "Bo", "Cleo")
    on_discord = await world.join("Dan", "200", platform="discord")
    await world.invite("Eve", "Roy")
    await world.invite("Finn")
    await group(world, ["Ana", "Bo"], room="Blue room")
    await group(world, ["Cleo", "Dan", "Eve"], number_=2)
    await choose(world, "Finn")
    await chats["Cleo"].command("stop")
    await preview(team)
    assert team.text.splitlines() == [
        "Publish the groups of Thursday 10 June 2027?",
        "2 people will be told right away.",
        "They will be told when they join: Eve Roy.",
        "I cannot reach Cleo and Dan; they can see their group with /group.",
        "Without a group: Finn.",
        "1 group has no room yet.",
        "",
        "This is what Ana gets:",
        "Education 1 · Blue room · Thursday 10 June, 14:00",
        "",
        "Ana (Quebec)",
        "Bo (Quebec)",
    ]
    assert await pushed(world, chats["Ana"]) == []
    await team.press("Publish")
    assert team.text.splitlines() == [
        "The groups of Thursday 10 June 2027 are published: 2 people will be told.",
        "Later changes go only to the people they concern.",
        "1 group has no room yet.",
    ]
    assert team.buttons == ("Rooms", "Groups", "Organise")
    [card] = await pushed(world, chats["Ana"])
    assert card.splitlines() == [
        "Education 1 · Blue room · Thursday 10 June, 14:00",
        "",
        "Ana (Quebec)",
        "Bo (Quebec)",
    ]
    assert await pushed(world, chats["Cleo"]) == []
    await on_discord.command("groupe")
    assert on_discord.text.startswith("Education 2")


async def test_once_a_group_has_met_its_pinned_card_says_until_when(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    await group(world, ["Ana", "Bo"], room="Blue room")
    round_ = await found_round(world)
    await world.change(publish_round, round_, world.clock.now())
    assert round_.meets_at
    glance = "Education 1 · Blue room"
    for minutes, begins in (
        (-1, [f"{glance} · Thursday 10 June, 14:00", ""]),
        (1, [f"{glance} · until 15:00", "", glance]),
    ):
        await world.change(follow_met_cards, round_.meets_at + timedelta(minutes=minutes))
        [card] = await pushed(world, chats["Ana"])
        assert card.splitlines() == [*begins, "Ana (Quebec)", "Bo (Quebec)"]


async def test_two_organisers_at_once_publish_once(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        await two_publish_at_once(world)


async def two_publish_at_once(world: World) -> None:
    one, other = await world.organiser(), await world.organiser("901")
    chats = await crowd(world, "Ana", "Bo")
    await group(world, ["Ana", "Bo"])
    await preview(one)
    await preview(other)
    await asyncio.gather(one.press("Publish"), other.press("Publish"))
    assert sorted("already published" in chat.text for chat in (one, other)) == [False, True]
    assert {name: len(texts) for name, texts in (await told(world, chats)).items()} == {"Ana": 1, "Bo": 1}
    await preview(one)
    assert one.text == "The groups of Thursday 10 June 2027 are already published; nobody is told twice."


async def test_groups_changed_since_the_preview_are_shown_again(world: World) -> None:
    team = await world.organiser()
    chats = await crowd(world, "Ana", "Bo", "Cleo")
    made = await group(world, ["Ana", "Bo"])
    await choose(world, "Cleo")
    await preview(team)
    await change(world, {"Cleo": made})
    await team.press("Publish")
    assert team.text.startswith("The groups have changed in the meantime, so nothing was sent.")
    assert "In no group" not in team.text
    assert await told(world, chats) == {}
    await team.press("Publish")
    assert len(await told(world, chats)) == 3


async def test_without_groups_there_is_nothing_to_publish(world: World) -> None:
    team = await world.organiser()
    await preview(team)
    assert team.text == "There are no groups to publish yet: form them first."
    assert not (await found_round(world)).published


async def test_participants_cannot_publish(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    await group(world, ["Ana", "Bo"])
    await preview(chats["Ana"])
    assert "This is for the organisers" in chats["Ana"].text
    assert not (await found_round(world)).published


async def test_before_publishing_changes_tell_nobody(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo", "Cleo")
    first = await group(world, ["Ana", "Bo"])
    await choose(world, "Cleo")
    assert await change(world, {"Cleo": first, "Bo": None}) == 0
    assert await members(world, first) == ["Ana", "Cleo"]
    assert await told(world, chats) == {}


async def test_who_moves_gets_the_card_and_both_groups_a_line(world: World) -> None:
    chats, first, second = await two_groups(world)
    assert await change(world, {"Bo": second}) == 4
    assert await members(world, first) == ["Ana"]
    said = await told(world, chats)
    assert said["Ana"] == ["Bo (Quebec) is now in another group."]
    assert said["Cleo"] == said["Dan"] == ["Bo (Quebec) joins your group."]
    [card] = said["Bo"]
    assert card.splitlines()[1:4] == ["You are now in another group.", "", "The room is not known yet."]
    assert card.endswith("The room is not known yet.\nBo (Quebec)\nCleo (Quebec)\nDan (Quebec)")
    await press_push(world, chats["Ana"], "My group")
    assert chats["Ana"].text.endswith("Blue room\nAna (Quebec) · you")


async def test_several_changes_at_once_are_one_message_a_person(world: World) -> None:
    chats, first, second = await two_groups(world)
    await change(world, {"Bo": second, "Dan": first})
    said = await told(world, chats)
    assert said["Ana"] == ["Dan (Quebec) joins your group.\nBo (Quebec) is now in another group."]
    assert said["Cleo"] == ["Bo (Quebec) joins your group.\nDan (Quebec) is now in another group."]
    assert {name: len(texts) for name, texts in said.items()} == {"Ana": 1, "Bo": 1, "Cleo": 1, "Dan": 1}


async def test_a_change_that_changes_nothing_tells_nobody(world: World) -> None:
    chats, first, _second = await two_groups(world)
    assert await change(world, {"Bo": first}) == 0
    assert await members(world, first) == ["Ana", "Bo"]
    assert await told(world, chats) == {}


async def test_other_groups_hear_nothing(world: World) -> None:
    chats, _first, second = await two_groups(world)
    chats |= {"Eve": await world.join("Eve", "300"), "Finn": await world.join("Finn", "301")}
    third = await group(world, ["Eve", "Finn"], number_=3)
    await forget(world)
    await change(world, {"Eve": second})
    assert set(await told(world, chats)) == {"Eve", "Finn", "Cleo", "Dan"}
    assert await members(world, third) == ["Finn"]


async def test_who_does_it_knows_already(world: World) -> None:
    chats, _first, second = await two_groups(world)
    ana, bo = await number(world, "Ana"), await number(world, "Bo")
    round_ = await found_round(world)
    done = await world.store.transact(
        partial(change_groups, round_=round_, moves={bo: second}, now=world.clock.now(), by=ana)
    )
    assert done == 3
    assert "Ana" not in await told(world, chats)


async def test_who_is_put_in_no_group_is_told_that_the_team_looks(world: World) -> None:
    chats, _first, _second = await two_groups(world)
    await change(world, {"Bo": None})
    said = await told(world, chats)
    assert said["Ana"] == ["Bo (Quebec) is no longer in your group."]
    assert said["Bo"] == [
        "You have no group for Thursday 10 June 2027 yet. The team is finding you one: you will be told."
    ]
    await chats["Bo"].command("groupe")
    assert chats["Bo"].text == "You have no group for Thursday 10 June 2027. A question about it? Ask the team."


async def test_who_comes_late_joins_the_smallest_group_with_the_fewest_compatriots(world: World) -> None:
    team = await world.organiser()
    chats = await crowd(world, "Ana", "Bo", "Cleo", "Dan", "Eve")
    chats["Ali"] = world.chat("500", name="Ali")
    await chats["Ali"].follow("j-" + await world.invite("Ali", "Ben", territory="FR"))
    await group(world, ["Ana", "Bo", "Eve"])
    second = await group(world, ["Cleo", "Ali"], number_=2)
    third = await group(world, ["Dan"], number_=3)
    await change(world, {"Ali": second})
    await publish(world)
    await forget(world)
    late = world.chat("600", name="Noé")
    await late.follow("j-" + await world.invite("Noé", "Petit", territory="FR"))
    await late.command("theme")
    await late.pick("Education")
    await late.press("Confirm")
    assert await members(world, third) == ["Dan", "Noé"]
    said = await told(world, {**chats, "Noé": late, "team": team})
    assert said["Dan"] == ["Noé P. (France) joins your group."]
    [card] = said["Noé"]
    assert card.splitlines()[1:4] == ["Welcome! This is your group.", "", "The room is not known yet."]
    assert said["team"] == ["Noé Petit came late and is in Education 3, Thursday 10 June 2027."]
    assert set(said) == {"Dan", "Noé", "team"}
    lea = await world.join("Lea", "601")  # from Québec: groups 2 and 3 are as small, both hold one compatriot
    await choose(world, "Lea")
    assert await members(world, second) == ["Ali", "Cleo", "Lea"]
    await lea.command("moi")
    assert "Group: Education 2" in lea.text


async def test_a_late_joiner_obeys_locks_and_pairs(world: World) -> None:
    team = await world.organiser()
    chats, first, second = await two_groups(world)
    await world.invite("Lea")
    await world.invite("Max")
    lea, ana, cleo = [await number(world, name) for name in ("Lea", "Ana", "Cleo")]
    await world.change(put_pair, lea, ana, "apart")
    await choose(world, "Lea")
    assert await members(world, second) == ["Cleo", "Dan", "Lea"]
    await world.store.transact(partial(set_locked, group_id=first.id, locked=True))
    await forget(world)
    await choose(world, "Max")
    assert set(await told(world, {**chats, "team": team})) == {"team"}
    [asked] = await pushed(world, team)
    assert asked.startswith("Max came late and has no group for Thursday 10 June 2027")
    await world.store.transact(partial(set_locked, group_id=first.id, locked=False))
    max_ = await number(world, "Max")
    await world.change(put_pair, max_, cleo, "together")
    await world.store.transact(partial(take_into_groups, participant_id=max_, now=world.clock.now()))
    assert "Max" not in await members(world, first)  # Cleo's group is full: rather none than apart from her


async def test_someone_in_no_group_who_chose_late_is_told_that_the_team_looks(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo", "Cleo")
    await group(world, ["Ana", "Bo", "Cleo"])
    await publish(world)
    late = await world.join("Noé", "600")
    await forget(world)
    await choose(world, "Noé")
    assert await told(world, {**chats, "Noé": late}) == {
        "Noé": ["You have no group for Thursday 10 June 2027 yet. The team is finding you one: you will be told."]
    }


async def test_who_leaves_is_out_of_the_group_and_comes_back_into_one(world: World) -> None:
    team = await world.organiser()
    chats, first, _second = await two_groups(world)
    await chats["Bo"].command("reglages")
    await chats["Bo"].press("I am not coming")
    await chats["Bo"].press("Yes, I give up my place")
    assert await members(world, first) == ["Ana"]
    said = await told(world, {**chats, "team": team})
    assert said["Ana"] == ["Bo (Quebec) is no longer in your group."]
    assert said["team"] == ["Bo is not coming any more and leaves Education 1."]
    assert "Bo" not in said
    await chats["Bo"].command("revenir")
    await chats["Bo"].press("Choose a theme")
    await chats["Bo"].pick("Education")
    await chats["Bo"].press("Confirm")
    assert await members(world, first) == ["Ana", "Bo"]


async def test_another_theme_is_another_group(world: World) -> None:
    chats, first, _second = await two_groups(world)
    civic = [await world.join(name, native_id) for name, native_id in (("Eve", "300"), ("Finn", "301"))]
    third = await group(world, ["Eve", "Finn"], theme="civic")
    await forget(world)
    await choose(world, "Bo", "civic")
    assert await members(world, first) == ["Ana"]
    assert await members(world, third) == ["Bo", "Eve", "Finn"]
    said = await told(world, {**chats, "Eve": civic[0]})
    assert said["Ana"] == ["Bo (Quebec) is no longer in your group."]
    assert said["Eve"] == ["Bo (Quebec) joins your group."]
    assert len(said["Bo"]) == 1


async def test_who_is_erased_leaves_without_a_name(world: World) -> None:
    team = await world.organiser()
    chats, first, _second = await two_groups(world)
    await publish(world)
    await chats["Bo"].command("effacer")
    await chats["Bo"].press("Erase my texts too")
    await chats["Bo"].press("Yes, erase me")
    assert await members(world, first) == ["Ana"]
    said = await told(world, {**chats, "team": team})
    assert said["Ana"] == ["Someone is no longer in your group."]
    assert "Someone left Education 1, Thursday 10 June 2027." in said["team"]


async def test_cards_that_are_on_their_way_forget_who_was_erased(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    await group(world, ["Ana", "Bo"])
    await publish(world)
    await chats["Bo"].command("effacer")
    await chats["Bo"].press("Erase my texts too")
    await chats["Bo"].press("Yes, erase me")
    card, _left = [words(text) for text in await pushed(world, chats["Ana"])]
    assert card.endswith("The room is not known yet.\nAna (Quebec)")


async def test_who_joins_after_publishing_reads_their_card_in_the_greeting(world: World) -> None:
    await crowd(world, "Ana")
    code = await world.invite("Bo")
    await group(world, ["Ana", "Bo"])
    await publish(world)
    chat = world.chat("700", name="Bo")
    await chat.follow(f"j-{code}")
    assert chat.text.startswith("Welcome, Bo!")
    assert "Education 1" in chat.text
    assert await pushed(world, chat) == []


async def test_who_joins_with_a_theme_and_no_group_is_greeted_with_one(world: World) -> None:
    chats, first, _second = await two_groups(world)
    code = await world.invite("Lea")
    lea = await number(world, "Lea")
    await world.change(put_choice, lea, "school", None, world.clock.now())
    chat = world.chat("700", name="Lea")
    await chat.follow(f"j-{code}")
    assert "Education 1" in chat.text
    assert await members(world, first) == ["Ana", "Bo", "Lea"]
    assert set(await told(world, {**chats, "Lea": chat})) == {"Ana", "Bo"}


async def test_a_day_that_is_over_stays_as_it_was(world: World) -> None:
    chats, first, _second = await two_groups(world)
    await world.clock.advance(datetime(2027, 6, 12, tzinfo=UTC) - world.clock.now())
    await chats["Bo"].command("reglages")
    await chats["Bo"].press("I am not coming")
    await chats["Bo"].press("Yes, I give up my place")
    assert await members(world, first) == ["Ana", "Bo"]
    assert "Ana" not in await told(world, chats)
