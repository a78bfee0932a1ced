"""Keeps a few connections to the mail server, and sends finished letters over them."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from bot.backoff import Backoff
from bot.config.installation import EmailSettings
from bot.content.errors import RetryLater, Unreachable
from bot.content.reasons import Reason
from bot.platforms.email.faults import refuse, said

log = structlog.get_logger()

MOST = 4
"""How many connections to the mail server may be open at once; common providers allow that many."""
PATIENCE = 60.0
"""Seconds within which the server must answer each command."""
_IDLE = 20.0
"""Seconds after which an unused connection is not used again, as the server may have closed it."""
_USES = 100
"""How many letters go over one connection: some servers take no more."""


class CannotConnect(Exception):
    """The error that no e-mails can be sent at all; its text says why, without any secret."""


@dataclass(slots=True, eq=False)
class _Open:
    """An open connection, the time of its last use, and how many letters went over it."""

    client: SMTP
    used_at: float
    uses: int = 0


@dataclass(slots=True)
class _Trouble:
    """Why the last attempts to connect failed, how many there were, and until when none is made."""

    why: str = ""
    attempts: int = 0
    until: float = 0.0


@dataclass
class MailConnections:
    """Keeps at most `most` connections to the mail server; `send` uses a free connection, or opens one."""

    settings: EmailSettings
    patience: float = PATIENCE
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context
    most: int = MOST
    _free: list[_Open] = field(default_factory=list)
    _trouble: _Trouble = field(default_factory=_Trouble)
    _backoff: Backoff = field(default_factory=lambda: Backoff(first=5.0, longest=300.0))

    def __post_init__(self) -> None:
        self._room = asyncio.Semaphore(self.most)
        self._connecting = asyncio.Lock()

    async def send(self, sender: str, recipient: str, letter: bytes) -> None:
        """Send a letter (an e-mail) to the mail server, and return once the server has accepted it.

        Raises Unreachable or Rejected if the server refuses, and RetryLater for a temporary error. The RetryLater is
        `doubtful` if the server did not answer, so that it may have accepted the letter.
        """
        async with self._room:
            kept = self._take_free()
            if kept and not await self._still_there(kept):
                kept = None
            connection = kept or _Open(await self._connected(), time.monotonic())
            try:
                await self._hand_over(connection.client, sender, recipient, letter)
            except SMTPResponseException as error:
                await self._keep(connection, reset=True)
                refuse(error, recipient=isinstance(error, SMTPRecipientRefused))
            except BaseException:
                connection.client.close()
                raise
            await self._keep(connection)

    async def _hand_over(self, client: SMTP, sender: str, recipient: str, letter: bytes) -> None:
        options = [] if letter.isascii() else ["SMTPUTF8"]
        if options and not client.supports_extension("smtputf8"):
            raise Unreachable("the server takes no such address", why=Reason.ADDRESS_UNUSABLE)
        encoding = "utf-8" if options else "ascii"
        try:
            await client.mail(sender, options=options, encoding=encoding)
            await client.rcpt(recipient, encoding=encoding)
        except (SMTPSenderRefused, SMTPRecipientRefused):
            raise
        except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
            raise RetryLater(type(error).__name__, whole_platform=True) from None
        try:
            await client.data(letter)
        except SMTPDataError:
            raise
        except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
            raise RetryLater(type(error).__name__, doubtful=True) from None

    def _take_free(self) -> _Open | None:
        while self._free:
            connection = self._free.pop()
            if time.monotonic() - connection.used_at < _IDLE and connection.client.is_connected:
                return connection
            connection.client.close()
        return None

    async def _still_there(self, connection: _Open) -> bool:
        """Return whether an idle connection answers; one that was just used is taken to."""
        if time.monotonic() - connection.used_at < 1.0:
            return True
        try:
            await connection.client.noop()
        except (SMTPException, OSError):
            connection.client.close()
            return False
        return True

    async def _keep(self, connection: _Open, *, reset: bool = False) -> None:
        """Keep a connection for the next letter, or close it after many."""
        connection.uses += 1
        connection.used_at = time.monotonic()
        try:
            if connection.uses >= _USES:
                await connection.client.quit()
                return
            if reset:
                await connection.client.rset()
        except (SMTPException, OSError):
            connection.client.close()
            return
        if connection.client.is_connected:
            self._free.append(connection)

    async def _connected(self) -> SMTP:
        """Return a new connection. After a failure, nothing is tried for a while: others get the same error at once."""
        async with self._connecting:
            if time.monotonic() < self._trouble.until:
                raise RetryLater(self._trouble.why, whole_platform=True)
            try:
                client = await self.connect()
            except CannotConnect as error:
                trouble = self._trouble
                if trouble.why != str(error):
                    log.error("email.cannot_connect", reason=str(error))
                trouble.why, trouble.attempts = str(error), trouble.attempts + 1
                trouble.until = time.monotonic() + self._backoff.after(trouble.attempts)
                raise RetryLater(trouble.why, whole_platform=True) from None
            if self._trouble.why:
                log.info("email.connected_again")
            self._trouble = _Trouble()
            return client

    async def connect(self) -> SMTP:
        """Open a connection on which letters can be sent, encrypted and logged in as configured, and return it.

        Raises CannotConnect, which says in one line what is wrong.
        """
        settings = self.settings
        context = self.context() if settings.security != "none" else None
        client = SMTP(
            hostname=settings.server,
            port=settings.usual_port,
            timeout=self.patience,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=context,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
            if settings.user:
                await client.login(settings.user, settings.password.get_secret_value())
        except SMTPAuthenticationError as error:
            client.close()
            raise CannotConnect(f"the server refuses user and password ({said(error)})") from None
        except (SMTPException, OSError, ssl.SSLError, ValueError) as error:
            client.close()
            raise CannotConnect(_in_words(error, settings)) from None
        except BaseException:
            client.close()
            raise
        return client

    async def close(self) -> None:
        """Close all connections that are not in use."""
        while self._free:
            client = self._free.pop().client
            try:
                await client.quit(timeout=1.0)
            except (SMTPException, OSError):
                client.close()


def _in_words(error: Exception, settings: EmailSettings) -> str:
    """Return why a connection failed, in words for the person who configured it."""
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None and cause not in causes:
        causes.append(cause)
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in causes):
        return "the server's certificate is not valid for its name"
    if any(isinstance(each, ssl.SSLError) for each in causes):
        return f"the server does not speak TLS on port {settings.usual_port}"
    if isinstance(error, SMTPTimeoutError):
        return "the server does not answer in time"
    if isinstance(error, SMTPNotSupported) or (settings.security == "starttls" and "starttls" in str(error).casefold()):
        return "the server offers no STARTTLS, or no login"
    if isinstance(error, SMTPResponseException) and not isinstance(error, SMTPConnectError):
        return f"the server answers {said(error)}"
    if isinstance(error, SMTPServerDisconnected):
        return "the server hangs up"
    return f"the server cannot be reached on port {settings.usual_port}"
