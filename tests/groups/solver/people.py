"""People to be grouped: as the gathering's quotas have them, or at random."""

from __future__ import annotations

import random
from collections.abc import Iterator

from hypothesis import strategies as st

from handlers.groups.solver.model import Band, Level, Placeable

_COUNTRIES = (
    ("FR",) * 50
    + ("BE",) * 15
    + ("CA-QC",) * 15
    + ("CH",) * 5
    + ("DE",) * 5
    + ("SN", "CI", "MA", "TN", "LU", "CD", "CM", "HT", "LB", "MG")
)
_BANDS = (Band.YOUNG,) * 6 + (Band.MIDDLE,) * 6 + (Band.OLDER,) * 6  # ages from 18 to 35


def crowd(people: int, seed: int = 0) -> tuple[Placeable, ...]:
    """People by the gathering's quotas: half from France, parity, ages from 18 to 35, most on Telegram."""
    dice = random.Random(seed)
    return tuple(
        Placeable(
            f"p{number:06}",
            _COUNTRIES[number % 100],
            dice.choices(("woman", "man", "other", ""), (48, 48, 2, 2))[0],
            dice.choice(_BANDS),
            dice.choices(("telegram", "discord", "web", ""), (60, 20, 12, 8))[0],
        )
        for number in range(people)
    )


def themes_of(people: tuple[Placeable, ...], seed: int = 0) -> Iterator[tuple[Placeable, ...]]:
    """The people of each of three themes, chosen at random."""
    dice = random.Random(seed)
    chosen = [dice.randrange(3) for _ in people]
    for theme in range(3):
        yield tuple(person for person, choice in zip(people, chosen, strict=True) if choice == theme)


def some_people(fewest: int, most: int) -> st.SearchStrategy[tuple[Placeable, ...]]:
    """So many people of few countries, genders, bands and platforms, some of them unknown."""
    person = st.tuples(
        st.sampled_from(("FR", "BE", "SN", "")),
        st.sampled_from(("woman", "man", "")),
        st.sampled_from((Band.YOUNG, Band.OLDER, "")),
        st.sampled_from(("telegram", "web")),
    )
    return st.lists(person, min_size=fewest, max_size=most).map(
        lambda rows: tuple(Placeable(f"p{number}", *row) for number, row in enumerate(rows))
    )


def crossed_people(fewest: int, most: int) -> st.SearchStrategy[tuple[Placeable, ...]]:
    """So many people of a few kinds only: then one level often stands in another's way."""
    kind = st.tuples(
        st.sampled_from(("FR", "BE")),
        st.sampled_from(("woman", "man")),
        st.sampled_from((Band.YOUNG, Band.OLDER)),
        st.sampled_from(("telegram", "web")),
    )
    kinds = st.lists(kind, min_size=2, max_size=4, unique=True)
    rows = kinds.flatmap(lambda some: st.lists(st.sampled_from(some), min_size=fewest, max_size=most))
    return rows.map(lambda rows: tuple(Placeable(f"p{number}", *row) for number, row in enumerate(rows)))


DEALT = {Level.REPEATS, Level.COMPATRIOTS, Level.WORST_GROUP, Level.SIZES}
