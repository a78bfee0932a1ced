"""Checks addresses of web pages that organisers type."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

TELEPHONE = re.compile(r"\+[0-9][0-9 ().\-/]{4,24}")
"""What a telephone number with its country code looks like, which can be called from any country."""
_LABEL = re.compile(r"\w([\w-]{0,61}\w)?")
"""A part of a host's name between two dots, in any script."""


def opens_page(url: str | None) -> bool:
    """Return whether a link to this address opens a web page on every platform and runs no code; True for None."""
    return url is None or url.lower().startswith(("https://", "http://"))


def leads_somewhere(url: str) -> bool:
    """Return whether an address that somebody typed can be the link of a button on every platform.

    It must begin with https://, have a host with a dot, and have no blanks. Some platforms refuse every message that
    has a button with another address.
    """
    try:
        host, _port = urlsplit(url).hostname or "", urlsplit(url).port
    except ValueError:
        return False
    labels = host.removesuffix(".").split(".")
    seen = url.isprintable() and not any(map(str.isspace, url))  # what is pasted may hold signs of no width
    return url.startswith("https://") and seen and len(labels) > 1 and all(map(_LABEL.fullmatch, labels))


def with_scheme(typed: str) -> str:
    """Return a typed address, with https:// added if it has no scheme («ofqj.org»)."""
    return f"https://{typed}" if typed and ":" not in typed.split("/")[0] else typed
