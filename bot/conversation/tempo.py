"""Limits how much each person may send in a short time, so that nobody fills the database with their presses.

What is counted is kept in memory, by each program for itself: what is within the limit costs no statement.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta

from bot.conversation.incoming import Actor
from bot.people.browser_store import counted_in
from bot.people.limits import TENFOLD

REGAINED = timedelta(minutes=4)
"""How long it takes until a person who used up the limit can send as much again; a part is possible sooner."""
_TOLD_AGAIN = timedelta(minutes=1)
"""The shortest time between two refusals in one chat: each is a message, and chats have limits too."""
_MOST_KEPT = 10_000
"""How many instants are kept at least before those that mean nothing any more are dropped."""


class Tempo:
    """Counts what each person sends (presses, posts, texts), and says when it is too much in too short a time."""

    def __init__(self, at_once: int) -> None:
        """`at_once` is how much a person may send at a time, and then again every four minutes; organisers ten times.

        People who share an address on the network are counted one by one: it is the account that counts.
        """
        self._at_once = at_once
        self._until: dict[Hashable, datetime] = {}
        self._organisers: set[tuple[str, str]] = set()
        self._tidied_at = _MOST_KEPT

    def admits(self, platform: str, sender: Actor, now: datetime, *, urgent: bool = False) -> bool:
        """Count something that a person sends, and return whether it is within the limit; beyond it nothing is counted.

        What is `urgent` has a limit of its own, which nothing else uses up. What is sent from a browser that nobody
        confirmed is counted for that browser, not for the owner of the page.
        """
        browser = sender.unconfirmed.id if sender.unconfirmed else ""
        who = platform, sender.native_id
        most = self._at_once * (TENFOLD if who in self._organisers and not browser else 1)
        after: dict[Hashable, datetime] = {}
        for place, at_once in counted_in(browser, most):
            key = (*who, place, urgent)
            until = self._until.get(key, now)
            if not now <= until <= now + REGAINED:  # all is regained, or the clock was set back
                until = now
            after[key] = until + REGAINED / at_once
        if max(after.values()) > now + REGAINED:
            return False
        self._keep(after, now)
        return True

    def may_tell(self, platform: str, sender: Actor, now: datetime) -> bool:
        """Return whether to tell a person now that they send too much: once a minute. Call this only to tell them."""
        key = platform, sender.native_id, "told"
        if now < self._until.get(key, now) <= now + _TOLD_AGAIN:
            return False
        self._keep({key: now + _TOLD_AGAIN}, now)
        return True

    def know(self, platform: str, sender: Actor, *, organises: bool) -> None:
        """Remember whether a person is an organiser, who may send more from now on."""
        (self._organisers.add if organises else self._organisers.discard)((platform, sender.native_id))

    def _keep(self, until: dict[Hashable, datetime], now: datetime) -> None:
        self._until |= until
        if len(self._until) > self._tidied_at:
            self._until = {key: instant for key, instant in self._until.items() if now < instant <= now + REGAINED}
            self._tidied_at = max(_MOST_KEPT, 2 * len(self._until))
