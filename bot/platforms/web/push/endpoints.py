"""Decides to which addresses push notifications are sent: only to known push services.

An address is sent by a browser, so by anybody: without this check, it could be in our own network.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

LONGEST = 1_000
"""The most characters of an endpoint, a browser's address for pushes; known services use up to about 600."""
_WRITTEN = re.compile(rf"[!-~]{{1,{LONGEST}}}")
"""An endpoint has only characters that are seen, and no blank: browsers encode all others."""
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}(:|$)){_LABEL}(\.{_LABEL})*(:443)?")
"""The host of an endpoint as browsers write it: no longer, nor any part of it, than a name may be that is looked up.

Its letters mean nothing in the pattern by which a service is held.
"""


def is_known(endpoint: str, services: Sequence[str]) -> bool:
    """Return whether a browser's address for push notifications (`endpoint`) is an https address of a known service.

    `services` are hosts; «*.» before a host stands for all hosts below it. A service on this machine, for tests, is
    written as an address, like «http://127.0.0.1:9000»: then scheme and port must match.
    """
    if not _WRITTEN.fullmatch(endpoint):
        return False
    try:
        address = urlsplit(endpoint)
        port = address.port
    except ValueError:
        return False
    if any(service == origin_of(endpoint) for service in services if "://" in service):
        return True
    if address.scheme != "https" or port not in (None, 443) or not address.hostname:
        return False
    if not _HOST.fullmatch(address.netloc):
        return False
    return any(_names(service, address.hostname) for service in services)


def _names(service: str, host: str) -> bool:
    return host.endswith(service[1:]) if service.startswith("*.") else host == service


def origin_of(endpoint: str) -> str:
    """Return the origin of a browser's address for push notifications, which names the push service.

    Logs show only the origin, because the rest of the address is personal.
    """
    address = urlsplit(endpoint)
    return f"{address.scheme}://{address.netloc}"
