"""What would let a theme be split that cannot be: some people going to their second choice, a waiver, or waiting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from handlers.groups.solver.model import Limits
from handlers.groups.solver.sizes import feasible_counts

Wishes = Mapping[str, Mapping[str, Sequence[str]]]
"""By theme, then by the theme named second: the ids of who could move, those to ask first in front."""


@dataclass(frozen=True, slots=True)
class ThemeMove:
    """These people leave a theme for the one they named second."""

    people: tuple[str, ...]
    origin: str
    target: str


@dataclass(frozen=True, slots=True)
class Moving:
    """Moves that together mend a theme; no other theme is the worse for it."""

    theme: str
    moves: tuple[ThemeMove, ...]

    @property
    def changes(self) -> int:
        """How many people move."""
        return sum(len(move.people) for move in self.moves)


@dataclass(frozen=True, slots=True)
class Waive:
    """Groups of the theme may be one smaller, or one larger, than otherwise."""

    theme: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Wait:
    """The theme's people are in no group for now."""

    theme: str


Mend = Moving | Waive | Wait


def can_split(people: int, limits: Limits) -> bool:
    """Whether so many people make groups of allowed sizes; nobody does, having none to make."""
    return not people or bool(feasible_counts(people, limits))


def mends(theme: str, sizes: Mapping[str, int], wishes: Wishes, limits: Limits) -> tuple[Mend, ...]:
    """What mends one theme that cannot be split, the fewest changes first; waiting, which always does, comes last.

    `sizes` holds the people of every theme.
    """
    moving = sorted(_moving(theme, sizes, wishes, limits), key=lambda each: each.changes)
    lower, higher = replace(limits, smallest=limits.smallest - 1), replace(limits, largest=limits.largest + 1)
    waivers = (
        Waive(theme, limits) for limits in (lower, higher) if limits.smallest and can_split(sizes[theme], limits)
    )
    return (*moving, *waivers, Wait(theme))


def _moving(theme: str, sizes: Mapping[str, int], wishes: Wishes, limits: Limits) -> Iterator[Moving]:
    """The fewest people leaving the theme, and the fewest joining it, that make it splittable."""
    others = [other for other in sizes if other != theme]
    leaving = {other: wishes.get(theme, {}).get(other, ()) for other in others}
    joining = {other: wishes.get(other, {}).get(theme, ()) for other in others}
    for going, sign in ((leaving, 1), (joining, -1)):
        for changes in range(1, sum(map(len, going.values())) + 1):
            if changes > limits.largest or sizes[theme] - sign * changes < 0:
                break
            if not can_split(sizes[theme] - sign * changes, limits):
                continue
            shares = _shares(changes, others, sizes, going, sign, limits)
            if shares is not None:
                moves = (
                    ThemeMove(tuple(going[other][:share]), *((theme, other) if sign > 0 else (other, theme)))
                    for other, share in shares.items()
                    if share
                )
                yield Moving(theme, tuple(moves))
                break


def _shares(
    changes: int,
    others: Sequence[str],
    sizes: Mapping[str, int],
    going: Mapping[str, Sequence[str]],
    sign: int,
    limits: Limits,
) -> Mapping[str, int] | None:
    """How many of `changes` people each other theme takes or gives, none the worse for it; None if it cannot be."""
    if not others:
        return {} if not changes else None
    other, *rest = others
    for share in range(min(changes, len(going[other])), -1, -1):
        after = sizes[other] + sign * share
        if share and not (can_split(after, limits) or not can_split(sizes[other], limits)):
            continue
        further = _shares(changes - share, rest, sizes, going, sign, limits)
        if further is not None:
            return {other: share, **further}
    return None
