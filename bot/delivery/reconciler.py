"""What a platform shows of rows of ours, kept in step: one row after the other, and each looked after once a day.

One after the other: platforms ration what is made there, and nobody waits at the other end. What was deleted by hand is
thus made again within a day, or with the next change.
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

LOOKED_AFTER_EVERY = timedelta(days=1)
_LOOK_EVERY = 2.0
_REFUSED_AGAIN_AFTER = timedelta(hours=1)
"""What is refused is missing a permission or beyond a limit: somebody may have seen to it meanwhile."""
_LONGEST_WAIT = 300.0


class Due(Protocol):
    """A row to be brought in step."""

    @property
    def due(self) -> datetime:
        """When it may be brought in step."""
        ...

    @property
    def attempts(self) -> int:
        """How often that failed."""
        ...


D = TypeVar("D", bound=Due)


class Resource(Protocol[D]):
    """One kind of thing on one platform. What each does may be repeated after it ended anywhere."""

    def about(self, row: D) -> Mapping[str, Any]:
        """What the log says a row is about."""
        ...

    async def next(self) -> D | None:
        """The row to look after next, perhaps not yet. Raises StoreUnavailable."""
        ...

    async def bring(self, row: D) -> None:
        """Bring a row in step, and write down that it is. Raises what the platform and the store raise."""
        ...

    async def postpone(self, row: D, again: datetime) -> None:
        """Write down that a row could not be brought in step. Raises StoreUnavailable."""
        ...


class Reconciler:
    """Keeps things in step on one platform, for as long as this program holds the lease."""

    def __init__(self, platform: str, clock: Clock) -> None:
        self._platform = platform
        self._clock = clock
        chance = random.Random(platform)  # noqa: S311 - no secret: spreads what is tried again
        self._backoff = Backoff(first=1.0, longest=_LONGEST_WAIT, jitter=0.5, chance=chance)
        self._refusals: set[str] = set()

    async def serve(self, kept: Resource[D]) -> None:
        """Bring what is due in step until cancelled."""
        while True:
            try:
                row = await kept.next()
                if row and row.due <= self._clock.now():
                    with under_reference(new_reference()):
                        wait = await self._bring(kept, row)
                else:
                    wait = _LOOK_EVERY
            except StoreUnavailable as error:
                log.warning("delivery.resources_waiting", platform=self._platform, reason=str(error))
                wait = _LOOK_EVERY
            if wait:
                await self._clock.sleep(wait)

    async def _bring(self, kept: Resource[D], row: D) -> float:
        """Bring one row in step; for how many seconds the platform asks to be left alone then."""
        about = {"platform": self._platform, **kept.about(row)}
        try:
            await kept.bring(row)
        except (Rejected, Unreachable) as error:
            if str(error) not in self._refusals:
                self._refusals.add(str(error))
                log.warning("delivery.resource_refused", **about, reason=str(error))
            await kept.postpone(row, self._clock.now() + _REFUSED_AGAIN_AFTER)
        except RetryLater as error:
            wait = error.seconds or self._backoff.after(row.attempts + 1)
            await kept.postpone(row, self._clock.now() + timedelta(seconds=wait))
            return error.seconds or 0.0
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("delivery.resource_failed", **about)
            await kept.postpone(row, self._clock.now() + timedelta(seconds=_LONGEST_WAIT))
        return 0.0
