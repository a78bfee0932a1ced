"""Whom a message to many would reach, and how, before it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.clock import from_micros
from bot.content.features import features_of
from bot.database.engine import Transaction
from bot.delivery.delivery_store import MAY_BE_WRITTEN_TO
from bot.delivery.outbox_store import PEOPLE_AND_ACCOUNTS
from bot.people.audience_store import where
from bot.people.audiences import Audience
from bot.people.notifications import Topic
from bot.people.presence_store import away

Way = Literal["private", "place", "named", "stopped", "muted", "closed", "no opt-in", "no account"]
"""In private, in a shared place, by name in their group's thread; or why nothing reaches them."""

REACHED: frozenset[Way] = frozenset({"private", "place", "named"})

_EVERYONE = PEOPLE_AND_ACCOUNTS.replace(" JOIN accounts a", " LEFT JOIN accounts a", 1)


@dataclass(frozen=True, slots=True)
class Reach:
    """Someone in an audience, the platform they are written to on ('' for none), and the way.

    `away`: also while the gathering lasts they live by the clocks of their home. `last_but_one` is when the last
    message to many but one reached them: after two a day, more wait.
    """

    id: int
    full_name: str
    platform: str
    way: Way
    territory: str | None
    away: bool
    last_but_one: datetime | None

    @property
    def reached(self) -> bool:
        """Whether a message gets to them."""
        return self.way in REACHED


async def who_is_reached(
    tx: Transaction, audience: Audience, topic: Topic, *, in_place: bool, today: date
) -> Sequence[Reach]:
    """Everyone in an audience, by id. `in_place`: on Discord it is said in a place for all of them.

    `today` is the day, in the gathering's zone, on which who was marked absent is away.
    """
    condition, params = where(audience)
    rows = await tx.all(
        "SELECT p.id, p.given_name, p.family_name, p.territory, p.stopped,"
        " CASE WHEN p.muted LIKE :muted THEN 1 ELSE 0 END AS muted,"
        f" CASE WHEN {away()} THEN 1 ELSE 0 END AS away,"
        " a.platform, a.unreachable,"
        f" CASE WHEN {MAY_BE_WRITTEN_TO.replace('b.', 'a.')} THEN 1 ELSE 0 END AS takes,"
        " CASE WHEN EXISTS (SELECT 1 FROM members rm JOIN spaces rs ON rs.group_id = rm.group_id"
        " AND rs.platform = a.platform WHERE rm.participant_id = p.id AND rs.thread <> '') THEN 1 ELSE 0 END"
        " AS threaded, (SELECT o.sent_at FROM deliveries o WHERE o.participant_id = p.id AND o.sent_at IS NOT NULL"
        " AND (o.announcement_id IS NOT NULL OR o.urgent = -1) ORDER BY o.sent_at DESC LIMIT 1 OFFSET 1)"
        " AS last_but_one"
        f" FROM {_EVERYONE} WHERE {condition} ORDER BY p.id",
        muted=f'%"{topic}"%',
        asked=0,
        account=0,
        today=today.isoformat(),
        **params,
    )
    found = []
    for row in rows:
        way: Way
        if row["platform"] is None:
            way = "no account"
        elif features_of(row["platform"]).speaks_in_channels and in_place:
            way = "place"
        elif row["stopped"]:
            way = "stopped"
        elif row["muted"]:
            way = "muted"
        elif row["takes"] and not row["unreachable"]:
            way = "private"
        elif features_of(row["platform"]).speaks_in_channels and row["threaded"]:
            way = "named"
        else:
            way = "closed" if row["takes"] else "no opt-in"
        name = f"{row['given_name']} {row['family_name']}".strip()
        last = from_micros(row["last_but_one"]) if row["last_but_one"] is not None else None
        found.append(Reach(row["id"], name, row["platform"] or "", way, row["territory"], bool(row["away"]), last))
    return found


def count_by_platform(people: Sequence[Reach]) -> Mapping[str, int]:
    """How many are reached on each platform."""
    counts: dict[str, int] = {}
    for each in people:
        if each.reached:
            counts[each.platform] = counts.get(each.platform, 0) + 1
    return counts
