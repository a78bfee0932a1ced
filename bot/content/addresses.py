"""Checks addresses of web pages that organisers type."""

from __future__ import annotations


def leads_somewhere(url: str) -> bool:
    """Return whether a typed address can be the link of a button on every platform.

    It must begin with https://, have a host with a dot, and no blanks.
    """
    address = url.removeprefix("https://")
    return address != url and "." in address.split("/")[0].strip(".") and not any(map(str.isspace, url))


def with_scheme(typed: str) -> str:
    """Return a typed address with https:// before it where it begins with no scheme, as people write «ofqj.org»."""
    return f"https://{typed}" if typed and ":" not in typed.split("/")[0] else typed
