"""Leases: of several programs over one database, only one does a task, and another goes on where it ends.

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
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.background import lease_store
from bot.clock import Clock
from bot.database.engine import Store, StoreUnavailable, Transaction

log = structlog.get_logger()

_PERIOD = timedelta(seconds=30)
"""How long a lease outlives a program that was cut off."""
_RENEWED_EVERY = 8.0
_ASKED_EVERY = 5.0


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
    """The lease belongs to another, or could not be renewed in time; what was done under it was cancelled."""


@asynccontextmanager
async def lease(store: Store, clock: Clock, *, name: str, holder: str | None = None) -> AsyncIterator[None]:
    """Wait until this program may do the task `name`, hold the lease while the body runs, and release it afterwards.

    Another program's lease ends at once if that program was killed on this machine, otherwise when it runs out, at most
    30 s after its last renewal. `holder` is the name that this program holds the lease under (None: a new one). If the
    lease is lost the body is cancelled, and LeaseLost is raised.
    """
    holder = holder or f"{_HOST}/{os.getpid()}/{_PROGRAM}-{secrets.token_hex(4)}"
    held_until = await _wait_for(store, clock, name, holder)
    try:
        async with asyncio.timeout(None) as body:
            loop = asyncio.get_running_loop()
            renewing = asyncio.create_task(
                _keep(store, clock, name, holder, held_until, lambda: body.reschedule(loop.time()))
            )
            try:
                yield
            finally:
                renewing.cancel()
    except TimeoutError:
        if body.expired():
            raise LeaseLost(name) from None
        raise
    finally:
        with suppress(StoreUnavailable):  # it runs out by itself
            await store.transact(lambda tx: lease_store.release(tx, name, holder))


async def running(store: Store, now: datetime) -> list[str]:
    """Return the names of the tasks that programs are doing on this database now."""
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


async def _keep(
    store: Store, clock: Clock, name: str, holder: str, held_until: datetime, lost: Callable[[], None]
) -> None:
    """Renew a lease until it is lost."""
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
    """Return whether a holder was a program on this machine that has ended. One that cannot be asked is alive."""
    host, _, rest = holder.partition("/")
    pid, _, program = rest.partition("/")
    if not _HOST or host != _HOST or not pid.isdecimal():
        return False
    if int(pid) == os.getpid():
        return not program.startswith(f"{_PROGRAM}-")
    try:
        os.kill(int(pid), 0)  # asks only
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
