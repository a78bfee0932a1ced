"""The picture of a proposal: every group of the first round it plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.domain.territories import territory_name
from bot.group_pictures import MOST_GROUPS, PlanGroup, PlanTheme, draw_plan
from bot.grouping.model import Person
from bot.grouping_words import describe, facts
from bot.proposals import Formed, Proposal, Proposed
from bot.texts import Localised, Reader, Text, _, _n, plain

if TYPE_CHECKING:
    from bot.forming_work import Someone


def draw(
    title: str, titles: Mapping[str, Mapping[str, str]], proposal: Proposal, people: Iterable[Someone], reader: Reader
) -> bytes | None:
    """A PNG for organisers; None where there are no groups, or more than a picture shows."""
    formed = [each for each in proposal.themes if each.rounds]
    if not 0 < sum(each.count for each in formed) <= MOST_GROUPS:
        return None
    known = {person.id: person for person in people}
    return draw_plan(title, [_theme(titles[each.theme], each, known, reader) for each in formed])


def _theme(words: Mapping[str, str], proposed: Proposed, known: Mapping[int, Someone], reader: Reader) -> PlanTheme:
    first = proposed.rounds[0]
    said = [_n("{count} person", "{count} people", proposed.people), *_levels(first, proposed.people)]
    return PlanTheme(
        plain(Localised(words), reader),
        [plain(line, reader) for line in said],
        [_group(number, [known[each] for each in members], reader) for number, members in sorted(first.groups.items())],
    )


def _levels(formed: Formed, people: int) -> Iterable[Text]:
    return [describe(measure, people) for measure in formed.measures if measure.value != measure.bound]


def _group(number: int, members: Sequence[Someone], reader: Reader) -> PlanGroup:
    counted = facts(Person(str(each.id), each.territory, each.gender) for each in members)
    return PlanGroup(
        plain(_("Group {number}", number=number), reader),
        [(each.name, territory_name(each.territory, reader.locale) if each.territory else "") for each in members],
        " · ".join(plain(text, reader) for text in counted),
    )
