"""The SQL that says how a message to many people would reach each of them, before it is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from itertools import chain
from typing import Any, Literal

from bot.clock import from_micros
from bot.content.i18n import negotiate
from bot.content.names import Named, collation
from bot.conversation.preloading import Perform
from bot.database.engine import Row, Transaction
from bot.delivery.delivery_store import SPEAKING_IN_CHANNELS, may_be_written_to
from bot.delivery.outbox_store import some_people
from bot.people.audience_store import where
from bot.people.audiences import Audience
from bot.people.notifications import Topic
from bot.people.participant_store import IdRange, id_ranges, last_id
from bot.people.presence_store import away

Way = Literal["private", "channel", "mention", "stopped", "muted", "closed", "no opt-in", "no account"]
"""How a message reaches a person, or why it does not.

«private» is a private message, «channel» a message in a channel of many, and «mention» a mention in the thread of the
person's group. All other values are reasons why nothing reaches the person.
"""

REACHED: frozenset[Way] = frozenset({"private", "channel", "mention"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How a message reaches some people of an audience who have everything in this record in common.

    `people` is the number of these people. `way` is how the message reaches them, or the reason why it does not.
    `platform` is where they would get it, '' for none, and `locale` their language, None for the gathering's first.
    `away` says that they are not at the gathering, so that quiet hours are the ones at their home. `last_but_one` is
    when they got the last announcement but one, to the minute: after two announcements on a day, a third has to wait.
    """

    platform: str
    way: Way
    locale: str | None
    territory: str | None
    away: bool
    last_but_one: datetime | None
    people: int = 1

    @property
    def reached(self) -> bool:
        """Whether a message reaches these people."""
        return self.way in REACHED


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReach(Reach, Named):
    """One person in an audience, and how a message reaches the person."""

    id: int
    given_name: str
    family_name: str


@dataclass(frozen=True, slots=True)
class AudienceReach:
    """How a message reaches an audience: how many people in which way, and some people whom it does not reach.

    `counts` has the numbers of all its people; `missed` has some people whom the message does not reach.
    """

    counts: Sequence[Reach]
    missed: Sequence[PersonReach]

    @property
    def anyone(self) -> bool:
        """Whether a message would reach anyone in the audience."""
        return any(reach.reached for reach in self.counts)


_MINUTE = 60_000_000
_REACHED_AT_ONCE = 10_000
"""How many people, by their ids, one transaction counts: each has its statements planned anew on PostgreSQL."""
_REACHED_SQL = ", ".join(f"'{way}'" for way in sorted(REACHED))
# A platform that speaks in channels is asked for first: in the channel everyone of the audience reads it.
_REACH = (
    "SELECT p.id, p.given_name, p.family_name, p.search_key, p.territory, COALESCE(p.locale, a.locale) AS locale,"
    " CASE WHEN {away} THEN 1 ELSE 0 END AS away, COALESCE(a.platform, '') AS platform,"
    " CASE WHEN a.platform IS NULL THEN 'no account'"
    f" WHEN :in_channels = 1 AND a.platform IN {SPEAKING_IN_CHANNELS} THEN 'channel'"
    " WHEN p.stopped = 1 THEN 'stopped' WHEN p.muted LIKE :muted THEN 'muted'"
    f" WHEN a.unreachable = 0 AND {may_be_written_to('a')} THEN 'private'"
    f" WHEN a.platform IN {SPEAKING_IN_CHANNELS} AND EXISTS (SELECT 1 FROM members rm"
    " JOIN channels rs ON rs.group_id = rm.group_id AND rs.platform = a.platform"
    " WHERE rm.participant_id = p.id AND rs.thread <> '') THEN 'mention'"
    f" WHEN {may_be_written_to('a')} THEN 'closed' ELSE 'no opt-in' END AS way,"
    " (SELECT o.sent_at FROM deliveries o WHERE o.participant_id = p.id AND o.sent_at IS NOT NULL"
    " AND (o.announcement_id IS NOT NULL OR o.urgent = -1) ORDER BY o.sent_at DESC LIMIT 1 OFFSET 1)"
    f" / {_MINUTE} AS minute FROM "
)


