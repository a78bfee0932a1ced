"""The topics of messages that a person gets without having asked for them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from bot.content.views import View
from bot.database.engine import Transaction

Topic = Literal["team", "reminders"]
"""A topic that people can turn off. Messages about one's own theme or group, and answers, cannot be turned off."""

TOPICS: tuple[Topic, ...] = ("team", "reminders")
"""All topics, in the order in which people see them."""


class Notify(Protocol):
    """A function that enqueues a message to one participant, for packages that must not import the outbox.

    It is `bot.delivery.outbox.notify`, where the parameters are explained.
    """

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
        """Put a view into the outbox, in the transaction of its cause; return False if nothing was enqueued."""
        ...
