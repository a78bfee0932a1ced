"""Notifies people of changes of the programme some at a time, if there are very many of them."""

from __future__ import annotations

from datetime import datetime

from bot.background.scheduling import Released
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.programme import service, store


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
