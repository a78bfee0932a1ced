"""When people are reminded: how long before, and what becomes of a reminder whose time passed unnoticed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

THEMES = "themes"
"""The subject of the theme deadline."""
MEETING = "meeting"
DAY = "day"
"""What the subjects of a first meeting and of the next day begin with, up to a colon."""
ON_TIME = timedelta(minutes=1)
"""How late a reminder may be without saying so."""

_WRITTEN = re.compile(r"(?:(\d{1,3})d)? ?(?:(\d{1,3})h)? ?(?:(\d{1,6})min)?")


@dataclass(frozen=True, slots=True, order=True)
class Lead:
    """How long before: whole days by the calendar of the place, then minutes."""

    days: int = 0
    minutes: int = 0

    def encode(self) -> str:
        """The lead as one word: «1d», «2d20h», «10min»."""
        hours, minutes = divmod(self.minutes, 60)
        parts = ((self.days, "d"), (hours, "h"), (minutes, "min"))
        return "".join(f"{count}{unit}" for count, unit in parts if count)

    def before(self, at: datetime, zone: str) -> datetime:
        """The instant (UTC) that long before `at`: a day before nine o'clock is nine o'clock, whatever clocks do."""
        there = at.astimezone(ZoneInfo(zone)) - timedelta(days=self.days)
        return there.astimezone(UTC) - timedelta(minutes=self.minutes)


def parse_lead(word: str) -> Lead:
    """The lead behind what `encode` made, or somebody typed. Raises ValueError."""
    found = _WRITTEN.fullmatch(word.strip().lower())
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    lead = Lead(days, hours * 60 + minutes)
    if lead == Lead():
        raise ValueError(f"{word!r} is no length of time: write it like «1d», «2h» or «10min»")
    return lead


def until(at: datetime, due: datetime) -> Lead:
    """The lead, in minutes, between two instants."""
    return Lead(minutes=max(1, round((at - due) / timedelta(minutes=1))))


class Timeliness(Enum):
    """What becomes of a reminder that is due."""

    TO_COME = "to come"
    ON_TIME = "on time"
    LATE = "late"
    MISSED = "missed"


def timeliness(due: datetime, now: datetime, grace: timedelta) -> Timeliness:
    """Whether a reminder is sent now, sent with a word on being late, or not any more."""
    if due > now:
        return Timeliness.TO_COME
    if now - due <= ON_TIME:
        return Timeliness.ON_TIME
    return Timeliness.LATE if now - due < grace else Timeliness.MISSED


def session_subject(session_id: int) -> str:
    """The subject of a session's reminders."""
    return f"session:{session_id}"


def meeting_subject(round_number: int) -> str:
    """The subject of the first meeting of a round's groups."""
    return f"{MEETING}:{round_number}"


def day_subject(day: date) -> str:
    """The subject of what a day holds, told on its eve."""
    return f"{DAY}:{day.isoformat()}"


def mute_of(kind: str) -> str:
    """What someone mutes who wants no reminders of a kind of session."""
    return f"kind:{kind}"
