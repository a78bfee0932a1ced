"""The topics of messages that a person gets without having asked."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from bot.content.views import View
from bot.database.engine import Transaction

Topic = Literal["team", "reminders"]
"""A topic that can be turned off. What concerns one's own theme or group, and answers, always arrive."""

TOPICS: tuple[Topic, ...] = ("team", "reminders")
"""Every topic, in the order people see them."""


class Notify(Protocol):
    """A function that tells one person something: `bot.delivery.outbox.notify`, for modules below the outbox."""

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
        """Put a view into the outbox, in the transaction that causes it; False for a person who cannot be told."""
        ...
