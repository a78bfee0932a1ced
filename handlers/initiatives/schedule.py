"""Tells everybody once, on the gathering's last day, how many contacts they have."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time

from bot.background.scheduling import Released
from bot.config import setting_store
from bot.config.settings import Settings
from bot.content.texts import _n
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from handlers.initiatives.actions import CONTACTS
from handlers.initiatives.store import contacts

AT = time(16)
"""The local time at which people are told how many contacts they have."""
_TOLD = "contacts_told_at"


class ClosingMessage:
    """A source of due work (`bot.background.scheduling.Source`): the last day's message about people's contacts."""

    def __init__(self, settings: Settings) -> None:
        """The `settings` have the gathering's last day."""
        gathering = settings.gathering
        self._due = gathering.instant(datetime.combine(gathering.ends, AT))
        self._over = gathering.closes

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing: a message that became due while the program was down is still due, until the day is over."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return when the message about contacts is due; None if it was sent, or if the last day is over."""
        told = await setting_store.get(tx, _TOLD)
        return None if told is not None or now >= self._over else self._due

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Send everybody who has contacts a message that says how many; return None if that is not due."""
        due = await self.next_due(tx, now)
        if due is None or due > now:
            return None
        await setting_store.put(tx, _TOLD, now.isoformat())
        people: defaultdict[int, list[int]] = defaultdict(list)
        for person, count in (await contacts.count_contacts(tx)).items():
            people[count].append(person)
        told = 0
        for count, those in people.items():
            # L10N: never zero
            line = _n("You go home with {count} contact.", "You go home with {count} contacts.", count)
            told += await outbox.notify_many(tx, those, View((line,), (CONTACTS,)), now, outbox.Telling.AWAITED)
        return Released(told)
