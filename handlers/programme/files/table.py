"""Reads the programme from a table with one row per session and column headings in any of the languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.content.names import file_stem
from bot.content.texts import Name, _
from bot.files.columns import CellError, Column
from bot.files.tables import TableFormat, TableRow, read_table
from bot.people.audiences import EVERYONE, Audience
from handlers.programme.files.parsing import (
    ENDS_FIRST,
    LONGEST_KEY,
    LONGEST_LINK,
    MOST_BYTES,
    MOST_SESSIONS,
    NO_END,
    NO_START,
    NO_TITLE,
    SPEAKER_HEADINGS,
    TOO_MANY,
    Programme,
    ProgrammeRules,
    audience_of,
    cannot_be_read,
    check_link,
    kind_of,
    no_session,
    refuse,
)
from handlers.programme.files.times import TimeReader, read_zone
from handlers.programme.model import LONGEST_DESCRIPTION, Kind, Plan


def _kind(text: str) -> Kind:
    kind = kind_of(text)
    if kind is None:
        raise CellError(
            _(
                "«{value}» is not a kind of session: plenary, workshop, meal, visit, evening or other.",
                value=Name(text),
            )
        )
    return kind


COLUMNS = (
    Column(
        "key",
        _("reference"),
        "key, ref, reference, code, ID, clé, réf, référence, identifiant, Schlüssel, Referenz",
        longest=LONGEST_KEY,
        unique=True,
    ),
    # L10N: a column's heading in the programme's table
    Column("title", _("title"), "title, session, titre, activité, intitulé, Titel, Programmpunkt", required=True),
    # L10N: a column's heading in the programme's table
    Column("day", _("day"), "day, date, jour, Tag, Datum"),
    Column(
        "starts",
        _("beginning"),
        "start, starts, from, beginning, début, de, heure de début, Beginn, Anfang, von",
        required=True,
        missing=NO_START,
    ),
    Column(
        "ends",
        # L10N: a column's heading in the programme's table
        _("end"),
        "end, ends, to, until, fin, à, jusqu'à, heure de fin, Ende, bis",
        required=True,
        missing=NO_END,
    ),
    # L10N: a column's heading in the programme's table
    Column("place", _("place"), "place, room, location, lieu, salle, endroit, Ort, Raum"),
    # L10N: a column's heading in the programme's table
    Column("audience", _("audience"), "audience, for, for whom, public, pour, pour qui, für, für wen, Zielgruppe"),
    # L10N: a column's heading in the programme's table
    Column("kind", _("kind"), "kind, type, category, genre, catégorie, Art, Kategorie", read=_kind),
    # L10N: a column's heading in the programme's table: who speaks
    Column("speaker", _("speaker"), SPEAKER_HEADINGS),
    Column(
        "description",
        # L10N: a column's heading in the programme's table: a few sentences about a session
        _("description"),
        "description, abstract, résumé, descriptif, Beschreibung, Kurzbeschreibung",
        longest=LONGEST_DESCRIPTION,
    ),
    Column(
        "map",
        # L10N: a column's heading in the programme's table: the address of a map
        _("map"),
        "map, map link, link, plan, carte, lien, lien du plan, Karte, Kartenlink",
        read=check_link,
        longest=LONGEST_LINK,
    ),
    Column("zone", _("time zone"), "zone, time zone, fuseau, fuseau horaire, Zeitzone", read=read_zone),
)
"""The columns of a programme. Those in `_PER_LOCALE` may have a column per language: «title (fr)», «Titel deutsch»."""
_PER_LOCALE = ("title", "place", "description")
_LANGUAGES = {"fr": "fr, français, French, Französisch", "en": "en, anglais, English, Englisch",
              "de": "de, allemand, German, Deutsch"}  # fmt: skip


def read_programme_table(data: bytes, filename: str, rules: ProgrammeRules) -> Programme:
    """Return the sessions of a CSV, XLSX or ODS file, and its mistakes in `problems`, which quote `filename`."""
    form = TableFormat(
        [locale_column for column in COLUMNS for locale_column in _with_locales(column, rules)],
        MOST_SESSIONS,
        MOST_BYTES,
        too_many_rows=TOO_MANY,
        cannot_be_read=cannot_be_read,
        titles=tuple(f"title_{locale}" for locale in rules.locales),
    )
    table = read_table(data, filename, form, lambda row: _plan(row, rules))
    if not (table.rows or table.problems):
        return refuse(no_session(Name(filename)))
    return Programme(_with_keys(table.rows), table.problems, table.ignored, table.aside)


def _with_keys(plans: Sequence[Plan]) -> tuple[Plan, ...]:
    """Return plans, those without a key with one of their own, which says when it begins and what it is called."""
    taken = {plan.key for plan in plans}
    named: list[Plan] = []
    for plan in plans:
        if not plan.key:
            begin = file_stem(f"{plan.starts:%m%d-%H%M}", *plan.title.values())[:_LONGEST_MADE]
            count = next(number for number in range(1, len(plans) + 1) if _numbered(begin, number) not in taken)
            plan = replace(plan, key=_numbered(begin, count))
            taken.add(plan.key)
        named.append(plan)
    return tuple(named)


_LONGEST_MADE = 60


def _numbered(begin: str, number: int) -> str:
    return f"{begin}-{number}" if number > 1 else begin


def _with_locales(column: Column, rules: ProgrammeRules) -> Iterator[Column]:
    """Return the columns that this gathering's tables may have for a column: one per locale for some of them.

    A heading without a language stands for the first locale.
    """
    if column.key == "audience":
        yield replace(column, read=lambda text: _audience(text, rules))
    elif column.key not in _PER_LOCALE:
        yield column
    else:
        first = f"{column.key}_{rules.locales[0]}"
        for locale in rules.locales:
            headings = [
                f"{heading} {language}"
                for heading in column.headings.split(",")
                for language in _LANGUAGES.get(locale, locale).split(",")
            ]
            if locale == rules.locales[0]:
                yield replace(column, key=first, headings=",".join((column.headings, *headings)))
            else:
                yield replace(
                    column, key=f"{column.key}_{locale}", headings=",".join(headings), required=False, replaces=(first,)
                )


def _audience(text: str, rules: ProgrammeRules) -> Audience:
    audience = audience_of(text, rules)
    if audience is None:
        raise CellError(
            _(
                "I do not know who «{value}» is for: write «all», a theme, a territory or «organisers».",
                value=Name(text),
            )
        )
    return audience


def _plan(row: TableRow, rules: ProgrammeRules) -> Plan | None:
    """Return the plan that a row of the table describes; None if any cell of the row has a mistake."""
    cells = row.cells
    title, venue, description = (
        {locale: cells[key] for locale in rules.locales if (key := f"{column}_{locale}") in cells}
        for column in _PER_LOCALE
    )
    if not title:
        row.refuse(NO_TITLE)
    zone = cells.get("zone", rules.zone)
    if not (zone and cells.get("starts") and cells.get("ends")):
        return None
    times, day = TimeReader(zone, rules.year), cells.get("day") or ""
    try:
        starts = times.read(cells["starts"], day)
        ends = times.read(cells["ends"], day, after=starts)
    except CellError as error:
        row.refuse(error.reason)
        return None
    if ends <= starts:
        row.refuse(ENDS_FIRST)
    if row.problems:
        return None
    return Plan(
        cells.get("key", ""),
        title,
        starts,
        ends,
        zone,
        venue,
        cells.get("kind", "other"),
        cells.get("audience", EVERYONE),
        cells.get("map", ""),
        speaker=cells.get("speaker", ""),
        description=description,
    )
