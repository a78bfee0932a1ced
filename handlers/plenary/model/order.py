"""The order in which groups present, and the two rooms among which they can be divided."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.people.listed import Gender


def split_by_theme(themes: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the themes of the first and the second room, so that both have about the same number of groups.

    `themes` has the theme of each group. The largest theme is placed first, and each theme goes to the emptier room.
    """
    rooms: tuple[set[str], set[str]] = (set(), set())
    sizes = [0, 0]
    for theme, groups in sorted(Counter(themes).items(), key=lambda item: (-item[1], item[0])):
        emptier = 0 if sizes[0] <= sizes[1] else 1
        rooms[emptier].add(theme)
        sizes[emptier] += groups
    return frozenset(rooms[0]), frozenset(rooms[1])


ALTERNATING = (Gender.WOMAN.value, Gender.MAN.value)
"""The genders of presenters that alternate on stage."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """One group, with what its place in the order of a plenary depends on.

    `language` is a locale. `remote` says whether the group presents remotely. `gender` is the gender of all its
    presenters, '' unless all agreed that the order may depend on it. `presenters` is the number of presenters.
    """

    group_id: int
    theme: str
    language: str = ""
    remote: bool = False
    gender: str = ""
    presenters: int = 0


def balanced(entrants: Sequence[Entrant]) -> Sequence[Entrant]:
    """Return entrants with some genders removed, so that equally many groups and people remain for women and for men.

    An order that alternates women and men shows which groups are presented by people of the same gender, but not which
    gender that is. If one gender had more groups, the number of groups, together with the published figures, would
    reveal the gender.
    """
    chosen: set[int] = set()
    for presenters in {entrant.presenters for entrant in entrants}:
        alike = [entrant for entrant in entrants if entrant.presenters == presenters and entrant.gender]
        kinds = [[entrant.group_id for entrant in alike if entrant.gender == kind] for kind in ALTERNATING]
        chosen.update(group_id for pair in zip(*kinds, strict=False) for group_id in pair)
    return [entrant if entrant.group_id in chosen else replace(entrant, gender="") for entrant in entrants]


def draw_order(entrants: Sequence[Entrant], seed: int) -> list[int]:
    """Return the ids of groups in a random order. The same seed leads to the same order.

    If possible, no two groups of one theme follow each other. Groups that are remote or speak a rarer language are
    spread. Groups presented by women and groups presented by men alternate, if they agreed.
    """
    if len(entrants) < 3:
        return _shuffled([entrant.group_id for entrant in entrants], seed)
    draw = random.Random(seed)  # noqa: S311 - a draw that can be redone, no secret
    order = _themes_apart(sorted(entrants, key=lambda entrant: entrant.group_id), draw)
    languages = Counter(entrant.language for entrant in entrants)
    commonest = max(sorted(languages), key=lambda language: languages[language])
    for _attempt in range(40 * len(order)):
        one, other = draw.sample(range(len(order)), 2)
        before = _discomfort(order, {one, other}, commonest)
        order[one], order[other] = order[other], order[one]
        if _discomfort(order, {one, other}, commonest) > before:
            order[one], order[other] = order[other], order[one]
    return [entrant.group_id for entrant in order]


def _shuffled(group_ids: Iterable[int], seed: int) -> list[int]:
    order = sorted(group_ids)
    random.Random(seed).shuffle(order)  # noqa: S311 - a draw that can be redone, no secret
    return order


def _themes_apart(entrants: Sequence[Entrant], draw: random.Random) -> list[Entrant]:
    """Return entrants in a drawn order in which entrants of one theme follow each other only where they must.

    The next theme is drawn among those that leave the rest possible: a theme with more than half of what is left must
    come now.
    """
    left: dict[str, list[Entrant]] = {}
    for entrant in entrants:
        left.setdefault(entrant.theme, []).append(entrant)
    for same_theme in left.values():
        draw.shuffle(same_theme)
    order: list[Entrant] = []
    for remaining in range(len(entrants), 0, -1):
        last = order[-1].theme if order else None
        free = [theme for theme, same_theme in left.items() if same_theme and theme != last]
        pressing = [theme for theme in free if 2 * len(left[theme]) > remaining]
        themes = pressing or free or [theme for theme, same_theme in left.items() if same_theme]
        theme = draw.choice([theme for theme in themes for _entrant in left[theme]])
        order.append(left[theme].pop())
    return order


def _discomfort(order: Sequence[Entrant], places: Collection[int], commonest: str) -> int:
    """Return how much is wrong around some places of an order: 0 for nothing, more for worse.

    `commonest` is the language of most groups, which need not be spread.
    """
    pairs = {
        (first, first + distance)
        for place in places
        for distance in (1, 2)
        for first in (place - distance, place)
        if first >= 0 and first + distance < len(order)
    }
    total = 0
    for first, second in pairs:
        one, other, near = order[first], order[second], second - first == 1
        if near and one.theme == other.theme:
            total += 1000
        if one.remote and other.remote:
            total += 30 if near else 10
        if one.language == other.language != commonest:
            total += 20 if near else 8
        if near and one.gender and one.gender == other.gender:
            total += 5
    return total
