"""Defines audiences: sets of participants for whom something is meant, such as an announcement.

An audience has a kind and, for most kinds, a value; it is written as one word: «group:12». Each kind is an
`AudienceKind`: the engine's own are here, a capability's in its module `audiences`. All kinds must be declared, with
`declare`, before any audience is used.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bot.content.errors import Stale
from bot.content.names import display_name
from bot.content.roles import FACILITATES
from bot.content.territories import parse_territory
from bot.content.texts import Person, Span, Territory, _
from bot.people.naming import platform_name

COMES = "p.status = 'joined' AND p.attends = 1"
"""SQL condition that a participant `p` has joined and attends the gathering."""

Words = Callable[[Any, str], Awaitable[Span | None]]
"""A function words(tx, value) that returns an audience's name; None if what the value means does not exist.

tx has no type here, because settings name audiences, and this module must not import the database.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceKind:
    """One kind of audience; an audience is a set of participants for whom something is meant.

    It has a name, the SQL condition that a participant is in the audience, and a function that returns the audience's
    name as people read it.
    """

    name: str
    """The kind's name, the part before the colon in an audience's word. It is stored, so it must never change."""
    takes: Callable[[str], bool]
    """A function that returns whether a value is valid for this kind. The value is '' if none is given."""
    condition: str
    """SQL condition that a participant `p` is in the audience.

    The parameter `:a_value` is the audience's value, `:a_number` the value as a number.
    """
    words: Words
    """words(tx, value) returns the audience's readable name; None if what the value means does not exist."""
    personal: bool = False
    """Whether messages for the audience are confidential, so that nobody else should read them."""


def no_value(value: str) -> bool:
    """Return whether a value is '', the only value of kinds of audiences such as «everyone»."""
    return value == ""


def is_id(value: str) -> bool:
    """Return whether a value is written like the id of a row."""
    return re.fullmatch(r"[1-9][0-9]{0,17}", value) is not None


def is_key(value: str) -> bool:
    """Return whether a value is written like a key of the configuration, such as «culture»."""
    return re.fullmatch(r"[a-z0-9_]{1,20}", value) is not None


_KINDS: dict[str, AudienceKind] = {}


def declare(*kinds: AudienceKind) -> None:
    """Register kinds of audiences. Raises ValueError if another kind with the same name is already registered."""
    for kind in kinds:
        if _KINDS.setdefault(kind.name, kind) is not kind:
            raise ValueError(f"two kinds of audiences are called {kind.name!r}")


@dataclass(frozen=True, slots=True)
class Audience:
    """A set of participants, given by a kind and a value.

    The value is a group's id, a territory's code, a key of the configuration, …; '' for kinds without one. Raises
    ValueError for an unknown kind, and for a value that is not valid for the kind.
    """

    kind: str = "all"
    value: str = ""

    def __post_init__(self) -> None:
        kind = _KINDS.get(self.kind)
        if kind is None or not kind.takes(self.value):
            raise ValueError(f"no audience is called {self.encode()!r}")

    def encode(self) -> str:
        """Return the audience as one word («group:12»), for the database, files and the shell."""
        return f"{self.kind}:{self.value}" if self.value else self.kind

    @property
    def option(self) -> str:
        """Return the audience as the value of an option or a button: «theme_culture», «territory_CA_QC»."""
        return self.encode().replace(":", "_", 1).replace("-", "_")

    @classmethod
    def from_stored(cls, word: str) -> Audience:
        """Return the audience for a stored word, such as «group:12». Raises ValueError if no audience has this word."""
        return parse(word)

    @property
    def condition(self) -> str:
        """Return the SQL condition that a participant `p` is in the audience.

        The condition may use the parameters `:a_value`, the audience's value, and `:a_number`, the value as a number.
        """
        return _KINDS[self.kind].condition

    @property
    def words(self) -> Words:
        """Return a function that gets a transaction and the audience's value, and returns the name that people read.

        The function returns None if the thing that the value stands for, such as a group, no longer exists.
        """
        return _KINDS[self.kind].words

    @property
    def number(self) -> int:
        """Return the audience's value as a number, such as a group's id. Raises ValueError if it is not a number."""
        return int(self.value)

    @property
    def personal(self) -> bool:
        """Return whether messages for the audience are confidential, like messages to the team or a single person."""
        return _KINDS[self.kind].personal


def parse(word: str) -> Audience:
    """Return the audience for a word («group:12»), stored or typed. Raises ValueError for any other word."""
    kind, _colon, value = word.strip().partition(":")
    return Audience(kind, value)


def of_option(chosen: str) -> Audience:
    """Return the audience for the value of an option or button, made by `Audience.option`.

    Raises Stale if no audience has this value.
    """
    kind, _sign, value = chosen.partition("_")
    for each in (value, value.replace("_", "-")):  # a day, or the code of a region
        with suppress(ValueError):
            return Audience(kind, each)
    raise Stale


# --- the engine's own kinds


def _said(words: Span) -> Words:
    """Return a function that returns these words as the name of a kind without values."""

    async def say(_tx: Any, _value: str) -> Span:
        return words

    return say


async def _territory(_tx: Any, code: str) -> Span:
    return Territory(code)


async def _platform(_tx: Any, name: str) -> Span:
    return platform_name(name)


async def _person(tx: Any, number: str) -> Span | None:
    row = await tx.one("SELECT given_name, family_name FROM participants WHERE id = :id", id=int(number))
    return Person(int(number), "short", display_name(row["given_name"], row["family_name"])) if row else None


_FACILITATES = f"EXISTS (SELECT 1 FROM roles af WHERE af.participant_id = p.id AND af.role = '{FACILITATES}')"
"""SQL condition that a participant `p` is a facilitator."""

declare(
    # L10N: an audience, as in «For: everyone»
    AudienceKind(name="all", takes=no_value, condition=COMES, words=_said(_("everyone"))),
    AudienceKind(
        name="territory",
        takes=lambda value: parse_territory(value) == value,
        condition=f"{COMES} AND p.territory = :a_value",
        words=_territory,
    ),
    AudienceKind(
        name="platform",
        takes=lambda value: re.fullmatch(r"[a-z]{1,20}", value) is not None,
        # The account they are written to first: the one they prefer, else any.
        condition=f"{COMES} AND EXISTS (SELECT 1 FROM accounts aa WHERE aa.participant_id = p.id"
        " AND aa.platform = :a_value AND (p.preferred_account IS NULL OR aa.id = p.preferred_account))",
        words=_platform,
    ),
    AudienceKind(
        name="organisers",
        takes=no_value,
        condition="p.status = 'joined' AND p.organises = 1",
        # L10N: an audience, as in «For: the team»
        words=_said(_("the team")),
        personal=True,
    ),
    AudienceKind(
        name="facilitators",
        takes=no_value,
        condition=f"p.status = 'joined' AND {_FACILITATES}",
        # L10N: an audience, as in «For: the facilitators»
        words=_said(_("the facilitators")),
        personal=True,
    ),
    AudienceKind(
        name="everyone_here",
        takes=no_value,
        condition=f"p.status = 'joined' AND (p.attends = 1 OR p.organises = 1 OR {_FACILITATES})",
        # L10N: an audience, as in «For: everyone and the team»
        words=_said(_("everyone and the team")),
    ),
    AudienceKind(
        name="me",
        takes=is_id,
        condition="p.status = 'joined' AND p.id = :a_number",
        words=_person,
        personal=True,
    ),
)

EVERYONE = Audience()
EVERYONE_AND_TEAM = Audience("everyone_here")
"""Everyone who attends, and organisers and facilitators who do not."""
