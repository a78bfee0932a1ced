"""Keeps what exists on a platform (groups' channels, calendar entries) equal to what is stored in the database.

To reconcile a row is to create or update on the platform what the row represents. Rows are reconciled one after the
other, because platforms limit how much may be created and nobody waits for the result. Each row is reconciled once a
day even without changes: what somebody deleted by hand is then created again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import structlog

from bot.backoff import Backoff
from bot.clock import Clock, sleep_unless
from bot.content.errors import Rejected, RetryLater, Unreachable
from bot.database.engine import Store, StoreUnavailable
from bot.logs import new_reference, under_reference

log = structlog.get_logger()

RECONCILED_EVERY = timedelta(days=1)
"""How long after a reconciliation a row without changes is reconciled again."""
_LOOK_EVERY = timedelta(seconds=2)
_STORE_ASKED_AGAIN = timedelta(seconds=2)
_REFUSED_AGAIN_AFTER = timedelta(hours=1)
"""How long after a platform's refusal (a missing permission, a limit) the row is tried again."""
_LONGEST_WAIT = 300.0


class Due(Protocol):
    """A row of the database that says how something on a platform, such as a group's channel, should be."""

    @property
    def due(self) -> datetime:
        """Return the instant from which the thing on the platform must be compared with the row."""
        ...

    @property
    def attempts(self) -> int:
        """Return how many attempts have failed since the last success."""
        ...


D = TypeVar("D", bound=Due)


class Resource(Protocol[D]):
    """A kind of things on a platform, such as groups' channels, which must be as the rows of a table say.

    A method may be interrupted at any point, and can then be called again.
    """

    def log_context(self, row: D) -> Mapping[str, Any]:
        """Return the values that identify a row in log lines, by name."""
        ...

    async def next_row(self) -> D | None:
        """Return the row that is due first, perhaps in the future; None if there is none."""
        ...

    async def reconcile(self, row: D) -> None:
        """Create or change a thing on the platform so that it is as a row says, and store that this is done.

        Raises the errors of the platform and of the database.
        """
        ...

    async def postpone(self, row: D, again: datetime) -> None:
        """Store that an attempt failed and must be repeated at the instant `again`. Raises StoreUnavailable."""
        ...


class Reconciler:
    """Keeps things on a platform, such as groups' channels, as rows of the database say, one thing after the other.

    Only one program at a time does this.
    """

    def __init__(self, platform: str, store: Store, clock: Clock) -> None:
        self._platform = platform
        self._store = store
        self._clock = clock
        self._woken = asyncio.Event()
        chance = random.Random(platform)  # noqa: S311 - no secret: spreads what is tried again
        self._backoff = Backoff(first=1.0, longest=_LONGEST_WAIT, jitter=0.5, chance=chance)
        self._refusals: set[str] = set()

    def wake(self) -> None:
        """Make `serve` look soon for rows that changed. This is cheap: many calls cause one look."""
        self._woken.set()

    async def serve(self, resource: Resource[D]) -> None:
        """Create or change things on the platform (groups' channels) when their rows are due, until cancelled."""
        while True:
            self._woken.clear()
            try:
                row = await resource.next_row()
                now = self._clock.now()  # after the reading: a new row is due at the instant at which it was read
                if row and row.due <= now:
                    with under_reference(new_reference()):
                        wait = await self._reconcile(resource, row)
                    if wait:
                        await self._clock.sleep(wait)
                    continue
                due = self._store.pause(_LOOK_EVERY)
                if row:
                    due = min(due, row.due - now)
            except StoreUnavailable as error:
                log.warning("delivery.resources_waiting", platform=self._platform, reason=str(error))
                due = _STORE_ASKED_AGAIN
            await sleep_unless(self._clock, due.total_seconds(), self._woken)

    async def _reconcile(self, resource: Resource[D], row: D) -> float:
        """Reconcile one row. Returns for how many seconds the platform asks not to be called after that."""
        about = {"platform": self._platform, **resource.log_context(row)}
        try:
            await resource.reconcile(row)
        except (Rejected, Unreachable) as error:
            if str(error) not in self._refusals:
                self._refusals.add(str(error))
                log.warning("delivery.resource_refused", **about, reason=str(error))
            await resource.postpone(row, self._clock.now() + _REFUSED_AGAIN_AFTER)
        except RetryLater as error:
            wait = error.seconds or self._backoff.after(row.attempts + 1)
            await resource.postpone(row, self._clock.now() + timedelta(seconds=wait))
            return error.seconds or 0.0
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("delivery.resource_failed", **about)
            await resource.postpone(row, self._clock.now() + timedelta(seconds=_LONGEST_WAIT))
        return 0.0
