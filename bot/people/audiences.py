"""Audiences: whom something is for. A kind and, for most kinds, a value; written as one word: «theme:culture».

What a kind means is one `AudienceKind`: the engine's own are here, a capability's in its module `audiences`. They are
declared by the composition root before any audience is read: `declare` makes them known to this process.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.content.names import display_name
from bot.content.territories import parse_territory
from bot.content.texts import Name, Span, Territory, _
from bot.people.naming import platform_name

COMES = "p.status = 'joined' AND p.attends = 1"
"""SQL: a participant p came in, and attends the gathering."""

Words = Callable[[Any, str], Awaitable[Span | None]]
"""Called with the transaction, whose type is not said: settings name audiences, and are read before any store is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceKind:
    """One kind of audience: the condition for being in it, and its name."""

    name: str
    """The first part of the word that is stored; it never changes."""
    takes: Callable[[str], bool]
    """A function that says whether a value is one of this kind; '' stands for none."""
    condition: str
    """SQL: a participant p is in it. `:a_value` is the value, `:a_number` the value as a number."""
    words: Words
    """A function that returns the audience's name for a value; None where the value's subject is gone."""
    personal: bool = False
    """Whether nobody else should read what is for this audience."""


def no_value(value: str) -> bool:
    """Return whether there is no value, for kinds that need none."""
    return value == ""


def is_id(value: str) -> bool:
    """Return whether a value is the id of a row."""
    return re.fullmatch(r"[1-9][0-9]{0,17}", value) is not None


def is_key(value: str) -> bool:
    """Return whether a value is a key of the configuration, like a theme's."""
    return re.fullmatch(r"[a-z0-9_]{1,20}", value) is not None


_KINDS: dict[str, AudienceKind] = {}


def declare(*kinds: AudienceKind) -> None:
    """Declare kinds of audiences. Raises ValueError for a name that another kind has."""
    for kind in kinds:
        if _KINDS.setdefault(kind.name, kind) is not kind:
            raise ValueError(f"two kinds of audiences are called {kind.name!r}")


@dataclass(frozen=True, slots=True)
class Audience:
    """The people that something is for.

    `value` is what its kind takes: a theme's key, a group's id, a territory's code, …; '' for kinds without one. Raises
    ValueError for a kind that is not known, and for a value that its kind does not take.
    """

    kind: str = "all"
    value: str = ""

    def __post_init__(self) -> None:
        kind = _KINDS.get(self.kind)
        if kind is None or not kind.takes(self.value):
            raise ValueError(f"no audience is called {self.encode()!r}")

    def encode(self) -> str:
        """Return the audience as one word, for the store, files and the shell."""
        return f"{self.kind}:{self.value}" if self.value else self.kind

    @property
    def condition(self) -> str:
        """Return SQL for the condition that a participant p is in the audience."""
        return _KINDS[self.kind].condition

    @property
    def words(self) -> Words:
        """Return the function that names the audience: words(tx, value)."""
        return _KINDS[self.kind].words

    @property
    def number(self) -> int:
        """Return the id of a group or participant. Raises ValueError for other kinds."""
        return int(self.value)

    @property
    def personal(self) -> bool:
        """Return whether nobody else should read what is for it: the team's own messages, and one's own."""
        return _KINDS[self.kind].personal


def parse(word: str) -> Audience:
    """Return the audience for a word that `encode` made or somebody typed. Raises ValueError."""
    kind, _colon, value = word.strip().partition(":")
    return Audience(kind, value)


# --- the engine's own kinds


def _said(words: Span) -> Words:
    """Return the function that names a kind without values."""

    async def say(_tx: Any, _value: str) -> Span:
        return words

    return say


async def _territory(_tx: Any, code: str) -> Span:
    return Territory(code)


async def _platform(_tx: Any, name: str) -> Span:
    return platform_name(name)


async def _person(tx: Any, number: str) -> Span | None:
    row = await tx.one("SELECT given_name, family_name FROM participants WHERE id = :id", id=int(number))
    return Name(display_name(row["given_name"], row["family_name"])) if row else None


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
        condition="p.status = 'joined' AND EXISTS (SELECT 1 FROM facilitators af WHERE af.participant_id = p.id)",
        # L10N: an audience, as in «For: the facilitators»
        words=_said(_("the facilitators")),
        personal=True,
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
