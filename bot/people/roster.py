"""Reads the roster: the list of selected people that organisers send as a file (CSV, XLSX).

Nothing is stored here; `bot.people.listed.compare` returns what importing the list would change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.content.names import words
from bot.content.territories import parse_territory, suggest
from bot.content.texts import Listing, Name, Span, Territory, _
from bot.files.sheets import key_of
from bot.files.tables import (
    CellError,
    Column,
    TableFormat,
    TableProblem,
    TableRow,
    by_spelling,
    one_of,
    read_table,
)
from bot.people.listed import Gender, RosterPerson

MOST_PEOPLE = 5_000
MOST_BYTES = 5_000_000
_MOST_SUGGESTIONS = 100  # cells: each takes milliseconds, and nobody reads on after so many errors
_LANGUAGES = ("fr", "en", "de")

ASKED = (
    Column(
        "ref",
        # L10N: a column's heading in the list of selected people
        _("reference"),
        "ref, reference, réf, Referenz, identifiant, ID, participant id",
        required=True,
        missing=_("The reference is missing."),
        unique=True,
    ),
    Column("given_name", _("given name"), "given name, first name, prénom, prénoms, Vorname", required=True),
    Column(
        "family_name",
        _("family name"),
        "family name, last name, surname, nom, nom de famille, Nachname, Familienname, name",
        required=True,
    ),
    Column(
        "email",
        _("email"),
        "email, e-mail address, mail, courriel, adresse e-mail, adresse courriel, adresse électronique, E-Mail-Adresse",
    ),
    Column(
        "country",
        _("country"),
        "country, territory, country or territory, pays, territoire, pays ou territoire, Land, Gebiet",
        required=True,
    ),
    Column("gender", _("gender"), "gender, sex, genre, sexe, Geschlecht"),
    Column(
        "birth_year",
        _("birth year"),
        "birth year, year of birth, année de naissance, année naissance, naissance, Geburtsjahr, Jahrgang",
    ),
    Column(
        "organisation",
        _("organisation"),
        "organisation, organization, organisme, structure, association, Einrichtung, Verein",
    ),
    Column("locale", _("language"), "locale, language, langue, Sprache"),
    Column(
        "theme",
        # L10N: a column's heading in the list of selected people
        _("theme"),
        "theme, thème, thématique, premier thème, thème 1, premier choix, choix 1, first theme, Thema, erstes Thema",
    ),
    Column(
        "second_theme",
        _("second theme"),
        "second theme, deuxième thème, second thème, thème 2, deuxième choix, second choix, choix 2, second choice,"
        " zweites Thema",
    ),
)
"""The columns of a list. The empty table that organisers can download has these columns."""
UNASKED = (
    Column(
        "name",
        _("full name"),
        "full name, nom complet, prénom et nom, vollständiger Name",
        replaces=("given_name", "family_name"),
        alone="name, nom",
    ),
    # L10N: a column's heading in the list of selected people
    Column("platform", _("platform"), "platform, plateforme, Plattform"),
)
"""Further columns that a list may have, but that are not asked for.

The platform is used only by `rencontres groups form`, which reads the same lists.
"""
NAMES: Mapping[str, Span] = {column.key: column.name for column in (*ASKED, *UNASKED)}
"""The name of each column, by its key; in a reader's language it is also a valid heading."""


@dataclass(frozen=True, slots=True)
class RosterRules:
    """What is valid in the lists of this gathering: themes with their other names, locales, and years of birth.

    The years of birth include both bounds.
    """

    themes: Mapping[str, Collection[str]]
    locales: Sequence[str]
    min_birth_year: int
    max_birth_year: int


@dataclass(frozen=True, slots=True)
class Roster:
    """The result of reading a list: the people on lines without errors, and all problems.

    `ignored` are the unknown headings. A list with `problems` must not be imported. `whole_names` says that full names
    were in one cell each, and that the first word was taken as the given name.
    """

    people: tuple[RosterPerson, ...] = ()
    problems: tuple[TableProblem, ...] = ()
    ignored: tuple[str, ...] = ()
    whole_names: bool = False


def read_roster(data: bytes, filename: str, rules: RosterRules) -> Roster:
    """Return the people and problems in a CSV or XLSX file. Never raises because of the content of the file.

    `filename` is used in messages; `rules` says what is valid.
    """
    readers = cell_readers(rules)
    form = TableFormat(
        [replace(column, read=readers.get(column.key, str)) for column in (*ASKED, *UNASKED)],
        MOST_PEOPLE,
        MOST_BYTES,
        too_many_rows=_("The list is too long: {most} people at most.", most=MOST_PEOPLE),
    )
    table = read_table(data, filename, form, _person)
    return Roster(table.rows, table.problems, table.ignored, "name" in table.columns)


