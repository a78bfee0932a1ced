"""A mail server in this process, which keeps every letter that it is given, as the mailboxes of invented people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

TAKEN = "250 OK"
"""The answer to a letter that the server takes."""
SENDER = "bonjour@rencontres.example"
"""The address from which the gatherings of the demo and of rehearsals write."""


@dataclass(frozen=True)
class ReceivedLetter:
    """A letter that the server took."""

    sender: str
    to: str
    content: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """Return the letter with its headers and parts."""
        message = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    @property
    def subject(self) -> str:
        """Return the subject as it is read."""
        return str(self.message["Subject"])

    def part(self, kind: str) -> str:
        """Return the words of the letter as «plain» text or as «html»."""
        part = self.message.get_body((kind,))
        assert part is not None
        content: str = part.get_content()
        return content


@dataclass
class MailServer:
    """A mail server and the letters that it took, oldest first; `port` is where it listens."""

    port: int = 0
    letters: list[ReceivedLetter] = field(default_factory=list)

    def settings(self, **values: Any) -> dict[str, Any]:
        """Return the values of a section [email] that leads to this server."""
        return {"server": "127.0.0.1", "port": self.port, "security": "none", "from": SENDER, **values}

    def to(self, address: str) -> list[ReceivedLetter]:
        """Return the letters to an address, oldest first."""
        return [letter for letter in self.letters if letter.to.casefold() == address.casefold()]

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, responses: list[str]
    ) -> list[str]:
        """Greet whoever connects."""
        session.host_name = name
        return responses

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - likewise
        """Keep a letter, and return the answer to it."""
        self.keep(envelope)
        return TAKEN

    def keep(self, envelope: Envelope) -> None:
        """Keep a letter for each of its recipients."""
        content = envelope.original_content or b""
        self.letters += [ReceivedLetter(envelope.mail_from or "", to, content) for to in envelope.rcpt_tos]


@asynccontextmanager
async def open_mail_server() -> AsyncIterator[MailServer]:
    """Run a mail server on a free port of this machine until the `async with` block ends."""
    server, loop = MailServer(), asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: SMTP(server, loop=loop, enable_SMTPUTF8=True, data_size_limit=20_000_000), "127.0.0.1", 0
    )
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
