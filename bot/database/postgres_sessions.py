"""Long-lived connections of a program to a PostgreSQL server: for notices of what others committed, and for locks.

They are separate from the connections on which transactions run. A NOTIFY in these transactions would make all commits
wait for one another. An advisory lock ends with its session, so another program takes over once the server notices that
the holder has ended.
"""

from __future__ import annotations

import asyncio
import socket
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import asyncpg
import structlog

from bot.backoff import Backoff
from bot.database.engine import StoreUnavailable, Transaction
from bot.database.postgres_transaction import DATABASE_ERRORS

log = structlog.get_logger()

_CHANNEL = "rencontres"
SILENCE = 5.0
"""The number of seconds after which a connection whose server does not answer is closed."""
_BACKOFF = Backoff(first=0.2, longest=1.0, jitter=0.5)
_TOLD_EVERY = 60
"""One of so many failures in a row, about a minute, is logged, because each program has several sessions."""
_LOCKS = 0x6C6F636B
"""The first of the two numbers of an advisory lock of ours; the other stands for its name."""
_PROGRAMS = 0x70726F67
"""The first number of the lock that each program has while it runs; the other one is its name."""
_LOCK_ASKED_EVERY = "60s"
"""How long one statement waits for a lock; while it waits, the server cannot remove old rows."""
SESSION = {
    "application_name": "rencontres",
    "client_connection_check_interval": "1000",
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "5000",
}
"""Settings by which the server ends a session within seconds after its program ended without closing it.

`application_name` is for sessions that wait for a lock: without it, sessions of killed programs would go on waiting.
"""

_SIGN_EVERY = 15.0
"""The seconds after which a program says on each session that it keeps that it goes on."""
_NO_SIGN = "40000"
"""The milliseconds after which the server ends such a session without a sign.

A program that was stopped, or hangs, still has its connections: without this it would keep its locks for ever.
"""

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]


def keep_alive(connection: Connection) -> None:
    """Make the system close a connection whose server is unreachable for about 5 s, even in a long statement."""
    # The one use of a private name: asyncpg has no public way to set options of its socket.
    sock = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]
    if sock is None or sock.family == socket.AF_UNIX:
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    options = {"TCP_KEEPIDLE": 2, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 5_000}
    for option, value in options.items():
        if hasattr(socket, option):  # not everywhere
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


async def _connect(url: str) -> Connection:
    settings = SESSION | {"idle_session_timeout": _NO_SIGN}
    connection = await asyncpg.connect(url, timeout=SILENCE, server_settings=settings)
    keep_alive(connection)
    return connection


async def answers(url: str, within: float) -> bool:
    """Return True if a database server answers a new connection within `within` seconds, even if it refuses it."""
    try:
        async with asyncio.timeout(within):
            connection = await asyncpg.connect(url, timeout=within)
    except OSError:  # TimeoutError is one
        return False
    except DATABASE_ERRORS:
        return True
    connection.terminate()
    return True


async def _ended(connection: Connection, turn: asyncio.Lock | None = None) -> None:
    """Return when a connection has ended, or was given up; until then say every few seconds that this program goes on.

    `turn` is held by whoever else uses the connection, which does one thing at a time; None if nobody does.
    """
    turn, ended = turn or asyncio.Lock(), asyncio.Event()
    connection.add_termination_listener(lambda _connection: ended.set())
    while not connection.is_closed():
        with suppress(TimeoutError):
            async with asyncio.timeout(_SIGN_EVERY):
                await ended.wait()
                return
        try:
            async with turn:
                await connection.execute("SELECT 1", timeout=SILENCE)
        except DATABASE_ERRORS:
            connection.terminate()


# --- what one program tells others


