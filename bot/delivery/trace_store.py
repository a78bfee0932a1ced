"""The SQL that finds what is stored about a person's message or press, and about the work that it caused.

All of it is stored with the same reference, a short code (see `bot.logs`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.database.engine import Transaction
from bot.delivery.outgoing import Op


@dataclass(frozen=True, slots=True)
class TracedUpdate:
    """A message or press of a person: when it was received, how it ended, and whether its reply was sent (`answered`).

    `participant` is the sender's number in the team's list, None for an account without a participant. `outcome` is one
    of `bot.conversation.inbox_store.UpdateOutcome`.
    """

    platform: str
    participant: str | None
    at: datetime
    outcome: str
    answered: bool


@dataclass(frozen=True, slots=True)
class TracedJob:
    """A job (long work in the background) that is waiting or running, created at the instant `at`.

    `participant` is the number in the team's list of the person who asked for the job. Jobs that ended are no longer
    stored.
    """

    id: int
    kind: str
    participant: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TracedScreen:
    """A live screen (a message that is kept up to date) whose last change was caused by a traced message or press.

    `behind` says that the message does not show the change yet. `participant` is the reader's number in the team's
    list.
    """

    key: str
    platform: str
    participant: str | None
    behind: bool


@dataclass(frozen=True, slots=True)
class TracedDelivery:
    """A message in the outbox and its state.

    `participant` is the recipient's number in the team's list, None for a channel. `original_id` is the id of the
    message to many of which this is a copy, None if it is no copy. `op` is what must be done or was done: send, edit,
    delete or pin. `at` is when it was done, or is due.
    """

    id: int
    platform: str
    participant: str | None
    kind: str
    original_id: int | None
    op: Op
    state: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Trace:
    """A message or press of a person, and everything stored about the work that it caused.

    All rows are stored with the same `reference`, a short code. Each list is in the order in which its rows were
    stored.
    """

    reference: str
    updates: Sequence[TracedUpdate]
    jobs: Sequence[TracedJob]
    screens: Sequence[TracedScreen]
    deliveries: Sequence[TracedDelivery]

    @property
    def empty(self) -> bool:
        """Return whether nothing is stored under the reference."""
        return not (self.updates or self.jobs or self.screens or self.deliveries)


async def reference_of_delivery(tx: Transaction, delivery_id: int) -> str | None:
    """Return the reference that a message in the outbox shares with its cause; None if there is no such message.

    It is '' for a message that was stored by a version of the program without references.
    """
    row = await tx.one("SELECT reference FROM deliveries WHERE id = :id", id=delivery_id)
    return None if row is None else row["reference"] or ""


async def trace(tx: Transaction, reference: str) -> Trace:
    """Return everything that is stored under a reference: a person's message or press, and the work that it caused."""
    return Trace(
        reference,
        await _updates(tx, reference),
        await _jobs(tx, reference),
        await _screens(tx, reference),
        await _deliveries(tx, reference),
    )


async def _updates(tx: Transaction, reference: str) -> Sequence[TracedUpdate]:
    return await tx.rows(
        TracedUpdate,
        "SELECT i.platform, p.ref AS participant, i.received_at AS at, i.outcome, i.replied AS answered"
        " FROM inbox i LEFT JOIN accounts a ON a.platform = i.platform AND a.native_id = i.native_id"
        " LEFT JOIN participants p ON p.id = a.participant_id"
        " WHERE i.reference = :reference AND i.outcome IS NOT NULL ORDER BY i.received_at, i.platform",
        reference=reference,
    )


async def _jobs(tx: Transaction, reference: str) -> Sequence[TracedJob]:
    return await tx.rows(
        TracedJob,
        "SELECT j.id, j.kind, p.ref AS participant, j.state, j.created_at AS at"
        " FROM jobs j JOIN participants p ON p.id = j.participant_id WHERE j.reference = :reference ORDER BY j.id",
        reference=reference,
    )


async def _screens(tx: Transaction, reference: str) -> Sequence[TracedScreen]:
    return await tx.rows(
        TracedScreen,
        "SELECT s.key, a.platform, p.ref AS participant, s.wanted > s.shown AS behind"
        " FROM screens s JOIN accounts a ON a.id = s.account_id LEFT JOIN participants p ON p.id = a.participant_id"
        " WHERE s.reference = :reference ORDER BY s.id",
        reference=reference,
    )


async def _deliveries(tx: Transaction, reference: str) -> Sequence[TracedDelivery]:
    return await tx.rows(
        TracedDelivery,
        "SELECT d.id, d.platform, p.ref AS participant, d.kind, d.announcement_id AS original_id,"
        " d.op, d.state, d.reason, COALESCE(d.settled_at, d.due_at) AS at FROM deliveries d"
        " LEFT JOIN participants p ON p.id = d.participant_id WHERE d.reference = :reference ORDER BY d.id",
        reference=reference,
    )
