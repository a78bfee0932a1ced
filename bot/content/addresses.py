"""Addresses of pages, as organisers type them."""

from __future__ import annotations


def leads_somewhere(url: str) -> bool:
    """Return whether an address as typed is one to which a button can lead on every platform.

    It must begin with https://, have a host with a dot, and no blanks.
    """
    address = url.removeprefix("https://")
    return address != url and "." in address.split("/")[0].strip(".") and not any(map(str.isspace, url))
