"""Lists the words for days, hours and units of time in every language of the program.

They are written without accents and in small letters, as `bot.content.names.fold` returns words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from bot.content.names import fold

LANGUAGES = ("fr", "en", "de")

TODAY = frozenset(("aujourd'hui", "today", "heute"))
TOMORROW = frozenset(("demain", "tomorrow", "morgen"))
AFTER_TOMORROW = frozenset(
    ("apres-demain", "apres demain", "the day after tomorrow", "day after tomorrow", "ubermorgen")
)

COUNTS: Mapping[str, int] = MappingProxyType(
    {
        word: count
        for words in (
            "un deux trois quatre cinq six sept huit neuf dix",
            "one two three four five six seven eight nine ten",
            "ein zwei drei vier funf sechs sieben acht neun zehn",
        )
        for count, word in enumerate(words.split(), start=1)
    }
    | dict.fromkeys(("une", "a", "an", "eine", "einer", "einem"), 1)
)

MINUTES: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(("min", "mn", "minute", "minutes", "minuten"), 1)
    | dict.fromkeys(("h", "heure", "heures", "hour", "hours", "stunde", "stunden"), 60)
)
"""The length in minutes of units of time, by each word for them."""

DAYS: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(("j", "jour", "jours", "day", "days", "tag", "tage", "tagen"), 1)
    | dict.fromkeys(("semaine", "semaines", "week", "weeks", "woche", "wochen"), 7)
)
"""The length in days of units of time, by each word for them."""

IN_LESS_THAN_AN_HOUR: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(
        ("dans une demi-heure", "dans une demi heure", "in half an hour", "in a half hour", "in einer halben stunde"),
        30,
    )
    | dict.fromkeys(("dans un quart d'heure", "in a quarter of an hour", "in einer viertelstunde"), 15)
)

MORNING, AFTERNOON, EVENING = (0, 12), (12, 18), (17, 23)  # the hours that may be meant, both included
_PARTS: Mapping[str, tuple[int, int]] = MappingProxyType(
    dict.fromkeys(("matin", "morning", "morgens", "vormittag", "vormittags", "fruh", "in der fruh"), MORNING)
    | dict.fromkeys(("apres-midi", "apres midi", "afternoon", "nachmittag", "nachmittags"), AFTERNOON)
    | dict.fromkeys(("soir", "evening", "tonight", "abend", "abends"), EVENING)
)
_WORDS = "|".join(sorted(_PARTS, key=len, reverse=True))
_PART = re.compile(rf"(?:^|(?<= ))(?:du |de l'|ce |cet |dans l'|in the |this |am )?(?P<part>{_WORDS})(?= |$)")
_GERMAN_MORNING = re.compile(r"(?<=tag|och|ute) ?morgen(?= |$)")
_GERMAN_COMPOUND = re.compile(r"(?<=tag|och)(?=abend|vormittag|nachmittag|mittag)")


def split_compounds(words: str) -> str:
    """Return typed words with German compounds split: «freitagmorgen» becomes two words, Friday and morning.

    The words have no accents and no capitals. «morgen» alone is left unchanged, because it means tomorrow.
    """
    return _GERMAN_COMPOUND.sub(" ", _GERMAN_MORNING.sub(" fruh", words))


def part_of_day(words: str) -> tuple[tuple[int, int] | None, str]:
    """Return the hours of the part of the day that typed words name («soir»), and the words without that part.

    The hours are a pair, the first and the last one («soir»: 17 and 23), or None if the words name no part of the day.
    """
    match = _PART.search(words)
    if match is None:
        return None, words
    return _PARTS[match["part"]], " ".join((words[: match.start()] + words[match.end() :]).split())


@cache
def months() -> Mapping[str, int]:
    """Return the number of each month (January is 1) by its name, whole or abbreviated.

    The names are without accents and capitals, in every language of the program.
    """
    from babel import Locale

    return MappingProxyType(
        {
            fold(name).rstrip("."): number
            for language in LANGUAGES
            for form in Locale.parse(language).months.values()
            for width in ("wide", "abbreviated")
            for number, name in form[width].items()
        }
    )


@cache
def weekdays() -> Mapping[str, int]:
    """Return the number of each weekday (Monday is 0) by its name, whole or abbreviated.

    The names are without accents and capitals, in every language of the program.
    """
    from babel import Locale

    return MappingProxyType(
        {
            fold(name).rstrip("."): number
            for language in LANGUAGES
            for form in Locale.parse(language).days.values()
            for width in ("wide", "abbreviated")
            for number, name in form[width].items()
        }
        | {"tues": 1, "weds": 2, "thur": 3, "thurs": 3, "sonnabend": 5}
    )
