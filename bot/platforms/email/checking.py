"""Checks the settings of e-mail for `rencontres check`: whether the server can be reached, and takes the login."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiosmtplib import SMTPException

from bot.config.findings import Finding
from bot.config.installation import EmailSettings
from bot.platforms.email.connections import CannotConnect, MailConnections
from bot.platforms.email.mailbox import MailboxAway, unread_in

_SUBJECT = "email"
_PATIENCE = 10.0


async def check_email(settings: EmailSettings) -> AsyncIterator[Finding]:
    """Yield the findings of `rencontres check` about e-mail.

    They say whether letters can be sent over the mail server, and whether the mailbox can be read and has unread mails.
    Nothing is sent or changed.
    """
    yield await _check_server(settings)
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
