"""The work of jobs for groups, done in another process: computing a proposal, drawing pictures, making door lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.content.answers import MAX_ATTACHMENTS
from bot.content.branding import Branding, branding_of
from bot.content.names import file_stem
from bot.content.texts import Listing, Name, Reader, _, plain
from bot.content.views import Picture
from handlers.groups.drawing import (
    DrawnTheme,
    PlanPicture,
    divide,
    draw_door_lists,
    draw_group,
    draw_plan,
    plan_day,
    plan_theme,
)
from handlers.groups.model import FormedGroups, FormingFailed, PersonToPlace, Proposal, Proposed, Remedy, Wishes
from handlers.groups.solver.model import (
    Apart,
    CannotSplit,
    Constraint,
    Contradiction,
    GroupPlan,
    GroupProblem,
    Limits,
    Lock,
    Pin,
    Placeable,
    Together,
    TooLong,
    band_of,
)
from handlers.groups.solver.remedies import Moving, SplitRemedy, Waive, remedies


def compute(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Compute a proposal of groups from the payload of a job, which holds the people, themes, rules and wishes.

    Returns the `proposal`, its `pictures`, the number of groups that are on no picture (`left_out`), and `now`, the
    time of the request in microseconds since 1970.
    """
    wishes = Wishes.decode(payload["wishes"])
    people = [PersonToPlace(*values) for values in payload["people"]]
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
    if wishes.kind == "repair":  # on the day itself no theme is left without groups
        remedies = tuple(remedy for remedy in remedies if remedy.kind != "wait")
    proposal = Proposal(wishes, payload["digest"], tuple(payload["rounds"]), themes, remedies, torn)
    return {"proposal": proposal, **_draw_proposal(payload, proposal, people), "now": payload["now"]}


def _draw_proposal(
    payload: Mapping[str, Any], proposal: Proposal, people: Sequence[PersonToPlace]
) -> Mapping[str, Any]:
    """Draw the groups of the first round (day) in a proposal; none for a repair, which is told as moves."""
    reader, titles = Reader(*payload["reader"]), dict(payload["themes"])
    person_of = {person.id: person for person in people}
    themes = [
        plan_theme(titles[proposed.theme], proposed, person_of, reader)
        for proposed in proposal.themes
        if proposal.wishes.kind == "form" and proposed.rounds
    ]
    return _draw(themes, plan_day(proposal, reader), branding_of(payload), reader.locale)


def _bound(payload: Mapping[str, Any]) -> set[int]:
    """Return the ids of the people whom an organisers' rule names: a pair, a pin or a lock."""
    return {
        *(person for first, second, _kind in payload["pairs"] for person in (first, second)),
        *(person for _round, person, _group in payload["pins"]),
        *(person for _round, _theme, _group, members in payload["locks"] for person in members),
    }


def _propose(
    payload: Mapping[str, Any], wishes: Wishes, key: str, people: Sequence[PersonToPlace], limits: Limits
) -> Proposed:
    """Return the groups proposed for the theme `key`, or why there are none."""
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
            tuple((group, int(person)) for group, person in alone(problem, plan.groups)),
        )
        for number, problem, plan in zip(payload["rounds"], problems, plans, strict=True)
    )
    return replace(proposed, rounds=rounds, trade=_trade(problems[0], len(plans[0].groups)))


def _problems(
    payload: Mapping[str, Any], wishes: Wishes, key: str, people: Sequence[PersonToPlace], limits: Limits
) -> list[GroupProblem]:
    """Return a theme's problem for each round to plan. They differ in pins, locks and taken numbers."""
    here = {person.id for person in people}
    pairs = [_pair(kind, first, second) for first, second, kind in payload["pairs"] if {first, second} <= here]
    history = [{str(ref): str(group) for ref, group in past if ref in here} for past in payload["history"]]
    previous = payload["previous"]
    problem = GroupProblem(
        key,
        tuple(_person(person, payload["year"]) for person in people),
        limits,
        wishes.counts.get(key),
        history=tuple(past for past in history if past),
        previous={str(ref): number for ref, number in previous if ref in here} if previous is not None else None,
        seed=wishes.seed,
    )
    return [
        replace(
            problem,
            constraints=(*pairs, *_fixed(payload, number, key, here)),
            taken=_taken_numbers(payload, number, key),
        )
        for number in payload["rounds"]
    ]


def _taken_numbers(payload: Mapping[str, Any], number: int, key: str) -> frozenset[int]:
    """Return the group numbers that are taken in a theme and a round."""
    return frozenset(
        group
        for round_number, theme, groups in payload["taken"]
        if (round_number, theme) == (number, key)
        for group in groups
    )


def _person(person: PersonToPlace, year: int) -> Placeable:
    band = band_of(person.birth_year, year)
    return Placeable(str(person.id), person.territory, person.gender, band, person.platform)


def _pair(kind: str, first: int, second: int) -> Constraint:
    return Together(str(first), str(second)) if kind == "together" else Apart(str(first), str(second))


def _fixed(payload: Mapping[str, Any], number: int, key: str, here: set[int]) -> Iterable[Constraint]:
    """Yield the pins and locks of a theme in a round."""
    for round_number, person, group in payload["pins"]:
        if round_number == number and person in here:
            yield Pin(str(person), group)
    for round_number, theme, group, members in payload["locks"]:
        if round_number == number and theme == key:
            yield Lock(group, tuple(str(member) for member in members if member in here))


