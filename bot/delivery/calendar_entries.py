"""Entries in a platform's own calendar: what one shows of a session, and what is known of it there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """What a calendar that everybody reads shows of a session.

    `about` says all of it in each language, plain words; `link` leads to a map, '' for none.
    """

    title: str
    place: str
    about: tuple[str, ...]
    link: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class CreatedEntry:
    """An entry as far as it was made; '' and None for what was not.

    `title` and `starts` are what it was made under, or is just being made under: they are written down first, so that
    what was made when the program ended is found again.
    """

    native_id: str = ""
    title: str = ""
    starts: datetime | None = None
