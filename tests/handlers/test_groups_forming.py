"""Forming groups: proposed, looked at, mended, kept, undone; never anything without an organiser's tap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from bot.domain.names import search_key
from bot.storage import groups
from bot.storage.engine import Transaction
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.world import World, make_settings, open_world

COUNTRIES = ("FR", "FR", "FR", "BE-WBR", "CA-QC", "CH", "DE", "SN")
SETTINGS = {"organisers": {"telegram": [900], "discord": [900]}}


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


async def sizes(world: World, round_number: int = 1) -> dict[str, list[int]]:
    """The sizes of the present groups, by theme."""

    async def unit(tx: Transaction) -> dict[str, list[int]]:
        placed = Counter(group for _person, group, _pinned in await groups.placed(tx, round_number))
        found: dict[str, list[int]] = {}
        for group in await groups.of_round(tx, round_number):
            found.setdefault(group.theme, []).append(placed[group.id])
        return found

    return await world.store.read(unit)


async def where(world: World, round_number: int = 1) -> dict[int, int]:
    """The group of everyone who is in one."""

    async def unit(tx: Transaction) -> dict[int, int]:
        return {person: group for person, group, _pinned in await groups.placed(tx, round_number)}

    return await world.store.read(unit)


async def run(world: World, sql: str, **values: Any) -> None:
    await world.store.transact(lambda tx: tx.run(sql, **values))


async def proposed(world: World, by: NeutralChat | None = None) -> NeutralChat:
    """An organiser's chat, at a proposal just computed."""
    chat = by or await world.organiser()
    await chat.command("organiser")
    await chat.press("Groups")
    await chat.press("Form groups")
    await catch_up_with(world, chat)
    return chat


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
        assert "No better groups exist: this is proven." in ines.text
        assert ines.view
        assert ines.view.picture
        assert ines.view.picture.content.startswith(b"\x89PNG")
        assert await sizes(world) == {}
        await ines.press("Keep")
        assert ines.text == "Groups formed: 8 groups"
        undo = ines.payload("Undo")
        assert {theme: sorted(each) for theme, each in (await sizes(world)).items()} == {
            "school": [5, 5, 5, 6, 6, 6],
            "civic": [6, 6],
        }
        await ines.press("Groups")
        assert "Education: 33 people, 6 groups" in ines.text
        assert "Culture: nobody yet" in ines.text
        await ines.follow(undo)
        assert ines.text == "Undone: Groups formed: 8 groups"
        assert await sizes(world) == {}
