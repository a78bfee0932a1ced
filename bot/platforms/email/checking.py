"""Checks the settings of e-mail for `rencontres check`, by a mail that the server sends to the mailbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from aiosmtplib import SMTPException

from bot.config.findings import Finding, State
from bot.config.installation import EmailSettings
from bot.content.errors import PlatformError
from bot.platforms.email.connections import CannotConnect, MailConnections
from bot.platforms.email.mailbox import MailboxAway, find_mail, unread_in

_SUBJECT = "email"
_PATIENCE, _ARRIVES_IN = 10.0, 30.0
"""Seconds within which the server must answer each command, and within which a mail comes to the mailbox."""
_REMEDIES = {
    "spf": "let the line «v=spf1 include:… -all», which your provider gives, be a TXT record of ",
    "dkim": "let your provider sign, and let its key be a TXT record below _domainkey.",
    "dmarc": "let the line «v=DMARC1; p=quarantine» be a TXT record of _dmarc.",
}
"""What to do, by method, unless the mailbox's server says «pass»; the domain follows."""


async def check_email(settings: EmailSettings, *, patience: float = _ARRIVES_IN) -> AsyncIterator[Finding]:
    """Yield the findings of `rencontres check` about e-mail.

    They say whether letters can be sent over the mail server, and whether the mailbox can be read and has unread mails.
    One mail is sent to the mailbox, where it must arrive within `patience` seconds; its server then adds whether
    SPF, DKIM and DMARC prove who sent the mail.
    """
    server = await _check_server(settings)
    yield server
    if not settings.mailbox:
        yield Finding("off", _SUBJECT, "no mailbox: returned letters and answers are not read")
        return
    try:
        unread = await asyncio.to_thread(unread_in, settings)
    except MailboxAway as error:
        yield Finding("failed", _SUBJECT, str(error), "compare mailbox… in [email] with what your provider says")
        return
    waiting = f"{unread} unread mails wait for a person" if unread else "nothing in it waits"
    yield Finding("warning" if unread else "ok", _SUBJECT, f"the mailbox can be read: {waiting}")
    if server.state == "ok":
        for finding in await _check_arrival(settings, patience):
            yield finding


async def _check_arrival(settings: EmailSettings, patience: float) -> Sequence[Finding]:
    """Send a mail to the address to which letters are returned, and tell what the mailbox's server says about it."""
    domain, to = settings.domain, f"bounces+check@{settings.domain}"
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = settings.sender, to, "rencontres check"
    message["Date"], message["Message-ID"] = format_datetime(datetime.now(UTC)), make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("Sent by «rencontres check», which marks this mail as read.\n")
    connections = MailConnections(settings, patience=_PATIENCE)
    try:
        await connections.send(settings.sender, to, message.as_bytes())
        results = await asyncio.to_thread(find_mail, settings, str(message["Message-ID"]), patience)
    except (PlatformError, MailboxAway) as error:
        return (Finding("failed", _SUBJECT, f"a mail to {to}: {error}", f"let {to} lead to the mailbox"),)
    finally:
        await connections.close()
    if results is None:
        detail = f"a mail to {to} was taken, and did not come to the mailbox within {patience:.0f} s"
        return (Finding("warning", _SUBJECT, detail, f"let bounces+…@{domain} lead to the mailbox, or look for it"),)
    findings = []
    for method, remedy in _REMEDIES.items():
        said = results.get(method, "not said by the mailbox's server")
        state: State = "ok" if said == "pass" else "warning"
        findings.append(Finding(state, _SUBJECT, f"{method.upper()}: {said}", "" if state == "ok" else remedy + domain))
    return findings


async def _check_server(settings: EmailSettings) -> Finding:
    connections = MailConnections(settings, patience=_PATIENCE)
    try:
        client = await connections.connect()
    except CannotConnect as error:
        return Finding("failed", _SUBJECT, str(error), "compare [email] with what your provider says")
    try:
        await client.quit()
    except (SMTPException, OSError):
        client.close()
    if settings.security == "none":
        return Finding("ok", _SUBJECT, f"the server on this machine takes letters from {settings.domain}")
    return Finding("ok", _SUBJECT, f"the server takes letters from {settings.domain}, encrypted")
