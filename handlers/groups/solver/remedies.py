"""Finds remedies for a theme whose people cannot be split into groups.

Some people move to the theme they chose second, other sizes are allowed (a waiver), or the theme gets no groups for now
(it waits).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from handlers.groups.solver.model import Limits
from handlers.groups.solver.sizes import feasible_counts

Wishes = Mapping[str, Mapping[str, Sequence[str]]]
"""The ids of the people who could move, by their theme and then by the theme they chose second.

In each list, the people to be asked first come first.
"""


@dataclass(frozen=True, slots=True)
class ThemeMove:
    """A move of people from their theme (`origin`) to the theme they chose second (`target`)."""

    people: tuple[str, ...]
    origin: str
    target: str


@dataclass(frozen=True, slots=True)
class Moving:
    """The remedy that some people leave or join the theme, so that its people can be split into groups.

    No other theme loses the possibility to be split.
    """

    theme: str
    moves: tuple[ThemeMove, ...]

    @property
    def changes(self) -> int:
        """The number of people who move."""
        return sum(len(move.people) for move in self.moves)


@dataclass(frozen=True, slots=True)
class Waive:
    """The remedy that groups of the theme may be one person smaller or larger than usual: within `limits`."""

    theme: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Wait:
    """The remedy that the people of a theme, who cannot be split into groups, get no group for now."""

    theme: str


SplitRemedy = Moving | Waive | Wait


def can_split(people: int, limits: Limits) -> bool:
    """Return whether a number of people can be split into groups of allowed sizes; true for 0 people."""
    return not people or bool(feasible_counts(people, limits))


def remedies(theme: str, sizes: Mapping[str, int], wishes: Wishes, limits: Limits) -> tuple[SplitRemedy, ...]:
    """Return the remedies for a theme whose people cannot be split into groups, best first.

    First come the remedies that move people to other themes or from them, those with the fewest moves first. The last
    one is always to let the theme wait, without groups. `sizes` holds the number of people of every theme, and `limits`
    the sizes that groups may have. `wishes` holds the people who may move, by their theme and the theme they chose
    second.
    """
    moving = sorted(_moving(theme, sizes, wishes, limits), key=lambda remedy: remedy.changes)
    lower, higher = replace(limits, smallest=limits.smallest - 1), replace(limits, largest=limits.largest + 1)
    waivers = (
        Waive(theme, limits) for limits in (lower, higher) if limits.smallest and can_split(sizes[theme], limits)
    )
    return (*moving, *waivers, Wait(theme))


def _moving(theme: str, sizes: Mapping[str, int], wishes: Wishes, limits: Limits) -> Iterator[Moving]:
    """Yield the fewest people who leave the theme, and the fewest who join it, such that it can be split."""
    others = [other for other in sizes if other != theme]
    leaving = {other: wishes.get(theme, {}).get(other, ()) for other in others}
    joining = {other: wishes.get(other, {}).get(theme, ()) for other in others}
    for candidates, sign in ((leaving, 1), (joining, -1)):
        for changes in range(1, sum(map(len, candidates.values())) + 1):
            if changes > limits.largest or sizes[theme] - sign * changes < 0:
                break
            if not can_split(sizes[theme] - sign * changes, limits):
                continue
            shares = _shares(changes, others, sizes, candidates, sign, limits)
            if shares is not None:
                moves = (
                    ThemeMove(tuple(candidates[other][:share]), *((theme, other) if sign > 0 else (other, theme)))
                    for other, share in shares.items()
                    if share
                )
                yield Moving(theme, tuple(moves))
                break


def _shares(
    changes: int,
    others: Sequence[str],
    sizes: Mapping[str, int],
    candidates: Mapping[str, Sequence[str]],
    sign: int,
    limits: Limits,
) -> Mapping[str, int] | None:
    """Divide `changes` people among the other themes, which take them (sign 1) or give them (sign -1).

    Every theme that could be split still can. Returns the number of people for each theme, or None if there is no way.
    """
    if not others:
        return {} if not changes else None
    other, *rest = others
    for share in range(min(changes, len(candidates[other])), -1, -1):
        after = sizes[other] + sign * share
        if share and not (can_split(after, limits) or not can_split(sizes[other], limits)):
            continue
        further = _shares(changes - share, rest, sizes, candidates, sign, limits)
        if further is not None:
            return {other: share, **further}
    return None
