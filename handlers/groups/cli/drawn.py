"""Groups formed in the shell as a picture for organisers and as lists for the doors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from bot.content.names import collation
from bot.content.territories import territory_name
from bot.content.texts import plain
from handlers.groups.cli.shown import READER, Shown, brief
from handlers.groups.door_lists import DoorList, lists_for_doors
from handlers.groups.labels import Label
from handlers.groups.pictures import PlanGroup, PlanTheme, draw_plan
from handlers.groups.solver.model import Level
from handlers.groups.solver_messages import describe, facts


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
    """Everyone's name in full and country, by id."""
    return {
        person.id: (shown.names[person.id], territory_name(person.country, "en")) for person in shown.problem.people
    }


def _members(rows: Mapping[str, tuple[str, str]], members: Sequence[str]) -> list[tuple[str, str]]:
    """A group's people as others read them, namesakes told apart."""
    names = told_apart({ref: rows[ref][0] for ref in members})
    return sorted(((names[ref], rows[ref][1]) for ref in members), key=lambda row: (collation(row[0]), row))


def told_apart(names: Mapping[str, str]) -> Mapping[str, str]:
    """Names as others read them, by id; where two would read alike, with more letters, then in full, then by id."""
    shown = {ref: brief(name) for ref, name in names.items()}
    ways: Sequence[Callable[[str], str]] = (*(partial(_with_letters, count) for count in range(2, 6)), str)
    for way in ways:
        twice = {name for name, count in Counter(shown.values()).items() if count > 1}
        shown = {ref: way(names[ref]) if name in twice else name for ref, name in shown.items()}
    twice = {name for name, count in Counter(shown.values()).items() if count > 1}
    return {ref: f"{name} ({ref})" if name in twice else name for ref, name in shown.items()}


def _with_letters(count: int, name: str) -> str:
    given, _space, family = name.partition(" ")
    return f"{given} {family[:count]}." if len(family) > count else name
