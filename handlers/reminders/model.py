"""When a reminder counts as late."""

from __future__ import annotations

from datetime import datetime, timedelta

ON_TIME = timedelta(minutes=1)
"""How late a reminder may be without saying so."""


def is_late(due: datetime, now: datetime) -> bool:
    """Return whether a reminder sent `now` that was due at `due` must say that it comes late."""
    return now - due > ON_TIME
