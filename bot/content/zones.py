"""Tells the time zone in which the people of a territory live."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

_LIVED_IN: Mapping[str, str] = MappingProxyType(
    {
        "BE-VLG": "Europe/Brussels",
        "BE-WBR": "Europe/Brussels",
        "CA-QC": "America/Toronto",  # the Magdalen Islands, an hour ahead, have one inhabitant in 700
        "DE": "Europe/Berlin",  # Büsingen keeps the same time
    }
)
"""The zones of regions that have no ISO code, and of territories in whose other zones hardly anybody lives."""


@cache
def zone_of(territory: str) -> str | None:
    """Return the time zone of a territory's people; None for an unknown territory, or one with several time zones."""
    from babel.core import get_global

    if lived_in := _LIVED_IN.get(territory):
        return lived_in
    zones = get_global("territory_zones").get(territory, ())
    return zones[0] if len(zones) == 1 else None