def _plans(problems: Sequence[GroupProblem]) -> Sequence[GroupPlan]:
    """Plan the rounds together, or one after the other if their pins, locks or taken numbers differ."""
    from handlers.groups.solver.forming import form

    first = problems[0]
    if len(problems) > 1 and all(problem == first for problem in problems):
        from handlers.groups.solver.rounds import plan_rounds

        return plan_rounds(first, len(problems))
    plans: list[GroupPlan] = []
    for problem in problems:
        met = tuple({ref: str(number) for ref, number in plan.number_of.items()} for plan in plans)
        plans.append(form(replace(problem, history=(*problem.history, *met))))
    return plans


def _trade(problem: GroupProblem, count: int) -> Mapping[int, int]:
    """Return the mean number of nationalities per group, in tenths, for `count` groups, one fewer and one more."""
    from handlers.groups.solver.levels import bounds_for
    from handlers.groups.solver.sizes import feasible_counts

    feasible = feasible_counts(len(problem.people), problem.limits)
    counts = [other for other in (count - 1, count, count + 1) if other in feasible or other == count]
    return {other: round(10 * bounds_for(problem.people, other)) for other in counts}


def draw_card(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw the card of a group as a picture. `payload` holds the card's words, in the reader's language.

    Returns the picture (`content`, a PNG file), the `alt` text as JSON, and the `round` number from the payload.
    """
    title, where, when, members = (payload[part] for part in ("title", "where", "when", "members"))
    content = draw_group(title, where, when, members, branding_of(payload), payload["locale"])
    return {"content": content, "alt": payload["alt"], "round": payload["round"]}


def draw_plans(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw groups as pictures for organisers. `payload` holds the words, in the reader's language.

    Returns as many `pictures` as one message can carry, and the number of groups that are on no picture (`left_out`).
    """
    return _draw(payload["themes"], payload["day"], branding_of(payload), payload["locale"])


def _draw(themes: Iterable[DrawnTheme], day: str, branding: Branding, locale: str) -> Mapping[str, Any]:
    """Return what `draw_plans` returns."""
    pictures, reader = [*divide(themes)], Reader(locale, "UTC")
    shown = pictures[:MAX_ATTACHMENTS]
    contents = draw_plan(shown, day, branding, locale)
    return {
        "pictures": tuple(
            Picture(content, _words_of(picture, reader), _name_of(picture, reader))
            for content, picture in zip(contents, shown, strict=True)
        ),
        "left_out": sum(len(picture["groups"]) for picture in pictures[MAX_ATTACHMENTS:]),
    }


def _name_of(picture: PlanPicture, reader: Reader) -> str:
    """Return the name of a picture's file: «groups-culture.png», or «groups-culture-1-2.png» for a part of a theme."""
    return f"{file_stem(plain(_('Groups'), reader), picture['title'], picture['part'])}.png"


def _words_of(picture: PlanPicture, reader: Reader) -> str:
    """Return the alternative text of a picture: its theme, and the titles of its groups."""
    titles = tuple(Name(group["title"]) for group in picture["groups"])
    return plain(_("{theme}: {groups}", theme=Name(picture["title"]), groups=Listing(titles)), reader)


def make_lists(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make a PDF file with the door lists: a page to print for each group. `payload` holds the text of each page.

    Returns the file (`content`) and the number of groups in it (`count`).
    """
    content = draw_door_lists(payload["lists"], branding_of(payload), payload["locale"])
    return {"content": content, "count": len(payload["lists"])}


# --- Remedies for themes that cannot be split, from people's second choices.


def remedies_for(
    themes: Sequence[Proposed],
    people: Sequence[PersonToPlace],
    limits: Mapping[str, Limits],
    bound: Collection[int] = (),
) -> tuple[Remedy, ...]:
    """Return remedies for every theme whose people cannot be split into groups, those with the fewest moves first.

    A remedy is a change that makes groups possible. `themes` are all themes with their proposed groups, `people` is
    everyone in them, and `limits` holds the allowed sizes of groups of each theme. People in `bound` (ids), about whom
    organisers made a rule, are the last to move.
    """
    sizes: dict[str, int] = dict.fromkeys(limits, 0)
    wishes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    waiting = {proposed.theme for proposed in themes if proposed.failed and proposed.failed.why == "waits"}
    for person in sorted(people, key=lambda person: (person.id in bound, person.id)):
        sizes[person.theme] += 1
        second = person.second_theme
        if second and second in limits and second != person.theme:
            wishes[person.theme][second].append(str(person.id))
    open_sizes = {theme: size for theme, size in sizes.items() if theme not in waiting}
    return tuple(
        _remedy(mend)
        for proposed in themes
        if proposed.failed and proposed.failed.why == "split" and proposed.failed.count is None
        for mend in remedies(proposed.theme, open_sizes, wishes, proposed.limits)
    )


def _remedy(mend: SplitRemedy) -> Remedy:
    if isinstance(mend, Moving):
        people = tuple((int(person), move.target) for move in mend.moves for person in move.people)
        return Remedy("move", mend.theme, people)
    if isinstance(mend, Waive):
        return Remedy("waive", mend.theme, sizes=(mend.limits.smallest, mend.limits.largest))
    return Remedy("wait", mend.theme)
