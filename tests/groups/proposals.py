"""People selected for a theme who have not joined, and an organiser before a proposal of groups."""

from __future__ import annotations

from bot.content.names import search_key
from bot.database.engine import Transaction
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.world import World

COUNTRIES = ("FR", "FR", "FR", "BE-WBR", "CA-QC", "CH", "DE", "SN")


async def select(world: World, theme: str, count: int, *, second: str | None = None, first: int = 1) -> None:
    """Select people for a theme, their countries, genders and ages in turn; none has joined."""

    async def unit(tx: Transaction) -> None:
        for number in range(first, first + count):
            row = await tx.one(
                "INSERT INTO participants (ref, given_name, family_name, search_key, territory, gender, birth_year,"
                " created_at) VALUES (:ref, :given, 'Roy', :key, :territory, :gender, :year, 0) RETURNING id",
                ref=f"{theme}-{number}",
                given=f"P{number} {theme}",
                key=search_key(f"P{number} {theme}", "Roy"),
                territory=COUNTRIES[number % len(COUNTRIES)],
                gender=("woman", "man")[number % 2],
                year=1995 + number % 12,
            )
            assert row
            await tx.run(
                "INSERT INTO choices (participant_id, theme, second_theme, chosen_at) VALUES (:id, :theme, :second, 0)",
                id=row["id"],
                theme=theme,
                second=second,
            )
            await tx.run("UPDATE themes SET taken = taken + 1 WHERE key = :theme", theme=theme)

    await world.store.transact(unit)


async def ids(world: World, *refs: str) -> list[int]:
    async def unit(tx: Transaction) -> list[int]:
        rows = {row["ref"]: row["id"] for row in await tx.all("SELECT ref, id FROM participants")}
        return [rows[ref] for ref in refs]

    return await world.store.read(unit)


async def proposed(world: World, by: NeutralChat | None = None) -> NeutralChat:
    """An organiser's chat, at a proposal just computed."""
    chat = by or await world.organiser()
    await chat.command("organiser")
    await chat.press("Groups")
    await chat.press("Form groups")
    await catch_up_with(world, chat)
    return chat