def _person(row: TableRow) -> RosterPerson | None:
    """Return the person on a line, None where any value is refused."""
    cells = row.cells
    if not {"given_name", "family_name", "name"} & cells.keys():
        row.refuse(_("The name is missing."))
    second = cells.get("second_theme")
    if second and "theme" not in cells:
        row.refuse(_("«{value}» is a second theme without a first.", value=Name(second)))
    elif second and second == cells["theme"]:
        row.refuse(_("Both themes are «{value}».", value=Name(second)))
    if row.problems:
        return None
    cells.pop("platform", None)
    whole = cells.pop("name", "")
    if whole and "given_name" not in cells:
        cells["given_name"], _space, cells["family_name"] = whole.partition(" ")
    return RosterPerson(given_name=cells.pop("given_name", ""), territory=cells.pop("country", ""), **cells)


# --- how cells are read


def cell_readers(rules: RosterRules) -> Mapping[str, Callable[[str], object]]:
    """Return the functions that convert cells to values, by the key of their column; they raise CellError.

    Columns of plain words have no function.
    """
    theme = one_of(
        {key_of(name): key for key, names in rules.themes.items() for name in (key, *names)},
        lambda value: _("«{value}» is not a theme of this gathering.", value=value),
    )
    return {
        "email": _email,
        "country": _territory_reader(rules.locales[0]),
        "gender": _gender,
        "birth_year": _birth_year_reader(rules),
        "locale": _locale_reader(rules.locales),
        "theme": theme,
        "second_theme": theme,
    }


_gender = one_of(
    by_spelling(
        {
            Gender.WOMAN: "woman, female, femme, féminin, F, Mme, Madame, Frau, weiblich, W",
            Gender.MAN: "man, male, homme, masculin, H, M, Monsieur, Mr, Mann, Herr, männlich",
            Gender.OTHER: "other, autre, X, non-binaire, non-binary, divers, nichtbinär, andere",
            Gender.UNDISCLOSED: "undisclosed, prefer not to say, ne souhaite pas répondre, préfère ne pas répondre,"
            " ne se prononce pas, NSP, non précisé, keine Angabe, k. A.",
        }
    ),
    lambda value: _("I do not know the gender «{value}».", value=value),
)

# One address, not a list of them nor «Name <address>»; whether it exists only a message can tell.
_EMAIL = re.compile(r"[^\s@,;:<>()\"]+@[^\s@,;:<>()\"]+\.[^\s@,;:<>()\".]{2,}")


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise CellError(_("«{value}» is not an e-mail address.", value=Name(text)))
    return text


def _territory_reader(locale: str) -> Callable[[str], str]:
    suggested = 0

    def read(text: str) -> str:
        nonlocal suggested
        code = parse_territory(text)
        if code is not None:
            return code
        suggested += 1
        near = suggest(text, locale) if suggested <= _MOST_SUGGESTIONS else ()
        if not near:
            raise CellError(_("I do not know the territory «{value}».", value=Name(text)))
        names = Listing(tuple(map(Territory, near)))
        raise CellError(_("I do not know the territory «{value}». Is it {names}?", value=Name(text), names=names))

    return read


def _birth_year_reader(rules: RosterRules) -> Callable[[str], int]:
    first, last = rules.min_birth_year, rules.max_birth_year

    def read(text: str) -> int:
        if not re.fullmatch(r"(19|20)[0-9]{2}", text):
            raise CellError(_("«{value}» is not a year of birth.", value=Name(text)))
        year = int(text)
        if not first <= year <= last:
            raise CellError(
                _(
                    "Born in {value}: the gathering is for people born from {first} to {last}.",
                    value=year,
                    first=first,
                    last=last,
                )
            )
        return year

    return read


def _locale_reader(locales: Sequence[str]) -> Callable[[str], str]:
    from babel import Locale

    spoken = [Locale.parse(language).languages for language in (*_LANGUAGES, *locales)]
    choices = {key_of(names[locale]): locale for names in spoken for locale in locales if locale in names}
    choices |= {key_of(locale): locale for locale in locales}

    def read(text: str) -> str:
        locale = choices.get(key_of(next(iter(words(text)), "")))  # «fr-CA», «français (Canada)»
        if locale is None:
            raise CellError(_("«{value}» is not a language of this gathering.", value=Name(text)))
        return locale

    return read
