"""Keeps what a platform shows of stored rows (groups' channels, calendar entries) in step with them.

Rows are reconciled one after the other, because platforms limit how much may be created and nobody waits for the
result. Each row is reconciled once a day without any change too: what somebody deleted by hand is then created again.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.content.errors import Rejected, RetryLater, Unreachable
from bot.database.engine import StoreUnavailable
from bot.logs import new_reference, under_reference

log = structlog.get_logger()

RECONCILED_EVERY = timedelta(days=1)
"""How long after a reconciliation a row without changes is due again."""
_LOOK_EVERY = 2.0
_REFUSED_AGAIN_AFTER = timedelta(hours=1)
"""A refusal means a missing permission or a limit; somebody may have mended that meanwhile."""
_LONGEST_WAIT = 300.0


class Due(Protocol):
    """A row to be brought in step."""

    @property
    def due(self) -> datetime:
        """The instant from which the row is to be brought in step."""
        ...

    @property
    def attempts(self) -> int:
        """How many tries have failed since the last success."""
        ...


D = TypeVar("D", bound=Due)


class Resource(Protocol[D]):
    """One kind of thing on one platform that is kept in step with rows, as groups' channels.

    Each method may be repeated after it was interrupted at any point.
    """

    def log_context(self, row: D) -> Mapping[str, Any]:
        """Return the values that identify a row in log entries."""
        ...

    async def next_row(self) -> D | None:
        """Return the row that is due first, perhaps in the future; None for none. Raises StoreUnavailable."""
        ...

    async def reconcile(self, row: D) -> None:
        """Bring a row in step, and store that it is. Raises what the platform and the store raise."""
        ...

    async def postpone(self, row: D, again: datetime) -> None:
        """Store that a try failed and when to try again. Raises StoreUnavailable."""
        ...


class Reconciler:
    """Brings due rows in step on one platform, for as long as this program holds the lease."""

    def __init__(self, platform: str, clock: Clock) -> None:
        self._platform = platform
        self._clock = clock
        chance = random.Random(platform)  # noqa: S311 - no secret: spreads what is tried again
        self._backoff = Backoff(first=1.0, longest=_LONGEST_WAIT, jitter=0.5, chance=chance)
        self._refusals: set[str] = set()

    async def serve(self, resource: Resource[D]) -> None:
        """Bring the due rows of a resource in step until cancelled."""
        while True:
            try:
                row = await resource.next_row()
                if row and row.due <= self._clock.now():
                    with under_reference(new_reference()):
                        wait = await self._reconcile(resource, row)
                else:
                    wait = _LOOK_EVERY
            except StoreUnavailable as error:
                log.warning("delivery.resources_waiting", platform=self._platform, reason=str(error))
                wait = _LOOK_EVERY
            if wait:
                await self._clock.sleep(wait)

    async def _reconcile(self, resource: Resource[D], row: D) -> float:
        """Bring one row in step. Returns for how many seconds the platform asks to be left alone then."""
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
