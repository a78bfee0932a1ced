"""Announcements: what organisers say to many, and how far one has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.people.audiences import Audience

Kind = Literal["announcement", "campaign", "ended campaign"]
State = Literal["draft", "waiting", "sending", "sent", "cancelled", "withdrawn"]
"""The state of an announcement: `waiting` for its hour, `sending` while copies have still to leave.

It is `cancelled` when it was stopped before all of them had left.
"""

GRACE = timedelta(seconds=10)
"""How long a sent announcement can be called back before anything leaves."""
MOST_PARTS = 4
"""The most messages that one copy may be split into."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """An announcement without its words. `revision` counts the versions of its words, from 1.

    `due` is when a waiting one leaves, `deadline` when a campaign ends; `released` is when its copies were made.
    """

    id: int
    author_id: int | None
    kind: Kind
    audience: Audience
    urgent: bool
    asks_seen: bool
    state: State
    revision: int
    due: datetime | None
    deadline: datetime | None
    released: datetime | None
    ended: datetime | None

    @property
    def is_open(self) -> bool:
        """Return whether it can still be written, addressed and sent."""
        return self.state == "draft"

    @property
    def is_out(self) -> bool:
        """Return whether people have copies of it, or will soon."""
        return self.state in ("sending", "sent", "cancelled")
