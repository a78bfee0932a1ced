"""Notifies people of changes of the programme some at a time, and keeps what is on now or next in pinned cards."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.background.scheduling import Released
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.groups.service.membership import follow_cards
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.rounds import all_rounds
from handlers.programme import hooks, service, store
from handlers.programme.model import WITHOUT_END


class NewsSource:
    """The source of notices about changed sessions that are not yet sent to everybody concerned.

    The ticker, the loop that does what is due, calls it (see `bot.background.scheduling.Source`).
    """

    def __init__(self, settings: Settings) -> None:
        self._hours = settings.gathering.hours

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing at the program's start, because the database already holds who is still to be notified."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return `now` if somebody is still to be notified, None otherwise."""
        return now if await store.any_news(tx) else None

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Notify some more people of changes; None if everybody was notified already."""
        told = await service.tell_more(tx, now, self._hours)
        return None if told is None else Released(told)


class NowSource:
    """The source of what is on now or next, in the first line of the group's card that a chat has pinned.

    The ticker, the loop that does what is due, calls it (see `bot.background.scheduling.Source`). What the cards show
    is kept in memory only: after a start all are looked through once, and those that show it already stay as they are.
    """

    def __init__(self, zone: str) -> None:
        """`zone` is the gathering's time zone: on its day, a session's line needs no date."""
        self._zone = ZoneInfo(zone)
        self._shown: Hashable = None
        self._groups: tuple[int, ...] = ()

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing at the program's start, because the first look follows all cards."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return `now` if cards are still to follow, otherwise when next a session or first meeting begins or ends."""
        if self._groups or await self._on(tx, now) != self._shown:
            return now
        spans = [(session.plan.starts, session.plan.over_at) for session in await store.still_to_come(tx, now)]
        spans += [(each.meets_at, each.meets_at + WITHOUT_END) for each in await all_rounds(tx) if each.meets_at]
        return min((edge for span in spans for edge in span if edge > now), default=None)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Follow the cards of one more group; None if all groups show what is on."""
        on = await self._on(tx, now)
        if on != self._shown:
            published = [round_.number for round_ in await all_rounds(tx) if round_.published]
            groups = await groups_of_round(tx, published[-1]) if published else ()
            self._shown, self._groups = on, tuple(group.id for group in groups)
        if not self._groups:
            return None
        await follow_cards(tx, self._groups[:1], now)
        self._groups = self._groups[1:]
        return Released()

    async def _on(self, tx: Transaction, now: datetime) -> Hashable:
        """Return what differs whenever something else is on or next: the day, sessions as they are, first meetings."""
        over = await hooks.over_already(tx, now)
        sessions = await store.still_to_come(tx, now)
        on = [
            (session.id, session.revision, session.plan.starts <= now) for session in sessions if session.id not in over
        ]
        meetings = [round_.meets_at for round_ in await all_rounds(tx) if round_.meets_at]
        return (
            now.astimezone(self._zone).date(),
            *on,
            *(meets_at for meets_at in meetings if meets_at <= now < meets_at + WITHOUT_END),
        )
