"""Stores the programme's sessions, changes still to be notified, and programmes to be confirmed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import from_micros, to_micros
from bot.database.engine import Transaction
from bot.files.pending_import_store import PendingImports
from bot.people import audiences
from bot.people.participant_store import IdRange
from handlers.programme.model import WITHOUT_END, ChangedSession, Plan, Session

_SESSIONS = (
    "SELECT id, key, kind, title, place AS venue, map_url, starts_at AS starts, ends_at AS ends, zone, audience,"
    " cancelled, unconfirmed, speaker, description, revision FROM sessions"
)
SEEDED = "sessions_seeded"
"""The key of the setting that records that the sessions of config.toml were stored."""
TAKES_PLACE = "cancelled = 0 AND unconfirmed = 0"
"""SQL condition: a session is neither cancelled nor one of the example's that nobody of the team confirmed."""
FOR_EVERYBODY = "s.cancelled = 0 AND s.unconfirmed = 0 AND (s.audience = 'all' OR s.audience LIKE 'theme:%')"
"""SQL condition: a session `s` takes place and is for everybody or a theme, so public calendars show it."""

_COLUMNS = (
    *("key", "kind", "title", "place", "map_url", "starts_at", "ends_at", "zone", "audience"),
    *("cancelled", "unconfirmed", "speaker", "description"),
)


def _values(plan: Plan) -> dict[str, Any]:
    """Return a plan as the values of the columns in the sessions' table."""
    values = encode_plan(plan)
    words = {column: json.dumps(values[column], ensure_ascii=False) for column in ("title", "place", "description")}
    return {**values, **words}


def encode_plan(plan: Plan) -> dict[str, Any]:
    """Return a plan as values for JSON."""
    return {
        "key": plan.key,
        "kind": plan.kind,
        "title": dict(plan.title),
        "place": dict(plan.venue),
        "map_url": plan.map_url,
        "starts_at": to_micros(plan.starts),
        "ends_at": to_micros(plan.ends),
        "zone": plan.zone,
        "audience": plan.audience.encode(),
        "cancelled": int(plan.cancelled),
        "unconfirmed": int(plan.unconfirmed),
        "speaker": plan.speaker,
        "description": dict(plan.description),
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
        bool(values.get("unconfirmed")),  # what was stored before there were these lacks them
        values.get("speaker", ""),
        values.get("description", {}),
    )


async def all_sessions(tx: Transaction) -> Sequence[Session]:
    """Return every session in order, as organisers see them: including cancelled and unconfirmed ones."""
    return await tx.rows(Session, f"{_SESSIONS} ORDER BY starts_at, ends_at, id")


async def confirmed_sessions(tx: Transaction) -> Sequence[Session]:
    """Return the sessions in order, as people see them: including cancelled ones, without unconfirmed ones."""
    return await tx.rows(Session, f"{_SESSIONS} WHERE unconfirmed = 0 ORDER BY starts_at, ends_at, id")


async def sessions_to_confirm(tx: Transaction) -> Sequence[Session]:
    """Return the sessions from config.example.toml that the team has yet to confirm, change or cancel, in order."""
    return await tx.rows(
        Session, f"{_SESSIONS} WHERE unconfirmed = 1 AND cancelled = 0 ORDER BY starts_at, ends_at, id"
    )


async def now_or_next(tx: Transaction, now: datetime) -> Session | None:
    """Return the current session, else the next, else the first that took place; None if there is no such session."""

    async def read(tx: Transaction) -> Session | None:
        return await tx.row(
            Session,
            f"{_SESSIONS} WHERE {TAKES_PLACE}"
            " ORDER BY CASE WHEN ends_at > :now THEN 0 ELSE 1 END, starts_at, ends_at, id LIMIT 1",
            now=to_micros(now),
        )

    return await tx.cached("now_or_next", read)


async def still_to_come(tx: Transaction, now: datetime) -> Sequence[Session]:
    """Return the sessions that take place now or later, in order.

    The database is read once per transaction. A session whose end is not known lasts for `WITHOUT_END`.
    """

    async def read(tx: Transaction) -> Sequence[Session]:
        to_come = await tx.rows(
            Session,
            f"{_SESSIONS} WHERE {TAKES_PLACE} AND (ends_at > :now OR (ends_at = starts_at AND starts_at > :since))"
            " ORDER BY starts_at, ends_at, id",
            now=to_micros(now),
            since=to_micros(now - WITHOUT_END),
        )
        return tuple(to_come)

    return await tx.cached("sessions still to come", read)


