"""What the tests of announcements share: organisers who write, and what the copies in the outbox say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.content.reasons import Reason
from bot.content.texts import plain
from bot.delivery.outgoing import ClaimedDelivery, Ended, Outcome, Undeliverable
from handlers.announcements.messages import draw
from handlers.announcements.model import GRACE
from handlers.announcements.store.contents import find_content
from handlers.announcements.store.reports import CopyRow, copies_of
from tests.drivers.neutral import NeutralChat
from tests.outbox import arrives, deliver
from tests.world import World


async def write(chat: NeutralChat, text: str, audience: str = "everyone") -> None:
    """Write an announcement, and choose whom it is for: the preview is shown then."""
    await chat.command("annoncer")
    await chat.press("Write an announcement")
    await chat.fill(text)
    await chat.pick(audience)


async def copies(world: World, announcement: int = 1) -> Sequence[CopyRow]:
    """The copies of an announcement, in the order they were made."""
    return await world.read(copies_of, announcement)


async def leave(
    world: World,
    *names: str,
    announcement: int = 1,
    outcome_of: Callable[[ClaimedDelivery], Outcome] = arrives,
    at_night: bool = False,
) -> list[ClaimedDelivery]:
    """Let the ten seconds pass, and the copies of these people arrive; of everybody, where nobody is named.

    `outcome_of` says what becomes of them where they do not arrive. `at_night` those wait who sleep at home. Returns
    the copies that left.
    """

    def leaves(delivery: ClaimedDelivery) -> bool:
        copy = delivery.copy
        is_copy = copy is not None and copy.original_id == announcement
        return is_copy and (not names or delivery.recipient.name in names)

    await world.clock.advance(GRACE)
    deliveries = await deliver(
        world, lambda delivery: outcome_of(delivery) if leaves(delivery) else None, at_night=at_night
    )
    return [delivery for delivery in deliveries if leaves(delivery)]


def blocked(delivery: ClaimedDelivery) -> Outcome:
    """What becomes of a copy for someone who blocked the bot."""
    return Undeliverable(delivery, Reason.BLOCKED, closed=True)


def refused(delivery: ClaimedDelivery) -> Outcome:
    """What becomes of a copy that its platform refuses for good."""
    return Ended(delivery, "failed", Reason.REFUSED)


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
