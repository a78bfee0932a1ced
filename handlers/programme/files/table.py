"""The programme as a table: a session a line, columns named in any of the languages, words per locale where given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.content.dates import BadDate, parse_date
from bot.content.dates import Problem as DateProblem
from bot.content.names import clean
from bot.files.sheets import (
    TO_CORRECT,
    SheetRow,
    SheetTooLong,
    TextDocument,
    UnreadableSheet,
    read_rows,
)
from bot.people.audiences import EVERYONE
from handlers.programme import model
from handlers.programme.files.parsing import (
    LONGEST,
    LONGEST_KEY,
    LONGEST_LINK,
    MOST_SESSIONS,
    Programme,
    Reason,
    Refused,
    Rejected,
    Rules,
    audience_of,
    check_link,
    key_of,
    kind_of,
    refuse,
)
from handlers.programme.model import BadTime, Plan, resolve

_HEADINGS = {
    "key": "key, ref, reference, code, ID, clé, réf, référence, identifiant, Schlüssel, Referenz",
    "title": "title, session, titre, activité, intitulé, Titel, Programmpunkt",
    "place": "place, room, location, lieu, salle, endroit, Ort, Raum",
    "day": "day, date, jour, Tag, Datum",
    "starts": "start, starts, from, beginning, début, de, heure de début, Beginn, Anfang, von",
    "ends": "end, ends, to, until, fin, à, jusqu'à, heure de fin, Ende, bis",
    "zone": "zone, time zone, fuseau, fuseau horaire, Zeitzone",
    "audience": "audience, for, for whom, public, pour, pour qui, für, für wen, Zielgruppe",
    "kind": "kind, type, category, genre, catégorie, Art, Kategorie",
    "map": "map, map link, link, plan, carte, lien, lien du plan, Karte, Kartenlink",
    "to_correct": TO_CORRECT,
}
_LANGUAGES = {"fr": "fr, français, French, Französisch", "en": "en, anglais, English, Englisch",
              "de": "de, allemand, German, Deutsch"}  # fmt: skip
_PLAIN = {key_of(heading): column for column, names in _HEADINGS.items() for heading in names.split(",")}
_PER_LOCALE = {
    key_of(f"{heading} {language}"): f"{column}_{locale}"
    for column in ("title", "place")
    for heading in _HEADINGS[column].split(",")
    for locale, names in _LANGUAGES.items()
    for language in names.split(",")
}
REQUIRED = ("key", "title", "starts", "ends")
_LIMITS = {"key": LONGEST_KEY, "map": LONGEST_LINK}
_TIME = re.compile(r"(\d{1,2}) ?(?:[:h.] ?(\d{2})(?::00)?|h|uhr(?: (\d{2}))?)", re.IGNORECASE)
_SPREADSHEET_DAY = re.compile(r"(20\d{2}-\d{2}-\d{2})[ T]00:00:00")
_SPREADSHEET_TIME = re.compile(r"(20\d{2}-\d{2}-\d{2})[ T](\d{2}:\d{2}):00")
_NIGHT = timedelta(hours=6)
"""An end typed as an hour alone, before the start, is the next morning up to this hour; later it is a mistake."""


def read_table(data: bytes, filename: str, rules: Rules) -> Programme:
    """The sessions of a CSV or XLSX file, and every refusal."""
    try:
        rows = read_rows(data, most=MOST_SESSIONS + 2)
    except SheetTooLong:
        return refuse(Reason.TOO_MANY, limit=MOST_SESSIONS)
    except TextDocument:
        return refuse(Reason.TEXT_DOCUMENT, filename=filename)
    except UnreadableSheet as error:
        return refuse(Reason.UNREADABLE, error.line, filename=filename)
    if len(rows) > MOST_SESSIONS + 1:
        return refuse(Reason.TOO_MANY, limit=MOST_SESSIONS)
    head = rows[0] if rows else SheetRow(0, ())
    headings = tuple(clean(cell)[:LONGEST] for cell in head.cells)
    columns = [_column(heading, rules) for heading in headings]
    rejected = list(_heading_refusals(head.line, headings, columns))
    if rejected:
        return Programme(rejected=tuple(rejected))
    if len(rows) == 1:
        return refuse(Reason.NO_SESSION, filename=filename)
    reader = _Reader(headings, columns, rules)
    plans = tuple(plan for row in rows[1:] if (plan := reader.read(row)))
    ignored = tuple(heading for heading, column in zip(headings, columns, strict=True) if heading and not column)
    return Programme(plans, tuple(reader.rejected), ignored)


def _column(heading: str, rules: Rules) -> str | None:
    key = key_of(heading)
    if column := _PLAIN.get(key):
        return f"{column}_{rules.locales[0]}" if column in ("title", "place") else column
    column = _PER_LOCALE.get(key)
    return column if column and column.rpartition("_")[2] in rules.locales else None


def _heading_refusals(line: int, headings: Sequence[str], columns: Sequence[str | None]) -> Iterator[Rejected]:
    found: dict[str, str] = {}
    for heading, column in zip(headings, columns, strict=True):
        if column in found:
            both = (found[column], heading)
            yield Rejected(line, "", Reason.REPEATED_COLUMN, {"column": column, "headings": both})
        elif column:
            found[column] = heading
    for needed in REQUIRED:
        if not any(column.partition("_")[0] == needed for column in found):
            yield Rejected(line, "", Reason.MISSING_COLUMN, {"column": needed})


class _Reader:
    """Reads line after line, remembering the keys met and collecting the refusals."""

    def __init__(self, headings: Sequence[str], columns: Sequence[str | None], rules: Rules) -> None:
        self.rejected: list[Rejected] = []
        self._columns = list(zip(headings, columns, strict=True))
        self._rules = rules
        self._first_lines: dict[str, int] = {}

    def read(self, row: SheetRow) -> Plan | None:
        """The plan on a line, or None where anything on it was refused."""
        given: dict[str, str] = {}
        refused: list[Refused] = []
        for (heading, column), cell in zip(self._columns, row.cells, strict=False):
            raw = clean(cell)
            if not column or not raw or column == "to_correct":
                continue
            given[column] = raw
            limit = _LIMITS.get(column, LONGEST)
            if len(raw) > limit:
                refused.append(Refused(Reason.TOO_LONG, column=heading, length=len(raw), limit=limit))
        title = {locale: given[f"title_{locale}"] for locale in self._rules.locales if f"title_{locale}" in given}
        values: dict[str, Any] = {"title": title}
        if not refused:
            refused += self._fill(row, given, values)
        name = next(iter(title.values()), "")[:LONGEST]
        self.rejected += (Rejected(row.line, name, each.reason, each.values) for each in refused)
        return None if refused else Plan(**values)

    def _fill(self, row: SheetRow, given: Mapping[str, str], values: dict[str, Any]) -> Iterator[Refused]:
        """Put what a line says into the values of a plan; what is wrong with it."""
        # An unquoted comma in a title moves everything after it by one column.
        if extra := clean(" ".join(row.cells[len(self._columns) :])):
            yield Refused(Reason.EXTRA_CELLS, value=extra[:LONGEST])
        key = given.get("key")
        if key is None:
            yield Refused(Reason.MISSING_KEY)
        elif (first := self._first_lines.setdefault(key, row.line)) != row.line:
            yield Refused(Reason.DUPLICATE_KEY, value=key, first_line=first)
        values["key"] = key
        if not values["title"]:
            yield Refused(Reason.MISSING_TITLE)
        values["place"] = {
            locale: given[f"place_{locale}"] for locale in self._rules.locales if f"place_{locale}" in given
        }
        values["audience"] = EVERYONE
        if said := given.get("audience"):
            values["audience"] = audience_of(said, self._rules)
            if values["audience"] is None:
                yield Refused(Reason.UNKNOWN_AUDIENCE, value=said)
        values["kind"] = "other"
        if said := given.get("kind"):
            values["kind"] = kind_of(said)
            if values["kind"] is None:
                yield Refused(Reason.UNKNOWN_KIND, value=said)
        try:
            values["map_url"] = check_link(given["map"]) if "map" in given else ""
        except Refused as refusal:
            yield refusal
        try:
            values |= self._times(given)
        except Refused as refusal:
            yield refusal

    def _times(self, given: Mapping[str, str]) -> Mapping[str, Any]:
        zone = given.get("zone", self._rules.zone)
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise Refused(Reason.UNKNOWN_ZONE, value=zone) from None
        if "starts" not in given:
            raise Refused(Reason.MISSING_START)
        if "ends" not in given:
            raise Refused(Reason.MISSING_END)
        clock = Clock(zone, self._rules.year)
        day = _SPREADSHEET_DAY.sub(r"\1", given.get("day", ""))
        starts = clock.read(given["starts"], day)
        ends = clock.read(given["ends"], day, after=starts)
        if ends <= starts:
            raise Refused(Reason.ENDS_FIRST)
        return {"starts": starts, "ends": ends, "zone": zone}


class Clock:
    """Times as they are typed, in a zone."""

    def __init__(self, zone: str, year: int) -> None:
        self._zone = zone
        self._year = year

    def read(self, raw: str, day: str, after: datetime | None = None) -> datetime:
        """The instant of «14h30» on a day, or of a date and time. Raises Refused.

        `after` gives its day to an hour alone; in the small hours that is the next one.
        """
        hour = _as_time(raw)
        if hour is None:
            return self._whole(_SPREADSHEET_TIME.sub(r"\1 \2", raw), raw)
        if day:
            instant = self._whole(f"{day} {hour}", f"{day} {raw}")
        elif after is not None:
            instant = self._whole(f"{after.astimezone(ZoneInfo(self._zone)):%Y-%m-%d} {hour}", raw)
        else:
            raise Refused(Reason.BAD_TIME, value=raw)
        if after is not None and instant <= after and hour < f"{_NIGHT // timedelta(hours=1):02}:00":
            local = instant.astimezone(ZoneInfo(self._zone)) + timedelta(days=1)
            return self._resolved(local.replace(tzinfo=None), raw)
        return instant

    def _whole(self, typed: str, raw: str) -> datetime:
        try:
            exact = datetime.fromisoformat(typed)
        except ValueError:
            exact = None
        if exact is not None and exact.tzinfo is not None:  # «2027-10-31T02:30+01:00» says which of the two it means
            return exact.astimezone(UTC)
        before = datetime(self._year, 1, 1, tzinfo=ZoneInfo(self._zone)) - timedelta(minutes=1)
        try:
            # A date without a year is in the year of the gathering.
            instant = parse_date(typed, zone=self._zone, now=before + timedelta(minutes=1))
        except BadDate as bad:
            raise self._refusal(bad.problem, raw) from None
        return self._resolved(instant.astimezone(ZoneInfo(self._zone)).replace(tzinfo=None), raw)

    def _resolved(self, local: datetime, raw: str) -> datetime:
        try:
            return resolve(local.replace(fold=0), self._zone)
        except BadTime as bad:
            reason = Reason.TWICE if bad.problem is model.Problem.TWICE else Reason.NO_SUCH_TIME
            raise Refused(reason, value=raw, zone=self._zone) from None

    def _refusal(self, problem: DateProblem, raw: str) -> Refused:
        if problem is DateProblem.UNREADABLE:
            return Refused(Reason.BAD_TIME, value=raw)
        if problem is DateProblem.PAST:
            return Refused(Reason.OTHER_YEAR, value=raw, year=self._year)
        return Refused(Reason.NO_SUCH_TIME, value=raw)


def _as_time(raw: str) -> str | None:
    """«14h30» as 14:30; None for what is no hour alone."""
    found = _TIME.fullmatch(raw)
    return f"{int(found[1]):02}:{found[2] or found[3] or '00'}" if found else None
