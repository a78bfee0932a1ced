"""What jobs for groups do in another process: a proposal, its picture, lists for the doors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.content.stored_views import LARGEST_FILE
from bot.content.territories import territory_name
from bot.content.texts import Localised, Reader, Text, _, plain
from handlers.groups.drawing.pictures import MOST_GROUPS, PlanGroup, PlanTheme, draw_group, draw_plan
from handlers.groups.messages.solver import describe, facts, mixture
from handlers.groups.model import FormedGroups, FormingFailed, Proposal, Proposed, Remedy, Someone, Wishes
from handlers.groups.solver.mends import Mend, Moving, Waive, mends
from handlers.groups.solver.model import (
    Apart,
    CannotSplit,
    Constraint,
    Contradiction,
    GroupPlan,
    GroupProblem,
    Level,
    Limits,
    Lock,
    Pin,
    Placeable,
    Together,
    TooLong,
    band_of,
)

_MOST_PICTURES = 10  # as many hang on one message

Block = tuple[str, list[str], list[list[Any]]]
"""A theme to draw, as JSON values: its title, lines beneath it, groups (title, members, figures)."""


def compute(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The `proposal`, its `picture` (PNG, None where it would be too large), and `now` of the request, in µs."""
    wishes = Wishes.decode(payload["wishes"])
    people = [Someone(*each) for each in payload["people"]]
    offered = [key for key, _title in payload["themes"]]
    by_theme = {key: [person for person in people if person.theme == key] for key in offered}
    limits = {key: Limits(*payload["waived"].get(key, payload["limits"])) for key in offered}
    themes = tuple(
        _propose(payload, wishes, key, by_theme[key], limits[key])
        for key in offered
        if by_theme[key] or key in payload["deserted"]
    )
    theme_of = {person.id: person.theme for person in people}
    torn = tuple(
        (first, second)
        for first, second, kind in payload["pairs"]
        if kind == "together" and {first, second} <= theme_of.keys() and theme_of[first] != theme_of[second]
    )
    remedies = remedies_for(themes, people, limits, _bound(payload))
    if wishes.kind == "repair":  # on the day itself nobody is sent away
        remedies = tuple(remedy for remedy in remedies if remedy.kind != "wait")
    proposal = Proposal(wishes, payload["digest"], tuple(payload["rounds"]), themes, remedies, torn)
    picture = draw(payload["title"], dict(payload["themes"]), proposal, people, Reader(*payload["reader"]))
    if picture and len(picture) > LARGEST_FILE:
        picture = None
    return {"proposal": proposal, "picture": picture, "now": payload["now"]}


def _bound(payload: Mapping[str, Any]) -> set[int]:
    """Who a pair, a pin or a lock holds."""
    return {
        *(each for first, second, _kind in payload["pairs"] for each in (first, second)),
        *(person for _round, person, _group in payload["pins"]),
        *(person for _round, _theme, _group, members in payload["locks"] for person in members),
    }


def _propose(
    payload: Mapping[str, Any], wishes: Wishes, key: str, people: Sequence[Someone], limits: Limits
) -> Proposed:
    proposed = Proposed(key, len(people), limits)
    if key in wishes.waiting:
        return replace(proposed, failed=FormingFailed("waits"))
    if not people:
        return replace(proposed, rounds=tuple(FormedGroups(number, {}, ()) for number in payload["rounds"]))
    problems = _problems(payload, wishes, key, people, limits)
    try:
        plans = _plans(problems)
    except CannotSplit as error:
        return replace(proposed, failed=FormingFailed("split", error.count))
    except Contradiction as error:
        return replace(proposed, failed=FormingFailed("rules", conflict=error.conflict))
    except TooLong as error:
        return replace(proposed, failed=FormingFailed("long", seconds=error.time_limit))
    from handlers.groups.solver.levels import alone

    rounds = tuple(
        FormedGroups(
            number,
            {group: tuple(int(member) for member in members) for group, members in plan.groups.items()},
            plan.measures,
            tuple((group, int(each)) for group, each in alone(problem, plan.groups)),
        )
        for number, problem, plan in zip(payload["rounds"], problems, plans, strict=True)
    )
    return replace(proposed, rounds=rounds, trade=_trade(problems[0], len(plans[0].groups)))


def _problems(
    payload: Mapping[str, Any], wishes: Wishes, key: str, people: Sequence[Someone], limits: Limits
) -> list[GroupProblem]:
    """A theme's problem in each round to plan: pins and locks are a round's own."""
    here = {person.id for person in people}
    pairs = [_pair(kind, first, second) for first, second, kind in payload["pairs"] if {first, second} <= here]
    history = [{str(each): str(group) for each, group in past if each in here} for past in payload["history"]]
    previous = payload["previous"]
    problem = GroupProblem(
        key,
        tuple(_person(person, payload["year"]) for person in people),
        limits,
        wishes.counts.get(key),
        history=tuple(past for past in history if past),
        previous={str(each): number for each, number in previous if each in here} if previous is not None else None,
        seed=wishes.seed,
    )
    return [
        replace(problem, constraints=(*pairs, *_fixed(payload, number, key, here)), taken=_taken(payload, number, key))
        for number in payload["rounds"]
    ]


