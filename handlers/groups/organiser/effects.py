"""What moving people does to a theme's groups, before anyone is moved: level by level, and the rules it would break."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.content.errors import Stale
from bot.content.texts import Listing, Name, Span, _
from bot.conversation import journal_store
from bot.conversation.routes import Request
from handlers.groups import store
from handlers.groups.messages.solver import broken, facts, level_name, lone
from handlers.groups.model import Group, Member, Round
from handlers.groups.organiser.layout import a_round
from handlers.groups.service.forming import limits_now, met_elsewhere
from handlers.groups.solver.levels import alone, measure, violations
from handlers.groups.solver.model import (
    Apart,
    Constraint,
    GroupProblem,
    Level,
    Lock,
    Numbers,
    Pin,
    Placeable,
    Together,
    band_of,
)
from handlers.navigation.layout import mark, who_was_faster
from handlers.themes.model import Theme
from handlers.themes.store import find_theme

ALL_GROUPS = "groups"
"""What the journal calls all groups taken together, when a proposal is kept."""
_SEEN_IN_THE_GROUPS = (Level.GENDER, Level.SIZES, Level.PLATFORM)
"""What the counts of the groups concerned tell already, or nobody would miss."""
Moves = Mapping[int, Group | None]
"""Who goes to which group; None for out of all."""


@dataclass(frozen=True, slots=True)
class ThemeInRound:
    """A theme's people and groups in a round, as they are stored; both by id."""

    round: Round
    theme: Theme
    people: Mapping[int, Member]
    groups: Mapping[int, Group]
    problem: GroupProblem

    @property
    def subject(self) -> str:
        """What the journal calls them."""
        return f"groups:{self.round.number}:{self.theme.key}"

    @property
    def placed(self) -> str:
        """The mark of who is where, which an organiser's change can lose."""
        return mark(
            self.round.published,
            [(group.id, group.locked) for group in self.groups.values()],
            [(person.id, person.group_id) for person in self.people.values()],
        )

    @property
    def seen(self) -> str:
        """The mark of all that an effect is computed from; it begins with `placed`."""
        return self.placed + mark(self.problem)

    def group_of(self, person_id: int) -> Group | None:
        """The group someone is in."""
        return self.groups.get(self.people[person_id].group_id or 0)

    def name_of(self, person_id: str) -> Span:
        """What the team calls someone the solver knows."""
        return Name(self.people[int(person_id)].full_name)

    def numbers(self, moves: Moves) -> Numbers:
        """The groups by number, as they would be after some moves."""
        found: dict[int, list[str]] = {group.number: [] for group in self.groups.values()}
        for person in self.people.values():
            group = moves[person.id] if person.id in moves else self.group_of(person.id)
            if group is not None:
                found[group.number].append(str(person.id))
        return {number: tuple(members) for number, members in found.items()}


async def standing(request: Request, round_number: int, theme_key: str) -> ThemeInRound:
    """A theme's groups in a round. Raises Stale where there is no such theme or round."""
    round_, theme = await a_round(request, round_number), await find_theme(request.tx, theme_key)
    if theme is None:
        raise Stale
    everyone = await store.people_with_theme(request.tx, round_number)
    people = {person.id: person for person in everyone if person.theme == theme_key}
    formed = {
        group.id: group for group in await store.groups_of_round(request.tx, round_number) if group.theme == theme_key
    }
    year = request.settings.gathering.starts.year
    problem = GroupProblem(
        theme_key,
        tuple(
            Placeable(
                str(person.id), person.territory, person.gender, band_of(person.birth_year, year), person.platform
            )
            for person in people.values()
        ),
        await limits_now(request.tx, theme_key, round_number),
        constraints=tuple(await _rules(request, people, formed)),
        history=tuple(_history(await met_elsewhere(request.tx, (round_number,)), people)),
    )
    return ThemeInRound(round_, theme, people, formed, problem)


async def who_moved(request: Request, now: ThemeInRound) -> Span:
    """Why nothing was saved: who moved people of the theme meanwhile, one by one or by keeping a proposal."""
    found = [(subject, await journal_store.last(request.tx, subject)) for subject in (now.subject, ALL_GROUPS)]
    latest = max(found, key=lambda each: each[1].id if each[1] else 0)
    return await who_was_faster(request, latest[0])


async def _rules(request: Request, people: Mapping[int, Member], formed: Mapping[int, Group]) -> list[Constraint]:
    found: list[Constraint] = []
    for first, second, kind in await store.all_pairs(request.tx):
        if first in people and second in people:
            found.append((Together if kind == "together" else Apart)(str(first), str(second)))
    for person in people.values():
        group = formed.get(person.group_id or 0)
        if group and person.pinned:
            found.append(Pin(str(person.id), group.number))
    for group in formed.values():
        if group.locked:
            members = tuple(str(person.id) for person in people.values() if person.group_id == group.id)
            found.append(Lock(group.number, members))
    return found


def _history(met_in: Iterable[Mapping[int, int]], people: Mapping[int, Member]) -> Iterable[Mapping[str, str]]:
    """Where these people meet in the other rounds; rounds they are not in are left out."""
    for past in met_in:
        if here := {str(who): str(group) for who, group in past.items() if who in people}:
            yield here


def effect(now: ThemeInRound, moves: Moves) -> list[Span]:
    """What would change, a line each: the groups concerned as people count them, then the theme's mix from its value to
    the new one, rules broken, who is left alone."""
    before, after = now.numbers({}), now.numbers(moves)
    lines: list[Span] = [_would_have(now, number, after[number]) for number in after if before[number] != after[number]]
    mix = [
        _(
            "{what}: {before} → {after}, best possible {bound}",
            what=level_name(new.level),
            before=old.value,
            after=new.value,
            bound=new.bound,
        )
        for old, new in zip(measure(now.problem, before), measure(now.problem, after), strict=True)
        if old.value != new.value and new.level not in _SEEN_IN_THE_GROUPS
    ]
    if not mix:
        mix.append(_("The mix of the groups stays as good as it is."))
    return [*lines, *mix, *_newly_broken(now, before, after), *_newly_alone(now, before, after)]


def _would_have(now: ThemeInRound, number: int, members: Iterable[str]) -> Span:
    people = [now.people[int(member)] for member in members]
    counted = facts(Placeable(str(person.id), person.territory, person.gender) for person in people)
    if not counted:
        return _("Group {number} would be empty.", number=number)
    return _("Group {number} would have {facts}.", number=number, facts=Listing(counted))


def _newly_broken(now: ThemeInRound, before: Numbers, after: Numbers) -> Iterable[Span]:
    known = set(violations(now.problem, before))
    for violation in violations(now.problem, after):
        if violation not in known:
            yield _("Against a rule: {rule}", rule=broken(violation, now.problem.limits, now.name_of))


def _newly_alone(now: ThemeInRound, before: Numbers, after: Numbers) -> Iterable[Span]:
    known = set(alone(now.problem, before))
    for number, who in alone(now.problem, after):
        if (number, who) not in known:
            group = _("group {number}", number=number)
            yield lone(now.name_of(who), group, now.people[int(who)].gender)
