"""What ticks by itself: every hour, the house drops what it need not keep any longer.

APScheduler is the ticker only. What is due is decided by rows and our own clock, so that nothing depends on a tick that
was missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from bot.clock import Clock
from bot.storage import (
    albums,
    attempts,
    deliveries,
    dialogues,
    imports,
    inbox,
    journal,
    links,
    page,
    proposals,
    secrets,
    sessions,
)
from bot.storage.engine import Store, StoreUnavailable, Transaction

log = structlog.get_logger()

_CHORES: tuple[Callable[[Transaction, datetime], Awaitable[int]], ...] = (
    inbox.forget_old,
    dialogues.forget_old,
    albums.forget_old,
    attempts.forget_old,
    secrets.forget_expired,
    links.forget_old,
    page.forget_secrets,
    journal.forget_old,
    imports.forget_old,
    sessions.forget_old,
    proposals.forget_old,
    deliveries.forget_content,
)


class Housekeeping:
    """The hourly round. `run` until cancelled."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def run(self, *, minute: str = "17", second: str = "0") -> None:
        """Tidy at each instant the cron fields name; never twice at once, and once for what was missed."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        scheduler = AsyncIOScheduler(timezone="UTC")
        scheduler.add_job(
            self.tidy, "cron", minute=minute, second=second, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)

    async def tidy(self) -> None:
        """Drop what has had its time, a transaction a subject: one that fails keeps no other from being done."""
        for chore in _CHORES:
            now = self._clock.now()
            about = {"chore": f"{chore.__module__}.{chore.__name__}"}
            try:
                dropped = await self._store.transact(lambda tx, chore=chore, now=now: chore(tx, now))  # type: ignore[misc]
            except StoreUnavailable as error:
                log.warning("not tidied", **about, reason=str(error))
            except Exception:
                log.exception("not tidied", **about)
            else:
                log.debug("tidied", **about, dropped=dropped)
