"""What becomes due: the second round of a check for safety, places to forget, conversations to erase."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.background.scheduling import Released
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.trust import service, store
from handlers.trust.model import PLACES_KEPT, WORDS_KEPT
from handlers.trust.settings import SafetySettings


class SafetyClock:
    """Asks a second time who has not answered a check, and forgets the places that were said a day ago."""

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing: what is due is stored in the database."""

    async def next_due(self, tx: Transaction, _now: datetime) -> datetime | None:
        """Return when the second round is due or a place has to be forgotten; None if nothing is planned."""
        place = await store.first_place_at(tx)
        dues = (await service.second_round_due(tx), None if place is None else place + PLACES_KEPT)
        return min((due for due in dues if due is not None), default=None)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Ask a second time, or forget places. Returns None if nothing is due."""
        asked = await service.release_second_round(tx, now)
        if asked is not None:
            return Released(asked)
        return Released() if await service.forget_places(tx, now) else None


class WaitingWords:
    """Forgets the words of which nobody said for a day what they are."""

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing: what is due is stored in the database."""

    async def next_due(self, tx: Transaction, _now: datetime) -> datetime | None:
        """Return when the words that wait for the longest time are forgotten; None if none wait."""
        first = await store.first_waiting_at(tx)
        return None if first is None else first + WORDS_KEPT

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Forget the words that are due. Returns None if none are."""
        return Released() if await store.forget_waiting(tx, now - WORDS_KEPT) else None


class TrustRetention:
    """Erases the conversations with persons of trust once they have been kept for long enough."""

    def __init__(self, settings: Settings) -> None:
        self._ends = settings.gathering.closes
        self._kept = timedelta(days=settings.of(SafetySettings).days_kept)

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing: what is due is stored in the database."""

    async def next_due(self, tx: Transaction, _now: datetime) -> datetime | None:
        """Return when the next conversation is erased; None if there is none."""
        rests_since = await store.first_untouched_since(tx)
        return None if rests_since is None else max(rests_since, self._ends) + self._kept

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Erase the conversations that are due. Returns None if none is."""
        return Released() if await service.erase_outdated(tx, self._ends, self._kept, now) else None
