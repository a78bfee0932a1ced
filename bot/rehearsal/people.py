"""Invents the people of a plausible French-speaking gathering of any size; the same seed gives the same people.

Shares follow the call for participants: half from France, 15 % from Belgium, 15 % from Québec, 5 % from Switzerland, 5
% from Germany, 10 % from elsewhere; as many women as men; 18 to 35 years old in the gathering's year. One in nine has a
name of the kind that badly made forms refuse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Literal, TypeVar

from bot.content.names import fold, words
from bot.people.listed import Gender, RosterPerson
from bot.rehearsal.milieus import BELGIUM, ELSEWHERE, FRANCE, GERMANY, ODD_NAMES, QUEBEC, SWITZERLAND

Platform = Literal["telegram", "discord", "web", "email"]
T = TypeVar("T")

_ORIGINS = ((FRANCE,), (BELGIUM,), (QUEBEC,), (SWITZERLAND,), (GERMANY,), ELSEWHERE)
_TWENTY = [0] * 10 + [1] * 3 + [2] * 3 + [3] + [4] + [5] * 2  # places in _ORIGINS: the shares of twenty people
_PLATFORMS: Sequence[Platform] = ("telegram",) * 12 + ("discord",) * 5 + ("web",) * 3
_ODD_EVERY = 9
_RESERVED_EVERY = 25  # one in so many says neither woman nor man


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """An invented person, as on the list of participants, and the platform that they would use."""

    person: RosterPerson
    platform: Platform


def invent(count: int, seed: int, *, wishes: Mapping[str, float], year: int = 2027) -> list[InventedPerson]:
    """Return `count` invented people, whose numbers in the list are R-0001, R-0002 and so on.

    The same `seed` gives the same people. `wishes` has the things that people can choose, each with a number that says
    how often it is wanted compared to the others. Two in three have chosen, and about half of these have a second
    choice. Ages are counted from `year`.
    """
    rng = Random(seed)  # noqa: S311 - nothing here is secret
    order = _TWENTY.copy()
    met = [0] * len(_ORIGINS)
    people: list[InventedPerson] = []
    for number in range(1, count + 1):
        place = (number - 1) % len(order)
        if place == 0:
            rng.shuffle(order)
        origin = order[place]
        met[origin] += 1
        woman = (met[origin] + origin) % 2 == 0  # alternating in each territory
        people.append(_person(rng, number, origin, woman, wishes, year))
    return people


def _person(
    rng: Random, number: int, origin: int, woman: bool, wishes: Mapping[str, float], year: int
) -> InventedPerson:
    milieu = _pick(rng, _ORIGINS[origin])
    if number % _ODD_EVERY == 0:
        given_name, family_name = ODD_NAMES[(number // _ODD_EVERY - 1) % len(ODD_NAMES)]
    else:
        given_name = _pick(rng, milieu.women if woman else milieu.men)
        family_name = _pick(rng, milieu.families)
    gender = Gender.WOMAN if woman else Gender.MAN
    if number % _RESERVED_EVERY == 0:
        gender = Gender.OTHER if number // _RESERVED_EVERY % 2 else Gender.UNDISCLOSED
    first, second = _choices(rng, wishes)
    person = RosterPerson(
        ref=f"R-{number:04}",
        given_name=given_name,
        family_name=family_name,
        email=f"{_mailbox(given_name)}.{number}@example.org",
        territory=_pick(rng, milieu.territories),
        gender=gender,
        birth_year=year - 18 - int(rng.random() * 18),
        organisation=_pick(rng, milieu.organisations),
        locale=_pick(rng, milieu.locales),
        theme=first,
        second_theme=second,
    )
    return InventedPerson(person, _pick(rng, _PLATFORMS))


def _pick(rng: Random, choices: Sequence[T]) -> T:
    return choices[int(rng.random() * len(choices))]  # a fifth of what rng.choice takes


def _choices(rng: Random, weights: Mapping[str, float]) -> tuple[str | None, str | None]:
    if not weights or rng.random() > 2 / 3:
        return None, None
    first, second = rng.choices(tuple(weights), tuple(weights.values()), k=2)
    return first, second if second != first else None


@cache
def _mailbox(given_name: str) -> str:
    letters = "".join(words(fold(given_name)))
    return letters if letters.isascii() and letters else "courriel"
