"""Defines the topics of messages that people get without having asked for them, and how packages enqueue messages."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from bot.content.delivery_kinds import Telling
from bot.content.views import View
from bot.database.engine import Transaction

Topic = Literal["team", "reminders"]
"""A topic of messages that people can turn off. Messages about a person's own affairs, and answers, have no topic."""

TOPICS: tuple[Topic, ...] = ("team", "reminders")
"""All topics, in the order in which they are shown to people."""


class Notify(Protocol):
    """The type of `bot.delivery.outbox.notify`, which enqueues a message to one participant.

    It is for packages that must not import the outbox.
    """

    async def __call__(
        self,
        tx: Transaction,
        participant_id: int,
        view: View,
        now: datetime,
        telling: Telling,
        *,
        account_id: int | None = None,
    ) -> bool:
        """Add a view to the outbox, in this transaction. Returns False if nothing was enqueued."""
        ...
