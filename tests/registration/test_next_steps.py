"""Whom organisers have still to select, to invite and to write to, as their screen says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.people import participant_store
from handlers.registration.organiser.missing import not_chosen
from tests.drivers.menus import stand_of, steps_of
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.outbox import leaves
from tests.participants import number, put_on_list
from tests.world import make_settings, open_world

SOON = make_settings(
    gathering={"starts": "2027-03-10", "ends": "2027-03-12", "theme_deadline": "2027-03-05T12:00:00"},
    organisers={"telegram": [900]},
)
EMPTY = "The programme is empty"


async def test_an_empty_list_comes_first(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        assert await steps_of(ines) == ["Nobody is on the list yet", EMPTY]
        assert "People" not in await stand_of(ines)
        assert "People" not in ines.buttons, "what is left of it is in sight"
        assert ines.buttons[0] == "Import a list"
        await ines.press("More…")
        assert "A list to fill in" in ines.buttons
        assert not {"Figures", "Invitations"} & {*ines.buttons}
        await ines.press("Back")
        await ines.press("Import a list")
        assert "CSV, Excel or LibreOffice" in ines.text


async def test_where_everyone_may_come_no_list_is_missed(sqlite_url: str) -> None:
    settings = make_settings(gathering={"registration": "open"}, organisers={"telegram": [900]})
    async with open_world(sqlite_url, settings) as world:
        assert await steps_of(await world.organiser()) == [EMPTY]


async def test_invitations_are_sent_before_those_invited_are_missed(store_url: str) -> None:
    async with open_world(store_url, SOON) as world:
        await put_on_list(world, "Zoé", "Ali", "Eva")
        ines = await world.organiser()
        assert await steps_of(ines) == ["3 invitations to send", EMPTY]
        await ines.press("Invitations")
        await ines.press("Make the file")
        assert await steps_of(ines) == ["3 invitations made: are they sent?", EMPTY]
        await ines.press("Yes, sent")
        assert await steps_of(ines) == [EMPTY, "3 people have not joined yet"]
        await ines.press("Not joined")
        assert ines.text.startswith("3 people have not joined.")


@on_one_engine
@pytest.mark.parametrize("platform", ["telegram", "discord"])
async def test_who_does_not_use_the_invitation_is_reminded_after_a_week(store_url: str, platform: str) -> None:
    async with open_world(store_url) as world:
        await put_on_list(world, "Zoé", "Ali")
        ines = await world.organiser(platform=platform)
        await ines.command("organiser")
        await ines.press("Invitations")
        await ines.press("Make the file")
        assert await steps_of(ines) == ["2 invitations made: are they sent?", EMPTY]
        assert "Invitations" in ines.options, "they are made, and perhaps nobody has one"
        yes = ines.payload("Yes, sent")
        await ines.press("Not yet")
        assert ines.text.startswith("Invitations made and not used yet: 2.")
        assert await steps_of(ines) == [EMPTY], "it is asked again tomorrow"
        await world.clock.advance(timedelta(days=1))
        assert len(await steps_of(ines)) == 2
        await world.invite("Eva")
        await ines.follow(yes)
        assert ines.text == "3 invitations made: are they sent?", "of one of them it was not said"
        await ines.press("Yes, sent")
        assert ines.text == "3 invitations sent"
        await ines.follow(yes)
        assert ines.text.startswith("Invitations made and not used yet: 3.")
        assert await steps_of(ines) == [EMPTY]
        assert "Invitations" not in ines.options
        await world.clock.advance(timedelta(days=7))
        late = "3 people have not used their invitations for 7 days"
        assert await steps_of(ines) == [EMPTY, late]
        await ines.press("Remind them")
        assert "3 people have not joined." in ines.text
        for name in ("Zoé", "Ali", "Eva"):
            await world.change(participant_store.set_status, await number(world, name), "joined")
        assert await steps_of(ines) == [EMPTY]


async def test_that_invitations_are_sent_can_be_taken_back(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await world.invite("Zoé")
        ines = await world.organiser()
        asked = "1 invitation made: is it sent?"
        assert (await steps_of(ines))[0] == asked
        await ines.press("Yes, sent")
        await ines.press("Undo this change")
        assert (await steps_of(ines))[0] == asked
        await ines.pick("Invitations")
        assert ines.text == asked
        assert [*ines.buttons] == ["Yes, sent", "Not yet", "Invitations", "Organise"]


@on_one_engine
async def test_those_without_a_theme_are_reminded_before_the_deadline_and_rest_for_a_day(store_url: str) -> None:
    async with open_world(store_url, SOON) as world:
        for number, name in enumerate(("Zoé", "Ali"), start=1):
            await world.join(name, str(number))
        ines = await world.organiser()
        assert (await steps_of(ines))[0] == "2 people without a theme"
        await ines.press("Without a theme")
        assert ines.text == "2 people have no theme yet."
        await ines.press("Remind them")
        await ines.press("Send the reminder")
        await ines.follow(not_chosen.to(0).encode())
        assert ines.text.splitlines()[1] == "They were reminded on Monday 1 March, 10:00. Once a day is enough."
        assert "Remind them" not in ines.buttons
        assert await steps_of(ines) == [EMPTY]
        await world.clock.advance(timedelta(days=1))
        assert (await steps_of(ines))[0] == "2 people without a theme"
        await world.clock.advance(timedelta(days=4))
        assert await steps_of(ines) == [EMPTY], "the deadline has passed"


async def test_who_sleeps_is_reminded_of_the_theme_in_the_morning(store_url: str) -> None:
    async with open_world(store_url, SOON) as world:
        chats: dict[str, NeutralChat] = {}
        for native_id, territory in enumerate(("FR", "CA-QC"), start=1):
            chats[territory] = world.chat(str(native_id))
            await chats[territory].follow(f"j-{await world.invite('Zoé', territory=territory)}")
        await world.clock.advance(timedelta(hours=13, minutes=30))
        ines = await world.organiser()
        assert (await steps_of(ines))[0] == "2 people without a theme"
        await ines.press("Without a theme")
        await ines.press("Remind them")
        await ines.press("Send the reminder")
        assert "2 reminders are on their way." in ines.text
        assert await leaves(world, chats["FR"]) == datetime(2027, 3, 2, 7, tzinfo=UTC), "it was 23:30 in Paris"
        assert await leaves(world, chats["CA-QC"]) == world.clock.now(), "and 17:30 in Montréal"


async def test_nobody_is_pursued_long_before(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await world.join("Zoé", "1")
        await world.invite("Ali")
        ines = await world.organiser()
        assert await steps_of(ines) == ["1 invitation made: is it sent?", EMPTY]
        await ines.press("Yes, sent")
        assert await steps_of(ines) == [EMPTY]


async def test_nobody_is_pursued_once_the_gathering_has_begun(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SOON) as world:
        await world.invite("Zoé")
        ines = await world.organiser()
        await world.clock.advance(timedelta(days=9))
        assert await steps_of(ines) == ["Nothing is urgent right now."]
        assert (await stand_of(ines))["People"] == "Joined: 0 of 1."


async def test_who_withdrew_is_counted_apart(store_url: str) -> None:
    async with open_world(store_url) as world:
        for name, native_id in (("Zoé", "1"), ("Ali", "2")):
            await world.join(name, native_id)
        await world.change(participant_store.set_status, await number(world, "Ali"), "withdrawn")
        ines = await world.organiser()
        assert (await stand_of(ines))["People"] == "Joined: 1 of 1. Not coming: 1."
