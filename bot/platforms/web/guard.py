"""What protects the page from the rest of the web: headers, the origin of a post, a brake on guessed links."""

from __future__ import annotations

import ipaddress
import time
from urllib.parse import urlsplit

from aiohttp import web

MISSES = 60
MISSES_DURING = 60.0
"""Seconds. Links are too long to be guessed (130 bits): the brake only spares the store a flood. It is wide, because a
whole venue may share one address, and kept in memory, because another copy of the program has its own store traffic
to spare."""
_ADDRESSES = 10_000

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors "
)


def security_headers(*, framed: bool) -> dict[str, str]:
    """Nothing from elsewhere runs, loads or frames the page. `framed` lets our own pages show it, as the demo does."""
    return {
        "Content-Security-Policy": _POLICY + ("'self'" if framed else "'none'"),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
    }


def from_here(request: web.Request, public_url: str) -> bool:
    """Whether a post comes from one of our own pages, as far as the browser says.

    A browser that hides the origin («null», because no referrer may be sent) says Sec-Fetch-Site instead; one that
    says neither is held by the seal in the form.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin", "null")
    return origin == "null" or urlsplit(origin).netloc in {request.host, urlsplit(public_url).netloc}


def address_of(request: web.Request) -> str:
    """Where a request comes from: behind a proxy on this machine, what the proxy says last."""
    peer = request.remote or ""
    try:
        local = ipaddress.ip_address(peer).is_loopback
    except ValueError:
        local = True  # a socket of this machine
    forwarded = request.headers.get("X-Forwarded-For", "")
    return forwarded.rpartition(",")[2].strip() if local and forwarded else peer


class Brake:
    """Counts the links that opened nothing, by address."""

    def __init__(self) -> None:
        self._misses: dict[str, tuple[int, float]] = {}

    def held(self, address: str) -> bool:
        """Whether this address missed too often a moment ago."""
        count, until = self._misses.get(address, (0, 0.0))
        return count >= MISSES and until > time.monotonic()

    def miss(self, address: str) -> None:
        """One more link that opened nothing."""
        now = time.monotonic()
        if len(self._misses) >= _ADDRESSES:
            self._misses = {known: miss for known, miss in self._misses.items() if miss[1] > now}
        count, until = self._misses.get(address, (0, 0.0))
        self._misses[address] = (count + 1, until) if until > now else (1, now + MISSES_DURING)
