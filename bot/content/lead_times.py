"""Defines leads. A lead says how long before an event people are reminded of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

log = structlog.get_logger()

_WRITTEN = re.compile(r"(?:(\d{1,3})d)? ?(?:(\d{1,3})h)? ?(?:(\d{1,6})min)?")
_STORED = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)min)?")


@dataclass(frozen=True, slots=True, order=True)
class Lead:
    """A lead: how long before an event people are reminded of it, as whole calendar days plus minutes."""

    days: int = 0
    minutes: int = 0

    def encode(self) -> str:
        """Return the lead as one word of days, hours and minutes: «1d», «2d20h», «10min»."""
        hours, minutes = divmod(self.minutes, 60)
        parts = ((self.days, "d"), (hours, "h"), (minutes, "min"))
        return "".join(f"{count}{unit}" for count, unit in parts if count)

    @classmethod
    def from_stored(cls, word: str) -> Lead:
        """Return the lead for a word from the store like «2d20h», however long the lead is.

        If the word is not a lead, a lead of zero is returned and the word is logged, so that other rows can still be
        read.
        """
        match = _STORED.fullmatch(word)
        if match is None:
            log.error("content.lead_unreadable")
            return cls()
        days, hours, minutes = (int(part or 0) for part in match.groups())
        return cls(days, hours * 60 + minutes)

    def before(self, at: datetime, zone: str) -> datetime:
        """Return the instant (UTC) that is earlier than `at` by this lead.

        Days are calendar days in the time zone `zone`: a day before nine o'clock is nine o'clock, even if clocks
        change.
        """
        there = at.astimezone(ZoneInfo(zone)) - timedelta(days=self.days)
        return there.astimezone(UTC) - timedelta(minutes=self.minutes)


def parse_lead(word: str) -> Lead:
    """Return the lead for a word that somebody typed or configured, like «1d», «2h» or «10min».

    Raises ValueError for any other word.
    """
    match = _WRITTEN.fullmatch(word.strip().lower())
    days, hours, minutes = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    lead = Lead(days, hours * 60 + minutes)
    if lead == Lead():
        raise ValueError(f"{word!r} is no length of time: write it like «1d», «2h» or «10min»")
    return lead


def until(at: datetime, due: datetime) -> Lead:
    """Return the lead from the instant `due` to the later instant `at`, in whole minutes, at least one."""
    return Lead(minutes=max(1, round((at - due) / timedelta(minutes=1))))
