"""The picture of a proposal: every group of the first round it plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.content.territories import territory_name
from bot.content.texts import Localised, Reader, Text, _, plain
from handlers.groups.model import Someone
from handlers.groups.pictures import MOST_GROUPS, PlanGroup, PlanTheme, draw_plan
from handlers.groups.proposals import Formed, Proposal, Proposed
from handlers.groups.solver.model import Level, Person
from handlers.groups.solver_messages import describe, facts, mixture


def draw(
    title: str, titles: Mapping[str, Mapping[str, str]], proposal: Proposal, people: Iterable[Someone], reader: Reader
) -> bytes | None:
    """A PNG for organisers; None where there are no groups, or more than a picture shows."""
    formed = [each for each in proposal.themes if each.rounds and each.people]
    if not 0 < sum(each.count for each in formed) <= MOST_GROUPS:
        return None
    known = {person.id: person for person in people}
    if len(proposal.rounds) > 1:
        title = f"{title} · {plain(_('Day {number}', number=proposal.rounds[0]), reader)}"
    return draw_plan(title, [_theme(titles[each.theme], each, known, reader) for each in formed])


def _theme(words: Mapping[str, str], proposed: Proposed, known: Mapping[int, Someone], reader: Reader) -> PlanTheme:
    first = proposed.rounds[0]
    said = _levels(first, proposed.people, known)
    return PlanTheme(
        plain(Localised(words), reader),
        [plain(line, reader) for line in said],
        [_group(number, [known[each] for each in members], reader) for number, members in sorted(first.groups.items())],
    )


def _levels(formed: Formed, people: int, known: Mapping[int, Someone]) -> Iterable[Text]:
    members = [[_as_person(known[each]) for each in of] for of in formed.groups.values()]
    return [
        mixture(measure, members, people) if measure.level is Level.REPEATS else describe(measure, people)
        for measure in formed.measures
        if measure.level is Level.REPEATS or measure.value != measure.bound
    ]


def _as_person(someone: Someone) -> Person:
    return Person(str(someone.id), someone.territory, someone.gender)


def _group(number: int, members: Sequence[Someone], reader: Reader) -> PlanGroup:
    told = facts(map(_as_person, members))
    counted = [plain(text, reader) for text in told]
    return PlanGroup(
        plain(_("Group {number}", number=number), reader),
        [(each.name, territory_name(each.territory, reader.locale) if each.territory else "") for each in members],
        (" · ".join(counted[:2]), " · ".join(counted[2:])),
    )
