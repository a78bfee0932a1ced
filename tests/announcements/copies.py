"""What the tests of announcements share: organisers who write, and what the copies in the outbox say."""

from __future__ import annotations

from typing import Any, cast

from bot.content.texts import plain
from bot.database.engine import Transaction
from handlers.announcements.messages import draw
from handlers.announcements.store import find_content
from tests.drivers.neutral import NeutralChat
from tests.world import World


async def write(chat: NeutralChat, text: str, audience: str = "everyone") -> None:
    """Write an announcement, and choose whom it is for: the preview is shown then."""
    await chat.command("annoncer")
    await chat.press("Write an announcement")
    await chat.fill(text)
    await chat.pick(audience)


async def rows(world: World, announcement: int = 1) -> list[dict[str, Any]]:
    """The copies of an announcement, as they are kept."""

    async def unit(tx: Transaction) -> list[dict[str, Any]]:
        found = await tx.all(
            "SELECT d.*, p.given_name FROM deliveries d LEFT JOIN participants p ON p.id = d.participant_id"
            " WHERE d.announcement_id = :id ORDER BY d.id",
            id=announcement,
        )
        return [dict(cast("Any", row)) for row in found]

    return await world.store.read(unit)


async def arrive(world: World, *names: str, announcement: int = 1) -> None:
    """Let the copies of these people arrive, as delivery writes it down; of everybody, where nobody is named."""

    async def unit(tx: Transaction) -> None:
        for row in await tx.all(
            "SELECT d.id, p.given_name FROM deliveries d LEFT JOIN participants p ON p.id = d.participant_id"
            " WHERE d.announcement_id = :id",
            id=announcement,
        ):
            if not names or row["given_name"] in names:
                await tx.run(
                    "UPDATE deliveries SET state = 'sent', op = 'send', native_id = :native,"
                    " revision = (SELECT n.revision FROM announcements n WHERE n.id = announcement_id),"
                    " sent_at = due_at, settled_at = due_at WHERE id = :id",
                    id=row["id"],
                    native=f"m{row['id']}",
                )

    await world.store.transact(unit)


async def fail(world: World, name: str, reason: str, announcement: int = 1) -> None:
    """Let someone's copy be refused by their platform."""

    async def unit(tx: Transaction) -> None:
        await tx.run(
            "UPDATE deliveries SET state = 'failed', reason = :reason WHERE announcement_id = :id AND participant_id ="
            " (SELECT id FROM participants WHERE given_name = :name)",
            id=announcement,
            name=name,
            reason=reason,
        )

    await world.store.transact(unit)


CORRECTED = "\nCorrected Monday 1 March, 10:00."
"""What a copy says that was corrected when the tests begin."""


async def said(world: World, chat: NeutralChat, announcement: int = 1) -> str:
    """What a copy says now to someone, below whose words it is."""
    content = await world.store.read(lambda tx: find_content(tx, announcement))
    assert content
    first, *lines = [plain(line, chat.reader) for line in draw(content, chat.reader.locale).lines]
    assert first == "From the team"
    return "\n".join(lines)


async def get(world: World, chat: NeutralChat, announcement: int = 1) -> None:
    """Have someone's copy before them."""
    content = await world.store.read(lambda tx: find_content(tx, announcement))
    assert content
    chat.receive(draw(content, chat.reader.locale), chat.reader)
