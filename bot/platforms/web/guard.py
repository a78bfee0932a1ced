"""What protects the page from the rest of the web: headers, and the origin of a post.

Guessed links need no brake: they hold 130 bits, each costs one indexed read, and behind a proxy everyone may share one
address, where a brake would shut good links out together with who guesses.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

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
