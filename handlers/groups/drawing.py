"""Draws groups: one for its members, all of them for organisers, and lists for the doors of their rooms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import TypedDict

from bot.content.branding import Branding
from bot.content.names import collation
from bot.content.territories import territory_name
from bot.content.texts import Localised, Reader, Span, Text, _, plain
from bot.drawing.typeset import typeset_pdf, typeset_png
from handlers.groups.messages.solver import describe, facts, mixture
from handlers.groups.model import FormedGroups, Member, PersonToPlace, Proposal, Proposed
from handlers.groups.solver.model import Level, Placeable

_TEMPLATE = Path(__file__).with_name("groups.typ")
_MOST_MEMBERS = 80  # in one picture; with more it would be higher than platforms allow
_MOST_LINES, _LINES_BESIDE_MEMBERS = 44, 4  # below each other in a picture of a plan; in a card
_COLUMNS = 2  # of cards

Members = Sequence[tuple[str, str]]
"""The displayed name of each member, and the name of their territory, '' if it is unknown."""


class DrawnGroup(TypedDict):
    """A group in the organisers' pictures: its title, its members, and lines of counts below them."""

    title: str
    members: Members
    lines: Sequence[str]


class DrawnTheme(TypedDict):
    """A theme in the organisers' pictures: its title, lines about its groups' quality, and its groups."""

    title: str
    lines: Sequence[str]
    groups: Sequence[DrawnGroup]


class PlanPicture(DrawnTheme):
    """What one picture for organisers shows: a theme, or a `part` of it («2/3»; '' for a whole theme)."""

    part: str


class DoorList(TypedDict):
    """The list that is printed for the door of one group's room.

    It has the group's number, its theme (and own name), lines such as room and time, and its members. `title`, which
    says the theme and the number in words, is the page's title among the file's bookmarks.
    """

    title: str
    theme: str
    number: int
    lines: Sequence[str]
    members: Members


def draw_group(title: str, where: str, when: str, members: Members, branding: Branding, locale: str) -> bytes:
    """Return a picture of a group for its members, as a PNG file to be read on a phone.

    `where` and `when` say where and when the group meets; `where` is '' while that is unknown. The picture does not
    show anyone's gender or age.
    """
    data = {"kind": "group", "title": title, "where": where, "when": when, "members": _in_a_picture(members)}
    [picture] = typeset_png(_TEMPLATE, data, branding, locale)
    return picture


def divide(themes: Iterable[DrawnTheme]) -> Iterator[PlanPicture]:
    """Yield the pictures for organisers: one for each theme, or several for a theme with too many groups for one."""
    for theme in themes:
        groups: list[DrawnGroup] = [{**group, "members": _in_a_picture(group["members"])} for group in theme["groups"]]
        if not groups:
            continue
        highest = max(len(group["members"]) for group in groups) + _LINES_BESIDE_MEMBERS
        rows, most = ceil(len(groups) / _COLUMNS), max(1, _MOST_LINES // highest)
        a_picture = _COLUMNS * ceil(rows / ceil(rows / most))  # about as many groups in each
        starts = range(0, len(groups), a_picture)
        for number, start in enumerate(starts, start=1):
            part = f"{number}/{len(starts)}" if len(starts) > 1 else ""
            yield {**theme, "groups": groups[start : start + a_picture], "part": part}


def draw_plan(pictures: Sequence[PlanPicture], day: str, branding: Branding, locale: str) -> list[bytes]:
    """Draw pictures of groups for organisers, and return them as PNG files, in the same order.

    `day` is a text that says when the groups meet, '' to leave it out.
    """
    data = [{**picture, "beside": " · ".join(filter(None, (day, picture["part"])))} for picture in pictures]
    return typeset_png(_TEMPLATE, {"kind": "plan", "pictures": data}, branding, locale) if data else []


def _in_a_picture(members: Members) -> Members:
    """Return the members that a picture shows, and how many it does not."""
    more = len(members) - _MOST_MEMBERS
    return [*members[:_MOST_MEMBERS], (f"+ {more}", "")] if more > 0 else members


def draw_door_lists(lists: Sequence[DoorList], branding: Branding, locale: str) -> bytes:
    """Return a PDF file (A4) with a page for each group, to be read from some steps away.

    A group too large for one page continues on the next, under the same title.
    """
    reader = Reader(locale, "UTC")
    columns = [plain(_("Name"), reader), plain(_("Territory"), reader)]
    data = {"kind": "doors", "title": plain(_("Lists for the doors"), reader), "columns": columns, "groups": lists}
    return typeset_pdf(_TEMPLATE, data, branding, locale)


# --- What organisers see of a group, and of a theme in a proposal.


def plan_day(proposal: Proposal, reader: Reader) -> str:
    """Return the day to be shown on the pictures of a proposal for several days; '' for a proposal for one day."""
    return plain(_("Day {number}", number=proposal.rounds[0]), reader) if len(proposal.rounds) > 1 else ""


def plan_group(title: Span, members: Iterable[tuple[str, Placeable]], reader: Reader) -> DrawnGroup:
    """Return a group for the organisers' pictures, in the reader's language. `members` are pairs of name and person."""
    by_name = sorted(members, key=lambda member: (collation(member[0]), member[1].id))
    figures = [plain(text, reader) for text in facts(person for _name, person in by_name)]
    return {
        "title": plain(title, reader),
        "members": [
            (name, person.country and territory_name(person.country, reader.locale)) for name, person in by_name
        ],
        "lines": [" · ".join(figures[:2]), " · ".join(figures[2:])],
    }


def plan_members(people: Iterable[Member | PersonToPlace]) -> Iterator[tuple[str, Placeable]]:
    """Yield a pair for each person: the displayed name, and the person as the pictures need them."""
    for person in people:
        yield person.name, Placeable(str(person.id), person.territory, person.gender)


def plan_theme(
    title: Mapping[str, str], proposed: Proposed, people: Mapping[int, Member | PersonToPlace], reader: Reader
) -> DrawnTheme:
    """Return the groups proposed for a theme in the first round (day), for the organisers' pictures.

    `title` is the theme's title by locale. Members whose ids are not in `people` are left out.
    """
    formed = proposed.rounds[0]
    groups = {
        number: list(plan_members(people[member] for member in members if member in people))
        for number, members in sorted(formed.groups.items())
    }
    return {
        "title": plain(Localised(title), reader),
        "lines": [plain(line, reader) for line in _quality(formed, proposed.people, groups)],
        "groups": [
            plan_group(_("Group {number}", number=number), members, reader) for number, members in groups.items()
        ],
    }


def _quality(
    formed: FormedGroups, people: int, groups: Mapping[int, Sequence[tuple[str, Placeable]]]
) -> Iterable[Text]:
    """Return what a picture says of a theme's groups: how nationalities mix, and the levels that miss their bounds."""
    members = [[person for _name, person in group] for group in groups.values()]
    return [
        mixture(measure, members, people) if measure.level is Level.REPEATS else describe(measure, people)
        for measure in formed.measures
        if measure.level is Level.REPEATS or measure.value != measure.bound
    ]
