"""What becomes due: the second round of a safety check, places to be deleted, conversations to be erased."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.background.scheduling import Released
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.trust import service, store
from handlers.trust.model import PLACES_KEPT, WORDS_KEPT
from handlers.trust.settings import SafetySettings


class SafetyClock:
    """A source of due work of safety checks.

    It asks people without an answer again, tells organisers of requests for help that came too soon after others, and
    deletes places after a day.
    """

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing when the program starts, because what is due is stored in the database."""

    async def next_due(self, tx: Transaction, _now: datetime) -> datetime | None:
        """Return when people must be asked, organisers told or a place deleted; None if none of these is planned.

        The present time `_now` makes no difference.
        """
        place = await store.first_place_at(tx)
        dues = (
            await store.help_to_tell_at(tx),
            await service.second_round_due(tx),
            None if place is None else place + PLACES_KEPT,
        )
        return min((due for due in dues if due is not None), default=None)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Tell organisers of a request for help, ask people a second time, or delete places after a day.

        Returns None if nothing is due.
        """
        announced = await service.release_help(tx, now)
        if announced is not None:
            return Released(announced)
        asked = await service.release_second_round(tx, now)
        if asked is not None:
            return Released(asked)
        return Released() if await service.forget_places(tx, now) else None


class WaitingWords:
    """A source of due work: deletes waiting words after a day. Their writer has not chosen who gets them."""

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing when the program starts, because what is due is stored in the database."""

    async def next_due(self, tx: Transaction, _now: datetime) -> datetime | None:
        """Return when the oldest waiting words must be deleted; None if no words wait (`_now` is unused)."""
        first = await store.first_waiting_at(tx)
        return None if first is None else first + WORDS_KEPT

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Delete words that have waited for a day. Returns None if there are none."""
        return Released() if await store.forget_waiting(tx, now - WORDS_KEPT) else None


class TrustRetention:
    """A source of due work: erases conversations with trusted people after the configured number of days."""

    def __init__(self, settings: Settings) -> None:
        self._ends = settings.gathering.closes
        self._kept = timedelta(days=settings.of(SafetySettings).days_kept)

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing when the program starts, because what is due is stored in the database."""

    async def next_due(self, tx: Transaction, _now: datetime) -> datetime | None:
        """Return when the next conversation must be erased, None if there are none (`_now` is unused)."""
        rests_since = await store.first_untouched_since(tx)
        return None if rests_since is None else max(rests_since, self._ends) + self._kept

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Erase the conversations that are due. Returns None if there are none."""
        return Released() if await service.erase_outdated(tx, self._ends, self._kept, now) else None
