"""What protects the page from the rest of the web: headers, the name it is asked by, and the origin of a post.

Guessed links need no brake: they hold 130 bits, each costs one indexed read, and behind a proxy everyone may share one
address, where a brake would shut good links out together with who guesses.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors "
)
_HOST = re.compile(r"(?P<name>[\w.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?", re.ASCII)
_UNREADABLE = re.compile("[\ud800-\udfff]")
"""What stands for bytes that are no UTF-8."""
_ANY_NAME = {"/health"}
"""Paths that say nothing about anybody: whatever watches the program asks by the address it knows."""


def security_headers(*, framed: bool, encrypted: bool) -> dict[str, str]:
    """Nothing from elsewhere runs, loads or frames the page. `framed` lets our own pages show it, as the demo does.

    A page that is `encrypted` is never asked for in the clear, for a year; this name's subdomains may be another's.
    """
    lasting = {"Strict-Transport-Security": "max-age=31536000"} if encrypted else {}
    return {
        **lasting,
        "Content-Security-Policy": _POLICY + ("'self'" if framed else "'none'"),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
    }


class UnknownName(web.HTTPBadRequest):
    """The page was asked for by a name that is not its own."""


def check_request(request: web.Request, names: frozenset[str]) -> None:
    """Refuse what no browser of anybody's sends. Raises UnknownName or HTTPBadRequest.

    A page that answered to any name could be read by a stranger's page whose name is made to lead here, to this machine
    or into its network. `names` are those we are known by; to loopback the machine itself can always come.
    """
    asked = request.headers.getall("Host", [])
    if request.path not in _ANY_NAME and not (len(asked) == 1 and _is_ours(asked[0], names)):
        raise UnknownName
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise web.HTTPBadRequest  # browsers compress nothing they send, and a bomb is small
    texts = (request.path, *request.query.keys(), *request.query.values(), *request.cookies.values())
    if any(_UNREADABLE.search(text) for text in texts):
        raise web.HTTPBadRequest


def hosts(*addresses: str) -> frozenset[str]:
    """The names in these addresses."""
    return frozenset(name for address in addresses if (name := urlsplit(address).hostname))


def _is_ours(asked: str, names: frozenset[str]) -> bool:
    found = _HOST.fullmatch(asked)
    if found is None:
        return False
    name = found["name"].strip("[]").lower().removesuffix(".")
    if name == "localhost" or name in names:
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def from_here(request: web.Request, public_url: str) -> bool:
    """Whether a post comes from one of our own pages, as far as the browser says.

    A browser that hides the origin («null», because no referrer may be sent) says Sec-Fetch-Site instead; one that
    says neither is held by the seal in the form.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin", "null")
    try:
        return origin == "null" or urlsplit(origin).netloc in {request.host, urlsplit(public_url).netloc}
    except ValueError:
        return False
