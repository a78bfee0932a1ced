"""A session of encounters, prepared and planned by an organiser in the chat, and what people are shown in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.background.scheduling import Ticker
from bot.capability import make_sources
from handlers.encounters import store
from handlers.encounters.model import Encounter, Seats
from handlers.encounters.participant import draw_seat
from handlers.programme.model import Plan
from handlers.programme.store import add_session
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.participants import number
from tests.world import CAPABLE, World, make_settings

SETTINGS = make_settings(
    organisers={"telegram": [900, 901], "discord": [900]},
    initiatives={},
    encounters={},
    web={"public_url": "https://rencontres.example"},
)
TERRITORIES = ("FR", "BE-WBR", "CA-QC", "CH", "SN")


async def guests(world: World, count: int) -> dict[str, NeutralChat]:
    """People of five territories who joined, by first name: «P1», «P2» …"""
    return {
        f"P{place}": await world.join(f"P{place}", str(place), TERRITORIES[place % len(TERRITORIES)])
        for place in range(1, count + 1)
    }


async def prepared(world: World) -> NeutralChat:
    """An organiser's chat, at a session of encounters of 40 minutes that begins now, whose tables are not planned."""
    now = world.clock.now()
    title = {"fr": "Cafés", "en": "Coffee", "de": "Kaffee"}
    await world.change(add_session, Plan("coffee", title, now, now + timedelta(minutes=40), "Europe/Paris"))
    ines = await world.organiser()
    await ines.command("cafes")
    await ines.open(1)
    return ines


async def planned(world: World) -> NeutralChat:
    """An organiser's chat, at a session of encounters whose tables are planned."""
    ines = await prepared(world)
    await ines.press("Plan the tables")
    await catch_up_with(world, ines)
    return ines


async def begun(world: World) -> NeutralChat:
    """An organiser's chat, at a session of encounters that has just begun."""
    ines = await planned(world)
    await ines.press("Begin")
    await ines.press("Yes, begin")
    return ines


async def pass_minutes(world: World, minutes: int) -> None:
    """Let time pass, and the program do what is due then."""
    await world.clock.advance(timedelta(minutes=minutes))
    await Ticker(world.store, world.clock, make_sources(CAPABLE, world.settings)).look()


async def encounter_of(world: World) -> Encounter:
    """The only session of encounters as it is now."""
    [encounter] = await world.read(store.everything)
    return encounter


async def seats_of(world: World) -> Seats:
    """Who sits where in the only session of encounters."""
    return await world.read(store.seats_of, await encounter_of(world))


async def card(world: World, chat: NeutralChat) -> str:
    """What somebody's card shows now, before this chat."""
    encounter, person = await encounter_of(world), await number(world, chat.sender.name)
    view = await world.read(draw_seat, f"{encounter.id}:{person}", world.clock.now())
    assert view is not None
    chat.receive(view, chat.reader)
    return chat.text


async def partners(world: World, chats: Mapping[str, NeutralChat]) -> dict[str, list[str]]:
    """With whom each of these people sits now, by first name; people without a table are left out."""
    seats, encounter = await seats_of(world), await encounter_of(world)
    sitting = {}
    for name in chats:
        table, others = seats.table_of(await number(world, name), encounter.seating)
        if table:
            sitting[name] = sorted(other.given_name for other in others)
    return sitting
