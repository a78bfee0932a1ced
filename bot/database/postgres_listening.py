"""The connection on which a program learns from others on one PostgreSQL server what they committed (LISTEN, NOTIFY).

It is a connection of its own: a NOTIFY within the transaction of a unit would make all commits wait for one another.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

import asyncpg
import structlog

from bot.backoff import Backoff
from bot.database.engine import StoreUnavailable

log = structlog.get_logger()

_CHANNEL = "rencontres"
_PROBED_EVERY = 10.0
_SILENCE = 5.0
"""The seconds after which a connection that does not answer is given up."""
_BACKOFF = Backoff(first=0.2, longest=5.0, jitter=0.5)
LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""What is raised where the connection is lost, or cannot be made."""
SESSION = {
    "application_name": "rencontres",
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "5000",
}
"""The settings of a long-lived session: the server ends it within seconds when this program is gone without a word."""


class PostgresListening:
    """Tells other programs short texts, and hears those that they tell, until cancelled (`run`)."""

    def __init__(self, url: str, heard: Callable[[str], None]) -> None:
        """`heard` is called with each text of another program.

        It is called with '' after each connection, as something may have been told before.
        """
        self._url = url
        self._heard = heard
        self._me = secrets.token_hex(4)
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._connected = asyncio.Event()
        self._turn = asyncio.Lock()  # a connection does one thing at a time

    @property
    def connected(self) -> bool:
        """Whether everything that others tell is heard now."""
        return self._connected.is_set()

    async def tell(self, text: str) -> None:
        """Tell other programs a text of at most MOST_TOLD bytes, once there is a connection.

        Raises StoreUnavailable where the connection is lost meanwhile.
        """
        await self._connected.wait()
        async with self._turn:
            if self._connection is None:
                raise StoreUnavailable("the connection is lost")
            try:
                await self._connection.execute("SELECT pg_notify($1, $2)", _CHANNEL, f"{self._me} {text}")
            except LOST as error:
                raise StoreUnavailable(str(error)) from error

    async def run(self) -> None:
        """Keep a connection open, with a new one after it is lost, until cancelled."""
        failures = 0
        while True:
            try:
                connection = await asyncpg.connect(
                    self._url, timeout=_SILENCE, command_timeout=_SILENCE, server_settings=SESSION
                )
                try:
                    await connection.add_listener(_CHANNEL, self._hear)
                    self._connection, failures = connection, 0
                    self._connected.set()
                    self._heard("")
                    await self._probe(connection)
                finally:
                    self._connection = None
                    self._connected.clear()
                    connection.terminate()
            except LOST as error:
                log.warning("database.listening_lost", reason=str(error) or type(error).__name__)
            failures += 1
            await asyncio.sleep(_BACKOFF.after(failures))

    async def _probe(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        """Return when the connection has ended; raise where it does not answer any more."""
        ended = asyncio.Event()
        connection.add_termination_listener(lambda _connection: ended.set())
        while not ended.is_set():
            try:
                async with asyncio.timeout(_PROBED_EVERY):
                    await ended.wait()
            except TimeoutError:
                async with self._turn:
                    await connection.execute("SELECT 1")

    def _hear(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        by, _, text = str(payload).partition(" ")
        if by != self._me:
            self._heard(text)