class PostgresListening:
    """Sends texts to other programs on this database, and receives their texts while `run` runs."""

    def __init__(self, url: str, program: str, heard: Callable[[str], None], silence: float) -> None:
        """Create it, not connected yet, with this program's name; `heard` is called with each text of another program.

        `heard` is also called with '' after each new connection, because texts may have been missed. A connection on
        which the server does not answer for `silence` seconds is closed and replaced.
        """
        self._silence = silence
        self._url = url
        self._heard = heard
        self._me = program
        self._connection: Connection | None = None
        self._connected = asyncio.Event()
        self._turn = asyncio.Lock()  # a connection does one thing at a time

    @property
    def connected(self) -> bool:
        """Return whether there is a connection, without which texts from other programs are missed."""
        return self._connected.is_set()

    async def tell(self, text: str) -> None:
        """Send a text of at most LONGEST_NOTIFICATION bytes to the other programs; wait until there is a connection.

        Raises StoreUnavailable if the connection is lost meanwhile.
        """
        await self._connected.wait()
        async with self._turn:
            if self._connection is None:
                raise StoreUnavailable("the connection is lost")
            try:
                await self._connection.execute(
                    "SELECT pg_notify($1, $2)", _CHANNEL, f"{self._me} {text}", timeout=self._silence
                )
            except DATABASE_ERRORS as error:
                self._connection.terminate()  # it may be silent, and not known to have ended
                raise StoreUnavailable(str(error)) from error

    async def run(self) -> None:
        """Receive texts of other programs until cancelled; open a new connection whenever the present one is lost."""
        failures = 0
        while True:
            try:
                connection = await _connect(self._url)
                try:
                    number = int.from_bytes(bytes.fromhex(self._me), signed=True)
                    # shared, as the session before may not have ended yet
                    await connection.execute("SELECT pg_advisory_lock_shared($1, $2)", _PROGRAMS, number)
                    await connection.add_listener(_CHANNEL, self._hear)
                    self._connection, failures = connection, 0
                    self._connected.set()
                    self._heard("")
                    await _ended(connection, self._turn)
                    log.warning("database.listening_lost", reason="the connection has ended")
                finally:
                    self._connection = None
                    self._connected.clear()
                    connection.terminate()
            except DATABASE_ERRORS as error:
                if failures % _TOLD_EVERY == 0:
                    log.warning("database.listening_lost", reason=str(error) or type(error).__name__)
            failures += 1
            await asyncio.sleep(_BACKOFF.after(failures))

    def _hear(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        by, _, text = str(payload).partition(" ")
        if by != self._me:
            self._heard(text)


# --- what only one program may do


def number_of(name: str) -> int:
    """Return the number by which PostgreSQL identifies the lock with a name: a signed integer of 32 bits."""
    return zlib.crc32(name.encode()) - 2**31


_GRANTED = (
    "SELECT CAST(objid AS BIGINT) AS number, pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND CAST(classid AS BIGINT) = :kind"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


async def names_locked(tx: Transaction, names: Iterable[str]) -> Sequence[str]:
    """Return the names, out of `names`, of the locks that some database session holds now."""
    granted = {row["number"] for row in await tx.all(_GRANTED, kind=_LOCKS)}
    return [name for name in names if number_of(name) % 2**32 in granted]


async def has_lock(tx: Transaction, session: int, name: str) -> bool:
    """Return whether the database session with the id `session` holds the lock `name` now."""
    rows = await tx.all(f"{_GRANTED} AND pid = :session", kind=_LOCKS, session=session)
    return number_of(name) % 2**32 in {row["number"] for row in rows}


async def programs_running(tx: Transaction) -> frozenset[str]:
    """Return the names of the programs that are connected to the database now, to receive texts from one another."""
    return frozenset(f"{row['number']:08x}" for row in await tx.all(_GRANTED, kind=_PROGRAMS))


@asynccontextmanager
async def locked(url: str, name: str, lost: Callable[[], None]) -> AsyncIterator[int]:
    """Wait until no other database session has the lock `name`, then hold it inside the `async with` block.

    Yields the id of the session that has the lock. If this session ends inside the block, `lost` is called, because
    another program may then have the lock.
    """
    connection = await _take_lock(url, name)
    watching = asyncio.create_task(_ended(connection))
    watching.add_done_callback(lambda task: None if task.cancelled() else lost())
    try:
        yield connection.get_server_pid()
    finally:
        watching.cancel()
        await asyncio.wait({watching})  # it may be asking something, and a connection does one thing at a time
        with suppress(*DATABASE_ERRORS):
            await connection.close(timeout=SILENCE)


async def _take_lock(url: str, name: str) -> Connection:
    """Return a session that has the lock `name`, which may take as long as another program lives."""
    failures, waiting = 0, False
    while True:
        connection = None
        try:
            connection = await _connect(url)
            if await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", _LOCKS, number_of(name)):
                return connection
            if not waiting:
                log.info("database.lock_awaited", lock=name)
            waiting, failures = True, 0
            await connection.execute(f"SET lock_timeout = '{_LOCK_ASKED_EVERY}'")
            while True:
                with suppress(asyncpg.LockNotAvailableError):
                    await connection.execute("SELECT pg_advisory_lock($1, $2)", _LOCKS, number_of(name))
                    return connection
        except DATABASE_ERRORS as error:
            if failures % _TOLD_EVERY == 0:
                log.warning("database.lock_not_reached", lock=name, reason=str(error) or type(error).__name__)
            failures += 1
            if connection:
                connection.terminate()
            await asyncio.sleep(_BACKOFF.after(failures))
        except BaseException:
            if connection:
                connection.terminate()
            raise