async def who_is_reached(
    tx: Transaction, audience: Audience, topic: Topic, *, in_channels: bool, today: date
) -> Sequence[PersonReach]:
    """Return everyone in an audience, by id, and how an announcement reaches each of them.

    `topic` is the topic of announcements, which people can turn off. `in_channels` says whether the announcement is
    posted in a channel on platforms that have channels. People marked absent on `today`, a day in the gathering's time
    zone, count as away.
    """
    query, params = _reach_query(audience, topic, in_channels=in_channels, today=today)
    rows = await tx.all(f"{query} ORDER BY p.id", after=0, last=await last_id(tx), **params)
    return [_person_reach(row) for row in rows]


async def count_reach(
    perform: Perform, *, audience: Audience, topic: Topic, in_channels: bool, today: date, most_missed: int
) -> AudienceReach:
    """Return how an announcement reaches an audience: numbers of people, and some people whom it does not reach.

    `most_missed` is the largest number of the latter; they are the first by name. `topic` is the topic of
    announcements, which people can turn off. `in_channels` says whether the announcement is posted in a channel on
    platforms that have channels. People marked absent on `today`, a day in the gathering's time zone, count as away.
    """
    query = _reach_query(audience, topic, in_channels=in_channels, today=today)
    parts = await perform.each(
        [
            partial(_count_some, people=people, query=query, most_missed=most_missed)
            for people in await perform(partial(id_ranges, size=_REACHED_AT_ONCE))
        ]
    )
    counts: Counter[Reach] = Counter()
    for reach in chain.from_iterable(part.counts for part in parts):
        counts[replace(reach, people=0)] += reach.people
    missed = [*chain.from_iterable(part.missed for part in parts)]
    missed.sort(key=lambda person: collation(person.full_name))
    return AudienceReach([replace(reach, people=people) for reach, people in counts.items()], missed[:most_missed])


async def _count_some(
    tx: Transaction, *, people: IdRange, query: tuple[str, Mapping[str, Any]], most_missed: int
) -> AudienceReach:
    """Count how an announcement reaches the given people who are in an audience."""
    sql, params = query
    rows = await tx.all(
        f"SELECT r.platform, r.way, r.locale, r.territory, r.away, r.minute, COUNT(*) AS people FROM ({sql}) r"
        " GROUP BY r.platform, r.way, r.locale, r.territory, r.away, r.minute",
        **people._asdict(),
        **params,
    )
    counts = [Reach(**_reach_of(row), people=row["people"]) for row in rows]
    if all(part.reached for part in counts):
        return AudienceReach(counts, ())
    missed = await tx.all(
        f"SELECT r.* FROM ({sql}) r WHERE r.way NOT IN ({_REACHED_SQL}) ORDER BY r.search_key, r.id LIMIT :most",
        most=most_missed,
        **people._asdict(),
        **params,
    )
    return AudienceReach(counts, [_person_reach(row) for row in missed])


def _reach_query(audience: Audience, topic: Topic, *, in_channels: bool, today: date) -> tuple[str, Mapping[str, Any]]:
    """Return SQL that says how each person of an audience is reached, and its parameters but `after` and `last`."""
    condition, params = where(audience)
    return _REACH.replace("{away}", away()) + some_people(condition, without_account=True), {
        **params,
        "muted": f'%"{topic}"%',
        "asked": 0,
        "account": 0,
        "today": today.isoformat(),
        "in_channels": int(in_channels),
    }


def _reach_of(row: Row) -> dict[str, Any]:
    return {
        "platform": row["platform"],
        "way": row["way"],
        "locale": row["locale"],
        "territory": row["territory"],
        "away": bool(row["away"]),
        "last_but_one": from_micros(row["minute"] * _MINUTE) if row["minute"] is not None else None,
    }


def _person_reach(row: Row) -> PersonReach:
    return PersonReach(**_reach_of(row), id=row["id"], given_name=row["given_name"], family_name=row["family_name"])


def count_by_platform(people: Iterable[Reach]) -> Mapping[str, int]:
    """Return how many of `people` are reached on each platform, by its name."""
    return _count_reached((reach.platform, reach) for reach in people)


def count_by_language(people: Iterable[Reach], locales: Sequence[str]) -> Mapping[str, int]:
    """Return how many of `people` are reached in each of the gathering's languages (`locales`).

    People whose language the gathering does not have are counted under its first language.
    """
    return _count_reached((negotiate((reach.locale,), locales), reach) for reach in people)


def _count_reached(people: Iterable[tuple[str, Reach]]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for kind, reach in people:
        if reach.reached:
            counts[kind] += reach.people
    return counts
