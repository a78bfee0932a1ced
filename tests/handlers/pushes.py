"""What the outbox holds for an account: the messages nobody asked for, before a platform sends them."""

from __future__ import annotations

import json

from bot.storage.engine import Transaction
from bot.texts import plain
from bot.views import View, decode_view
from tests.drivers.neutral import NeutralChat
from tests.world import World


async def _views(world: World, chat: NeutralChat) -> list[View]:
    async def unit(tx: Transaction) -> list[View]:
        rows = await tx.all(
            "SELECT d.content FROM deliveries d JOIN accounts a ON a.id = d.account_id"
            " WHERE a.platform = :platform AND a.native_id = :native_id AND d.announcement_id IS NULL"
            " AND d.kind <> 'membership' ORDER BY d.id",
            platform=chat.platform,
            native_id=chat.sender.native_id,
        )
        return [decode_view(json.loads(row["content"])) for row in rows]

    return await world.store.read(unit)


async def pushed(world: World, chat: NeutralChat) -> list[str]:
    """The words on their way to someone's account, oldest first."""
    views = await _views(world, chat)
    return ["\n".join(plain(line, chat.reader) for line in view.lines) for view in views]


async def press_push(world: World, chat: NeutralChat, label: str) -> None:
    """Press a button of the latest message on its way to someone's account."""
    chat.view = (await _views(world, chat))[-1]
    await chat.press(label)
