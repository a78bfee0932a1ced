"""The rule for when a reminder is late."""

from __future__ import annotations

from datetime import datetime, timedelta

ON_TIME = timedelta(minutes=1)
"""A reminder sent within this time after it was due does not count as late."""


def is_late(due: datetime, now: datetime) -> bool:
    """Return whether a reminder sent at `now` is so long after `due`, its planned time, that its text must say so."""
    return now - due > ON_TIME
