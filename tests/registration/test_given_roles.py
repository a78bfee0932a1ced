"""Roles given on the organisers' screen: to people found or added, undone, and only by who may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.capability import Capability
from bot.config import purpose_store
from bot.config.purposes import TAKING_PART
from bot.content.roles import Required, Role, Scope
from bot.content.texts import _
from bot.conversation.incoming import Picked, Pressed
from bot.membership import revoking
from bot.people import participant_store, role_store
from bot.people.declared import AfterMembership
from handlers.rides.settings import RideSettings
from tests.clock import ManualClock
from tests.drivers.gestures import words as words_of
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.outbox import pushed
from tests.participants import number
from tests.people.builders import APPLICATIONS
from tests.stored_rows import stored_rows
from tests.world import World, make_settings, open_world

ONLY_ORGANISERS = "This is for the organisers."


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, beside=[APPLICATIONS]) as world:
        yield world


async def open_roles(ines: NeutralChat) -> None:
    await ines.command("organiser")
    await ines.press("People")
    await ines.press("Roles")


async def give_office(ines: NeutralChat, name: str) -> None:
    await open_roles(ines)
    await ines.press("Offices")
    await ines.press("Find someone")
    await ines.fill(name)
    await ines.press(f"\u2068{name}")
    await ines.press("Give the role")


async def roles_of(world: World, name: str) -> list[tuple[str, str]]:
    return [*await world.read(role_store.of_person, await number(world, name))]


async def test_a_role_is_given_undone_and_taken_away(world: World) -> None:
    zoe, ines = await world.join("Zoé", "1"), await world.organiser()
    await give_office(ines, "Zoé")
    assert "has this role: Offices." in ines.text
    assert ines.toast == "Saved."
    assert await roles_of(world, "Zoé") == [("office", "")]
    await ines.press("Undo this change")
    assert ines.text.startswith("Undone")
    assert await roles_of(world, "Zoé") == []
    await give_office(ines, "Zoé")
    await ines.press("Take this role away")
    assert "this role: Offices?" in ines.text
    told = await pushed(world, zoe)
    assert told == [
        "You have a role now: Offices.",
        "You no longer have this role: Offices.",
        "You have a role now: Offices.",
        "You no longer have this role: Offices.",
    ]
    await ines.act(Pressed(f"ogs-office-{await number(world, 'Zoé')}-0"))
    assert ines.toast == "Already done."


async def test_what_was_changed_since_is_not_undone(world: World) -> None:
    await world.join("Zoé", "1")
    ines = await world.organiser()
    await give_office(ines, "Zoé")
    undo = ines.payload("Undo this change")
    await ines.press("Take this role away")
    await ines.act(Pressed(undo))
    assert "changed" in ines.text
    assert await roles_of(world, "Zoé") == []


async def test_somebody_who_does_not_attend_is_added_for_a_role(world: World) -> None:
    await world.join("Zoé", "1")
    ines = await world.organiser()
    await open_roles(ines)
    await ines.press("Offices")
    await ines.press("Someone who does not take part")
    await ines.fill("Paul", "Roy")
    await ines.press("Give the role")
    await open_roles(ines)
    assert "Offices: 1 person" in ines.text
    await ines.press("Offices")
    assert "Paul Roy" in ines.text
    await ines.press("Paul Roy")
    await ines.press("See their profile")
    assert any("invitation" in label for label in ines.buttons)


async def test_nobody_is_added_for_a_role_who_would_be_erased_at_once(world: World) -> None:
    await world.join("Zoé", "1")
    ines = await world.organiser()
    await open_roles(ines)
    await ines.press("Offices")
    now = world.settings.gathering.kept_until
    await world.change(purpose_store.set_over, TAKING_PART, now)
    await world.change(purpose_store.agree, await number(world, "Inès"), "more", now)
    world.dispatcher._clock = ManualClock(now)
    before = await stored_rows(world.store, "participants")
    await ines.press("Someone who does not take part")
    assert ines.text.startswith("Taking part is over: anybody who joins now would be erased at once.")
    assert await stored_rows(world.store, "participants") == before


async def test_a_role_that_is_given_elsewhere_leads_there(world: World) -> None:
    zoe, ines = await world.join("Zoé", "1"), await world.organiser()
    await open_roles(ines)
    await ines.press("Trusted people")
    assert "Nobody yet." in ines.text
    await ines.press("Change this")
    assert "You never see what is written to them." in ines.text
    await ines.act(Pressed(f"ogs-trust-{await number(world, 'Zoé')}-1"))
    assert await roles_of(world, "Zoé") == []
    for payload in ("og", "ogr-office-0", "ogp-office-1"):
        await zoe.act(Pressed(payload))
        assert zoe.text.startswith(ONLY_ORGANISERS)


async def test_an_office_names_readers_and_looks_for_nobody(world: World) -> None:
    zoe, ines = await world.join("Zoé", "1"), await world.organiser()
    await world.invite("Rea", "Maas")
    await give_office(ines, "Zoé")
    await zoe.act(Pressed("og"))
    assert "Readers: 0 people" in zoe.text
    assert "Offices" not in zoe.text
    await zoe.press("Readers")
    assert "Someone who does not take part" not in zoe.buttons
    await zoe.press("Find someone")
    await zoe.fill("maas")
    assert zoe.text == "Nobody is called that."
    await zoe.press("Find someone else")
    await zoe.fill("REA MAAS")
    await zoe.press("Rea Maas")
    await zoe.pick("Quebec")
    assert await roles_of(world, "Rea") == [("reader", "CA-QC")]
    assert not any("Undo" in label or "See their profile" in label for label in zoe.buttons)


async def test_what_is_kept_of_a_role_reads_in_words(store_url: str) -> None:
    async with open_world(store_url, beside=[APPLICATIONS]) as world:
        zoe, now = await world.join("Zoé", "1", locale="fr"), world.clock.now()
        zoe_id = await number(world, "Zoé")
        for key, scope in (
            ("reader", "BE"),
            ("facilitator", "theme:culture"),
            ("facilitator", "group:999"),
            ("reader", "nowhere"),
            ("captain", "ship"),
        ):
            await world.change(role_store.give, zoe_id, key, scope, now)
        await zoe.command("mesdonnees")
        await catch_up_with(world, zoe)
        page = words_of(zoe.files[0].content.decode()).replace("\u202f", " ").replace("\xa0", " ")
        assert "Readers : Belgique" in page
        assert "Animation : Culture" in page
        assert page.count("ce qui n’existe plus") == 2
        assert "Un ancien rôle" in page
        for key in ("facilitator", "theme:culture", "group:999", "nowhere", "captain", "ship"):
            assert key not in page


@on_one_engine
async def test_a_role_of_what_is_switched_off_is_neither_shown_nor_given(store_url: str) -> None:
    off = replace(APPLICATIONS, only_with=RideSettings)
    async with open_world(store_url, beside=[off]) as world:
        zoe, ines = await world.join("Zoé", "1"), await world.organiser()
        zoe_id, now = await number(world, "Zoé"), world.clock.now()
        await world.change(role_store.give, zoe_id, "office", "", now)
        await open_roles(ines)
        assert ("Offices" in ines.text, "Trusted people" in ines.text) == (False, True)
        for payload in ("ogr-office-0", f"ogp-office-{zoe_id}", f"ogs-office-{zoe_id}-0"):
            await ines.act(Pressed(payload))
            assert "aged" in ines.text
        await zoe.act(Pressed("og"))
        assert zoe.text.startswith(ONLY_ORGANISERS)
        await zoe.command("moi")
        assert "Offices" not in zoe.text
        assert await roles_of(world, "Zoé") == [("office", "")]
    async with open_world(store_url, make_settings(rides={}, organisers={"telegram": [900]}), beside=[off]) as world:
        ines = await world.organiser()
        await open_roles(ines)
        assert "Offices: 1 person" in ines.text
        zoe = world.chat("1")
        await zoe.command("moi")
        assert "Your role: Offices" in words_of(zoe.text)


async def test_who_is_not_coming_any_more_keeps_a_role_that_can_be_taken(world: World) -> None:
    zoe, ines = await world.join("Zoé", "1"), await world.organiser()
    await world.invite("Max")
    await give_office(ines, "Zoé")
    await zoe.follow("lvy")
    await zoe.act(Pressed("og"))
    assert "Readers" in zoe.text
    await open_roles(ines)
    assert "Offices: 1 person" in ines.text
    await ines.press("Offices")
    await ines.press("\u2068Zoé")
    await ines.press("Take this role away")
    assert await roles_of(world, "Zoé") == []
    await zoe.act(Pressed("og"))
    assert zoe.text.startswith(ONLY_ORGANISERS)


@on_one_engine
async def test_scopes_that_read_alike_are_told_apart(store_url: str) -> None:
    async def words(_tx: object, scope: str) -> str:
        return scope

    async def offered(_tx: object) -> list[str]:
        return ["a-b", "a_b", "c"]

    guide = Role("guide", _("Offices"), scope=Scope(takes=bool, words=words, offered=offered))
    async with open_world(store_url, beside=[Capability(roles=(guide,))]) as world:
        await world.join("Zoé", "1")
        zoe, ines = await number(world, "Zoé"), await world.organiser()
        for wanted in ("a_b", "a-b", "c"):
            await ines.act(Pressed(f"ogp-guide-{zoe}"))
            await ines.pick(wanted)
            assert await world.read(role_store.scopes_of, zoe, "guide") == [wanted]


async def test_forged_presses_on_roles_change_nothing(world: World) -> None:
    zoe, ines = await world.join("Zoé", "1"), await world.organiser()
    zoe_id = await number(world, "Zoé")
    max_id = zoe_id + 1000
    before = await stored_rows(world.store, "roles", "journal", "participants")
    for payload in ("ogr-nothing-0", "ogr-office-999999", f"ogp-office-{max_id}", f"ogs-office-{max_id}-1"):
        await ines.act(Pressed(payload))
    for payload in (f"ogs-reader-{zoe_id}-1", f"ogs-trust-{zoe_id}-1", f"ogs-facilitator-{zoe_id}-1"):
        for chat in (ines, zoe):
            await chat.act(Pressed(payload))
    await world.change(participant_store.remove, [zoe_id])
    await ines.act(Pressed(f"ogs-office-{zoe_id}-1"))
    assert "aged" in ines.text
    after = await stored_rows(world.store, "roles", "journal", "participants")
    assert (after["roles"], after["journal"]) == (before["roles"], before["journal"])


async def test_two_who_give_a_role_at_once_take_nothing_from_each_other(store_url: str) -> None:
    async with open_world(store_url, beside=[APPLICATIONS]) as world:
        ana, bob = await world.join("Ana", "1"), await world.join("Bob", "2")
        await world.join("Rea", "3")
        for name in ("Ana", "Bob"):
            await world.change(role_store.give, await number(world, name), "office", "", world.clock.now())
        for giver in (ana, bob):
            await giver.act(Pressed("ogf-reader"))
            await giver.fill("Rea")
            await giver.press("Rea")
        await ana.pick("Quebec")
        await bob.pick("Belgium")
        assert bob.text.startswith("This was changed meanwhile, so nothing was saved.")
        assert await roles_of(world, "Rea") == [("reader", "CA-QC")]
        assert bob.options == ("✓ Quebec", "France", "Belgium")
        await bob.pick("Quebec", "Belgium")
        assert await roles_of(world, "Rea") == [("reader", "BE"), ("reader", "CA-QC")]
        await bob.act(Picked(f"ogc-reader-{await number(world, 'Rea')}", ("FR",)))  # of a message sent before
        assert bob.options == ("✓ Quebec", "France", "✓ Belgium")
        assert await roles_of(world, "Rea") == [("reader", "BE"), ("reader", "CA-QC")]


async def test_who_gives_a_role_reads_no_name_that_they_did_not_write(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    await world.invite("Rea", "Maas")
    await world.change(role_store.give, await number(world, "Zoé"), "office", "", world.clock.now())
    rea = await number(world, "Rea")
    for payload in (f"ogp-reader-{rea}", f"ogn-reader-{rea}-0", f"ogs-office-{rea}-1", f"ogc-reader-{rea}"):
        await zoe.act(Pressed(payload))
        assert "Rea" not in zoe.text
    for payload in (f"ogc-reader-{rea}", f"ogw-reader-{rea}-0"):
        await zoe.act(Picked(payload, ("FR",)))
        assert "Rea" not in zoe.text
    assert await roles_of(world, "Rea") == []
    await world.change(role_store.give, rea, "reader", "FR", world.clock.now())
    await zoe.act(Pressed(f"ogp-reader-{rea}"))
    assert "Rea Maas" in zoe.text


async def test_organisers_read_of_no_role_in_the_list_of_changes_that_only_others_give(world: World) -> None:
    ines = await world.organiser()
    await world.join("Rea", "1")
    await world.change(role_store.give, await number(world, "Inès"), "office", "", world.clock.now())
    await ines.act(Pressed(f"ogp-reader-{await number(world, 'Rea')}"))
    await ines.pick("Quebec")
    assert await roles_of(world, "Rea") == [("reader", "CA-QC")]
    await ines.act(Pressed("oc"))
    assert "Readers" not in ines.text


async def test_who_had_a_role_before_joining_reads_it_in_the_welcome_and_at_home(world: World) -> None:
    invitation = await world.invite("Hal")
    for role, scope in (("reader", "BE"), ("helper", "")):
        await world.change(role_store.give, await number(world, "Hal"), role, scope, world.clock.now())
    hal = world.chat("30", name="Hal")
    await hal.follow(f"j-{invitation}")
    assert "Your roles: Helpers at the door and Readers: Belgium" in hal.text
    await hal.command("start")
    assert "Your roles: Helpers at the door and Readers: Belgium" in hal.text


async def test_a_ban_tells_every_capability_which_roles_were_lost(sqlite_url: str) -> None:
    lost: list[str] = []

    async def loses(_tx: object, _person: object, role: Required, _now: object) -> None:
        lost.append(role.key if isinstance(role, Role) else role.name)

    beside = [APPLICATIONS, Capability(after_membership=AfterMembership(loses_role=loses))]
    async with open_world(sqlite_url, beside=beside) as world:
        await world.join("Rea", "1")
        rea = await number(world, "Rea")
        for scope in ("BE", "FR"):
            await world.change(role_store.give, rea, "reader", scope, world.clock.now())
        person = await world.read(participant_store.find, rea)
        assert person is not None
        await world.change(revoking.revoke, world.declared, person, world.clock.now())
        assert lost == ["FACILITATOR", "reader"]
