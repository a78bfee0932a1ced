"""People selected for a theme who have not joined, and an organiser before a proposal of groups."""

from __future__ import annotations

from bot.database.engine import Transaction
from bot.people import participant_store
from bot.people.listed import Gender
from handlers.themes.store import put_choice, take_seat
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.world import World

COUNTRIES = ("FR", "FR", "FR", "BE-WBR", "CA-QC", "CH", "DE", "SN")


async def select(world: World, theme: str, count: int, *, second: str | None = None, first: int = 1) -> None:
    """Select people for a theme, their countries, genders and ages in turn; none has joined."""

    async def unit(tx: Transaction) -> None:
        for number in range(first, first + count):
            person = await participant_store.add(
                tx,
                ref=f"{theme}-{number}",
                given_name=f"P{number} {theme}",
                family_name="Roy",
                territory=COUNTRIES[number % len(COUNTRIES)],
                gender=(Gender.WOMAN, Gender.MAN)[number % 2],
                birth_year=1995 + number % 12,
                now=world.clock.now(),
            )
            assert await take_seat(tx, theme, beyond=True)
            await put_choice(tx, person.id, theme, second, world.clock.now())

    await world.store.transact(unit)


async def proposed(world: World, by: NeutralChat | None = None) -> NeutralChat:
    """An organiser's chat, at a proposal just computed."""
    chat = by or await world.organiser()
    await chat.command("organiser")
    await chat.press("Groups")
    await chat.press("Form groups")
    await catch_up_with(world, chat)
    return chat
