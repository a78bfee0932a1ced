"""The only source of time in the program; tests, rehearsals and the demo can move it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Return an aware datetime in the form in which it is stored: microseconds since 1970, UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware UTC datetime for microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=micros)


def micros_or_none(moment: datetime | None) -> int | None:
    """Return an aware datetime in the form in which it is stored, microseconds since 1970; None for None."""
    return None if moment is None else to_micros(moment)


def instant_or_none(micros: int | None) -> datetime | None:
    """Return the aware UTC datetime for microseconds since 1970; None for None."""
    return None if micros is None else from_micros(micros)


class Clock(Protocol):
    """A source of time, which tells the present instant and can wait."""

    def now(self) -> datetime:
        """Return the present instant (aware, UTC)."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for this number of seconds of this clock."""
        ...


class SystemClock:
    """The clock of the machine, in real time."""

    def now(self) -> datetime:
        """Return the present instant (aware, UTC)."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for this number of seconds in real time."""
        await asyncio.sleep(seconds)


class ShiftedClock(SystemClock):
    """A clock for tests and the demo: it shows the machine's time plus a shift, which `advance` makes larger.

    A call of `sleep` returns at once if `advance` moves this clock past the end of the sleep.
    """

    def __init__(self) -> None:
        self._shift = timedelta()
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """Return the machine's time plus the shift (aware, UTC)."""
        return super().now() + self._shift

    def advance(self, by: timedelta) -> None:
        """Move this clock forward by a duration. Raises ValueError if the duration is negative."""
        if by < timedelta():
            raise ValueError("a clock moves forward only")
        self._shift += by
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Wait until this clock shows a time `seconds` later; moving the clock forward shortens the wait."""
        until = self.now() + timedelta(seconds=seconds)
        while (left := (until - self.now()).total_seconds()) > 0:
            moved = asyncio.create_task(self._moved.wait())
            try:
                await asyncio.wait({moved}, timeout=left)
            finally:
                moved.cancel()


async def sleep_unless(clock: Clock, seconds: float, event: asyncio.Event) -> None:
    """Wait for `seconds` of `clock`, or until `event` is set if that happens earlier."""
    timer, happened = asyncio.ensure_future(clock.sleep(seconds)), asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait({timer, happened}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        timer.cancel()
        happened.cancel()
