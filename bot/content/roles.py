"""Defines who may do and read what: the rungs of a ladder, of which each includes the lower ones, and roles besides.

    READERS = Role("readers", _("Readers of applications"), scope=TERRITORIES, organisers_too=False)

    @routes.press("ra", who=READERS)  # for any scope: the handler asks for which, see `bot.people.role_store`
    async def show_applications(request: Request) -> Reply: ...

A capability declares its roles in `bot.capability.Capability.roles`. People are given them on the screen «Roles», by
`rencontres role`, or on screens of the capability.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias

from bot.content.actions import Action
from bot.content.texts import Span, Text, _


class Who(IntEnum):
    """A rung of the ladder of people who may use a screen, button or message. A higher rung includes the lower ones."""

    ANYONE = 0
    PARTICIPANT = 1
    FACILITATOR = 2
    ORGANISER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The kind of thing that a role is about, such as themes or territories.

    A person has the role for single things of this kind. Each thing is stored as a word; only the part of the program
    that declares the role knows what the words mean.
    """

    takes: Callable[[str], bool]
    """A function that returns whether a word is a scope of this kind."""
    words: Callable[[Any, str], Awaitable[Span | None]]
    """A function words(tx, scope) that returns the name of a scope as people read it; None if it no longer exists."""
    offered: Callable[[Any], Awaitable[Sequence[str]]] | None = None
    """A function offered(tx) that returns the scopes to choose from when the role is given, in order."""


@dataclass(frozen=True, slots=True, eq=False)
class Role:
    """A role that people are given by others, whether or not they attend the gathering.

    `key` is the role's name in the database and in buttons, of a-z and _, and is never changed. `words` name the people
    who have the role. `one` names a single person with the role; None if `words` do. `scope` says what kind of thing
    the role is about, None if it is about nothing in particular. People on the rung or with the role `given_by` may
    give the role and take it away. `organisers_too` says whether organisers may do and read what the role allows
    without being given it. check(tx, person) raises UserError if a participant cannot have the role. `screen` opens the
    screen on which the role is given, None if the role has no such screen.
    """

    key: str
    words: Text
    scope: Scope | None = None
    given_by: Who | Role = Who.ORGANISER
    organisers_too: bool = True
    check: Callable[[Any, Any], Awaitable[None]] | None = None
    screen: Action | None = None
    one: Text | None = None

    @property
    def title(self) -> Text:
        """The words for a single person who has the role."""
        return self.one or self.words


Required: TypeAlias = Who | Role
"""The rung or role that somebody must have to do or read something."""
FACILITATES = "facilitator"
"""The key of the role that makes somebody a facilitator on the ladder, for any scope."""


def stored(required: Required | None) -> tuple[int, str]:
    """Return a requirement, what somebody must be to do or read something, as values of the columns `who` and `role`.

    `required` is a rung of the ladder of roles, or another role; None means anyone. The first value is the lowest rung
    that suffices, or one above the highest if no rung does. The second value is the key of a role that suffices too, ''
    for none.
    """
    if isinstance(required, Role):
        return int(Who.ORGANISER) + (not required.organisers_too), required.key
    return int(required or Who.ANYONE), ""


def required(who: int, role: str) -> Required:
    """Return a requirement, what somebody must be to do or read something: a rung of the ladder of roles, or a role.

    `who` and `role` are a row's columns, with values that the function `stored` returned. If the role is no longer
    declared, the result is a role that nobody has.
    """
    # L10N: who may do something, as in «Only for: …»: people with a role that does not exist any more
    return (known().get(role) or Role(role, _("Other people"), organisers_too=False)) if role else Who(who)


def allows(required: Required, rung: Who, roles: str) -> bool:
    """Return whether somebody meets a requirement, which is a rung of the ladder of roles or another role.

    `rung` is the person's rung, and `roles` are the keys of their other roles, separated by blanks.
    """
    who, key = stored(required)
    return rung >= who or key in roles.split()


def stricter(one: Required | None, other: Required | None) -> Required:
    """Return the stricter of two requirements, for a message that has content for both; None means anyone."""
    return max(one or Who.ANYONE, other or Who.ANYONE, key=lambda each: (stored(each)[0], not stored(each)[1]))


_known: Mapping[str, tuple[Role, Any]] = {}


def make_known(declared: Mapping[str, tuple[Role, Any]]) -> None:
    """Register all roles by their keys, in place of the roles that were registered before.

    Each role comes with the section of the configuration without which the role does not exist, or with None if it
    always exists.
    """
    global _known
    _known = declared


def known(settings: Any = None) -> Mapping[str, Role]:
    """Return the declared roles by their keys; empty before the parts of the program that declare them are loaded.

    If `settings` are given, roles of parts that the settings switch off are left out.
    """
    return {
        key: role
        for key, (role, section) in _known.items()
        if settings is None or section is None or settings.has(section)
    }
