"""Why a line of the list of selected people is refused, in words."""

from __future__ import annotations

from collections.abc import Mapping

from bot.content.answers import text_document
from bot.content.texts import Listing, Name, Span, Territory, Text, _
from bot.people.listed import Gender
from bot.people.roster import Rejected
from bot.people.roster_cells import Reason, Value

COLUMNS: Mapping[str, Text] = {
    "ref": _("reference"),
    "given_name": _("given name"),
    "family_name": _("family name"),
    "email": _("email"),
    "country": _("country"),
    "gender": _("gender"),
    "birth_year": _("birth year"),
    "organisation": _("organisation"),
    "locale": _("language"),
    "theme": _("theme"),
    "second_theme": _("second theme"),
}
"""Each column that is asked for, by a heading of it that is understood, in the reader's language."""

UNASKED: Mapping[str, Text] = {
    "name": _("full name"),
    "platform": _("platform"),
    "to_correct": _("to correct"),
}
"""The columns that a list may have and no table to fill in has, likewise."""


GENDERS: Mapping[Gender, Text] = {
    Gender.WOMAN: _("woman"),
    Gender.MAN: _("man"),
    Gender.OTHER: _("other"),
    Gender.UNDISCLOSED: _("prefers not to say"),
}
"""What people say of themselves, as a list and a screen show it."""


def explain(rejected: Rejected) -> Text:
    """One refusal as a sentence, without its line number."""
    return _about_file(rejected) or _about_line(rejected) or _about_cell(rejected)


def _about_file(rejected: Rejected) -> Text | None:
    values = _spans(rejected.values)
    match rejected.reason:
        case Reason.UNREADABLE:
            return _("«{filename}» cannot be read. Save it again as CSV or XLSX.", filename=values["filename"])
        case Reason.TEXT_DOCUMENT:
            return text_document(values["filename"])
        case Reason.TOO_BIG:
            most = int(str(rejected.values["limit"])) // 1_000_000
            return _("«{filename}» is too large: {most} MB at most.", filename=values["filename"], most=most)
        case Reason.TOO_MANY_ROWS:
            return _("The list is too long: {most} people at most.", most=values["limit"])
        case Reason.MISSING_COLUMN:
            return _("The column {column} is missing.", column=values["column"])
        case Reason.REPEATED_COLUMN:
            return _("Two columns mean {column}: {headings}.", column=values["column"], headings=values["headings"])
    return None


def _about_line(rejected: Rejected) -> Text | None:
    values = _spans(rejected.values)
    match rejected.reason:
        case Reason.EXTRA_CELLS:
            return _("«{value}» stands beyond the last column.", value=values["value"])
        case Reason.MISSING_REF:
            return _("The reference is missing.")
        case Reason.DUPLICATE_REF:
            return _(
                "The reference «{value}» is on line {line} already.", value=values["value"], line=values["first_line"]
            )
        case Reason.MISSING_NAME:
            return _("The name is missing.")
        case Reason.SAME_THEME:
            return _("Both themes are «{value}».", value=values["value"])
        case Reason.SECOND_WITHOUT_FIRST:
            return _("«{value}» is a second theme without a first.", value=values["value"])
    return None


def _about_cell(rejected: Rejected) -> Text:
    values = _spans(rejected.values)
    match rejected.reason:
        case Reason.TOO_LONG:
            return _(
                "{column}: {length} characters, {most} at most.",
                column=values["column"],
                length=values["length"],
                most=values["limit"],
            )
        case Reason.UNKNOWN_TERRITORY if near := _territories(rejected.values):
            return _("«{value}» is no territory I know. Is it {names}?", value=values["value"], names=near)
        case Reason.UNKNOWN_TERRITORY:
            return _("«{value}» is no territory I know.", value=values["value"])
        case Reason.OUT_OF_AGE_RANGE:
            return _(
                "Born in {value}: the gathering is for people born from {first} to {last}.",
                value=values["value"],
                first=values["first"],
                last=values["last"],
            )
    return _UNKNOWN[rejected.reason](values["value"])


_UNKNOWN = {
    Reason.BAD_EMAIL: lambda value: _("«{value}» is no e-mail address.", value=value),
    Reason.UNKNOWN_GENDER: lambda value: _("«{value}» is no gender I know.", value=value),
    Reason.BAD_BIRTH_YEAR: lambda value: _("«{value}» is no year of birth.", value=value),
    Reason.UNKNOWN_LOCALE: lambda value: _("«{value}» is no language of this gathering.", value=value),
    Reason.UNKNOWN_THEME: lambda value: _("«{value}» is no theme of this gathering.", value=value),
}


def _spans(values: Mapping[str, Value]) -> Mapping[str, Span]:
    spans = {name: _span(value) for name, value in values.items()}
    column = values.get("column")
    named = {**COLUMNS, **UNASKED}
    return {**spans, "column": named[column]} if isinstance(column, str) and column in named else spans


def _span(value: Value) -> Span:
    match value:
        case int():
            return value
        case str():
            return Name(value)
        case tuple():
            return Listing(tuple(Name(each) for each in value))


def _territories(values: Mapping[str, Value]) -> Span | None:
    codes = values.get("suggestions")
    return Listing(tuple(Territory(code) for code in codes)) if isinstance(codes, tuple) and codes else None
