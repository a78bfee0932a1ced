"""What a person may be told without having asked for it, topic by topic."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from bot.content.views import View
from bot.database.engine import Transaction

Topic = Literal["team", "reminders"]
"""What can be turned off. What concerns one's own place, and answers to what one asked, always arrive."""

TOPICS: tuple[Topic, ...] = ("team", "reminders")
"""Every topic, in the order people see them."""


class Notify(Protocol):
    """Tells one person something: `bot.delivery.outbox.notify`, as it is handed to what stands below the outbox."""

    async def __call__(
        self,
        tx: Transaction,
        participant_id: int,
        view: View,
        now: datetime,
        *,
        asked: bool = False,
        urgent: bool = False,
        account_id: int | None = None,
    ) -> bool:
        """Put a view into the outbox, in the transaction that causes it; False for who can or will not be told."""
        ...
