"""Defines what a list of selected people contains, and compares a newer list with the stored people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from bot.content.names import Named
from bot.content.texts import Text, _


class Gender(StrEnum):
    """The gender that a person stated; one value is for people who prefer not to say."""

    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"
    UNDISCLOSED = "undisclosed"


GENDERS: Mapping[Gender, Text] = {
    # L10N: a person's gender, in lists and on their card
    Gender.WOMAN: _("woman"),
    # L10N: a person's gender, in lists and on their card
    Gender.MAN: _("man"),
    # L10N: a person's gender, in lists and on their card
    Gender.OTHER: _("other"),
    Gender.UNDISCLOSED: _("prefers not to say"),
}
"""The name of each gender, in lists and on screens."""


@dataclass(frozen=True, slots=True)
class RosterPerson(Named):
    """A person selected for the gathering, as described in a list that organisers send.

    A missing value is '' for free text, and None for any other field. `ref` is the number that organisers gave the
    person.
    """

    ref: str
    given_name: str
    family_name: str = ""
    email: str = ""
    territory: str = ""
    gender: Gender | None = None
    birth_year: int | None = None
    organisation: str = ""
    locale: str | None = None
    theme: str | None = None
    second_theme: str | None = None


@dataclass(frozen=True, slots=True)
class PersonChange:
    """The values of a person before and after importing a newer list; `fields` are the names of the changed values."""

    before: RosterPerson
    after: RosterPerson
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RosterDifference:
    """The result of comparing a list with the stored people: who is new, changed, unchanged, or absent from the list.

    Absent people are only counted: importing a list never removes anyone.
    """

    new: tuple[RosterPerson, ...]
    changed: tuple[PersonChange, ...]
    unchanged: tuple[RosterPerson, ...]
    absent: int


def compare(people: Iterable[RosterPerson], existing: Mapping[str, RosterPerson], everyone: int) -> RosterDifference:
    """Return what importing a list of people would change; nothing is stored.

    `people` are the people on the list, each with a different `ref`. `existing` are the stored people by ref, and
    `everyone` is how many are stored in all. An empty cell keeps the stored value, because lists often come back with
    columns missing.
    """
    new: list[RosterPerson] = []
    changed: list[PersonChange] = []
    unchanged: list[RosterPerson] = []
    for person in people:
        before = existing.get(person.ref)
        if before is None:
            new.append(person)
        elif (after := merge(before, person)) != before:
            changed.append(PersonChange(before, after, _differing(before, after)))
        else:
            unchanged.append(before)
    absent = everyone - len(changed) - len(unchanged)
    return RosterDifference(tuple(new), tuple(changed), tuple(unchanged), absent)


def merge(before: RosterPerson, listed: RosterPerson) -> RosterPerson:
    """Return the stored values of a person, replaced by the values that a list has; an empty value replaces nothing."""
    given = {name: value for name in _FIELDS if (value := getattr(listed, name))}
    after = replace(before, **given)
    # The list may promote the stored second theme to the first without naming another second.
    return replace(after, second_theme=None) if after.second_theme == after.theme else after


def _differing(before: RosterPerson, after: RosterPerson) -> tuple[str, ...]:
    return tuple(name for name in _FIELDS if getattr(before, name) != getattr(after, name))


_FIELDS = tuple(field.name for field in fields(RosterPerson))
