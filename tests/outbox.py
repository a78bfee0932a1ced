"""What the outbox holds for an account: the messages nobody asked for, before a platform sends them."""

from __future__ import annotations

from bot.content.stored_views import unpack
from bot.content.texts import plain
from bot.content.views import View
from bot.database.engine import Transaction
from tests.drivers.neutral import NeutralChat
from tests.world import World


async def views(world: World, chat: NeutralChat) -> list[View]:
    """The messages on their way to someone's account, with what hangs on them, oldest first."""

    async def unit(tx: Transaction) -> list[View]:
        rows = await tx.all(
            "SELECT d.content, f.content AS carried FROM deliveries d JOIN accounts a ON a.id = d.account_id"
            " LEFT JOIN files f ON f.id = d.file_id"
            " WHERE a.platform = :platform AND a.native_id = :native_id AND d.announcement_id IS NULL"
            " AND d.kind <> 'membership' ORDER BY d.id",
            platform=chat.platform,
            native_id=chat.sender.native_id,
        )
        return [unpack(row["content"], row["carried"]) for row in rows]

    return await world.store.read(unit)


async def pushed(world: World, chat: NeutralChat) -> list[str]:
    """The words on their way to someone's account, oldest first."""
    waiting = await views(world, chat)
    return ["\n".join(plain(line, chat.reader) for line in view.lines) for view in waiting]


async def look_at_push(world: World, chat: NeutralChat) -> None:
    """Have the latest message on its way to someone's account before one, as it is now."""
    chat.view = (await views(world, chat))[-1]


async def press_push(world: World, chat: NeutralChat, label: str) -> None:
    """Press a button of the latest message on its way to someone's account."""
    await look_at_push(world, chat)
    await chat.press(label)


async def forget(world: World) -> None:
    """Look only at what is sent from now on: nothing of what came before is on its way any more."""

    async def unit(tx: Transaction) -> None:
        await tx.run("DELETE FROM deliveries")

    await world.store.transact(unit)


async def asked_of_channels(world: World) -> int:
    """How often the channels of groups were asked to follow a change, all together."""

    async def unit(tx: Transaction) -> int:
        row = await tx.one("SELECT COALESCE(SUM(wanted), 0) AS times FROM spaces")
        assert row is not None
        return int(row["times"])

    return await world.store.read(unit)
