"""One cell of the list of selected people: what it may say, in whose words, and why it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.content.names import words
from bot.content.territories import parse_territory, suggest
from bot.files.sheets import key_of
from bot.people.listed import Gender

MOST_CHARACTERS = 100
_MOST_SUGGESTIONS = 100  # cells: each takes milliseconds, and nobody reads on after so many errors
_LANGUAGES = ("fr", "en", "de")

Value = str | int | tuple[str, ...]
Parse = Callable[[str], object]


class Reason(StrEnum):
    """Why something in a list is refused, and after it the values that come along for the sentence."""

    UNREADABLE = "unreadable"  # filename
    TEXT_DOCUMENT = "text_document"  # filename
    TOO_BIG = "too_big"  # filename, limit (bytes)
    TOO_MANY_ROWS = "too_many_rows"  # limit (people)
    MISSING_COLUMN = "missing_column"  # column
    REPEATED_COLUMN = "repeated_column"  # column, headings (the two that mean the same)
    EXTRA_CELLS = "extra_cells"  # value (what stands beyond the last heading)
    MISSING_REF = "missing_ref"
    DUPLICATE_REF = "duplicate_ref"  # value, first_line
    MISSING_NAME = "missing_name"
    TOO_LONG = "too_long"  # column, length, limit (characters)
    BAD_EMAIL = "bad_email"  # value
    UNKNOWN_TERRITORY = "unknown_territory"  # value, suggestions (codes, the nearest first)
    UNKNOWN_GENDER = "unknown_gender"  # value
    BAD_BIRTH_YEAR = "bad_birth_year"  # value
    OUT_OF_AGE_RANGE = "out_of_age_range"  # value, first, last (years of birth admitted)
    UNKNOWN_LOCALE = "unknown_locale"  # value
    UNKNOWN_THEME = "unknown_theme"  # value
    SAME_THEME = "same_theme"  # value
    SECOND_WITHOUT_FIRST = "second_without_first"  # value


@dataclass(frozen=True, slots=True)
class Rules:
    """What the gathering admits: theme keys with other names of each, locales, years of birth inclusive."""

    themes: Mapping[str, Collection[str]]
    locales: Sequence[str]
    first_birth_year: int
    last_birth_year: int


class Refused(Exception):
    """A cell, or a line, cannot be taken."""

    def __init__(self, reason: Reason, **values: Value) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


def parsers(rules: Rules) -> Mapping[str, Parse]:
    """For each column how its cells are read, given cleaned and not blank; they raise Refused."""
    theme = _chooser({name: key for key, names in rules.themes.items() for name in (key, *names)}, Reason.UNKNOWN_THEME)
    return {
        "ref": str,
        "given_name": str,
        "family_name": str,
        "email": _email,
        "country": _territory_parser(rules.locales[0]),
        "gender": _chooser(_GENDERS, Reason.UNKNOWN_GENDER),
        "birth_year": _birth_year_parser(rules),
        "organisation": str,
        "locale": _locale_parser(rules.locales),
        "theme": theme,
        "second_theme": theme,
        "name": str,
        "platform": str,
    }


_GENDERS = {
    spelling: gender
    for gender, spellings in {
        Gender.WOMAN: "woman, female, femme, féminin, F, Mme, Madame, Frau, weiblich, W",
        Gender.MAN: "man, male, homme, masculin, H, M, Monsieur, Mr, Mann, Herr, männlich",
        Gender.OTHER: "other, autre, X, non-binaire, non-binary, divers, nichtbinär, andere",
        Gender.UNDISCLOSED: "undisclosed, prefer not to say, ne souhaite pas répondre, préfère ne pas répondre,"
        " ne se prononce pas, NSP, non précisé, keine Angabe, k. A.",
    }.items()
    for spelling in spellings.split(",")
}


def _chooser(choices: Mapping[str, object], reason: Reason) -> Parse:
    by_key = {key_of(spelling): choice for spelling, choice in choices.items()}

    def parse(raw: str) -> object:
        try:
            return by_key[key_of(raw)]
        except KeyError:
            raise Refused(reason, value=raw) from None

    return parse


# One address, not a list of them nor «Name <address>»; whether it exists only a message can tell.
_EMAIL = re.compile(r"[^\s@,;:<>()\"]+@[^\s@,;:<>()\"]+\.[^\s@,;:<>()\".]{2,}")


def _email(raw: str) -> str:
    if not _EMAIL.fullmatch(raw):
        raise Refused(Reason.BAD_EMAIL, value=raw)
    return raw


def _territory_parser(locale: str) -> Parse:
    suggested = 0

    def parse(raw: str) -> str:
        nonlocal suggested
        code = parse_territory(raw)
        if code is None:
            suggested += 1
            suggestions = suggest(raw, locale) if suggested <= _MOST_SUGGESTIONS else ()
            raise Refused(Reason.UNKNOWN_TERRITORY, value=raw, suggestions=suggestions)
        return code

    return parse


def _birth_year_parser(rules: Rules) -> Parse:
    first, last = rules.first_birth_year, rules.last_birth_year

    def parse(raw: str) -> int:
        if not re.fullmatch(r"(19|20)[0-9]{2}", raw):
            raise Refused(Reason.BAD_BIRTH_YEAR, value=raw)
        year = int(raw)
        if not first <= year <= last:
            raise Refused(Reason.OUT_OF_AGE_RANGE, value=year, first=first, last=last)
        return year

    return parse


def _locale_parser(locales: Sequence[str]) -> Parse:
    from babel import Locale

    spellings = {
        name: locale
        for locale in locales
        for language in (*_LANGUAGES, locale)
        if (name := Locale.parse(language).languages.get(locale))
    }
    choose = _chooser({**spellings, **{locale: locale for locale in locales}}, Reason.UNKNOWN_LOCALE)

    def parse(raw: str) -> object:
        try:
            return choose(next(iter(words(raw)), ""))  # «fr-CA», «français (Canada)»
        except Refused:
            raise Refused(Reason.UNKNOWN_LOCALE, value=raw) from None

    return parse
