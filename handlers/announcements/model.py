"""An announcement: a message from organisers to many people.

It is written as a draft. When it is released, a copy is enqueued for each recipient: a participant, or a channel of
many. A campaign is an announcement with a link, a deadline and reminders.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.people.audiences import Audience

Kind = Literal["announcement", "campaign", "ended campaign"]
State = Literal["draft", "waiting", "sending", "sent", "cancelled", "withdrawn"]
"""The state of an announcement.

«waiting» for its scheduled time, «sending» while messages have still to be sent. It is «cancelled» if it was stopped
before all messages had been sent, and «withdrawn» if organisers had all messages deleted.
"""

CallingBack = Literal["", "cancel", "remove"]
"""What is still to be done with the copies of a cancelled announcement, which may be too many for one transaction.

«cancel» the copies that were not sent, or «remove» all, because none was sent; '' for nothing.
"""

GRACE = timedelta(seconds=10)
"""How long after an organiser sends an announcement it can be cancelled before any message is sent."""
MOST_PARTS = 4
"""The largest number of messages into which an announcement may be split for one recipient if its text is long."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """An announcement without its words. `revision` counts the versions of its content, from 1.

    - `urgent`: it is also sent during quiet hours. `asks_seen`: readers get a button to confirm that they saw it.
    - `due` is when a scheduled announcement is sent, and `deadline` when a campaign ends. `released` is when its copies
      (messages to one recipient) were enqueued, and `ended` when the last copy was sent.
    - Copies are enqueued, changed and closed some at a time; three fields say how far that has come, None if there is
      nothing left to do. `copied_to` is the last participant for whom a copy was enqueued or not needed (copies are
      sent at `copies_due`). `changed_to` is the last copy that was corrected, deleted or (if `trying_again`) sent
      again. `closed_to` is the last message of a campaign that was edited to say that it is over. All three are ids.
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
    copied_to: int | None
    copies_due: datetime | None
    calling_back: CallingBack
    changed_to: int | None
    trying_again: bool
    closed_to: int | None

    @property
    def is_open(self) -> bool:
        """Whether the announcement is a draft, which can still be changed and sent."""
        return self.state == "draft"

    @property
    def is_out(self) -> bool:
        """Whether people have got the announcement, or will soon get it."""
        return self.state in ("sending", "sent", "cancelled")

    @property
    def is_unfinished(self) -> bool:
        """Return whether copies must still be enqueued, changed or called back, or a campaign's end be announced."""
        cursors = (self.copied_to, self.changed_to, self.closed_to)
        return bool(self.calling_back) or any(cursor is not None for cursor in cursors)
