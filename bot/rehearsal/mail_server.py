"""A mail server in this process, which stores every letter that it receives, as the mailboxes of invented people."""

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
"""The answer to a letter that the server accepts."""
SENDER = "bonjour@rencontres.example"
"""The address from which the gatherings of the demo and of rehearsals write."""


@dataclass(frozen=True)
class ReceivedLetter:
    """A letter (an e-mail) that the simulated mail server received for one address."""

    sender: str
    to: str
    content: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """Return the letter as an e-mail message with headers and parts."""
        message = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    @property
    def subject(self) -> str:
        """Return the decoded subject of the letter."""
        return str(self.message["Subject"])

    def part(self, kind: str) -> str:
        """Return the text of the letter, as plain text (`kind` «plain») or as HTML («html»)."""
        part = self.message.get_body((kind,))
        assert part is not None
        content: str = part.get_content()
        return content


@dataclass
class MailServer:
    """A simulated mail server on the port `port`, and the letters (e-mails) that it received, oldest first.

    `refused` has the answers to addresses to which the server takes no letter.
    """

    port: int = 0
    letters: list[ReceivedLetter] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def settings(self, **values: Any) -> dict[str, Any]:
        """Return the values of the section [email] with which the program sends its e-mails to this server."""
        return {"server": "127.0.0.1", "port": self.port, "security": "none", "from": SENDER, **values}

    def to(self, address: str) -> list[ReceivedLetter]:
        """Return the letters that were sent to an address, oldest first."""
        return [letter for letter in self.letters if letter.to.casefold() == address.casefold()]

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, responses: list[str]
    ) -> list[str]:
        """Answer the greeting of a program that connects; aiosmtpd calls this."""
        session.host_name = name
        return responses

    async def handle_RCPT(  # noqa: N802 - likewise
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Accept or refuse an address to which a letter is to be sent; aiosmtpd calls this."""
        if answer := self.refused.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - likewise
        """Store a letter, and return the server's answer; aiosmtpd calls this."""
        self.keep(envelope)
        return TAKEN

    def keep(self, envelope: Envelope) -> None:
        """Store a letter once for each of its recipients."""
        content = envelope.original_content or b""
        self.letters += [ReceivedLetter(envelope.mail_from or "", to, content) for to in envelope.rcpt_tos]


@asynccontextmanager
async def open_mail_server() -> AsyncIterator[MailServer]:
    """Run a simulated mail server on a free port of this machine until the `async with` block ends."""
    server, loop = MailServer(), asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: SMTP(server, loop=loop, enable_SMTPUTF8=True, data_size_limit=20_000_000), "127.0.0.1", 0
    )
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
