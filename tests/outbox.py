"""What the outbox holds for an account: the messages nobody asked for, before a platform sends them.

Where a platform asks for consent, news is not among them for people who gave none, as it would not be sent to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.content.features import platforms
from bot.content.stored_views import unpack
from bot.content.texts import Reader, plain
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery.delivery_handler import outcome_without_sending
from bot.delivery.delivery_store import claim, claim_statement, may_be_written_to
from bot.delivery.outgoing import Arrived, ClaimedDelivery, Outcome, Postponed, Removed
from bot.delivery.settling_store import settle
from bot.people.quiet import Hours
from bot.people.reference_store import written_out
from tests.drivers.neutral import NeutralChat
from tests.world import CONTRIBUTIONS, World

_CLAIM = claim_statement(CONTRIBUTIONS.of_its_day, CONTRIBUTIONS.claims)


async def views(world: World, chat: NeutralChat, *, due_by: datetime | None = None) -> list[View]:
    """The messages on their way to someone's account, with what hangs on them, oldest first; all, or those due."""

    async def unit(tx: Transaction) -> list[View]:
        rows = await tx.all(
            "SELECT d.content, f.content AS carried FROM deliveries d JOIN accounts a ON a.id = d.account_id"
            " LEFT JOIN files f ON f.id = d.file_id"
            " WHERE a.platform = :platform AND a.native_id = :native_id AND d.announcement_id IS NULL"
            f" AND {_SENT} AND d.kind <> 'membership' AND (CAST(:due AS BIGINT) IS NULL OR d.due_at <= :due)"
            " ORDER BY d.id",
            platform=chat.platform,
            native_id=chat.sender.native_id,
            due=to_micros(due_by) if due_by else None,
        )
        contents = await written_out(tx, [row["content"] for row in rows])
        return [unpack(content, row["carried"]) for content, row in zip(contents, rows, strict=True)]

    return await world.store.read(unit)


async def pushed(world: World, chat: NeutralChat, *, due_by: datetime | None = None) -> list[str]:
    """The words on their way to someone's account, oldest first; all of them, or those due at an instant."""
    waiting = await views(world, chat, due_by=due_by)
    return ["\n".join(plain(line, chat.reader) for line in view.lines) for view in waiting]


async def pushed_then(world: World, chat: NeutralChat) -> list[str]:
    """The words that were on their way to someone's account, oldest first, as they read when each was written."""

    async def unit(tx: Transaction) -> list[str]:
        rows = await tx.all(
            "SELECT d.content, d.created_at FROM deliveries d JOIN accounts a ON a.id = d.account_id"
            f" WHERE d.account_id = {_ACCOUNT} AND {_SENT} AND d.kind = 'message' ORDER BY d.id",
            platform=chat.platform,
            native_id=chat.sender.native_id,
        )
        texts = []
        for row, content in zip(rows, await written_out(tx, [row["content"] for row in rows]), strict=True):
            reader = replace(chat.reader, now=from_micros(row["created_at"]))
            texts.append("\n".join(plain(line, reader) for line in unpack(content, None).lines))
        return texts

    return await world.store.read(unit)


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
        row = await tx.one("SELECT COALESCE(SUM(wanted), 0) AS times FROM channels")
        assert row is not None
        return int(row["times"])

    return await world.store.read(unit)


async def arrive(world: World, chat: NeutralChat) -> None:
    """Let what is due to someone arrive, each message under its own id."""
    native_id = chat.sender.native_id
    await deliver(world, lambda delivery: arrives(delivery) if delivery.recipient.native_id == native_id else None)


def arrives(delivery: ClaimedDelivery) -> Outcome:
    """What becomes of a delivery that nothing stands in the way of: it is there under an id of its own, or gone."""
    return Removed(delivery, gone=True) if delivery.op == "delete" else Arrived(delivery, f"m{delivery.id}")


async def deliver(
    world: World, outcome_of: Callable[[ClaimedDelivery], Outcome | None] = arrives, *, at_night: bool = False
) -> list[ClaimedDelivery]:
    """Claim what is due, as senders do, and write down what becomes of it; what was claimed, in the order of claims.

    What must not be sent ends as it does with senders. A delivery for which `outcome_of` returns None stays on
    its way. Unless it is said to be `at_night`, everybody is taken to live by the gathering's own hours, so that
    what goes to many is not put off for who is asleep at home.
    """
    now, hours = world.clock.now(), world.settings.gathering.hours
    if not at_night:
        hours = replace(hours, first=hours.day(now), last=hours.day(now))
    return await world.change(claim_and_settle, now, hours, outcome_of)


async def claim_and_settle(
    tx: Transaction, /, now: datetime, hours: Hours, outcome_of: Callable[[ClaimedDelivery], Outcome | None] = arrives
) -> list[ClaimedDelivery]:
    """The same for people who live by these hours, in a transaction."""
    deliveries: list[ClaimedDelivery] = []
    for platform in platforms():
        while claimed := await claim(tx, platform, now, 100, hours, _CLAIM, CONTRIBUTIONS.of_its_day):
            deliveries += claimed
    outcomes = [
        outcome_without_sending(delivery, now) or outcome_of(delivery) or Postponed(delivery, now, None)
        for delivery in deliveries
    ]
    await settle(tx, outcomes, now)
    for make in CONTRIBUTIONS.progress:
        progress = make()
        await progress.follow(tx, outcomes, now)
        await progress.record(tx, outcomes, now, last=True)
    return deliveries


async def fates(world: World, *chats: NeutralChat) -> list[tuple[str, str]]:
    """The latest message to each account: its state, and what is to be done with it."""

    async def unit(tx: Transaction) -> list[tuple[str, str]]:
        latest = []
        for chat in chats:
            row = await tx.one(
                f"SELECT state, op FROM deliveries WHERE account_id = {_ACCOUNT} AND kind = 'message'"
                " ORDER BY id DESC LIMIT 1",
                platform=chat.platform,
                native_id=chat.sender.native_id,
            )
            assert row is not None, f"nothing was ever on its way to {chat.sender.name}"
            latest.append((row["state"], row["op"]))
        return latest

    return await world.store.read(unit)


async def leaves(world: World, chat: NeutralChat) -> datetime:
    """When the latest message to someone's account leaves, in UTC."""

    async def unit(tx: Transaction) -> datetime:
        row = await tx.one(
            f"SELECT due_at FROM deliveries WHERE account_id = {_ACCOUNT} AND kind = 'message'"
            " ORDER BY id DESC LIMIT 1",
            platform=chat.platform,
            native_id=chat.sender.native_id,
        )
        assert row is not None, f"nothing was ever on its way to {chat.sender.name}"
        return from_micros(row["due_at"])

    return await world.store.read(unit)


async def to_channels(world: World) -> list[str]:
    """The words on their way to channels that groups read, oldest first, in English."""

    async def unit(tx: Transaction) -> list[str]:
        rows = await tx.all("SELECT content FROM deliveries WHERE channel_id IS NOT NULL ORDER BY id")
        contents = await written_out(tx, [row["content"] for row in rows])
        reader = Reader("en", world.settings.gathering.zone)
        return ["\n".join(plain(line, reader) for line in unpack(content, None).lines) for content in contents]

    return await world.store.read(unit)


_SENT = f"(d.asked = 1 OR {may_be_written_to('a')})"
_ACCOUNT = "(SELECT id FROM accounts WHERE platform = :platform AND native_id = :native_id)"