def _taken(payload: Mapping[str, Any], number: int, key: str) -> frozenset[int]:
    return frozenset(each for at, theme, taken in payload["taken"] if (at, theme) == (number, key) for each in taken)


def _person(person: Someone, year: int) -> Placeable:
    band = band_of(person.birth_year, year)
    return Placeable(str(person.id), person.territory, person.gender, band, person.platform)


def _pair(kind: str, first: int, second: int) -> Constraint:
    return Together(str(first), str(second)) if kind == "together" else Apart(str(first), str(second))


def _fixed(payload: Mapping[str, Any], number: int, key: str, here: set[int]) -> Iterable[Constraint]:
    for round_number, person, group in payload["pins"]:
        if round_number == number and person in here:
            yield Pin(str(person), group)
    for round_number, theme, group, members in payload["locks"]:
        if round_number == number and theme == key:
            yield Lock(group, tuple(str(member) for member in members if member in here))


def _plans(problems: Sequence[GroupProblem]) -> Sequence[GroupPlan]:
    """The rounds planned together; one after the other where their pins, locks or numbers differ."""
    from handlers.groups.solver.forming import form

    first = problems[0]
    if len(problems) > 1 and all(each == first for each in problems):
        from handlers.groups.solver.rounds import plan_rounds

        return plan_rounds(first, len(problems))
    plans: list[GroupPlan] = []
    for problem in problems:
        met = tuple({each: str(number) for each, number in plan.number_of.items()} for plan in plans)
        plans.append(form(replace(problem, history=(*problem.history, *met))))
    return plans


def _trade(problem: GroupProblem, count: int) -> Mapping[int, int]:
    """Tenths of a nationality that a group can have on average, in as many groups, one fewer and one more."""
    from handlers.groups.solver.levels import bounds_for
    from handlers.groups.solver.sizes import feasible_counts

    feasible = feasible_counts(len(problem.people), problem.limits)
    counts = [each for each in (count - 1, count, count + 1) if each in feasible or each == count]
    return {each: round(10 * bounds_for(problem.people, each)) for each in counts}


def draw_card(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The picture of a group, from words in the language of who asked."""
    content = draw_group(
        gathering=payload["gathering"],
        title=payload["title"],
        lines=payload["lines"],
        members=[(name, country) for name, country in payload["members"]],
    )
    return {"content": content, "alt": payload["alt"], "round": payload["round"]}


def draw_plans(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The pictures, as many as it takes for all groups to be readable."""
    sheets = list(_sheets(payload["themes"]))[:_MOST_PICTURES]
    return {"pictures": [draw_plan(payload["title"], sheet) for sheet in sheets]}


def _sheets(blocks: Iterable[Block]) -> Iterator[list[PlanTheme]]:
    """The themes, in pictures of no more groups than one shows; a large theme goes on in the next."""
    sheet: list[PlanTheme] = []
    room = MOST_GROUPS
    for name, lines, drawn in blocks:
        rest = [PlanGroup(said, [(who, land) for who, land in members], figures) for said, members, figures in drawn]
        while rest:
            sheet.append(PlanTheme(name, lines, rest[:room]))
            rest, room = rest[room:], room - len(rest[:room])
            if not room:
                yield sheet
                sheet, room = [], MOST_GROUPS
    if sheet:
        yield sheet


def make_lists(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The lists, to be printed."""
    from handlers.groups.drawing.door_lists import DoorList, lists_for_doors

    lists = [DoorList(name, lines, [(who, land) for who, land in members]) for name, lines, members in payload["lists"]]
    return {"content": lists_for_doors(payload["gathering"], lists), "count": len(lists)}


# --- The picture of a proposal: every group of the first round it plans.


def draw(
    title: str, titles: Mapping[str, Mapping[str, str]], proposal: Proposal, people: Iterable[Someone], reader: Reader
) -> bytes | None:
    """A PNG for organisers; None where there are no groups, or more than a picture shows."""
    formed = [theme for theme in proposal.themes if theme.rounds and theme.people]
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
        [
            _group(number, [known[member] for member in members], reader)
            for number, members in sorted(first.groups.items())
        ],
    )


def _levels(formed: FormedGroups, people: int, known: Mapping[int, Someone]) -> Iterable[Text]:
    members = [[_as_person(known[each]) for each in of] for of in formed.groups.values()]
    return [
        mixture(measure, members, people) if measure.level is Level.REPEATS else describe(measure, people)
        for measure in formed.measures
        if measure.level is Level.REPEATS or measure.value != measure.bound
    ]


def _as_person(someone: Someone) -> Placeable:
    return Placeable(str(someone.id), someone.territory, someone.gender)


def _group(number: int, members: Sequence[Someone], reader: Reader) -> PlanGroup:
    told = facts(map(_as_person, members))
    counted = [plain(text, reader) for text in told]
    return PlanGroup(
        plain(_("Group {number}", number=number), reader),
        [
            (member.name, territory_name(member.territory, reader.locale) if member.territory else "")
            for member in members
        ],
        (" · ".join(counted[:2]), " · ".join(counted[2:])),
    )


# --- What would let a theme be split, from the people's second choices: for each theme that cannot be, a few ways.


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
