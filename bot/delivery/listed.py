"""Listings: sessions in a platform's own calendar; which sessions are in one, and what is known of an entry there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.programme.model import Session


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry as far as it was made; '' and None for what was not.

    `title` and `starts` are what it was made under, or is just being made under: they are written down first, so that
    what was made when the program ended is found again.
    """

    native_id: str = ""
    title: str = ""
    starts: datetime | None = None


def is_listed(session: Session, now: datetime) -> bool:
    """Whether a session belongs in calendars everybody reads: it is for all or for a theme, is on, and is not over."""
    plan = session.plan
    return plan.audience.kind in ("all", "theme") and not plan.cancelled and plan.ends > now
