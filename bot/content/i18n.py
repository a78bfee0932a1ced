"""Handles languages: translations, the choice of a language, and the formats of dates and lists.

The translations are in .po files, compiled into .mo files beside them, which are read when the program starts.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

LOCALES = ("fr", "en", "de")
"""Every locale of the program; the first is used if no reader's locale is known, as for Discord's commands."""

_OWN_NAMES = {"fr": "français", "en": "English", "de": "Deutsch"}
"""The name of each locale in its own language, for forms; loading these names from CLDR would take 6 MB."""

_HERE = Path(__file__).parent
_FOLDERS = (_HERE.parent / "locales", _HERE.parents[1] / "locales")  # in the wheel, in a checkout


class MissingCatalogue(LookupError):
    """The error that there are no translations for a locale. Its message names the locale and says what to do."""


@lru_cache
def catalogue(locale: str) -> GNUTranslations:
    """Return the translated messages of a locale. Raises MissingCatalogue if there are none."""
    for folder in _FOLDERS:
        path = folder / locale / "LC_MESSAGES" / "messages.po"
        if path.is_file():
            return GNUTranslations(BytesIO(_compiled(path, locale)))
    raise MissingCatalogue(f"No catalogue for the locale «{locale}»: reinstall the program, or remove it from locales.")


def compile_catalogues() -> None:
    """Compile the translations of every locale; the installation calls this.

    The installed program may lack the right to write the compiled files beside its code.
    """
    for locale in LOCALES:
        catalogue(locale)


def _compiled(path: Path, locale: str) -> bytes:
    """Return the compiled form of the .po file at `path`, and store it beside that file if this program may.

    Compiling takes 50 ms and 4 MB, so it is done once, as Python does it with modules: what is stored is used while it
    bears the time of its source, and nothing is stored where Python may store no modules.
    """
    stored = path.with_suffix(".mo")
    written_at = path.stat().st_mtime_ns
    with contextlib.suppress(OSError):
        if stored.stat().st_mtime_ns == written_at:
            return stored.read_bytes()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with path.open("rb") as source:
        messages = read_po(source, locale=locale)
    compiled = BytesIO()
    write_mo(compiled, messages)
    if not sys.dont_write_bytecode:
        with contextlib.suppress(OSError):
            _store(stored, compiled.getvalue(), written_at)
    return compiled.getvalue()


def _store(path: Path, content: bytes, modified_at: int) -> None:
    """Write a file that others see whole or not at all, as several programs may start at once.

    `modified_at` is the time it bears, in nanoseconds since 1970.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.utime(draft, ns=(modified_at, modified_at))
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def negotiate(wanted: Iterable[str | None], offered: Sequence[str]) -> str:
    """Return the first of the `wanted` locales that is offered («de-CH» counts as «de»).

    If none of them is offered, the first offered locale is returned. A None among the wanted locales is ignored.
    """
    for tag in wanted:
        if tag:
            language = tag.replace("_", "-").split("-")[0].lower()
            if language in offered:
                return language
    return offered[0]


@lru_cache
def _locale(locale: str) -> object:
    from babel import Locale

    return Locale.parse(locale)


_DAYS = {"fr": "EEEE d MMMM", "en": "EEEE d MMMM", "de": "EEEE, d. MMMM"}
_SHORT_DAYS = {"fr": "EEE d", "en": "EEE d", "de": "EEE d."}
_HOURS = {"fr": "H'\u00a0h\u00a0'mm", "en": "HH:mm", "de": "HH:mm"}
_PATTERNS = {
    "date": "{day} y",
    "weekday": "{day}",
    "day": "{short}",
    "datetime": "{day}, {hour}",
    "time": "{hour}",
    "left": "{hour}",
}


@lru_cache(maxsize=4096)
def _format(minute: datetime, style: str, zone: str, locale: str) -> str:
    from babel.dates import format_datetime

    try:
        there = minute.astimezone(ZoneInfo(zone))
    except OverflowError:  # within a day of the first year or the last: a screen must be drawn all the same
        there = minute
    first_in_french = locale == "fr" and there.day == 1  # «1er mai»: CLDR's patterns know no ordinals
    pattern = _PATTERNS[style].format(
        day="EEEE d'er' MMMM" if first_in_french else _DAYS[locale],
        short="EEE d'er'" if first_in_french else _SHORT_DAYS[locale],
        hour="H'\u00a0h'" if locale == "fr" and there.minute == 0 else _HOURS[locale],
    )
    words = format_datetime(there, pattern, tzinfo=there.tzinfo, locale=_locale(locale))  # type: ignore[arg-type]
    return words[0].upper() + words[1:] if style == "day" else words  # a button begins with a capital


def format_moment(moment: datetime, style: str, zone: str, locale: str) -> str:
    """Return an instant as a date, a time, or both, as `style` says, in a time zone and a locale.

    `style` is «date», «weekday» (a date without the year), «day» (a short one), «datetime», «time» or «left» (also a
    time). The month is written as a word, because 3/10 means another day in Montréal. An hour is «14:05», in French
    «14 h 05», or «14 h» without minutes.
    """
    return _format(moment.replace(second=0, microsecond=0), style, zone, locale)


def format_days(first: date, last: date, locale: str) -> str:
    """Return a range of dates, both included, in a locale: «10–12 juin 2027»."""
    day = "d." if locale == "de" else "d"
    end = _format_day(last, f"{day} MMMM y", locale)
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{_format_day(first, day, locale)}–{end}"
    begin = _format_day(first, f"{day} MMMM" if first.year == last.year else f"{day} MMMM y", locale)
    return f"{begin} – {end}"


def _format_day(day: date, pattern: str, locale: str) -> str:
    from babel.dates import format_date

    words = format_date(day, pattern, locale=_locale(locale))  # type: ignore[arg-type]
    return "1er" + words[1:] if locale == "fr" and day.day == 1 else words


def format_list(items: Sequence[str], locale: str) -> str:
    """Return items as a list in a sentence of a locale: «a, b et c»."""
    from babel.lists import format_list

    return format_list(items, locale=_locale(locale))  # type: ignore[arg-type]


def locale_name(locale: str, reader: str | None = None) -> str:
    """Return the name of a locale in the language `reader` («anglais»); for None, in its own language («English»)."""
    if reader in {None, locale}:
        return _OWN_NAMES[locale]
    return str(_locale(locale).get_display_name(reader))  # type: ignore[attr-defined]
