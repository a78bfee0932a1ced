"""Computes quiet hours: messages sent to many people, such as announcements, do not arrive at night.

Nobody gets more than two such messages in one day. Nights and days go by a person's clock: the clock of the territory
where they live, and during the gathering the clock of the gathering's place, except for people known to be absent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.content.zones import zone_of

NIGHT_FALLS = time(22)
MORNING = time(8)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """The days and nights of people, by the clock of the territory where they live or, if unknown, of the gathering.

    From the day `first` to the day `last` of the gathering, everybody lives by the gathering's clock (`zone`), except
    people who are absent. If `first` or `last` is None, everybody always lives by their own clock.
    """

    zone: str
    first: date | None = None
    last: date | None = None

    def on_site(self, now: datetime) -> bool:
        """Return whether the gathering takes place on the day of `now`."""
        return self.first is not None and self.last is not None and self.first <= self.day(now) <= self.last

    def day(self, now: datetime) -> date:
        """Return the date at `now` in the gathering's time zone."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def home(self, territory: str | None, now: datetime, *, away: bool = False) -> str | None:
        """Return the territory by whose clock a person lives at `now`; None for the gathering's own clock.

        `territory` is where the person lives, `away` whether they are absent from the gathering.
        """
        return None if self.on_site(now) and not away else territory

    def elsewhere(self, territory: str | None, now: datetime) -> bool:
        """Return whether a clock in `territory` shows other hours than the gathering's, at `now` or on its first day.

        Returns False while the gathering takes place: the person is there.
        """
        if territory is None or self.on_site(now):
            return False
        there, home = ZoneInfo(self.zone), ZoneInfo(zone_of(territory) or self.zone)
        instants = (now, *((datetime.combine(self.first, time(12), there),) if self.first else ()))
        return any(each.astimezone(home).utcoffset() != each.astimezone(there).utcoffset() for each in instants)

    def wakes_at(self, territory: str | None, now: datetime, *, away: bool = False) -> datetime | None:
        """Return when the night ends for a person who lives in `territory`; None if it is day for them at `now`.

        `away` says whether the person is absent from the gathering, and so lives by the clock of their territory.
        """
        local = self._local(territory, now, away)
        if MORNING <= local.time() < NIGHT_FALLS:
            return None
        there = now.astimezone(ZoneInfo(self.zone))
        return self._sooner(_next_morning(local), _next_morning(there), away)

    def night_falls(self, territory: str | None, now: datetime, *, away: bool = False) -> datetime:
        """Return the instant (UTC) of a person's next nightfall; `now` itself if it is already night for them.

        `territory` is where the person lives, None if unknown; `away` whether they are absent from the gathering.
        """
        local = self._local(territory, now, away)
        if self.wakes_at(territory, now, away=away) is not None:
            return now
        return datetime.combine(local.date(), NIGHT_FALLS, local.tzinfo).astimezone(UTC)

    def day_began(self, territory: str | None, now: datetime, *, away: bool = False) -> datetime:
        """Return the instant (UTC) of the last midnight before `now`, by the clock of the place where a person is.

        That is `territory`, where they live, outside the gathering's days and for somebody who is `away` from it; else,
        or if `territory` is None (unknown), it is the gathering's place.
        """
        local = self._local(territory, now, away)
        return datetime.combine(local.date(), time(), local.tzinfo).astimezone(UTC)

    def next_morning(self, territory: str | None, now: datetime, *, away: bool = False) -> datetime:
        """Return the instant (UTC) at which the night ends on the next day, by a person's clock.

        `territory` is where the person lives, None if unknown; `away` whether they are absent from the gathering.
        """
        local, there = self._local(territory, now, away), now.astimezone(ZoneInfo(self.zone))
        return self._sooner(_morning(local + _DAY), _morning(there + _DAY), away)

    def _local(self, territory: str | None, now: datetime, away: bool) -> datetime:
        home = self.home(territory, now, away=away)
        return now.astimezone(ZoneInfo((home and zone_of(home)) or self.zone))

    def _sooner(self, at_home: datetime, on_site: datetime, away: bool) -> datetime:
        """Return the earlier of two mornings for someone whose clock changes overnight, as the gathering begins.

        `at_home` is the morning at home, `on_site` that at the gathering. For someone away, or if the gathering does
        not take place that morning, it is the one at home.
        """
        return at_home if away or not self.on_site(on_site) else min(at_home, on_site)


def _next_morning(local: datetime) -> datetime:
    return _morning(local if local.time() < MORNING else local + _DAY)


def _morning(local: datetime) -> datetime:
    return datetime.combine(local.date(), MORNING, local.tzinfo).astimezone(UTC)
