"""Leases: of several programs on one database, only one does a task; if it ends, another program takes over.

while True:
    try:
        async with lease(store, clock, name="telegram:intake"):
            await fetch_updates()
    except LeaseLost:
        log.warning("another program took over")  # the next turn of the loop waits for it
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog

from bot.background import lease_store
from bot.clock import Clock
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.database.retrying import retry_until_available
from bot.metrics import LEASES_HELD

log = structlog.get_logger()

_PERIOD = timedelta(seconds=30)
"""How long a lease lasts after it was taken or renewed."""
_RENEWED_EVERY = 8.0
_ASKED_EVERY = 5.0
_STORE_ASKED_AGAIN = 0.5


def _here() -> str:
    """Return where process ids are valid: a name for this boot of this machine or container; '' where it is unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{socket.gethostname()}:{boot}:{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


_HOST = _here()
_PROGRAM = secrets.token_hex(4)


class LeaseLost(Exception):
    """The error that this program lost a lease, the right to do a task alone, and that its work was cancelled.

    Either another program has taken the lease, or this program could not renew the lease in time.
    """


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease, the right to do the task `name` alone, that the program `holder` has taken and may have lost since."""

    name: str
    holder: str

    async def check(self, tx: Transaction) -> None:
        """Raise LeaseLost if another program has taken the lease, so that two programs never do the task at once."""
        if not await lease_store.is_held(tx, self.name, self.holder):
            raise LeaseLost(self.name)


@asynccontextmanager
async def lease(store: Store, clock: Clock, *, name: str, holder: str | None = None) -> AsyncIterator[Lease]:
    """Wait until no other program does the task `name`; then only this program does it inside the `async with` block.

    `holder` is the name of this program in the lease, None for a new name. If the lease is lost, the block is cancelled
    and LeaseLost is raised. If a program is killed, its lease can be taken at once on the same machine or on
    PostgreSQL; otherwise it can be taken at most 30 s after the last renewal.
    """
    LEASES_HELD.add(0, name)  # report 0 for a task that nobody does
    holder = holder or f"{_HOST}/{os.getpid()}/{_PROGRAM}-{secrets.token_hex(4)}"
    try:
        async with asyncio.timeout(None) as body:
            loop = asyncio.get_running_loop()

            def lost() -> None:
                body.reschedule(loop.time())

            lock = store.locked(name, lost)
            held = _locked(store, clock, name, holder, lock) if lock else _renewed(store, clock, name, holder, lost)
            async with held:
                log.debug("background.lease_taken", lease=name)
                with LEASES_HELD.counting(name):
                    yield Lease(name, holder)
                LEASES_HELD.forget(name)  # the task has ended, so nobody needs to do it
    except TimeoutError:
        if body.expired():
            raise LeaseLost(name) from None
        raise


@asynccontextmanager
async def _renewed(store: Store, clock: Clock, name: str, holder: str, lost: Callable[[], None]) -> AsyncIterator[None]:
    """Take the lease as a row, which is renewed while the body runs, and deleted then."""
    held_until = await _wait_for(store, clock, name, holder)
    renewing = asyncio.create_task(_renew(store, clock, name, holder, held_until, lost))
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(StoreUnavailable):  # the lease expires by itself
            await store.transact(lambda tx: lease_store.release(tx, name, holder))


@asynccontextmanager
async def _locked(
    store: Store, clock: Clock, name: str, holder: str, lock: AbstractAsyncContextManager[int]
) -> AsyncIterator[None]:
    """Take the lease by a lock of the database, and write down who has it, for transactions to check.

    Raises LeaseLost if the lock is lost before that is written: what another holder wrote meanwhile stays.
    """
    async with lock as session:
        put = partial(lease_store.put, name=name, holder=holder, session=session)
        written = partial(store.transact, lambda tx: put(tx, now=clock.now()))
        if not await retry_until_available(written, clock, _STORE_ASKED_AGAIN):
            raise LeaseLost(name)
        yield


async def running(store: Store, now: datetime) -> list[str]:
    """Return the names of all tasks that some program does at `now`, because it has the lease for the task."""
    held = await store.read(lambda tx: lease_store.held(tx, now))
    return [name for name, holder in held if not _is_gone(holder)]


async def _wait_for(store: Store, clock: Clock, name: str, holder: str) -> datetime:
    """Wait for the lease and return until when it is held."""
    waiting = False
    while True:
        now = clock.now()

        async def unit(tx: Transaction, now: datetime = now) -> bool:
            return await lease_store.take(tx, name, holder, now, now + _PERIOD, _is_gone)

        with suppress(StoreUnavailable):
            if await store.transact(unit):
                return now + _PERIOD
            if not waiting:
                log.info("background.lease_awaited", lease=name)
            waiting = True
        await clock.sleep(_ASKED_EVERY)


async def _renew(
    store: Store, clock: Clock, name: str, holder: str, held_until: datetime, lost: Callable[[], None]
) -> None:
    """Renew a lease again and again until it is lost, then call `lost`."""
    while True:
        await clock.sleep(_RENEWED_EVERY)
        until = clock.now() + _PERIOD
        try:
            held = await store.transact(lambda tx, until=until: lease_store.renew(tx, name, holder, until))  # type: ignore[misc]
        except StoreUnavailable:
            held = clock.now() + timedelta(seconds=_RENEWED_EVERY) < held_until
        except Exception:
            log.exception("background.lease_not_renewed", lease=name)
            held = False
        else:
            held_until = until
        if not held:
            lost()
            return


def _is_gone(holder: str) -> bool:
    """Return whether a holder is known to be a program on this machine that has ended."""
    host, _, rest = holder.partition("/")
    pid, _, program = rest.partition("/")
    if not _HOST or host != _HOST or not pid.isdecimal():
        return False
    if int(pid) == os.getpid():
        return not program.startswith(f"{_PROGRAM}-")
    try:
        os.kill(int(pid), 0)  # signal 0 only asks whether it runs
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
