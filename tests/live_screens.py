"""The messages that change while they are looked at, as the store lists them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.database.engine import Transaction
from tests.drivers.neutral import NeutralChat
from tests.world import World


@dataclass(frozen=True, slots=True)
class LiveScreen:
    """A message that an account is shown: its key, whether what it shows is old, and whether it is pinned."""

    key: str
    behind: bool
    pinned: bool


async def live_screens(world: World) -> list[LiveScreen]:
    """Every such message, oldest first."""

    async def unit(tx: Transaction) -> list[LiveScreen]:
        rows = await tx.all("SELECT key, wanted, shown, pinned FROM screens ORDER BY id")
        return [LiveScreen(row["key"], row["wanted"] > row["shown"], bool(row["pinned"])) for row in rows]

    return await world.store.read(unit)


async def draw_all(world: World) -> None:
    """Have every such message show what it should."""
    await world.store.transact(lambda tx: tx.run("UPDATE screens SET shown = wanted"))


async def bring_up_to_date(world: World, chat: NeutralChat) -> str:
    """Have the one message of this chat, which is behind, show what it should; its key."""

    async def unit(tx: Transaction) -> str:
        row = await tx.one(
            "UPDATE screens SET shown = wanted WHERE account_id IN"
            " (SELECT id FROM accounts WHERE platform = :platform AND native_id = :id) AND wanted > shown"
            " RETURNING key",
            platform=chat.platform,
            id=chat.sender.native_id,
        )
        assert row is not None, f"nothing that {chat.sender.name} is shown has changed"
        key: str = row["key"]
        return key

    return await world.store.transact(unit)


async def bring_all_up_to_date(world: World) -> None:
    """Have every such message show what it should."""

    async def unit(tx: Transaction) -> None:
        await tx.run("UPDATE screens SET shown = wanted")

    await world.store.transact(unit)
