"""What `rencontres check` asks of the page."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from bot.config import setting_store
from bot.config.findings import Finding
from bot.config.settings import Settings
from bot.database.engine import StoreUnavailable
from bot.database.opening import open_store
from bot.database.schema import DatabaseTooNew, pending
from bot.platforms.web.adapter import why_not_listening

_SUBJECT = "web"
_PATIENCE = 5.0
"""Seconds for the program that listens at the page's place to answer."""


async def check_web(settings: Settings) -> Finding:
    """Whether the page's address is encrypted, and the program can listen where it should, or does so already."""
    address = urlsplit(settings.web.public_url)
    if address.scheme != "https" and address.hostname not in ("localhost", "127.0.0.1"):
        detail = f"{settings.web.public_url} is not encrypted"
        return Finding(
            "failed", _SUBJECT, detail, "put a web server with https in front, and its address in public_url"
        )
    served = f"{settings.web.public_url}, served from {settings.web.host}:{settings.web.port}"
    try:
        with socket.create_server((settings.web.host, settings.web.port), family=_family(settings.web.host)):
            pass
    except OSError as error:
        if (installation := await _installation(settings.storage.url)) and await _serves(settings) == installation:
            return Finding("ok", _SUBJECT, f"{served}, where it runs now")
        return Finding("failed", _SUBJECT, *why_not_listening(settings.web, error))
    return Finding("ok", _SUBJECT, served)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


async def _installation(url: str) -> str | None:
    """What this gathering's program is known by; None where it never ran, or the database does not say."""
    if _to_be_made(url):
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


def _to_be_made(url: str) -> bool:
    """Whether a database is a file that is not there yet."""
    return url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists()


async def _serves(settings: Settings) -> str | None:
    """What the program is known by that listens at the page's place; None where that is none of ours."""
    host = f"[{settings.web.host}]" if ":" in settings.web.host else settings.web.host
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_PATIENCE)) as session,
            session.get(f"http://{host}:{settings.web.port}/health") as answer,
        ):
            said = await answer.json()
            return said.get("house") if isinstance(said, dict) else None
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
