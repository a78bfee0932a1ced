"""Updates the reports on announcements every few seconds while messages are sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from bot.conversation import live_screens
from bot.database.engine import Transaction
from bot.delivery.outgoing import Outcome
from handlers.announcements.service.releasing import go_on_without_channel
from handlers.announcements.store import sending

EVERY = timedelta(seconds=3)


def screen_of(announcement_id: int) -> str:
    """Return the key of the screen with an announcement's report, which is updated while messages are sent."""
    return f"announcement:{announcement_id}"


class Progress:
    """What happens after messages of announcements were sent on one platform.

    The delivery calls `follow` and `record` in its database transaction, and `committed` afterwards.
    """

    def __init__(self) -> None:
        self._moved: set[int] = set()
        self._next = datetime(1970, 1, 1, tzinfo=UTC)

    async def follow(self, tx: Transaction, done: Iterable[Outcome], now: datetime) -> None:
        """Enqueue the corrections and deletions that were requested while messages were being sent.

        `done` are the results of sending these messages. If a channel turned out to be deleted, its message is replaced
        with a message to each person for whom it was.
        """
        await sending.catch_up(tx, done, now)
        await go_on_without_channel(tx, done, now)

    async def record(self, tx: Transaction, done: Iterable[Outcome], now: datetime, *, last: bool) -> None:
        """Update the reports on the announcements whose messages were just sent, at most every few seconds.

        `done` are the results of sending these messages. With `last`, no other message is due now, so the reports are
        updated at once.
        """
        moved = self._moved | _announcements(done)
        if moved and (last or now >= self._next):
            await sending.finish_announcements(tx, moved, now)
            for announcement_id in sorted(moved):
                await live_screens.touch(tx, screen_of(announcement_id))

    def committed(self, done: Iterable[Outcome], now: datetime, *, last: bool) -> None:
        """Remember, after the database transaction is committed, which reports on announcements were updated.

        `done` are the results of sending messages. With `last`, no other message is due now.
        """
        self._moved |= _announcements(done)
        if self._moved and (last or now >= self._next):
            self._moved = set()
            self._next = now + EVERY


def _announcements(done: Iterable[Outcome]) -> set[int]:
    return {copy.original_id for outcome in done if (copy := outcome.claimed.copy)}
