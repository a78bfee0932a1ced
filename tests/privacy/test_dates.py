"""Until when data are kept: read by whom they are about, changed by the team, who reads first whom it concerns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from bot.config import purpose_store
from bot.config.purposes import PARTICIPATION
from bot.content.actions import base36
from bot.people import participant_store
from handlers.navigation import ends
from handlers.navigation.ends import LEADS
from tests.engines import on_one_engine
from tests.followup import END, FOLLOWUP, LATER_END, agree, end, look, open_followed_up
from tests.outbox import pushed
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.world import World


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_followed_up(store_url) as world:
        yield world


@on_one_engine
async def test_everybody_reads_for_what_and_until_when(world: World) -> None:
    zoe, ali = await world.join("Zoé", "1"), await world.join("Ali", "2")
    await agree(world, await number(world, "Zoé"))
    await zoe.command("mesdonnees")
    assert "You asked to take part, and we need these data for it." in zoe.text
    assert "Taking part in the gathering, until Friday 31 December 2027." in zoe.text
    assert "Asked again in month seven, until Monday 31 January 2028. You agreed to it." in zoe.text
    assert "In backups: 14 days longer." in zoe.text
    await ali.command("mesdonnees")
    assert ("Taking part" in ali.text, "month seven" in ali.text) == (True, False)
    await ali.command("confidentialite")
    assert "In backups: 14 days longer." in ali.text


async def test_an_agreement_is_taken_back(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    zoe_id = await number(world, "Zoé")
    await agree(world, zoe_id)
    await zoe.follow("t7-1")
    await zoe.command("mesdonnees")
    await zoe.press("Withdraw: Asked again in month seven")
    assert zoe.text == "Withdraw your consent: Asked again in month seven? What is kept for it is erased."
    await zoe.press("Yes, withdraw my consent")
    assert zoe.text == "Done. What was kept for it is erased."
    assert await world.read(purpose_store.of_person, zoe_id) == set()
    assert (await stored_rows(world.store, "followups"))["followups"] == []


@on_one_engine
async def test_who_agreed_to_more_reads_that_with_the_way_to_take_it_back(world: World) -> None:
    zoe, ali = await world.join("Zoé", "1"), await world.join("Ali", "2")
    await agree(world, await number(world, "Zoé"))
    await zoe.command("confidentialite")
    assert "with you, and for what you agreed to besides." in zoe.text
    assert "Asked again in month seven: until Monday 31 January 2028" in zoe.text
    assert "Until: Monday 31 January 2028." in zoe.text
    await zoe.press("Withdraw: Asked again in month seven")
    assert zoe.text.startswith("Withdraw your consent: Asked again in month seven?")
    await ali.command("confidentialite")
    assert "and nothing else." in ali.text
    assert "Until: Friday 31 December 2027." in ali.text
    assert "Withdraw: Asked again in month seven" not in ali.buttons


async def test_everybody_reads_the_day_that_counts_while_the_team_is_being_warned(world: World) -> None:
    zoe, ines = await world.join("Zoé", "1"), await world.organiser()
    await look(world, END + timedelta(days=10))  # back after an outage
    for typed in ("confidentialite", "mesdonnees"):
        await zoe.command(typed)
        assert "Monday 24 January 2028" in zoe.text
    await ines.follow("erd")
    assert "Taking part in the gathering: until Monday 24 January 2028" in ines.text
    now = world.clock.now()
    assert await world.read(ends.effective_end, world.settings, PARTICIPATION, now) == now + LEADS[0]


async def test_organisers_stay_while_somebody_else_does_and_read_why(world: World) -> None:
    zoe, ines, ali = await world.join("Zoé", "1"), await world.organiser(), await world.join("Ali", "2")
    await agree(world, await number(world, "Zoé"))
    await end(world, END)
    assert "2 people stay for another purpose." in (await pushed(world, ines))[-1]
    for chat, stays in ((zoe, True), (ines, True), (ali, False)):
        await chat.command("start")
        assert ("everything we kept about you is erased" not in chat.text) is stays
    for typed in ("confidentialite", "mesdonnees"):
        await ines.command(typed)
        assert "You organise, so your data stay until Monday 31 January 2028, as long as others" in ines.text
        await zoe.command(typed)
        assert "You organise" not in zoe.text
    await ines.follow("erd")
    await ines.press("Another day: Asked again in month seven")
    await ines.fill("30 June 2028")
    assert "Everything about 2 people" in ines.text
    assert "1 of them organises." in ines.text
    await end(world, LATER_END)
    assert await world.read(participant_store.has_anyone) is False


@on_one_engine
async def test_a_warning_that_reaches_no_organiser_is_sent_again_the_next_day(world: World) -> None:
    await world.invite("Olga")
    olga = await number(world, "Olga")
    await world.change(participant_store.set_organises, olga, True)
    await end(world, END)
    await look(world, END + timedelta(days=30))
    assert await world.read(participant_store.has_anyone)
    max_ = await world.join("Max", "5")
    await world.change(participant_store.set_organises, await number(world, "Max"), True)
    back = END + timedelta(days=31)
    for at in (back, back + timedelta(days=12)):
        await look(world, at)
    assert len([said for said in await pushed(world, max_) if "will be erased" in said]) == 2
    await look(world, back + timedelta(days=14))
    assert await world.read(participant_store.has_anyone) is False


@on_one_engine
@pytest.mark.parametrize("key", ["part", "", "followup", "nothing"])
async def test_nothing_is_taken_back_that_nobody_agreed_to(world: World, key: str) -> None:
    zoe = await world.join("Zoé", "1")
    await zoe.follow("t7-1")
    before = await stored_rows(world.store, "accounts", "participants", "secrets", "followups")
    for code in ("erq", "erw"):
        await zoe.follow(f"{code}-{key}")
        assert "button has aged" in zoe.text
    assert await stored_rows(world.store, "accounts", "participants", "secrets", "followups") == before


async def test_who_takes_the_last_one_back_reads_that_everything_goes(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    await agree(world, await number(world, "Zoé"))
    await end(world, END)
    await zoe.command("mesdonnees")
    assert ("Taking part" in zoe.text, "month seven" in zoe.text) == (False, True)
    await zoe.press("Withdraw: Asked again in month seven")
    assert "everything about you is erased" in zoe.text
    await zoe.press("Yes, withdraw my consent")
    await look(world, END + timedelta(hours=1))
    await zoe.command("start")
    assert "everything we kept about you is erased" in zoe.text


@on_one_engine
@pytest.mark.parametrize(
    ("typed", "read", "counts", "says"),
    [
        (
            "15 July 2027",
            "Thursday 15 July 2027",
            "Thursday 15 July 2027",
            "If the team was warned of the later day already, that one applies.",
        ),
        ("30 June 2028", "Friday 30 June 2028", "Friday 30 June 2028", "1 of them organises."),
        (
            "13 June 2027",
            "Sunday 13 June 2027",
            "Thursday 8 July 2027",
            "The team is warned first, so this happens in 14 days.",
        ),
    ],
    ids=["earlier", "later", "past"],
)
async def test_the_team_reads_whom_another_day_concerns_before_it_is_chosen(
    world: World, typed: str, read: str, counts: str, says: str
) -> None:
    team = await world.organiser()
    await world.join("Zoé", "1")
    await world.join("Ali", "2")
    await agree(world, await number(world, "Zoé"))
    await world.clock.advance(timedelta(days=115))  # 24 June, after the gathering
    await team.command("confidentialite")
    await team.press("How long data are kept")
    assert "Taking part in the gathering: until Friday 31 December 2027" in team.text
    await team.press("Another day: Taking part in the gathering")
    await team.fill(typed)
    assert f"until {read}, in place of Friday 31 December 2027" in team.text
    assert says in team.text
    assert await world.read(purpose_store.end_of, world.settings, PARTICIPATION) == END
    await team.press("Confirm")
    assert f"until {counts}" in team.text
    await team.follow("erd")
    assert f"Taking part in the gathering: until {counts}" in team.text
    assert await world.read(purpose_store.end_of, world.settings, PARTICIPATION) != END
    await team.follow("oc")
    await team.press(team.buttons[0])
    assert await world.read(purpose_store.end_of, world.settings, PARTICIPATION) == END


@on_one_engine
async def test_a_day_that_someone_else_changed_is_not_overwritten(world: World) -> None:
    team = await world.organiser()
    await team.follow("erd")
    await team.press("Another day: Asked again in month seven")
    await team.fill("30 June 2028")
    chosen = END + timedelta(days=60)
    await world.change(purpose_store.choose_end, world.settings, FOLLOWUP, chosen)
    await team.press("Confirm")
    assert await world.read(purpose_store.end_of, world.settings, FOLLOWUP) == chosen


@on_one_engine
async def test_what_is_no_day_is_asked_again_and_others_have_no_such_screen(world: World) -> None:
    team, zoe = await world.organiser(), await world.join("Zoé", "1")
    await team.follow("erd")
    await team.press("Another day: Taking part in the gathering")
    await team.fill("soon")
    assert "I do not understand this date." in team.text
    await zoe.command("confidentialite")
    assert ("Erase everything" in zoe.buttons, "How long data are kept" in zoe.buttons) == (True, False)


@on_one_engine
@pytest.mark.parametrize("day", [0, 1, date.max.toordinal(), 10**7, 2**53 - 1])
async def test_a_day_that_no_calendar_has_is_no_last_day(world: World, day: int) -> None:
    ines = await world.organiser()
    await ines.follow(f"erc-{PARTICIPATION}-{base36(day)}", forged=True)
    assert "button has aged" in ines.text
