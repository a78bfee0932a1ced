"""Checks the personal pages for `rencontres check`: whether their address is encrypted and can be listened on."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import aiohttp

from bot.config import setting_store
from bot.config.findings import Finding
from bot.config.settings import Settings
from bot.database.engine import StoreUnavailable
from bot.database.opening import is_missing, open_store
from bot.database.schema import DatabaseTooNew, pending
from bot.monitoring import health
from bot.platforms.web.server import why_not_listening

_SUBJECT = "web"
_PORTS = {"http": 80, "https": 443}
_PATIENCE = 5.0
"""Seconds that a program which listens at the page's address has to answer."""


async def check_web(settings: Settings) -> Finding:
    """Return the finding of `rencontres check` about the personal pages.

    It says whether their address is encrypted, and whether the program listens or can listen on it.
    """
    address = urlsplit(settings.web.public_url)
    if address.scheme != "https" and address.hostname not in ("localhost", "127.0.0.1"):
        detail = f"{settings.web.public_url} is not encrypted"
        remedy = f'under [web] write public_url = "{address._replace(scheme="https").geturl()}"'
        return Finding("failed", _SUBJECT, detail, f"{remedy}, and put a web server with a certificate in front")
    port = address.port or _PORTS[address.scheme]
    if address.hostname in ("localhost", "127.0.0.1") and port != settings.web.port:
        detail = f"{settings.web.public_url} leads to port {port}, and the program listens on {settings.web.port}"
        if address.scheme == "https":  # here the program has no certificate
            here = f"http://{address.hostname}:{settings.web.port}"
            return Finding("warning", _SUBJECT, detail, f'under [web] write public_url = "{here}"')
        return Finding("warning", _SUBJECT, detail, f"under [web] write port = {port}")
    served = f"{settings.web.public_url}, served from {settings.web.host}:{settings.web.port}"
    try:
        with socket.create_server((settings.web.host, settings.web.port), family=_family(settings.web.host)):
            pass
    except OSError as error:
        if (installation := await _installation(settings.storage.url)) and await _serves(settings, installation):
            return Finding("ok", _SUBJECT, f"{served}, where it runs now")
        return Finding("failed", _SUBJECT, *why_not_listening(settings.web, error))
    return Finding("ok", _SUBJECT, served)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


async def _installation(url: str) -> str | None:
    """Return the id of this installation; None where it never ran, or the database does not answer."""
    if is_missing(url):
        return None
    try:
        store = await open_store(url, migrate=False)
    except (StoreUnavailable, ValueError):
        return None
    try:
        return None if await pending(store) else await store.read(setting_store.installation)
    except (StoreUnavailable, DatabaseTooNew):
        return None
    finally:
        await store.close()


async def _serves(settings: Settings, installation: str) -> bool:
    """Return whether the program at the page's address says that it is of the installation with this id."""
    host = f"[{settings.web.host}]" if ":" in settings.web.host else settings.web.host
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_PATIENCE)) as session,
            session.get(f"http://{host}:{settings.web.port}{health.PATH}", params={"supposed": installation}) as answer,
        ):
            told = await answer.json()
            return isinstance(told, dict) and told.get("ours") is True
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return False
