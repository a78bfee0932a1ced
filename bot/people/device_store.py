"""The SQL of people's devices: browsers that notify people of messages even while their page is closed.

A device belongs to a session of the page and ends with it: when the page is closed there, when its owner unlinks the
account or is shut out, or when the session expires.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Row, Transaction
from bot.people import ending_store

ENDING = "device"
"""The kind under which ended devices are recorded, by the hash of their session (see `bot.people.ending_store`)."""
_COLUMNS = "id, endpoint, public_key, secret, name, shows_text, created_at AS since, rung_at AS rung"


@dataclass(frozen=True, slots=True)
class Subscription:
    """How a browser is reached by push: the address at its push service, its public key, and a shared secret.

    The keys are base64url without padding, as browsers give them.
    """

    endpoint: str
    public_key: str
    secret: str


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that notifies a person of messages even while their page is closed.

    `name` is for its owner, like «Firefox, Android». `shows_text` is True if a notification shows the message's text,
    False if it says only that there is a message. `rung` is when a push service last accepted a notification for this
    device, None for never.
    """

    id: int
    subscription: Subscription
    name: str
    shows_text: bool
    since: datetime
    rung: datetime | None


async def put(
    tx: Transaction,
    participant_id: int,
    session: str,
    subscription: Subscription,
    name: str,
    now: datetime,
    *,
    shows_text: bool,
) -> None:
    """Store that a session of a person's page gets push notifications on a device.

    `session` is the hash of the session, and `name` the name of the browser as its owner reads it. An earlier device
    with the same session or the same subscription is replaced. `shows_text` is True if a notification shows the
    message's text, False if it says only that there is a message.
    """
    await tx.run(
        "DELETE FROM push_devices WHERE (session = :session AND endpoint <> :endpoint)"
        " OR (endpoint = :endpoint AND session <> :session)",
        session=session,
        endpoint=subscription.endpoint,
    )
    await tx.run(
        "INSERT INTO push_devices (participant_id, session, endpoint, public_key, secret, name, shows_text, created_at)"
        " VALUES (:participant, :session, :endpoint, :key, :secret, :name, :shows_text, :now)"
        " ON CONFLICT (endpoint) DO UPDATE SET public_key = :key, secret = :secret, name = :name,"
        " shows_text = :shows_text, refusals = 0",
        participant=participant_id,
        session=session,
        endpoint=subscription.endpoint,
        key=subscription.public_key,
        secret=subscription.secret,
        name=name,
        shows_text=int(shows_text),
        now=to_micros(now),
    )


async def of_session(tx: Transaction, session: str) -> Device | None:
    """Return the device that gets notifications for a session, given by its hash; None if no device does."""
    return await tx.row(Device, f"SELECT {_COLUMNS} FROM push_devices WHERE session = :session", session=session)


async def of_person(tx: Transaction, participant_id: int) -> Sequence[Device]:
    """Return the devices on which a person gets notifications, the oldest first."""
    return await tx.rows(
        Device,
        f"SELECT {_COLUMNS} FROM push_devices WHERE participant_id = :participant ORDER BY id",
        participant=participant_id,
    )


async def end(tx: Transaction, participant_id: int, device_id: int) -> bool:
    """Delete a device of a person: it gets no more notifications. Returns False if the person has no such device."""
    rows = await tx.all(
        "DELETE FROM push_devices WHERE id = :id AND participant_id = :participant RETURNING session",
        id=device_id,
        participant=participant_id,
    )
    await _note(tx, rows)
    return bool(rows)


async def end_of_session(tx: Transaction, session: str) -> int:
    """Stop notifications for a session, given by its hash. Returns 1 if a device got them, otherwise 0."""
    rows = await tx.all("DELETE FROM push_devices WHERE session = :session RETURNING session", session=session)
    await _note(tx, rows)
    return len(rows)


async def _note(tx: Transaction, rows: Iterable[Row]) -> None:
    """Note that the devices of these sessions ended."""
    await ending_store.record_endings(tx, ENDING, [row["session"] for row in rows])
