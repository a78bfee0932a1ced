"""Entries in a platform's own calendar: what an entry shows, and which parts of it exist already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """What an entry in a platform's public calendar shows of a session of the programme.

    `about` is the description as plain text, in each language one after the other; `link` is the address of a map, ''
    for none.
    """

    title: str
    venue: str
    about: tuple[str, ...]
    link: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class CreatedEntry:
    """What has been created so far of an entry in a platform's calendar; '' and None stand for what does not exist yet.

    `native_id` is the platform's id of the entry. `title` and `starts` are stored before the entry is created: if the
    program ends before storing the id, the entry is found again by its title and start.
    """

    native_id: str = ""
    title: str = ""
    starts: datetime | None = None
