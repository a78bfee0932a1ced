"""Defines what people may be: a rung of the ladder, on which each includes those below, and roles beside it.

    READERS = Role("readers", _("Readers of applications"), scope=TERRITORIES, organisers_too=False)

    @routes.press("ra", who=READERS)  # whoever has the role, for any scope: the handler asks for which
    async def show_applications(request: Request) -> Reply: ...

A capability declares its roles in `bot.capability.Capability.roles`. They are given, listed and taken away on the
organisers' screen «Roles» and by `rencontres role`; `bot.people.role_store` reads who has them.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias

from bot.content.actions import Action
from bot.content.texts import Span, Text, _


class Who(IntEnum):
    """A rung of the ladder, for which a screen, button or message is meant. A higher one includes the lower ones."""

    ANYONE = 0
    PARTICIPANT = 1
    FACILITATOR = 2
    ORGANISER = 3


async def _nothing(_tx: Any) -> Sequence[str]:
    """Offer no scopes."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a role is about, such as themes or territories: people have the role once for each scope they are given.

    A scope is stored as a word that only its role understands; '' is that of a role without scopes.
    """

    takes: Callable[[str], bool]
    """A function that returns whether a word is a scope of the role, also one of something that is gone by now."""
    words: Callable[[Any, str], Awaitable[Span | None]]
    """A function words(tx, scope) that returns what people read of a scope; None if what it is about is gone."""
    offered: Callable[[Any], Awaitable[Sequence[str]]] = _nothing
    """A function offered(tx) that returns the scopes to choose from when the role is given, in order."""


async def _anybody(_tx: Any, _person: Any) -> None:
    """Let anybody have a role."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role that people are given by others, whether or not they attend the gathering.

    Two roles are equal if they have the same key. Raises ValueError for a key that is not of a-z and _.
    """

    key: str
    """Its name in the database, in payloads and in the shell; it is never changed."""
    words: Text
    """Who has it, as people read it: «Persons of trust»."""
    scope: Scope | None = None
    """What it is about; None if there is nothing to distinguish."""
    given_by: Who | Role = Who.ORGANISER
    """Who may give it and take it away."""
    organisers_too: bool = True
    """Whether organisers may do and read what it allows without being given it."""
    check: Callable[[Any, Any], Awaitable[None]] = _anybody
    """A function check(tx, person) that raises UserError if a participant cannot be given the role."""
    screen: Action | None = None
    """The screen on which the capability itself gives it; None if the screen «Roles» does."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z_]{1,20}", self.key):
            raise ValueError(f"no role can have the key {self.key!r}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Role) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)


Required: TypeAlias = Who | Role
"""What somebody must be to do or read something."""
FACILITATES = "facilitator"
"""The key of the role that makes somebody a facilitator on the ladder, whatever its scope."""


def stored(required: Required | None) -> tuple[int, str]:
    """Return what is stored with a message or job for people with a rung or role: columns `who` and `role`.

    The first is the lowest rung that suffices, one above the highest if none does; the second is the key of the role
    that suffices too, '' for none. None is for anyone.
    """
    if isinstance(required, Role):
        return int(Who.ORGANISER) + (0 if required.organisers_too else 1), required.key
    return int(required or Who.ANYONE), ""


def required(who: int, role: str) -> Required:
    """Return what `stored` was given, for what it returned; a role that no capability declares any more is nobody's."""
    if not role:
        return Who(who)
    # L10N: who may do something, as in «Only for: …»: people with a role that does not exist any more
    return _known.get(role) or Role(role, _("Other people"), organisers_too=who <= Who.ORGANISER)


def allows(required: Required, rung: Who, roles: frozenset[str]) -> bool:
    """Return whether somebody on a rung of the ladder, with the roles that have these keys, is what is required."""
    who, key = stored(required)
    return rung >= who or key in roles


def stricter(one: Required | None, other: Required | None) -> Required:
    """Return which of two is for fewer people: for one message that holds what is for each of them."""

    def rank(required: Required) -> tuple[int, bool]:
        who, key = stored(required)
        return who, not key

    return max(one or Who.ANYONE, other or Who.ANYONE, key=rank)


_known: Mapping[str, Role] = {}
"""The declared roles by key, once the capabilities are loaded into this process."""


def make_known(declared: Iterable[Role]) -> None:
    """Set the roles that there are, replacing earlier ones. Raises ValueError for a key that is declared twice."""
    global _known
    roles: dict[str, Role] = {}
    for role in declared:
        if roles.setdefault(role.key, role) is not role:
            raise ValueError(f"two roles have the key {role.key!r}")
    _known = roles


def known() -> Mapping[str, Role]:
    """Return the roles that capabilities declare, by key, in the order of the capabilities."""
    return _known