async def find_session(tx: Transaction, session_id: int) -> Session | None:
    """Return the session with this id; None if there is none."""
    return await tx.row(Session, f"{_SESSIONS} WHERE id = :id", id=session_id)


async def add_session(tx: Transaction, plan: Plan) -> Session:
    """Store a new session and return it. No other session may have the same key."""
    names = ", ".join(_COLUMNS)
    marks = ", ".join(f":{column}" for column in _COLUMNS)
    sql = f"INSERT INTO sessions ({names}) VALUES ({marks}) RETURNING id"
    return Session(await tx.value(int, sql, **_values(plan)), plan)


async def rewrite_session(tx: Transaction, session: Session, plan: Plan) -> Session:
    """Replace the plan of a stored session, and return the session with its new revision. Nobody is notified."""
    changes = ", ".join(f"{column} = :{column}" for column in _COLUMNS)
    revision = await tx.value(
        int,
        f"UPDATE sessions SET {changes}, revision = revision + 1 WHERE id = :id RETURNING revision",
        id=session.id,
        **_values(plan),
    )
    return Session(session.id, plan, revision)


async def remove_session(tx: Transaction, session_id: int) -> None:
    """Delete a session. Nobody is notified."""
    await tx.run("DELETE FROM sessions WHERE id = :id", id=session_id)


# --- changes that not everybody was told of yet


@dataclass(frozen=True, slots=True)
class News:
    """Changes of sessions that the participant `author_id` made; the people `left` are still to be notified of them.

    `author_id` is None for changes that nobody made in a chat, or whose author was erased.
    """

    id: int
    changes: Sequence[ChangedSession]
    author_id: int | None
    left: IdRange


async def add_news(tx: Transaction, changes: Iterable[ChangedSession], author_id: int | None, left: IdRange) -> None:
    """Store that the people `left` are still to be notified of changes, which the participant `author_id` made."""
    rows = [(before.id, encode_plan(before.plan), encode_plan(after.plan)) for before, after in changes]
    await tx.run(
        "INSERT INTO programme_news (changes, author_id, told_to, up_to)"
        " VALUES (:changes, CAST(:author AS BIGINT), :after, :last)",
        changes=json.dumps(rows, ensure_ascii=False),
        author=author_id,
        **left._asdict(),
    )


async def any_news(tx: Transaction) -> bool:
    """Return whether anybody is still to be notified of changes."""
    return await tx.exists("SELECT 1 FROM programme_news LIMIT 1")


async def first_news(tx: Transaction) -> News | None:
    """Return the oldest changes of which people are still to be notified; None if there are none."""
    row = await tx.one("SELECT id, changes, author_id, told_to, up_to FROM programme_news ORDER BY id LIMIT 1")
    if row is None:
        return None
    changes = [
        (Session(session_id, decode_plan(before)), Session(session_id, decode_plan(after)))
        for session_id, before, after in json.loads(row["changes"])
    ]
    return News(row["id"], changes, row["author_id"], IdRange(row["told_to"], row["up_to"]))


async def shorten_news(tx: Transaction, news_id: int, left: IdRange) -> None:
    """Store that only the people `left` are still to be notified of changes; delete the changes if nobody is left."""
    if left.after < left.last:
        await tx.run("UPDATE programme_news SET told_to = :told_to WHERE id = :id", told_to=left.after, id=news_id)
    else:
        await tx.run("DELETE FROM programme_news WHERE id = :id", id=news_id)


# --- programmes that wait to be imported


def _encode_plans(plans: Iterable[Plan]) -> Sequence[dict[str, Any]]:
    return [encode_plan(plan) for plan in plans]


def _decode_plans(stored: Iterable[dict[str, Any]]) -> Sequence[Plan]:
    return [decode_plan(values) for values in stored]


RESTORE_SESSIONS = "iy"
"""The code of the action that undoes a change of sessions; the values stored with it are their plans before and after.
"""
PENDING_PROGRAMMES = PendingImports("pending_programmes", "plans", _encode_plans, _decode_plans)


async def rewrite_pending(tx: Transaction, change: Callable[[Plan], Plan]) -> None:
    """Replace every plan of the programmes that wait to be imported with what `change` returns for it."""
    for row in await tx.all("SELECT id, plans FROM pending_programmes"):
        plans = _encode_plans(map(change, _decode_plans(json.loads(row["plans"]))))
        await tx.run(
            "UPDATE pending_programmes SET plans = :plans WHERE id = :id",
            plans=json.dumps(plans, ensure_ascii=False),
            id=row["id"],
        )


"""Stores programmes read from a file without mistakes, until they are imported or a day has passed."""
