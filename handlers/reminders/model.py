"""What becomes of a reminder that is due, and of one whose time passed unnoticed."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

THEMES = "themes"
"""The subject of the theme deadline."""
ON_TIME = timedelta(minutes=1)
"""How late a reminder may be without saying so."""


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
