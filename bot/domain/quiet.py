"""When people are left alone: at night, and after two messages to many in one day. Days and nights are the reader's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.zones import zone_of

NIGHT_FALLS = time(22)
MORNING = time(8)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a gathering's people: their territory's zone, else the gathering's."""

    zone: str

    def wakes_at(self, territory: str | None, now: datetime) -> datetime | None:
        """When the night ends in which they are now; None by day."""
        local = self._local(territory, now)
        if MORNING <= local.time() < NIGHT_FALLS:
            return None
        return _morning(local if local.time() < MORNING else local + _DAY)

    def day_began(self, territory: str | None, now: datetime) -> datetime:
        """When their day began: at midnight."""
        local = self._local(territory, now)
        return datetime.combine(local.date(), time(), local.tzinfo).astimezone(UTC)

    def next_morning(self, territory: str | None, now: datetime) -> datetime:
        """When they wake tomorrow."""
        return _morning(self._local(territory, now) + _DAY)

    def _local(self, territory: str | None, now: datetime) -> datetime:
        return now.astimezone(ZoneInfo((territory and zone_of(territory)) or self.zone))


def _morning(local: datetime) -> datetime:
    return datetime.combine(local.date(), MORNING, local.tzinfo).astimezone(UTC)
