"""What would let a theme be split, from the people's second choices: for each theme that cannot be, a few ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from handlers.groups.model import Someone
from handlers.groups.proposals import Proposed, Remedy
from handlers.groups.solver.mends import Mend, Moving, Waive, mends
from handlers.groups.solver.model import Limits


def remedies_for(
    themes: Sequence[Proposed],
    people: Sequence[Someone],
    limits: Mapping[str, Limits],
    bound: Collection[int] = (),
) -> tuple[Remedy, ...]:
    """Remedies for every theme whose people cannot be split, fewest changes first.

    Who is `bound` by a pair, a pin or a lock is asked last.
    """
    sizes: dict[str, int] = dict.fromkeys(limits, 0)
    wishes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    waiting = {each.theme for each in themes if each.failed and each.failed.why == "waits"}
    for person in sorted(people, key=lambda each: (each.id in bound, each.id)):
        sizes[person.theme] += 1
        second = person.second_theme
        if second and second in limits and second != person.theme:
            wishes[person.theme][second].append(str(person.id))
    known = {theme: size for theme, size in sizes.items() if theme not in waiting}
    return tuple(
        _remedy(mend)
        for each in themes
        if each.failed and each.failed.why == "split" and each.failed.count is None
        for mend in mends(each.theme, known, wishes, each.limits)
    )


def _remedy(mend: Mend) -> Remedy:
    if isinstance(mend, Moving):
        people = tuple((int(person), move.target) for move in mend.moves for person in move.people)
        return Remedy("move", mend.theme, people)
    if isinstance(mend, Waive):
        return Remedy("waive", mend.theme, sizes=(mend.limits.smallest, mend.limits.largest))
    return Remedy("wait", mend.theme)
