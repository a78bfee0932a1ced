"""Addresses of pages, as organisers type them."""

from __future__ import annotations


def leads_somewhere(url: str) -> bool:
    """Return whether every platform makes a button of a typed address: https, a host with a dot, no blanks."""
    address = url.removeprefix("https://")
    return address != url and "." in address.split("/")[0].strip(".") and not any(map(str.isspace, url))
