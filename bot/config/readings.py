"""Reads days, hours, colours and time zones as people write them, to propose how the configuration needs them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import TypeVar

from bot.content.dates import read_time
from bot.content.days import said_day, written_day
from bot.content.names import fold

D = TypeVar("D", bound=date)
_TRUTHS = {
    **dict.fromkeys(("true", "yes", "on", "oui", "vrai", "ja", "wahr", "an", "1"), True),
    **dict.fromkeys(("false", "no", "off", "non", "faux", "nein", "falsch", "aus", "0"), False),
}
_ISO = re.compile(r"\b(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?:[T ]|$)")
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""A time before which no day of a gathering lies, so that no day counts as past."""


def truth_of(text: str) -> bool | None:
    """Return True for words like «yes» and «oui», False for words like «no» and «non», None for any other text."""
    return _TRUTHS.get(text.strip().casefold())


def moment_of(text: str) -> date | datetime | time | None:
    """Return the day in «10/06/2027» or «10 juin 2027», the local day and hour in «10.06.2027 18h», the hour in «18h».

    If either of two numbers can be the day, the first is taken as the day. Returns None if the text is none of these.
    """
    if re.fullmatch(r"[\d ]*", text) and len(text) != len("20270610"):
        return None
    for wrong, right in ((r"(?<=\d)[‐‑–—](?=\d)", "-"), (r"(\d:\d\d):\d\d\b", r"\1"), (r"(?<!\d)24:00\b", "23:59")):
        text = re.sub(wrong, right, text.strip())
    figures = _ISO.sub(_possible_day, text)
    words = fold(figures.replace(",", " "))
    if re.search(r"\b20\d{2}\b", words):
        day = written_day(words, _LONG_AGO.date()) or said_day(words, _LONG_AGO.date())
        if day and day.dates:
            return _day_first(words, day.dates)
    found = read_time(words, zone="UTC", now=_LONG_AGO, locale="fr")
    readings = [found.instant] if found.instant else found.readings
    if not readings:
        return None
    moment = _day_first(words, readings).replace(tzinfo=None)
    return moment.time() if moment.year == _LONG_AGO.year else moment


def _possible_day(found: re.Match[str]) -> str:
    """Return a day as in «2027-06-09 »; one after the last of its month is that last one."""
    year, month, day = int(found[1]), int(found[3]), int(found[4])
    last = monthrange(year, month)[1] if 1 <= month <= 12 else day
    return f"{year}-{month:02}-{min(day, last):02} "


def _day_first(words: str, readings: Sequence[D]) -> D:
    first = re.search(r"\d+", words)
    return max(readings, key=lambda each: first is not None and each.day == int(first[0]))


def colours_of(text: str) -> Iterator[str]:
    """Yield a colour, like «red», «#fff», «0f6b62» or «rgb(15, 107, 98)», in the form «#0f6b62».

    Yields nothing if the text is no colour; a text that can be read in two ways may be yielded twice.
    """
    from PIL import ImageColor

    bare = text.strip().casefold()
    for spelled in (bare, f"#{bare.lstrip('#')}"):
        with suppress(ValueError):
            red, green, blue = ImageColor.getrgb(spelled)[:3]
            yield f"#{red:02x}{green:02x}{blue:02x}"


def zones_of(text: str) -> Iterator[str]:
    """Yield time zones that a text may mean, likeliest first, such as Europe/Paris for «Paris» or «europe paris»."""
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    zones = sorted(available_timezones(), key=lambda zone: ("/" in zone, zone))
    if re.search(r"\d", text):  # an hour's distance is nobody's zone: it changes in summer
        return
    names = {fold(zone.replace("_", " ").replace("/", " ")): zone for zone in zones}
    cities = {fold(zone.rpartition("/")[2].replace("_", " ")): zone for zone in zones}
    bare = fold(text.replace("_", " ").replace("/", " "))
    for known in (names, cities):
        yield from (known[near] for near in get_close_matches(bare, known, n=1, cutoff=0.8))
