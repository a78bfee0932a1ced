"""Protects the page from other sites: by headers, by the host that a request names, and by the origin of a form.

Guesses of links need no rate limit: a link has 130 bits, a guess costs one indexed read, and behind a proxy everyone
may share one address, where a limit would refuse good links together with guesses.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import quote, unquote, urlsplit

from aiohttp import web

from bot.files.pictures import MEDIA_TYPES, kind_of
from bot.monitoring import health

STATIC = "/static/"
"""The path of our own scripts and styles, below the path of the public address; it has nothing that people sent."""
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {framers}"
)
_IN_A_POLICY = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?")
"""A host as a policy can name it: no address of IPv6, and no character that ends the source expression."""
_HOST = re.compile(r"(?P<name>[\w.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?", re.ASCII)
_UNREADABLE = re.compile("[\ud800-\udfff]")
"""The surrogates that stand for bytes which are not UTF-8."""
_ANY_NAME = {health.PATH}
"""Paths that may be requested by any host name, as monitoring does: they tell nothing about anybody."""


def security_headers(request: web.Request, public_url: str, *, framers: str, locates: bool) -> dict[str, str]:
    """Return the response headers that forbid a page to load or run anything from other sites.

    `framers` are the sites that may show the page in a frame, in the words of a Content-Security-Policy. For an https
    address, the headers also forbid unencrypted connections for a year; they exclude subdomains, which may belong to
    others. With `locates`, as for personal pages, our script may ask for the device's location, if the reader agrees.
    """
    scripts = script_sources(request, public_url)
    lasting = {"Strict-Transport-Security": "max-age=31536000"} if public_url.startswith("https:") else {}
    return {
        **lasting,
        "Content-Security-Policy": _POLICY.format(scripts=scripts, framers=framers),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": f"camera=(), geolocation=({'self' if locates else ''}), microphone=()",
        "Cache-Control": "no-store",
    }


def script_sources(request: web.Request, public_url: str, folder: str = STATIC) -> str:
    """Return the allowed sources of scripts for a Content-Security-Policy: one folder below our path, on our own hosts.

    A source needs a host before its path. Behind a proxy it is the host of the public address; without a proxy, or
    through a tunnel, it is the host of the request. Its scheme is the same as the page's.
    """
    public = urlsplit(public_url)
    path = quote(unquote(public.path.rstrip("/"))) + folder
    hosts = dict.fromkeys((public.netloc.rpartition("@")[2], request.host))
    return " ".join(f"{host}{path}" for host in hosts if _IN_A_POLICY.fullmatch(host)) or "'none'"


def attachment_headers(name: str, content: bytes, *, shown: bool) -> dict[str, str]:
    """Return the response headers for a file that somebody sent, so that nothing in it can run on our page.

    With `shown`, a file whose content is a picture is served as a picture; any other file is a download. Only the
    content decides what kind of file it is, neither its name nor its sender.
    """
    kind = kind_of(content) if shown else None
    disposition = "inline" if kind else "attachment"
    return {
        "Content-Type": MEDIA_TYPES[kind] if kind else "application/octet-stream",
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(name, safe='', errors='replace')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }


class UnknownName(web.HTTPBadRequest):
    """The error that a request names a host that is not ours."""


def check_request(request: web.Request, names: frozenset[str]) -> None:
    """Refuse a request that no browser sends to our server.

    Raises UnknownName for a host that is not ours, and HTTPBadRequest for anything else that is wrong. `names` are the
    host names of our server; loopback addresses are always accepted. If any host name were accepted, an attacker's page
    could read ours, by making its own name lead to this machine or its network.
    """
    hosts = request.headers.getall("Host", [])
    if request.path not in _ANY_NAME and not (len(hosts) == 1 and _is_ours(hosts[0], names)):
        raise UnknownName
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise web.HTTPBadRequest  # browsers compress no requests, and a decompression bomb is small
    texts = (request.path, *request.query.keys(), *request.query.values(), *request.cookies.values())
    if any(_UNREADABLE.search(text) for text in texts):
        raise web.HTTPBadRequest


def hosts(*addresses: str) -> frozenset[str]:
    """Return the host names in these `addresses`, without ports."""
    return frozenset(name for address in addresses if (name := urlsplit(address).hostname))


def _is_ours(host: str, names: frozenset[str]) -> bool:
    match = _HOST.fullmatch(host)
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
    """Return whether the browser says that a posted form comes from one of our own pages.

    A browser that hides the origin («null», because no referrer may be sent) sends Sec-Fetch-Site instead. If the
    browser says nothing at all, the result is True, and the caller relies on the secret token in the form.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin", "null")
    try:
        return origin == "null" or urlsplit(origin).netloc in {request.host, urlsplit(public_url).netloc}
    except ValueError:
        return False
