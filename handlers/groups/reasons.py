"""Why a group is as it is, in two plain sentences: what was reached, and what else was minded.

Nothing said here tells anyone's gender or age, nor whom the team wanted together or apart.
"""

from __future__ import annotations

from collections import defaultdict

from bot.content.texts import Localised, Text, _, _n
from bot.database.engine import Transaction
from handlers.groups import store
from handlers.groups.model import Group
from handlers.groups.solver.model import Level, Person, Problem, band_of
from handlers.themes.model import Theme


async def explain(tx: Transaction, group: Group, theme: Theme, year: int) -> tuple[Text, Text]:
    """The two sentences for those in a group; `year` is the one in which ages are counted."""
    from handlers.groups.solver.levels import measure

    placed: dict[int, list[str]] = defaultdict(list)
    people = []
    pinned = False
    number_of = {each.id: each.number for each in await store.of_round(tx, group.round) if each.theme == theme.key}
    countries = set()
    for member in await store.people(tx, group.round):
        if member.group_id not in number_of:
            continue
        band = band_of(member.birth_year, year)
        people.append(Person(str(member.id), member.territory, member.gender, band, member.platform))
        placed[number_of[member.group_id]].append(str(member.id))
        pinned |= member.pinned
        if member.group_id == group.id:
            countries.add(member.territory)
    numbers = {number: tuple(ids) for number, ids in placed.items()}
    measures = {each.level: each for each in measure(Problem(theme.key, tuple(people)), numbers)}
    wished = pinned or group.locked or await store.any_pair(tx, [int(person.id) for person in people])
    return _mixture(len(countries), theme, best=measures[Level.REPEATS].optimal), _minded(wished=wished)


def _mixture(count: int, theme: Theme, *, best: bool) -> Text:
    if best:
        return _n(
            "Your group brings together {count} nationality: no other split of {theme} mixes them better.",
            "Your group brings together {count} nationalities: no other split of {theme} mixes them better.",
            count,
            theme=Localised(theme.title),
        )
    return _n(
        "Your group brings together {count} nationality; groups are made to mix as many as can be.",
        "Your group brings together {count} nationalities; groups are made to mix as many as can be.",
        count,
    )


def _minded(*, wished: bool) -> Text:
    if wished:
        return _("We also made the groups about the same size and balanced, and the team had some wishes.")
    return _("We also made the groups about the same size and balanced.")
