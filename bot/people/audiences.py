"""Audiences: whom something is for. A kind and, for most kinds, a value; written as one word: «theme:culture».

What an audience means in the store is `bot.people.audience_store`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal, cast

from bot.content.territories import parse_territory

Kind = Literal[
    "all", "theme", "group", "territory", "platform", "present", "unchosen", "organisers", "facilitators", "me"
]


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_id(value: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]{0,17}", value) is not None


_VALUES: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "all": lambda value: value == "",
        "theme": lambda value: re.fullmatch(r"[a-z0-9_]{1,20}", value) is not None,
        "group": _is_id,
        "territory": lambda value: parse_territory(value) == value,
        "platform": lambda value: re.fullmatch(r"[a-z]{1,20}", value) is not None,
        "present": _is_day,
        "unchosen": lambda value: value == "",
        "organisers": lambda value: value == "",
        "facilitators": lambda value: value == "",
        "me": _is_id,
    }
)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom something is for.

    `value` is a theme's key, a group's id, a territory's code, a platform's name, a local day (2027-06-10) or a
    participant's id, as `kind` asks; '' for the other kinds. Raises ValueError for another.
    """

    kind: Kind = "all"
    value: str = ""

    def __post_init__(self) -> None:
        fits = _VALUES.get(self.kind)
        if fits is None or not fits(self.value):
            raise ValueError(f"no audience is called {self.encode()!r}")

    def encode(self) -> str:
        """The audience as one word, for the store, files and the shell."""
        return f"{self.kind}:{self.value}" if self.value else self.kind

    @property
    def number(self) -> int:
        """The id of a group or participant. Raises ValueError for other kinds."""
        return int(self.value)

    @property
    def personal(self) -> bool:
        """Whether nobody else should read what is for it: the team's own things, and one's own."""
        return self.kind in ("organisers", "facilitators", "me")


EVERYONE = Audience()


def parse(word: str) -> Audience:
    """The audience behind what `encode` made, or somebody typed. Raises ValueError."""
    kind, _colon, value = word.strip().partition(":")
    return Audience(cast("Kind", kind), value)
