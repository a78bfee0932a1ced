"""Stores the programme's sessions, and programmes that were read from a file and wait for a confirmation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.clock import from_micros, to_micros
from bot.database.engine import Row, Transaction
from bot.files.pending_import_store import PendingImports
from bot.people import audiences
from handlers.programme.model import WITHOUT_END, Plan, Session

_SESSIONS = (
    "SELECT id, key, kind, title, place, map_url, starts_at, ends_at, zone, audience, cancelled, revision FROM sessions"
)
FOR_EVERYBODY = "s.cancelled = 0 AND (s.audience = 'all' OR s.audience LIKE 'theme:%')"
"""SQL condition: a session `s` is not cancelled and is for everybody or a theme, so public calendars show it."""

_COLUMNS = ("key", "kind", "title", "place", "map_url", "starts_at", "ends_at", "zone", "audience", "cancelled")


def _session(row: Row) -> Session:
    values = {column: row[column] for column in _COLUMNS}
    values |= {"title": json.loads(row["title"]), "place": json.loads(row["place"])}
    return Session(row["id"], decode_plan(values), row["revision"])


def _values(plan: Plan) -> dict[str, Any]:
    """Return a plan as the values of the columns in the sessions' table."""
    values = encode_plan(plan)
    words = {column: json.dumps(values[column], ensure_ascii=False) for column in ("title", "place")}
    return {**values, **words}


def encode_plan(plan: Plan) -> dict[str, Any]:
    """Return a plan as values for JSON."""
    return {
        "key": plan.key,
        "kind": plan.kind,
        "title": dict(plan.title),
        "place": dict(plan.place),
        "map_url": plan.map_url,
        "starts_at": to_micros(plan.starts),
        "ends_at": to_micros(plan.ends),
        "zone": plan.zone,
        "audience": plan.audience.encode(),
        "cancelled": int(plan.cancelled),
    }


def decode_plan(values: dict[str, Any]) -> Plan:
    """Return the plan that `encode_plan` turned into these values."""
    return Plan(
        values["key"],
        values["title"],
        from_micros(values["starts_at"]),
        from_micros(values["ends_at"]),
        values["zone"],
        values["place"],
        values["kind"],
        audiences.parse(values["audience"]),
        values["map_url"],
        bool(values["cancelled"]),
    )


async def all_sessions(tx: Transaction) -> Sequence[Session]:
    """Return every session, including cancelled ones, in the order in which they begin."""
    return [_session(row) for row in await tx.all(f"{_SESSIONS} ORDER BY starts_at, ends_at, id")]


async def now_or_next(tx: Transaction, now: datetime) -> Session | None:
    """Return the current session, else the next, else the first of all; None if there are none. None is cancelled."""

    async def read(tx: Transaction) -> Session | None:
        row = await tx.one(
            f"{_SESSIONS} WHERE cancelled = 0"
            " ORDER BY CASE WHEN ends_at > :now THEN 0 ELSE 1 END, starts_at, ends_at, id LIMIT 1",
            now=to_micros(now),
        )
        return _session(row) if row else None

    return await tx.once("now_or_next", read)


async def still_to_come(tx: Transaction, now: datetime) -> Sequence[Session]:
    """Return the sessions that take place now or later and are not cancelled, in order.

    They are read once per transaction. A session whose end is not known lasts for `WITHOUT_END`.
    """

    async def read(tx: Transaction) -> Sequence[Session]:
        rows = await tx.all(
            f"{_SESSIONS} WHERE cancelled = 0 AND (ends_at > :now OR (ends_at = starts_at AND starts_at > :since))"
            " ORDER BY starts_at, ends_at, id",
            now=to_micros(now),
            since=to_micros(now - WITHOUT_END),
        )
        return tuple(_session(row) for row in rows)

    return await tx.once("sessions still to come", read)


async def find_session(tx: Transaction, session_id: int) -> Session | None:
    """Return the session with this id; None if there is none."""
    row = await tx.one(f"{_SESSIONS} WHERE id = :id", id=session_id)
    return _session(row) if row else None


async def add_session(tx: Transaction, plan: Plan) -> Session:
    """Store a new session and return it. No other session may have the same key."""
    names = ", ".join(_COLUMNS)
    marks = ", ".join(f":{column}" for column in _COLUMNS)
    row = await tx.one(f"INSERT INTO sessions ({names}) VALUES ({marks}) RETURNING id", **_values(plan))
    assert row is not None
    return Session(row["id"], plan)


async def rewrite_session(tx: Transaction, session: Session, plan: Plan) -> Session:
    """Replace the plan of a stored session, and return the session with its new revision. Nobody is notified."""
    changes = ", ".join(f"{column} = :{column}" for column in _COLUMNS)
    row = await tx.one(
        f"UPDATE sessions SET {changes}, revision = revision + 1 WHERE id = :id RETURNING revision",
        id=session.id,
        **_values(plan),
    )
    assert row is not None
    return Session(session.id, plan, row["revision"])


async def remove_session(tx: Transaction, session_id: int) -> None:
    """Delete a session. Nobody is notified."""
    await tx.run("DELETE FROM sessions WHERE id = :id", id=session_id)


# --- programmes that wait to be imported


def _encode_plans(plans: Iterable[Plan]) -> Sequence[dict[str, Any]]:
    return [encode_plan(plan) for plan in plans]


def _decode_plans(stored: Iterable[dict[str, Any]]) -> Sequence[Plan]:
    return [decode_plan(values) for values in stored]


PENDING_PROGRAMMES = PendingImports("pending_programmes", "plans", _encode_plans, _decode_plans)
"""Stores programmes read from a file without mistakes, until they are imported or a day has passed."""
