"""Groups formed in the shell as a picture for organisers and as lists for the doors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.commands.grouping_shown import READER, Shown, brief
from bot.domain.names import fold
from bot.domain.territories import territory_name
from bot.group_lists import DoorList, lists_for_doors
from bot.group_pictures import PlanGroup, PlanTheme, draw_plan
from bot.grouping.model import Level
from bot.grouping_labels import Label
from bot.grouping_words import describe, facts
from bot.texts import plain


def picture(round_title: str, shown: Sequence[Shown]) -> bytes:
    """A PNG file with every group. Raises TooManyGroups."""
    return draw_plan(round_title, [_theme(each) for each in shown])


def door_lists(round_title: str, shown: Sequence[Shown]) -> bytes:
    """A PDF file with a page for each group."""
    return lists_for_doors(round_title, [page for each in shown for page in _pages(each)])


def _theme(shown: Shown) -> PlanTheme:
    told = [describe(each, shown.people) for each in shown.measures if each.level in (Level.REPEATS, Level.WORST_GROUP)]
    by_id, rows = {person.id: person for person in shown.problem.people}, _rows(shown)
    groups = []
    for number, members in sorted(shown.groups.items()):
        figures = [plain(text, READER) for text in facts([by_id[ref] for ref in members])]
        lines = (" · ".join(figures[:2]), " · ".join(figures[2:]))
        groups.append(PlanGroup(str(Label(shown.problem.theme, number)), _members(rows, members), lines))
    return PlanTheme(shown.problem.theme, [plain(text, READER) for text in told], groups)


def _pages(shown: Shown) -> Iterator[DoorList]:
    rows = _rows(shown)
    for number, members in sorted(shown.groups.items()):
        yield DoorList(str(Label(shown.problem.theme, number)), (), _members(rows, members))


def _rows(shown: Shown) -> Mapping[str, tuple[str, str]]:
    """Everyone's name and country, as others read them, by id."""
    return {
        person.id: (brief(shown.names[person.id]), territory_name(person.country, "en"))
        for person in shown.problem.people
    }


def _members(rows: Mapping[str, tuple[str, str]], members: Sequence[str]) -> list[tuple[str, str]]:
    return sorted((rows[ref] for ref in members), key=lambda row: (fold(row[0]), row))
