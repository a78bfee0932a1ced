"""What protects the page from the rest of the web: headers, the name it is asked by, and the origin of a post.

Guessed links need no brake: they hold 130 bits, each costs one indexed read, and behind a proxy everyone may share one
address, where a brake would shut good links out together with who guesses.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import quote, unquote, urlsplit

from aiohttp import web

from bot.files.pictures import MEDIA_TYPES, kind_of

STATIC = "/static/"
"""Where our own scripts and styles are, below the path of the public address. Nothing anyone sent is served there."""
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors {framers}"
)
_IN_A_POLICY = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?")
"""A host as a policy can name it: no address of IPv6, and nothing that ends the word."""
_HOST = re.compile(r"(?P<name>[\w.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?", re.ASCII)
_UNREADABLE = re.compile("[\ud800-\udfff]")
"""What stands for bytes that are no UTF-8."""
_ANY_NAME = {"/health"}
"""Paths that say nothing about anybody: whatever watches the program asks by the address it knows."""


def security_headers(request: web.Request, public_url: str, *, framed: bool) -> dict[str, str]:
    """Nothing from elsewhere runs, loads or frames the page. `framed` lets our own pages show it, as the demo does.

    A page whose address is https is never asked for in the clear, for a year; this name's subdomains may be another's.
    """
    scripts, framers = script_sources(request, public_url), "'self'" if framed else "'none'"
    lasting = {"Strict-Transport-Security": "max-age=31536000"} if public_url.startswith("https:") else {}
    return {
        **lasting,
        "Content-Security-Policy": _POLICY.format(scripts=scripts, framers=framers),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
    }


def script_sources(request: web.Request, public_url: str, folder: str = STATIC) -> str:
    """What a policy names as the only place of scripts: a folder below our path, on the hosts that we are known by.

    A path needs a host before it. Behind a proxy ours is that of the public address, whatever the proxy calls us;
    without one, or through a tunnel, it is the one that was asked for. The scheme is that of the page.
    """
    public = urlsplit(public_url)
    path = quote(unquote(public.path.rstrip("/"))) + folder
    hosts = dict.fromkeys((public.netloc.rpartition("@")[2], request.host))
    return " ".join(f"{host}{path}" for host in hosts if _IN_A_POLICY.fullmatch(host)) or "'none'"


def attachment_headers(name: str, content: bytes, *, shown: bool) -> dict[str, str]:
    """How a file that somebody sent is handed over: nothing in it ever acts in our name.

    It is a picture where it is to be `shown` and its content is one, else a download of bytes. Neither its name nor
    the media type its sender gave it counts.
    """
    kind = kind_of(content) if shown else None
    disposition = "inline" if kind else "attachment"
    return {
        "Content-Type": MEDIA_TYPES[kind] if kind else "application/octet-stream",
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(name, safe='', errors='replace')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
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
    match = _HOST.fullmatch(asked)
    if match is None:
        return False
    name = match["name"].strip("[]").lower().removesuffix(".")
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
