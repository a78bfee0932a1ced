"""Finds a time of day in typed words: «14h30», «9 am», «14 Uhr», «midi»."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BEFORE = r"(?:^|(?<= ))(?:(?:a|at|um|vers|gegen|des) )?"
_AFTER = r"(?= |$)"
_NOON = r"midi|noon|mittags?|12 uhr mittags"
_MIDNIGHT = r"minuit|midnight|mitternacht"
_FORMS = tuple(
    re.compile(_BEFORE + form + _AFTER)
    for form in (
        r"(?P<hour>\d{1,2})(?:[:.h] ?(?P<minute>\d{2}))? ?(?P<half>[ap])\.?m\.?",
        r"(?P<hour>\d{1,2}) ?(?:h|heures?|uhr) ?(?P<minute>\d{2})",
        r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2}) ?(?:uhr|h)",
        r"(?P<hour>\d{1,2}): ?(?P<minute>\d{2})",
        r"(?P<hour>\d{1,2}) ?(?:h|heures?|uhr|o'clock)",
        rf"(?P<noon>{_NOON})",
        rf"(?P<midnight>{_MIDNIGHT})",
    )
)


@dataclass(frozen=True, slots=True)
class TypedHour:
    """A time of day as a person typed it. It may be impossible (25:75), so the caller must check it.

    `midnight` is True for the word «midnight», which may mean the beginning or the end of a day.
    """

    hour: int
    minute: int = 0
    midnight: bool = False
    fixed: bool = False
    """Whether the typed words themselves say if the hour is before or after noon (am, pm, noon, midnight)."""


def clocks(words: str, locale: str) -> Iterator[tuple[TypedHour, str]]:
    """Yield each time of day that `words` may contain, with the words that are left without it.

    For «14 h 10 juin» there are two: 14:00 on 10 June, or 14:10. `words` have no accents and no capitals. `locale` is
    the writer's locale: in German, «am» after an hour does not mean a.m.
    """
    for form in _FORMS:
        for found in form.finditer(words):
            half = found.groupdict().get("half")
            if half == "a" and locale.startswith("de") and found.end() < len(words):
                continue  # «um 9:00 am Freitag»: on Friday
            around = " ".join((words[: found.start()] + " " + words[found.end() :]).split())
            yield _clock(found.groupdict(), half), around


def _clock(found: dict[str, str | None], half: str | None) -> TypedHour:
    if found.get("noon"):
        return TypedHour(12, fixed=True)
    if found.get("midnight"):
        return TypedHour(0, midnight=True, fixed=True)
    hour, minute = int(found["hour"] or 0), int(found.get("minute") or 0)
    if half is None:
        return TypedHour(hour, minute)
    if not 1 <= hour <= 12:
        return TypedHour(hour if half == "p" and hour > 12 else 99, minute, fixed=True)  # «14 pm» says it twice
    return TypedHour(hour % 12 + (12 if half == "p" else 0), minute, fixed=True)
