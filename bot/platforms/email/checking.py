"""Checks the settings of e-mail for `rencontres check`: whether the server can be reached, and takes the login."""

from __future__ import annotations

from aiosmtplib import SMTPException

from bot.config.findings import Finding
from bot.config.installation import EmailSettings
from bot.platforms.email.connections import CannotConnect, MailConnections

_SUBJECT = "email"
_PATIENCE = 10.0


async def check_email(settings: EmailSettings) -> Finding:
    """Report whether letters can be handed to the server: it is connected to and logged in at, and nothing is sent."""
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
