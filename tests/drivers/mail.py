"""A real mail server in this process, which keeps what it takes, and fails as real ones do."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.config.installation import EmailSettings
from bot.rehearsal.mail_server import TAKEN as TAKEN
from bot.rehearsal.mail_server import MailServer as KeepingServer
from bot.rehearsal.mail_server import ReceivedLetter as ReceivedLetter

HANG, CLOSE, TAKE_AND_CLOSE = "hang", "close", "take and close"
"""Answers to a letter that never come: the server hangs, hangs up before it takes the letter, or after."""

Answer = Callable[[int], str]
"""What is answered to the letter with a number, from 1."""


@dataclass
class MailServer(KeepingServer):
    """What the server took, and how it answers."""

    answer: Answer = lambda _number: TAKEN
    offered: int = 0
    logins: int = 0
    connections: int = 0
    password: str = ""
    arrives: Callable[[bytes], object] | None = None
    """Where each letter goes on to, such as a mailbox."""
    hanging: set[asyncio.Task[Any]] = field(default_factory=set)

    def settings(self, **values: Any) -> dict[str, Any]:
        """A section [email] that leads here."""
        return super().settings(**{"from": "team@rencontres.example", **values})

    def login(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        self.logins += 1
        right = isinstance(data, LoginPassword) and data.password == self.password.encode()
        return AuthResult(success=right, handled=right)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.password and not session.authenticated:
            return "530 5.7.0 Log in first"
        return await super().handle_RCPT(server, session, envelope, address, options)

    def keep(self, envelope: Envelope) -> None:
        super().keep(envelope)
        if self.arrives:
            self.arrives(envelope.original_content or b"")

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.offered += 1
        answer = self.answer(self.offered)
        if answer in (TAKEN, HANG, TAKE_AND_CLOSE):
            self.keep(envelope)
        if answer == HANG:
            task = asyncio.current_task()
            assert task
            self.hanging.add(task)
            await asyncio.Event().wait()
        if answer in (CLOSE, TAKE_AND_CLOSE):
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return answer


def certificate(folder: Path, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server with a certificate for a name, and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    try:
        alternative: x509.GeneralName = x509.IPAddress(ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


@asynccontextmanager
async def open_mail(
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    password: str = "",
    international: bool = True,
) -> AsyncIterator[MailServer]:
    """A server on a free port; `tls` from the start or on demand, with a login if there is a `password`."""
    server = MailServer(password=password)
    how: Mapping[str, Any] = {
        "enable_SMTPUTF8": international,
        "tls_context": starttls,
        "authenticator": server.login if password else None,
        "auth_require_tls": tls is None,
        "data_size_limit": 20_000_000,
    }
    loop = asyncio.get_running_loop()

    def accept() -> SMTP:
        server.connections += 1
        return SMTP(server, loop=loop, **how)

    listening = await loop.create_server(accept, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        for task in server.hanging:
            task.cancel()
        listening.close()


def settings_of(server: MailServer, **values: Any) -> EmailSettings:
    """The settings that lead to a server."""
    return EmailSettings.model_validate(server.settings(**values))
